"""What the translator can do beyond the mandatory part of ADQL 2.1, with examples.

The capabilities and the documentation are made from this list, and a test runs
every example.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.functions import Example


@dataclass(frozen=True, slots=True)
class LanguageFeature:
    """One optional feature of the language.

    Attributes
    ----------
    group
        Last part of the IVOID of its type of feature (ADQL 2.1, section 4), or None for what
        ADQL does not know.
    form
        Its name.
    description
        What it does.
    examples
        Expressions or queries, and what they return.
    """

    group: str | None
    form: str
    description: str
    examples: tuple[Example, ...]


def feature(
    group: str | None, form: str, description: str, *examples: tuple[str, object]
) -> LanguageFeature:
    """Declare a feature, with pairs of an example and what it returns."""
    return LanguageFeature(
        group, form, description, tuple(Example(adql, value) for adql, value in examples)
    )


_SKY = (
    feature(
        "adqlgeo", "AREA", "Area of a region in square degrees",
        ("ROUND(AREA(CIRCLE(10, 20, 1)), 3)", 3.142),
    ),
    feature(
        "adqlgeo", "BOX",
        "Polygon around a centre, from longitude and latitude (or a POINT), width and height",
        ("CONTAINS(POINT(10.4, 20.4), BOX(10, 20, 1, 1))", 1),
        ("CONTAINS(POINT(10.6, 20), BOX(POINT(10, 20), 1, 1))", 0),
    ),
    feature(
        "adqlgeo", "CENTROID", "Centre of a region",
        ("CENTROID(CIRCLE(10, 20, 3))", [10.0, 20.0]),
    ),
    feature(
        "adqlgeo", "CIRCLE",
        "Circle on the sky, from longitude, latitude and radius in degrees or from a POINT and a"
        " radius",
        ("CIRCLE(10, 20, 3)", [10.0, 20.0, 3.0]),
        ("CIRCLE(POINT(10, 20), 3)", [10.0, 20.0, 3.0]),
    ),
    feature(
        "adqlgeo", "CONTAINS", "1 where the first geometry lies in the second, 0 where not",
        ("CONTAINS(POINT(10.5, 0), CIRCLE(10, 0, 1))", 1),
    ),
    feature(
        "adqlgeo", "COORD1", "Longitude of a POINT in degrees", ("COORD1(POINT(10.5, 20))", 10.5)
    ),
    feature(
        "adqlgeo", "COORD2", "Latitude of a POINT in degrees", ("COORD2(POINT(10, 20.5))", 20.5)
    ),
    feature(
        "adqlgeo", "COORDSYS", "Frame of a geometry, which is ICRS (deprecated)",
        ("COORDSYS(POINT(10, 20))", "ICRS"),
    ),
    feature(
        "adqlgeo", "DISTANCE",
        "Angular distance in degrees of two POINTs, or of two pairs of longitude and latitude",
        ("DISTANCE(POINT(10, 80), POINT(190, 80))", 20.0),
        ("DISTANCE(359.5, 0, 0.5, 0)", 1.0),
    ),
    feature(
        "adqlgeo", "INTERSECTS", "1 where two regions have a point in common, 0 where not",
        ("INTERSECTS(CIRCLE(10, 0, 1), CIRCLE(11.5, 0, 1))", 1),
        ("INTERSECTS(CIRCLE(10, 0, 1), POLYGON(20, 0, 21, 0, 21, 1))", 0),
    ),
    feature(
        "adqlgeo", "POINT", "Position on the sky, from longitude and latitude in degrees",
        ("POINT(10, 20)", [10.0, 20.0]),
    ),
    feature(
        "adqlgeo", "POLYGON",
        "Region with great circles as sides, from three vertices on: their coordinates, or POINTs."
        " The smaller side is meant, whatever the order of the vertices",
        ("POLYGON(0, 0, 10, 0, 10, 10)", [0.0, 0.0, 10.0, 0.0, 10.0, 10.0]),
        ("CONTAINS(POINT(8, 2), POLYGON(POINT(0, 0), POINT(10, 0), POINT(10, 10)))", 1),
    ),
    feature(
        "adqlgeo", "REGION",
        "Circle, Polygon, Box or Position from its STC-S text",
        ("REGION('Circle ICRS 10 20 3')", [10.0, 20.0, 3.0]),
    ),
)  # fmt: skip

_LANGUAGE = (
    feature(
        "adql-string", "LOWER", "A text in lower case", ("LOWER('CoRoT')", "corot")
    ),
    feature(
        "adql-string", "UPPER", "A text in upper case", ("UPPER('CoRoT')", "COROT")
    ),
    feature(
        "adql-string", "ILIKE", "LIKE that does not mind the case",
        ("SELECT COUNT(*) AS n FROM TAP_SCHEMA.tables WHERE table_name ILIKE 'TAP_SCHEMA.%'", 5),
    ),
    feature(
        "adql-common-table", "WITH", "Queries that are named before the main one",
        (("WITH keyed AS (SELECT DISTINCT from_table FROM TAP_SCHEMA.keys)"
         " SELECT COUNT(*) AS n FROM keyed WHERE from_table LIKE 'tap_schema.%'"), 4),
    ),
    feature(
        "adql-sets", "UNION", "The rows of either query, each once; with ALL as often as they come",
        (("SELECT COUNT(*) AS n FROM (SELECT std FROM TAP_SCHEMA.columns"
         " UNION SELECT std FROM TAP_SCHEMA.columns WHERE std = 1) AS u"), 2),
    ),
    feature(
        "adql-sets", "EXCEPT", "The rows of the first query that the second does not have",
        (("SELECT table_name FROM TAP_SCHEMA.tables WHERE table_name LIKE 'tap_schema.key%'"
         " EXCEPT SELECT target_table FROM TAP_SCHEMA.keys"), "tap_schema.key_columns"),
    ),
    feature(
        "adql-sets", "INTERSECT", "The rows that both queries have",
        (("SELECT schema_name FROM TAP_SCHEMA.schemas"
         " INTERSECT SELECT schema_name FROM TAP_SCHEMA.tables WHERE table_name = 'ivoa.obscore'"),
         "ivoa"),
    ),
    feature(
        "adql-type", "CAST",
        "A value as another type: SMALLINT, INTEGER, BIGINT, REAL, DOUBLE PRECISION, CHAR(n),"
        " VARCHAR(n), TIMESTAMP, or POINT, CIRCLE and POLYGON from the text DALI defines",
        ("CAST('12' AS INTEGER) + 1", 13),
        ("CAST(12345 AS VARCHAR(3))", "123"),
        ("CAST('10 20' AS POINT)", [10.0, 20.0]),
    ),
    feature(
        "adql-conditional", "COALESCE", "The first value that is not NULL",
        ("COALESCE(NULL, 2, 3)", 2),
    ),
    feature(
        "adql-unit", "IN_UNIT",
        "A value in another unit, written as VOUnits 1.1 says; the answer has the new unit",
        ("IN_UNIT(DISTANCE(10, 0, 11, 0), 'arcsec')", 3600.0),
    ),
    feature(
        "adql-offset", "OFFSET", "Rows to leave out before TOP counts",
        (("SELECT TOP 1 table_name FROM TAP_SCHEMA.tables WHERE schema_name = 'tap_schema'"
         " ORDER BY table_name OFFSET 1"), "tap_schema.key_columns"),
    ),
    feature(
        None, "CASE", "The value of the first branch whose condition holds",
        ("CASE WHEN 1 < 2 THEN 'less' ELSE 'more' END", "less"),
        ("CASE 2 WHEN 1 THEN 'one' WHEN 2 THEN 'two' END", "two"),
    ),
)  # fmt: skip

FEATURES = (*_SKY, *_LANGUAGE)
"""Every optional feature, in the order of ADQL 2.1, section 4, and our own."""
