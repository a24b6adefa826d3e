from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tap.adql import translate
from tests.adql.walk import Walk
from tests.adql.zoo import ZOO

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.declaration import Column
    from tests.adql.support import Sky

EXAMPLES = 20_000 if os.environ.get("VO_TEST_SOAK") else 200
TYPES = {
    "boolean": {16}, "unsignedByte": {21}, "short": {21}, "int": {23}, "long": {20},
    "float": {700}, "double": {701}, "char": {25, 1042, 1043, 705}, "unicodeChar": {25, 1042, 1043},
}  # fmt: skip
"""Type OIDs of PostgreSQL that hold each VOTable datatype."""


@st.composite
def queries(draw: Callable[[st.SearchStrategy[object]], object]) -> str:
    """Draw one valid query."""
    return Walk(draw).statement()


def oids(column: Column) -> set[int]:
    if column.xtype == "timestamp":
        return {1114}
    if column.arraysize is not None and column.datatype == "double":
        return {1022}
    return TYPES[column.datatype]


@settings(
    max_examples=EXAMPLES, deadline=None, phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck), derandomize=not os.environ.get("VO_TEST_SOAK"),
)  # fmt: skip
@given(adql=queries())
def test_every_valid_query_runs_and_returns_the_promised_types(adql: str, zoo: Sky) -> None:
    translation = translate(adql, ZOO, zoo.backend)
    types = zoo.types(translation.sql)
    assert len(types) == len(translation.columns)
    for column, oid in zip(translation.columns, types, strict=True):
        assert oid in oids(column), f"{column} came as the type {oid}"


@pytest.mark.parametrize("table", ["animals", "keepers", "cages"])
def test_every_declared_column_comes_as_the_promised_type(table: str, zoo: Sky) -> None:
    translation = translate(f"SELECT * FROM zoo.{table}", ZOO, zoo.backend)
    for column, oid in zip(translation.columns, zoo.types(translation.sql), strict=True):
        assert oid in oids(column), column.name
