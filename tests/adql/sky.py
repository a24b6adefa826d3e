"""A foreign data set, declared in a few lines: stars, visits to them, and observers."""

from __future__ import annotations

from schemas.declaration import Column, Position, Schema, Table, catalogue

STARS = Table(
    "sky.stars",
    "Stars spread evenly over the sky",
    (
        Column("id", "long", "Number of the star", ucd="meta.id;meta.main"),
        Column("ra", "double", "Right ascension", unit="deg", ucd="pos.eq.ra"),
        Column("dec", "double", "Declination", unit="deg", ucd="pos.eq.dec"),
        Column("mag", "float", "Magnitude", unit="mag", ucd="phot.mag", utype="sky:mag"),
        Column("name", "char", "Name", arraysize="*"),
        Column("seen", "char", "First seen", arraysize="*", xtype="timestamp", ucd="time"),
        Column("size", "int", "Size class"),
        Column("released", "boolean", "Whether everyone may see it"),
        Column("Odd Name", "short", "A column that needs quotes"),
    ),
    positions=(Position("ra", "dec", "pos"),),
)
VISITS = Table(
    "sky.visits",
    "Visits to stars",
    (
        Column("id", "long", "Number of the visit"),
        Column("star_id", "long", "Number of the star"),
        Column("s_ra", "double", "Where it pointed", unit="deg"),
        Column("s_dec", "double", "Where it pointed", unit="deg"),
        Column("flux", "double", "Flux", unit="electron/s"),
        Column("radius", "double", "Field radius", unit="deg"),
    ),
    positions=(Position("s_ra", "s_dec", "s_pos"),),
)
ONE = Table("sky.one", "One row", (Column("n", "int"), Column("x", "double"), Column("t", "char")))
OTHER_STARS = Table("lab.stars", "Another table of that name", (Column("id", "int"),))

SKY = catalogue(
    [
        Schema("sky", "Sky", (STARS, VISITS, ONE)),
        Schema("lab", "Laboratory", (OTHER_STARS,)),
    ]
)

VECTOR = (
    "cube(cube(cube(cos(radians({dec})) * cos(radians({ra}))),"
    " cos(radians({dec})) * sin(radians({ra}))), sin(radians({dec})))"
)


def for_pgsphere(ddl: str) -> str:
    """Write DDL with stored positions for the other back end."""
    for ra, dec in (("ra", "dec"), ("s_ra", "s_dec")):
        cube = f"cube GENERATED ALWAYS AS ({VECTOR.format(ra=ra, dec=dec)})"
        ddl = ddl.replace(cube, f"spoint GENERATED ALWAYS AS (adql.spot({ra}, {dec}))")
    return ddl


DDL = f"""
CREATE SCHEMA sky;
CREATE SCHEMA lab;
CREATE TABLE sky.stars (
    id bigint PRIMARY KEY, ra float8, dec float8, mag real, name text, seen timestamp,
    size integer, released boolean NOT NULL, "Odd Name" smallint,
    pos cube GENERATED ALWAYS AS ({VECTOR.format(ra="ra", dec="dec")}) STORED
);
-- A golden spiral, the poles, two stars on either side of RA 0, and one without place.
INSERT INTO sky.stars
SELECT i, (i * 137.50776405003785)::numeric % 360, degrees(asin(2 * (i + 0.5) / 20000 - 1)),
    CASE WHEN i % 100 <> 7 THEN 6 + (i % 90) / 10.0 END, 'star ' || i,
    timestamp '2009-01-01' + i * interval '1 hour', i % 5, i % 2 = 0, i % 7
FROM generate_series(0, 19999) AS i;
INSERT INTO sky.stars VALUES
    (20000, 0, 90, 1, 'north', '2010-06-01 12:30:00.5', 1, true, 0),
    (20001, 123, -90, 1, 'south', '2010-06-01', 1, true, 0),
    (20002, 359.9999, 0.0003, 2, 'west', NULL, 1, true, 0),
    (20003, 0.0001, 0.0003, 2, 'east', NULL, 1, true, 0),
    (20004, NULL, NULL, 3, 'a\\b_c%', NULL, NULL, true, NULL);
CREATE INDEX ON sky.stars USING gist (pos);
CREATE INDEX ON sky.stars (name);
CREATE TABLE sky.visits (
    id bigint PRIMARY KEY, star_id bigint, s_ra float8, s_dec float8, flux float8, radius float8,
    s_pos cube GENERATED ALWAYS AS ({VECTOR.format(ra="s_ra", dec="s_dec")}) STORED
);
INSERT INTO sky.visits
SELECT i, i * 10, ra, dec, i * 1.5, (i % 4) / 2.0
FROM generate_series(0, 99) AS i JOIN sky.stars ON stars.id = i * 10;
CREATE INDEX ON sky.visits USING gist (s_pos);
CREATE TABLE sky.one (n integer, x float8, t text);
INSERT INTO sky.one VALUES (7, -7.5, 'Text');
CREATE TABLE lab.stars (id integer);
ANALYZE;
ALTER TABLE sky.stars ENABLE ROW LEVEL SECURITY;
CREATE POLICY public_stars ON sky.stars FOR SELECT USING (released);
GRANT USAGE ON SCHEMA sky, lab TO vo_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA sky, lab TO vo_reader;
"""
