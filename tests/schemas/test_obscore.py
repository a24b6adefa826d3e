from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

import pytest

from schemas.obscore import OBSCORE_COLUMNS, obscore_table

_STANDARD = Path(__file__).parents[3] / "shared/standards/obscore_columns.json"

_TYPES: Final = {
    "adql:VARCHAR": ("char", "*", None),
    "adql:CLOB": ("char", "*", None),
    "adql:INTEGER": ("int", None, None),
    "adql:BIGINT": ("long", None, None),
    "adql:DOUBLE": ("double", None, None),
    "adql:TIMESTAMP": ("char", "*", "timestamp"),
    "adql:REGION": ("char", "*", "adql:REGION"),
}
"""datatype, arraysize and xtype for each type that the standard names."""

_EXPRESSIONS: Final = {column.name: f"x.{column.name}" for column in OBSCORE_COLUMNS}


@pytest.fixture(scope="module")
def standard() -> dict[str, dict[str, object]]:
    if not _STANDARD.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{_STANDARD} is missing")
        pytest.skip(f"{_STANDARD} is not here")
    return {column["column"]: column for column in json.loads(_STANDARD.read_text())}


def test_columns_are_the_standards(standard: dict[str, dict[str, object]]) -> None:
    for column in OBSCORE_COLUMNS:
        expected = standard[column.name]
        assert (column.unit, column.utype, column.ucd) == (
            expected["unit"],
            f"obscore:{expected['utype']}",
            expected["ucd"],
        ), column.name
        shape = (column.datatype, column.arraysize, column.xtype)
        assert shape == _TYPES[str(expected["adql_type"])], column.name
        assert column.nullable is not expected["not_null"], column.name


def test_all_mandatory_columns_are_there(standard: dict[str, dict[str, object]]) -> None:
    mandatory = {name for name, column in standard.items() if column["mandatory"]}
    assert {column.name for column in OBSCORE_COLUMNS if column.principal} == mandatory
    assert len(mandatory) == 30


def test_every_column_is_described_and_standard() -> None:
    for column in OBSCORE_COLUMNS:
        assert column.description
        assert column.std
        assert not column.indexed


def test_times_name_their_scale_and_origin() -> None:
    for name in ("t_min", "t_max"):
        system = next(c for c in OBSCORE_COLUMNS if c.name == name).time_system
        assert system is not None
        assert (system.timescale, system.origin) == ("UTC", 2400000.5)
        assert system.refposition == "TOPOCENTER"


def test_the_table_takes_the_expressions() -> None:
    table = obscore_table(_EXPRESSIONS)
    assert table.name == "ivoa.obscore"
    assert table.utype == "ivo://ivoa.net/std/ObsCore#core-1.1"
    assert table.column("s_ra").expression == "x.s_ra"
    assert all(column.expression for column in table.columns)
    assert table.positions[0].vector == "pos"


def test_a_missing_expression_is_refused() -> None:
    expressions = {name: sql for name, sql in _EXPRESSIONS.items() if name != "t_max"}
    with pytest.raises(ValueError, match=r"ivoa\.obscore lacks the expressions of t_max"):
        obscore_table(expressions)


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(ValueError, match=r"ivoa\.obscore has no columns flux"):
        obscore_table({**_EXPRESSIONS, "flux": "1"})
