from __future__ import annotations

import contextlib
import re
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from resources.capabilities import Feature
from schemas.functions import Example, Function, OneOf, Within
from tap.adql import UDFS, ADQLError, parse, translate
from tap.document import adql_page
from tap.features import adql_language
from tests.adql.sky import SKY

if TYPE_CHECKING:
    from schemas.declaration import Column
    from tests.adql.support import Sky

WAVE = Function(
    "sky_wave(x REAL, shape VARCHAR) -> REAL",
    "CASE {1} WHEN 'sine' THEN sin({0}) ELSE sign(sin({0}::float8)) END",
    "Height of a wave at x",
    (Example("sky_wave(0.5, 'square')", 1.0),),
    unit="m",
    rules={"shape": OneOf(("sine", "square"))},
)

NOON = datetime.fromisoformat("2009-01-31T12:00:00")


def column(expression: str) -> Column:
    (only,) = translate(f"SELECT {expression} FROM sky.stars", SKY).columns
    return only


def mistake(expression: str) -> tuple[str, int]:
    """Give the message, and the place in the expression it is about."""
    with pytest.raises(ADQLError) as caught:
        translate(f"SELECT {expression} FROM sky.stars", SKY)
    return caught.value.message, caught.value.column - len("SELECT ")


def test_a_declaration_is_all_a_function_needs(sky: Sky) -> None:
    query = "SELECT SKY_WAVE(n, 'square') AS w FROM sky.one"
    parse(query, udfs=[WAVE])
    translation = translate(query, SKY, udfs=[*UDFS, WAVE])
    assert sky.sql(translation.sql) == [(1.0,)]
    assert (translation.columns[0].datatype, translation.columns[0].unit) == ("double", "m")
    with pytest.raises(ADQLError, match="shape of sky_wave must be one of the literals 'sine', '"):
        translate(query.replace("square", "round"), SKY, udfs=[WAVE])
    with pytest.raises(ADQLError, match=r"write sky_wave\(x REAL, shape VARCHAR\)"):
        translate(query.replace("n,", "'n',"), SKY, udfs=[WAVE])
    declared = adql_language("org.example", [WAVE]).features[-1]
    assert declared.features == (Feature(WAVE.form, WAVE.description),)
    assert WAVE.form in adql_page([WAVE])


def test_a_declaration_that_makes_no_sense_is_refused() -> None:
    for form in ("f(x) -> REAL", "f(x REAL)", "f(x REAL) -> THING", "f x", "f(x REAL -> REAL"):
        with pytest.raises(ValueError, match=r"form|result rule"):
            Function(form, "1", "nothing")
    with pytest.raises(ValueError, match="no parameter y"):
        Function("f(x REAL) -> REAL", "1", "nothing", rules={"y": Within(0, 1)})
    with pytest.raises(ValueError, match="unknown type THING"):
        translate("SELECT 1 FROM sky.one", SKY, udfs=[Function("f(x THING) -> REAL", "1", "")])


def test_the_functions_of_the_ivoa_may_be_called_unless_others_are_given() -> None:
    query = "SELECT ivo_to_jd(seen) AS jd FROM sky.stars"
    assert translate(query, SKY).columns[0].unit == "d"
    for udfs in ((), (WAVE,)):
        with pytest.raises(ADQLError, match="there is no function ivo_to_jd"):
            translate(query, SKY, udfs=udfs)
    with pytest.raises(ADQLError, match="there is no function ivo_to_jd"):
        parse(query, udfs=())
    parse("SELECT any_name(1) FROM anything")


def test_forms_are_as_the_validator_of_tap_services_reads_them() -> None:
    form = re.compile(r"\w+\((\w+ [A-Z]+(, \w+ [A-Z]+)*)?\) -> [A-Z]+(\[\])?")
    assert [udf.form for udf in UDFS if not form.fullmatch(udf.form)] == []
    assert len({udf.name for udf in UDFS}) == 15


