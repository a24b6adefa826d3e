from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, datetime

import pytest

from ingest.errors import ProductError
from ingest.names import ProductName, parse_name
from ingest.simulate.real import catalogue_names
from schemas.corot.runs import run_of
from tests.ingest.real_data import corot_data

CHR = "EN2_STAR_CHR_0101086161_20070516T060226_20071005T074409.fits"


def test_a_name_gives_id_type_and_dates() -> None:
    name = parse_name(CHR)

    assert name == ProductName(
        101086161,
        "EN2_STAR_CHR",
        datetime(2007, 5, 16, 6, 2, 26, tzinfo=UTC),
        datetime(2007, 10, 5, 7, 44, 9, tzinfo=UTC),
    )
    assert name.file_name == CHR
    assert name.stem == CHR.removesuffix(".fits")


@pytest.mark.parametrize(
    ("file_name", "channel"),
    [
        (CHR, "exoplanet"),
        ("EN2_STAR_MON_0105209106_20080415T231048_20080907T230359.fits", "exoplanet"),
        ("EN2_STAR_IMAG_0102671819_20120112T183055_20120329T093058.fits", "exoplanet"),
        ("AN2_STAR_0000007528_20070411T150752_20070508T213552.fits", "seismology"),
    ],
)
def test_real_names_of_all_types_round_trip(file_name: str, channel: str) -> None:
    name = parse_name(file_name)

    assert name.file_name == file_name
    assert name.channel == channel


@pytest.mark.parametrize(
    ("file_name", "reason"),
    [
        ("readme.txt", "not a product name"),
        ("EN2_STAR_CHR_0101086161_20070516T060226_20071005T074409.fit", "not a product name"),
        ("EN2_STAR_CHR_0101086161_20070516T060226.fits", "not a product name"),
        ("2007/" + CHR, "not a product name"),
        (CHR.replace("CHR", "XYZ"), "unknown product type EN2_STAR_XYZ"),
        (CHR.replace("0101086161", "101086161"), "the CoRoT id 101086161 has 9 digits"),
        (CHR.replace("20070516T", "20071316T"), "the start '20071316T060226' is not a date"),
        (CHR.replace("074409", "7449"), "the end '20071005T7449' is not a date"),
        (CHR.replace("T060226", "T060260"), "the start '20070516T060260' is not a date"),
        (CHR.replace("20071005", "20061005"), "is not after the start"),
        (CHR.replace("0101086161", "010108616\uff11"), "expected 10"),
    ],
)
def test_a_wrong_name_is_refused_with_its_reason(file_name: str, reason: str) -> None:
    with pytest.raises(ProductError) as caught:
        parse_name(file_name)

    assert reason in caught.value.reason
    assert caught.value.reason.startswith(f"{file_name}: ")


def test_all_real_names_parse_and_fall_into_their_runs() -> None:
    names = [name.file_name for name in catalogue_names(corot_data())]
    with corot_data("derived/corot_runs_from_N2-4.4_CHR_catalog.csv").open() as stream:
        expected = {
            row["run_code"]: int(row["n_chr_lightcurves"]) for row in csv.DictReader(stream)
        }

    parsed = [parse_name(name) for name in names]

    assert len(parsed) == 60_307
    assert [name.file_name for name in parsed] == names
    assert Counter(run_of(name.start).code for name in parsed) == expected
