from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemas.functions import Function
from tap.adql import ADQLError, translate
from tests.adql.fields import GEO
from tests.adql.support import HERE

if TYPE_CHECKING:
    from tests.adql.support import Sky

LINES = [
    line.split(" => ")
    for line in (HERE / "geometry_answers.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("--")
]
SHIFT = Function(
    "geo_shift(place POINT, shift REAL) -> POINT",
    "ARRAY[({0})[1] + {1}, ({0})[2]]::float8[]",
    "a point moved along its parallel",
)


@pytest.mark.parametrize(("expression", "expected"), LINES)
def test_value_of_an_expression(expression: str, expected: str, fields: tuple[Sky, Sky]) -> None:
    everything, _ = fields
    ((answer,),) = everything.rows(f"SELECT {expression} AS v FROM geo.one")
    value = eval(expected)  # noqa: S307 (a file of ours)
    if isinstance(value, float | list):
        assert answer == pytest.approx(value, rel=1e-9, abs=1e-12)
    else:
        assert answer == value


def test_a_function_of_ones_own_may_give_a_point(fields: tuple[Sky, Sky]) -> None:
    everything, _ = fields
    adql = (
        "SELECT geo_shift(POINT(n, x), 1) AS p, COORD1(geo_shift(POINT(n, x), 2)) AS c FROM geo.one"
        " WHERE 1=CONTAINS(geo_shift(POINT(n, x), 1), CIRCLE(8, x, 0.1))"
        " AND DISTANCE(geo_shift(POINT(n, 0), 1), POINT(n, 0)) > 0.9"
        " AND 1=CONTAINS(geo_shift(POINT(n, 0), 1), BOX(geo_shift(POINT(n, 0), 1), 1, 1))"
        " AND 1=CONTAINS(POINT(n, 0), POLYGON(geo_shift(POINT(n, 0), 1),"
        " POINT(n, 1), POINT(6, -1)))"
    )
    translation = translate(adql, GEO, everything.backend, udfs=[SHIFT])
    assert everything.sql(translation.sql) == [([8.0, -7.5], 9.0)]


def test_selected_regions_are_what_is_published(fields: tuple[Sky, Sky]) -> None:
    everything, _ = fields
    adql = "SELECT s_region, AREA(s_region) AS a FROM geo.images WHERE id = 10000"
    assert [column.xtype for column in translate(adql, GEO).columns] == ["adql:REGION", None]
    ((text, area),) = everything.rows(adql)
    assert str(text).startswith("Polygon ICRS ")
    assert 0.6 < float(str(area)) < 0.65
    names = [column.name for column in translate("SELECT * FROM geo.images", GEO).columns]
    assert names == ["id", "s_ra", "s_dec", "s_region"]


def test_text_that_is_no_declared_region_is_refused() -> None:
    with pytest.raises(ADQLError, match=r"a geometry \(POINT, .*\) is needed here, not a string"):
        translate("SELECT AREA(note) AS a FROM geo.uploads", GEO)


def test_metadata_of_geometries() -> None:
    (made,) = translate("SELECT POLYGON(0, 0, 1, 0, 1, 1) AS p FROM geo.one", GEO).columns
    assert (made.datatype, made.arraysize, made.xtype, made.unit) == (
        "double",
        "*",
        "polygon",
        "deg",
    )
    (made,) = translate("SELECT BOX(0, 0, 1, x) AS p FROM geo.one", GEO).columns
    assert made.xtype == "polygon"
    (made,) = translate("SELECT REGION('Circle 1 2 3') AS p FROM geo.one", GEO).columns
    assert (made.arraysize, made.xtype) == ("3", "circle")
    (made,) = translate("SELECT CENTROID(outline) AS p FROM geo.uploads", GEO).columns
    assert (made.arraysize, made.xtype) == ("2", "point")


def test_polygons_of_many_vertices(fields: tuple[Sky, Sky]) -> None:
    """Sixty-four sides are written out; more are left to a function; too many are refused."""
    everything, _ = fields
    counts = []
    for vertices in (60, 64, 65, 400):
        places = [f"POINT({360 * at / vertices}, {80 if at % 2 else 60})" for at in range(vertices)]
        polygon = f"POLYGON({', '.join(places)})"
        ((count,),) = everything.rows(
            "SELECT COUNT(*) AS n FROM geo.stars"
            f" WHERE dec > 50 AND 1=CONTAINS(POINT(ra, dec), {polygon})"
        )
        counts.append(float(str(count)))
    assert counts == pytest.approx([counts[0]] * 4, rel=0.1)
    many = ", ".join(f"{360 * at / 1001}, 80" for at in range(1001))
    with pytest.raises(ADQLError, match="has 1001 vertices; at most 1000"):
        translate(f"SELECT POLYGON({many}) AS p FROM geo.one", GEO)