@pytest.mark.parametrize(
    ("expression", "datatype", "arraysize", "xtype", "unit"),
    [
        ("ivo_healpix_index(5, ra, dec)", "long", None, None, None),
        ("ivo_healpix_center(5, id)", "double", "2", "point", "deg"),
        ("ivo_epoch_prop_pos(ra, dec, 1, 1, 1, 1, 2000, 2016)", "double", "2", "point", "deg"),
        ("ivo_geom_transform('ICRS', 'FK4', POINT(ra, dec))", "double", "2", "point", "deg"),
        ("ivo_geom_transform('ICRS', 'FK4', CIRCLE(ra, dec, 1))", "double", "3", "circle", "deg"),
        ("ivo_to_mjd(seen)", "double", None, None, "d"),
        ("ivo_string_agg(name, ',')", "char", "*", None, None),
        ("ivo_histogram(mag, 0, 1, 5)", "int", "*", None, None),
        ("ivo_hms_to_degrees(name)", "double", None, None, "deg"),
        ("ivo_hasword(name, 'north')", "int", None, None, None),
        ("ROUND(mag, 1)", "double", None, None, "mag"),
        ("IN_UNIT(ra, 'arcsec')", "double", None, None, "arcsec"),
        ("IN_UNIT(IN_UNIT(ra, 'arcsec') + IN_UNIT(dec, 'arcsec'), 'mas')",
         "double", None, None, "mas"),
        ("CAST(mag AS SMALLINT)", "short", None, None, "mag"),
        ("CAST(mag AS INTEGER)", "int", None, None, "mag"),
        ("CAST(mag AS BIGINT)", "long", None, None, "mag"),
        ("CAST(id AS REAL)", "float", None, None, None),
        ("CAST(id AS DOUBLE PRECISION)", "double", None, None, None),
        ("CAST(id AS CHAR(5))", "char", "5", None, None),
        ("CAST(id AS VARCHAR(5))", "char", "5*", None, None),
        ("CAST(id AS VARCHAR)", "char", "*", None, None),
        ("CAST('é' AS VARCHAR(2))", "unicodeChar", "2*", None, None),
        ("CAST(name AS TIMESTAMP)", "char", "*", "timestamp", None),
        ("CAST(name AS POINT)", "double", "2", "point", "deg"),
        ("CAST('1 2 3' AS CIRCLE)", "double", "3", "circle", "deg"),
        ("CAST(name AS POLYGON)", "double", "*", "polygon", "deg"),
        ("COALESCE(mag, 99)", "double", None, None, "mag"),
        ("COALESCE(ra, mag)", "double", None, None, None),
        ("COALESCE(seen, '2009-01-01')", "char", "*", "timestamp", None),
    ],
)  # fmt: skip
def test_metadata_of_results(
    expression: str, datatype: str, arraysize: str | None, xtype: str | None, unit: str | None
) -> None:
    made = column(expression)
    assert (made.datatype, made.arraysize, made.xtype, made.unit) == (
        datatype, arraysize, xtype, unit,
    )  # fmt: skip


def test_a_ucd_stays_where_the_quantity_is_the_same() -> None:
    assert column("IN_UNIT(ra, 'rad')").ucd == "pos.eq.ra"
    assert column("COALESCE(mag, 99)").ucd == "phot.mag"
    assert column("COALESCE(mag, ra)").ucd is None
    assert column("ivo_geom_transform('ICRS', 'GALACTIC', POINT(ra, dec))").ucd is None


