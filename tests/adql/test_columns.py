from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from astropy.io.votable.ucd import check_ucd
from astropy.units import Unit

from tap.adql import translate
from tap.adql.keywords import TERMINALS
from tap.adql.metadata import unit_powers, unit_text
from tests.adql.sky import SKY, STARS, VISITS

if TYPE_CHECKING:
    from schemas.declaration import Column


def column(expression: str) -> Column:
    (only,) = translate(f"SELECT {expression} FROM sky.stars", SKY).columns
    return only


def test_plain_columns_keep_all_metadata() -> None:
    columns = translate("SELECT * FROM sky.stars", SKY).columns
    assert columns == STARS.columns


def test_an_alias_renames_and_nothing_else() -> None:
    made = column("mag AS Brightness")
    assert made.name == "Brightness"
    assert (made.unit, made.ucd, made.utype, made.description) == (
        "mag",
        "phot.mag",
        "sky:mag",
        "Magnitude",
    )


@pytest.mark.parametrize(
    ("expression", "datatype", "unit"),
    [
        ("mag - mag", "float", "mag"),
        ("mag + 1", "double", "mag"),
        ("mag * 2.5", "double", "mag"),
        ("mag * mag", "float", None),
        ("1 / mag", "double", None),
        ("ra - mag", "double", None),
        ("ra * dec", "double", "deg**2"),
        ("ra * ra / dec", "double", "deg"),
        ("ra / dec", "double", None),
        ("1 / ra", "double", "deg**-1"),
        ("2 / ra / dec", "double", "deg**-2"),
        ("AVG(ra) * COUNT(ra)", "double", "deg"),
        ('ra * "size"', "double", None),
        ("ra * 2 + dec", "double", "deg"),
        ("-mag", "float", "mag"),
        ("ABS(mag)", "float", "mag"),
        ("AVG(mag)", "double", "mag"),
        ("SUM(mag)", "double", "mag"),
        ("MIN(mag)", "float", "mag"),
        ('SUM("size")', "long", None),
        ("COUNT(mag)", "long", None),
        ('"size" + 1', "int", None),
        ("id + 1", "long", None),
        ("SIN(RADIANS(ra))", "double", None),
        ("DEGREES(1)", "double", "deg"),
        ("1", "int", None),
        ("5000000000", "long", None),
        ("1.5", "double", None),
        ("CONTAINS(POINT(ra, dec), CIRCLE(1, 2, 3))", "int", None),
        ("DISTANCE(POINT(ra, dec), POINT(1, 2))", "double", "deg"),
        ("AREA(CIRCLE(1, 2, 3))", "double", "deg2"),
        ("COALESCE(mag, 99)", "double", "mag"),
        ("CAST(mag AS BIGINT)", "long", "mag"),
        ("(SELECT MAX(flux) FROM sky.visits)", "double", "electron/s"),
        ("ROUND(mag, 1)", "double", "mag"),
    ],
)
def test_datatype_and_unit_of_expressions(expression: str, datatype: str, unit: str | None) -> None:
    made = column(expression)
    assert (made.datatype, made.unit, made.arraysize) == (datatype, unit, None)


@pytest.mark.parametrize(
    ("expression", "ucd"),
    [
        ("mag", "phot.mag"),
        ("mag - mag", "phot.mag;arith.diff"),
        ("mag + mag", "phot.mag;arith.sum"),
        ("ra / ra", "pos.eq.ra;arith.ratio"),
        ("mag - mag - mag", None),
        ("ra - dec", None),
        ("mag - 1", None),
        ("MIN(mag)", "phot.mag;stat.min"),
        ("MAX(mag)", "phot.mag;stat.max"),
        ("AVG(mag)", "phot.mag;stat.mean"),
        ("SUM(mag)", "phot.mag;arith.sum"),
        ("MAX(id)", "meta.id;stat.max"),
        ("MAX(seen)", "time;stat.max"),
        ("COUNT(*)", "meta.number"),
        ("COALESCE(mag, 99)", "phot.mag"),
        ("COALESCE(ra, dec)", None),
        ("CASE WHEN id = 1 THEN mag ELSE mag END", "phot.mag"),
        ("mag * 2", None),
        ("1", None),
    ],
)
def test_ucd_of_expressions(expression: str, ucd: str | None) -> None:
    made = column(expression)
    assert made.ucd == ucd
    assert ucd is None or check_ucd(ucd, check_controlled_vocabulary=True)


