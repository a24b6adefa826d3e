from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from tap.adql import translate
from tests.adql.sky import SKY

if TYPE_CHECKING:
    from tests.adql.support import Sky

CONE = "SELECT id FROM sky.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(10, 20, {}))"
NUMBERS = {
    "1/3600.": 1 / 3600,
    "1.5/60": 1.5 / 60,
    "30.0/60/60": 30 / 3600,
    "1 + 2*0.25": 1.5,
    "7/2": 3,
    "-(-7/2)": 3,
    "(-7)/2 + 4": 1,
    "2 - 3/2.": 0.5,
}
OTHERS = ["mag", "1/0.", "100000*100000/1e10", "1e308*10/1e308", "abs(1)", "mag/3600.", "0*mag"]


def chord(degrees: float) -> str:
    return repr(2 * math.sin(math.radians(degrees) / 2) + 1e-15)


@pytest.mark.parametrize(("written", "degrees"), NUMBERS.items())
def test_a_constant_expression_is_as_good_as_its_number(written: str, degrees: float) -> None:
    """The box of the index, and the decision, are written as numbers."""
    sql = translate(CONE.format(written), SKY).sql
    assert f", {chord(degrees)}, 3)" in sql
    assert "adql.reach" not in sql


@pytest.mark.parametrize("written", NUMBERS)
def test_the_number_is_the_one_the_database_works_out(written: str, sky: Sky) -> None:
    sql = translate(f"SELECT TOP 1 {written} AS n FROM sky.one", SKY, sky.backend).sql
    ((found,),) = sky.sql(sql)
    assert found == NUMBERS[written]


@pytest.mark.parametrize("written", OTHERS)
def test_all_else_is_left_to_the_database(written: str) -> None:
    assert "adql.reach" in translate(CONE.format(written), SKY).sql