@pytest.mark.parametrize(
    ("expression", "message", "place"),
    [
        ("ivo_healpix_index(30, ra, dec)", "hpxOrder of ivo_healpix_index must be a number", 19),
        ("ivo_healpix_index(-1, POINT(ra, dec))", "from 0 to 29", 19),
        ("ivo_healpix_index(ra, dec)", "cannot take a number, a number: write ivo_healpix_", 1),
        ("ivo_healpix_center(17, 23.2)", "cannot take an integer, a number", 1),
        ("ivo_geom_transform('ICRS', name, POINT(ra, dec))", "to_sys of ivo_geom_transform", 28),
        ("ivo_geom_transform('icrs', 'FK5', POINT(ra, dec))", "one of the literals 'ICRS'", 20),
        ("ivo_geom_transform('ICRS', 'FK5', ra)", "cannot take", 1),
        ("ivo_epoch_prop_pos(ra, NULL, 1, 1, 1, 1, 2000, 2016)", "dec of ivo_epoch_prop_pos", 24),
        ("ivo_to_jd('yesterday')", "'yesterday' is not a timestamp", 11),
        ("ivo_to_jd(mag)", "write ivo_to_jd(d TIMESTAMP)", 1),
        ("ivo_histogram(mag, 0, 1, size_class)", "no column `size_class`", 26),
        ('ivo_histogram(mag, 0, 1, "size")', "nbins of ivo_histogram must be a literal", 26),
        ("ivo_histogram(mag, 0, 1, 0)", "from 1 to 10000", 26),
        ("ivo_string_agg(id, ',')", "cannot take an integer", 1),
        ("ivo_string_agg(name, name)", "delimiter of ivo_string_agg must be a literal", 22),
        ("MAX(ivo_string_agg(name, ','))", "ivo_string_agg cannot stand inside another", 5),
        ("id, ivo_string_agg(name, ',')", "id may have many values per group", 1),
        ("ivo_helpix_index(5, ra, dec)", "did you mean ivo_healpix_index?", 1),
        ("IN_UNIT(ra)", "write IN_UNIT(value, 'unit')", 1),
        ("IN_UNIT(ra, name)", "a literal in single quotes", 13),
        ("IN_UNIT(ra, 'furlong')", "VOUnits knows no furlong", 13),
        ("IN_UNIT(ra, 'm s')", "units have no blanks", 13),
        ("IN_UNIT(ra, '')", "it is empty", 13),
        ("IN_UNIT(id, 'deg')", "IN_UNIT needs a value with a unit", 9),
        ("IN_UNIT(5, 'deg')", "IN_UNIT needs a value with a unit", 9),
        ("IN_UNIT(name, 'deg')", "IN_UNIT needs a number", 9),
        ("IN_UNIT(ra, 'mag')", "deg cannot be converted to mag", 9),
        ("CAST(ra AS POINT)", "a number cannot be cast to POINT", 6),
        ("CAST('10 95' AS POINT)", "'10 95' is not a point: write 'longitude latitude'", 6),
        ("CAST('1 2 -3' AS CIRCLE)", "is not a circle", 6),
        ("CAST('1 2 3 4 5' AS POLYGON)", "is not a polygon", 6),
        ("CAST(ra AS BOX)", "BOX is no type: use SMALLINT", 1),
    ],
)
def test_wrong_arguments_are_told_with_their_place(
    expression: str, message: str, place: int
) -> None:
    said, where = mistake(expression)
    assert message in said
    assert where == place


def test_aggregates_have_no_place_in_where() -> None:
    with pytest.raises(ADQLError, match="ivo_histogram cannot stand in WHERE"):
        translate("SELECT id FROM sky.stars WHERE ivo_histogram(mag, 0, 1, 2) IS NULL", SKY)


def test_strings_are_joined_in_order_and_without_null(sky: Sky) -> None:
    rows = sky.rows(
        "SELECT MOD(id, 2) AS parity, ivo_string_agg(name, ';') AS listed FROM sky.stars"
        " WHERE id > 20000 OR name IS NULL GROUP BY MOD(id, 2) ORDER BY 1"
    )
    assert rows == [(0, "a\\b_c%;west"), (1, "east;south")]
    assert sky.value("(SELECT ivo_string_agg(t, '-') FROM sky.one WHERE n < 0)") is None


def test_values_on_the_bounds_of_a_histogram_are_inside(sky: Sky) -> None:
    counts = "SELECT ivo_histogram({}, 0, 10, 5) AS h FROM sky.visits WHERE id < 14"
    assert sky.rows(counts.format("id - 1")) == [([1, 2, 2, 2, 2, 3, 2],)]
    assert sky.rows(counts.format("CASE WHEN id > 3 THEN 4.0 END")) == [([4, 0, 0, 10, 0, 0, 0],)]
    assert sky.rows(counts.format("id").replace("14", "0")) == [([0] * 7,)]
    grouped = (
        "SELECT COUNT(*) AS n FROM (SELECT radius, ivo_histogram(flux, 0, 150, 3) AS h"
        " FROM sky.visits GROUP BY radius) AS g"
    )
    assert sky.rows(grouped) == [(4,)]


