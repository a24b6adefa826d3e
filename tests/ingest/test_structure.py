from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np
import pytest
from astropy.io import fits

from ingest.fits.structure import CHROMATIC, STRUCTURES, Extension, Field
from ingest.names import ProductType
from tests.ingest.products import small_plan, write
from tests.ingest.real_data import excerpt

if TYPE_CHECKING:
    from pathlib import Path

DTYPES = {"23A": "str23", "D": "float64", "E": "float32", "J": "int32", "I": "int16"}


@pytest.mark.parametrize("extension", CHROMATIC.extensions, ids=lambda extension: extension.name)
def test_the_declared_tables_are_those_of_a_real_file(extension: Extension) -> None:
    _, units, dtypes, header, *_ = excerpt(extension.name).read_text().splitlines()

    assert [field.name for field in extension.fields] == header.split(",")
    assert [field.unit for field in extension.fields] == [
        unit.strip() for unit in units.removeprefix("# units:").split("|")
    ]
    assert [DTYPES[field.form] for field in extension.fields] == [
        dtype.strip() for dtype in dtypes.removeprefix("# dtypes:").split("|")
    ]


@pytest.mark.parametrize("product_type", sorted(STRUCTURES))
def test_a_simulated_file_has_the_declared_tables(
    product_type: ProductType, tmp_path: Path
) -> None:
    path = write(small_plan(product_type), tmp_path)

    with fits.open(path) as hdus:
        found = [
            Extension(
                hdu.name,
                tuple(
                    Field(column.name, column.format, column.unit or "") for column in hdu.columns
                ),
            )
            for hdu in hdus[1:]
        ]

    expected = [
        Extension(table.name, tuple(Field(f.name, f.form, f.unit) for f in table.fields))
        for table in STRUCTURES[product_type].extensions
    ]
    assert found == expected


def test_the_rows_of_a_simulated_file_are_read_back_with_the_real_dtypes(tmp_path: Path) -> None:
    path = write(small_plan(), tmp_path)

    with fits.open(path) as hdus:
        for hdu, extension in zip(hdus[1:], CHROMATIC.extensions, strict=True):
            for field in extension.fields:
                dtype = hdu.data[field.name].dtype
                text = f"str{dtype.itemsize // 4}" if dtype.kind == "U" else np.dtype(dtype).name
                assert text == DTYPES[field.form]


def test_every_product_type_but_imagettes_is_declared() -> None:
    assert set(get_args(ProductType)) - set(STRUCTURES) == {"EN2_STAR_IMAG"}