def test_aggregates_say_what_of() -> None:
    assert column("MIN(mag)").description == "Minimum: Magnitude"
    assert column("SUM(mag)").utype is None


@pytest.mark.parametrize(
    ("unit", "powers"),
    [
        ("deg", {"deg": 1}),
        ("m/s", {"m": 1, "s": -1}),
        ("m.s**-2", {"m": 1, "s": -2}),
        ("deg2", {"deg": 2}),
        ("m.m/s2", {"m": 2, "s": -2}),
        ("mag", None),
        ("10**3 m", None),
        ("m/s/s", None),
        ("m/(s.s)", None),
        ("", None),
        (None, None),
        ("0.1nm", None),
    ],
)
def test_only_plain_units_are_combined(unit: str | None, powers: dict[str, int] | None) -> None:
    assert unit_powers(unit) == powers
    if powers:
        text = unit_text(powers)
        assert Unit(text, format="vounit") == Unit(unit)


def test_strings_timestamps_and_geometries_are_arrays() -> None:
    assert (column("'a' || name").datatype, column("LOWER(name)").arraysize) == ("char", "*")
    assert column("'é'").datatype == "unicodeChar"
    for expression in ("seen", "MAX(seen)", "CAST('2009-01-01' AS TIMESTAMP)"):
        assert (column(expression).datatype, column(expression).xtype) == ("char", "timestamp")
    point, circle = column("POINT(ra, dec)"), column("CIRCLE(ra, dec, 1)")
    assert (point.datatype, point.arraysize, point.xtype) == ("double", "2", "point")
    assert (circle.datatype, circle.arraysize, circle.xtype) == ("double", "3", "circle")


def test_metadata_passes_through_subqueries_and_common_tables() -> None:
    adql = (
        "WITH a AS (SELECT mag AS m FROM sky.stars) SELECT m FROM (SELECT m FROM a) AS b"
        " UNION SELECT flux FROM sky.visits"
    )
    (made,) = translate(adql, SKY).columns
    assert (made.name, made.datatype, made.unit, made.ucd) == ("m", "double", "mag", "phot.mag")


def test_names_of_the_answer_are_unique_and_legal() -> None:
    adql = (
        "SELECT s.id, v.id, ID AS iD2, COUNT(*), MAX(mag), MAX(mag), 1 + 1, 'x', v.id AS id_2"
        " FROM sky.stars AS s JOIN sky.visits AS v USING (id) GROUP BY s.id, v.id, id"
    )
    names = [made.name for made in translate(adql, SKY).columns]
    assert len({name.lower() for name in names}) == len(names) == 9
    assert names[:2] == ["id", "id_2"]
    for name in names:
        assert re.fullmatch(r"[A-Za-z]\w*", name)
        assert name.upper() not in TERMINALS


def test_top_tables_and_row_limit() -> None:
    adql = "SELECT TOP 5 id FROM sky.visits WHERE id IN (SELECT id FROM sky.stars)"
    translation = translate(adql, SKY)
    assert translation.top == 5
    assert translation.tables == {"sky.visits", "sky.stars"}
    assert translate(adql, SKY, row_limit=3).sql.endswith(" LIMIT 3")
    assert translate(adql, SKY, row_limit=9).sql.endswith(" LIMIT 5")
    union = translate(f"{adql} UNION {adql} OFFSET 2", SKY, row_limit=9)
    assert union.sql.endswith(" OFFSET 2 LIMIT 9")
    assert union.top is None


def test_hidden_vectors_are_never_selected() -> None:
    names = [made.name for made in translate("SELECT v.* FROM sky.visits AS v", SKY).columns]
    assert names == [declared.name for declared in VISITS.columns]


def test_an_unknown_back_end_is_refused() -> None:
    with pytest.raises(ValueError, match="no geometry back end pgcube"):
        translate("SELECT id FROM sky.visits", SKY, backend="pgcube")
