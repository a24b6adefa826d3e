"""Tables that have nothing to do with any mission, declared in a few lines."""

from __future__ import annotations

from schemas.declaration import Column, Position, Schema, Table, TimeSystem, catalogue
from schemas.tap_schema import TAP_SCHEMA

SPECIMENS = Table(
    "lab.specimens",
    "Things found in the sky",
    (
        Column("id", "int", "Number", ucd="meta.id;meta.main", principal=True, nullable=False),
        Column("ra", "double", "Right ascension", unit="deg", ucd="pos.eq.ra;meta.main"),
        Column("dec", "double", "Declination", unit="deg", ucd="pos.eq.dec;meta.main"),
        Column("mag", "float", "Magnitude", unit="mag", ucd="phot.mag"),
        Column("name", "unicodeChar", "Name", arraysize="*", ucd="meta.id"),
        Column(
            "seen",
            "char",
            "Time seen",
            arraysize="*",
            xtype="timestamp",
            ucd="time.epoch",
            time_system=TimeSystem("utc", "UTC", "TOPOCENTER"),
        ),
        Column("fluxes", "double", "Fluxes", arraysize="*", unit="electron/s", ucd="phot.flux"),
        Column("valid", "boolean", "Whether it is real", ucd="meta.code"),
    ),
    primary_key=("id",),
    positions=(Position("ra", "dec", "pos"),),
)

NUMBERS = Table(
    "lab.numbers",
    "The first 5,000 whole numbers",
    (Column("n", "int", "A number", nullable=False),),
)

MANY = Table(
    "lab.many",
    "More rows than fit into the first batch",
    (
        Column("n", "int", "A number", nullable=False),
        Column("label", "char", "Text to take up room", arraysize="*"),
    ),
)

LABORATORY = catalogue(
    [TAP_SCHEMA, Schema("lab", "A laboratory", (SPECIMENS, NUMBERS, MANY), utype="x:lab")]
)

DDL = """
CREATE SCHEMA lab;
CREATE TABLE lab.specimens (
    id integer PRIMARY KEY, ra double precision, dec double precision, mag real, name text,
    seen timestamp, fluxes double precision[], valid boolean,
    pos cube GENERATED ALWAYS AS (
        CASE WHEN ra IS NOT NULL AND dec IS NOT NULL THEN
            cube(ARRAY[cos(radians(ra)) * cos(radians(dec)),
                       sin(radians(ra)) * cos(radians(dec)), sin(radians(dec))])
        END
    ) STORED
);
INSERT INTO lab.specimens VALUES
    (1, 100.25, -0.5, 12.1, 'first & foremost', '2009-01-31T12:00:00', '{1.5,2.5}', true),
    (2, 100.26, -0.51, 13.7, 'zweitens \u00e4\u00f6\u00fc', '2009-01-31T12:00:00.25', NULL, false),
    (3, 280.0, 45.0, 0.1, NULL, NULL, '{}', NULL),
    (4, NULL, NULL, 'NaN', '100%', NULL, '{1e300,NULL,"NaN"}', true);
CREATE TABLE lab.numbers AS SELECT n::integer FROM generate_series(1, 5000) AS n;
CREATE TABLE lab.many AS
    SELECT n::integer, 'row ' || n || repeat(' and on', 10) AS label
    FROM generate_series(1, 100000) AS n;
GRANT USAGE ON SCHEMA lab TO vo_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA lab TO vo_reader;
"""