def test_normal_random_numbers_have_their_mean_and_deviation(sky: Sky) -> None:
    ((n, mean, square),) = sky.rows(
        "SELECT COUNT(DISTINCT r) AS n, AVG(r) AS mean, AVG(r * r) AS square FROM"
        " (SELECT ivo_normal_random(10, 2) AS r FROM sky.stars) AS s"
    )
    assert n == 20005
    assert mean == pytest.approx(10, abs=0.1)
    assert square == pytest.approx(104, abs=2)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("ivo_to_mjd(seen)", 54832.0),
        ("ivo_to_jd('2009-01-01')", 2454832.5),
        ("ivo_to_mjd(CAST(seen AS VARCHAR))", 54832.0),
        ("CAST(2.4 AS SMALLINT)", 2),
        ("CAST('-9223372036854775808' AS BIGINT)", -(2**63)),
        ("CAST('1e-3' AS DOUBLE PRECISION)", 0.001),
        ("CAST(12 AS CHAR(4))", "12  "),
        ("CAST(seen AS CHAR(19))", "2009-01-01T00:00:00"),
        ("CAST(NULL AS INTEGER)", None),
        ("CAST('2009-01-31T12:00:00.25' AS TIMESTAMP)", NOON + timedelta(milliseconds=250)),
        ("CAST('2009-01-31T' || '12:00:00' AS TIMESTAMP)", NOON),
        ("CAST('10 ' || ' -20' AS POINT)", [10.0, -20.0]),
        ("CAST('10 -20 3' AS CIRCLE)", [10.0, -20.0, 3.0]),
        ("CAST('1 2 3 4 5 6' AS POLYGON)", [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        ("CAST(NULL AS POINT)", None),
        ("CONTAINS(CAST('10 0' AS POINT), CAST('10.5 0 1' AS CIRCLE))", 1),
        ("IN_UNIT(IN_UNIT(ra + 180, 'mas'), 'deg')", 180.0),
        ("IN_UNIT(mag, 'mmag')", 6000.0),
        ("ivo_healpix_index(29, 0, 91)", None),
        ("ivo_healpix_center(0, 12)", None),
        ("ivo_healpix_center(0, -1)", None),
        ("ivo_healpix_index(NULL, POINT(1, 1))", None),
        ("ivo_geom_transform('ICRS', 'GALACTIC', POINT(NULL, 1))", None),
        ("ivo_interval_overlaps(NULL, 1, 2, 3)", 0),
        ("ivo_hashlist_has(NULL, 'a')", None),
        ("ivo_hasword('the light-curve of a star', 'curves, LIGHT')", 1),
        ("ivo_hasword('all of the sky', 'the')", 1),
        ("ivo_nocasematch('100%', '100\\%')", 0),
        ("ivo_hms_to_degrees('12 30 00')", 187.5),
        ("ivo_hms_to_degrees('-1:00:00')", None),
        ("ivo_hms_to_degrees('1:60:00')", None),
        ("ivo_hms_to_degrees('25:00:00')", None),
        ("ivo_dms_to_degrees('-0:0:36')", -0.01),
        ("ivo_dms_to_degrees('1:2')", None),
    ],
)
def test_values(expression: str, value: object, sky: Sky) -> None:
    ((answer,),) = sky.rows(f"SELECT {expression} AS v FROM sky.stars WHERE id = 0")
    if isinstance(value, float | list):
        assert answer == pytest.approx(value, rel=1e-12)
    else:
        assert answer == value


def test_whole_numbers_are_compared_exactly(sky: Sky) -> None:
    large = 2**60
    call = f"ivo_interval_overlaps(n + {large}, n + {large}, n + {large + 1}, n + {large + 2})"
    assert sky.value(call) == 0


def test_calls_that_write_arguments_twice_stay_bounded() -> None:
    for start, end, depth in (
        ("ivo_interval_overlaps(1, ", ", 3, 4)", 30),
        ("POINT(COORD1(ivo_healpix_center(9, ivo_healpix_index(9, ", "))), 1)", 8),
        ("POINT(COORD1(CASE WHEN n = 1 THEN ", " END), 1)", 16),
        ("ABS(", ")", 33),
    ):
        inner = "POINT(n, 1)" if "POINT" in start else "n"
        value = start * (depth - 1) + inner + end * (depth - 1)
        started = time.monotonic()
        for query in (
            f"SELECT {value} AS v FROM sky.one ORDER BY {value}",
            f"SELECT COUNT(*) AS n, {value} AS v FROM sky.one GROUP BY {value}",
        ):
            with contextlib.suppress(ADQLError):
                assert len(translate(query, SKY).sql) < 20_000_000
        assert time.monotonic() - started < 10
    with pytest.raises(ADQLError, match="at most 32 function calls can stand inside each other"):
        translate("SELECT " + "ABS(" * 33 + "n" + ")" * 33 + " FROM sky.one", SKY)
