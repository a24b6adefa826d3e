"""A declared data set with regions, for both geometry back ends: stars, images, fields, uploads."""

from __future__ import annotations

from schemas.declaration import Column, Position, Region, Schema, Table, catalogue

STARS = Table(
    "geo.stars",
    "Stars spread evenly over the sky",
    (
        Column("id", "long", "Number of the star"),
        Column("ra", "double", "Right ascension", unit="deg"),
        Column("dec", "double", "Declination", unit="deg"),
        Column("mag", "float", "Magnitude", unit="mag"),
    ),
    positions=(Position("ra", "dec", "pos"),),
)
IMAGES = Table(
    "geo.images",
    "Images with footprints that are published as text",
    (
        Column("id", "long", "Number of the image"),
        Column("s_ra", "double", "Centre", unit="deg"),
        Column("s_dec", "double", "Centre", unit="deg"),
        Column("s_region", "char", "Footprint", arraysize="*", xtype="adql:REGION"),
    ),
    positions=(Position("s_ra", "s_dec", "s_pos"),),
    regions=(Region("s_region", "polygon", "footprint", "footprint_index"),),
)
FIELDS = Table(
    "geo.fields",
    "Circular fields that are published as arrays",
    (
        Column("id", "long", "Number of the field"),
        Column("field", "double", "The field", arraysize="3", xtype="circle", unit="deg"),
    ),
    regions=(Region("field", "circle", "field", "field_index"),),
)
UPLOADS = Table(
    "geo.uploads",
    "What a user brings along: nothing declared, nothing stored",
    (
        Column("id", "long", "Number"),
        Column("ra", "double", "Right ascension", unit="deg"),
        Column("dec", "double", "Declination", unit="deg"),
        Column("radius", "double", "Radius", unit="deg"),
        Column("spot", "double", "Place", arraysize="2", xtype="point"),
        Column("disc", "double", "Circle", arraysize="3", xtype="circle"),
        Column("outline", "double", "Polygon", arraysize="*", xtype="polygon"),
        Column("note", "char", "STC-S nobody declared", arraysize="*", xtype="adql:REGION"),
    ),
)
ONE = Table("geo.one", "One row", (Column("n", "int"), Column("x", "double")))

GEO = catalogue([Schema("geo", "Geometry", (STARS, IMAGES, FIELDS, UPLOADS, ONE))])

_TYPES = {
    "cube": ("cube", "adql.unit_vector({}, {})", "cube"),
    "pgsphere": ("spoint", "adql.spot({}, {})", "scircle"),
}


def ddl(backend: str) -> str:
    """Give the statements that make the data set, after the functions of the back end."""
    position, made, region = _TYPES[backend]
    return f"""
CREATE SCHEMA geo;
CREATE TABLE geo.stars (
    id bigint PRIMARY KEY, ra float8, dec float8, mag real, released boolean NOT NULL,
    pos {position} GENERATED ALWAYS AS ({made.format("ra", "dec")}) STORED
);
INSERT INTO geo.stars
SELECT i, (i * 137.50776405003785)::numeric % 360, degrees(asin(2 * (i + 0.5) / 20000 - 1)),
    6 + (i % 90) / 10.0, i % 2 = 0
FROM generate_series(0, 19999) AS i;
INSERT INTO geo.stars VALUES
    (40000, 0, 90, 1, true), (40001, 123, -90, 1, true), (40002, 359.9999, 0.0003, 2, true),
    (40003, 0.0001, 0.0003, 2, true), (40004, NULL, NULL, 3, true);
CREATE INDEX ON geo.stars USING gist (pos);
CREATE TABLE geo.images (
    id bigint PRIMARY KEY, s_ra float8, s_dec float8, s_region text, footprint float8[],
    released boolean NOT NULL,
    s_pos {position} GENERATED ALWAYS AS ({made.format("s_ra", "s_dec")}) STORED,
    footprint_index {region} GENERATED ALWAYS AS (adql.region_bounds(footprint)) STORED
);
-- Squares, and every third one with a notch from the north to its centre.
INSERT INTO geo.images
SELECT id, ra, dec, 'Polygon ICRS ' || array_to_string(footprint, ' '), footprint, released
FROM geo.stars, LATERAL (SELECT CASE WHEN id % 3 = 0
    THEN ARRAY[ra - 0.4, dec - 0.4, ra + 0.4, dec - 0.4, ra + 0.4, dec + 0.4, ra, dec,
        ra - 0.4, dec + 0.4]
    ELSE ARRAY[ra - 0.4, dec - 0.4, ra + 0.4, dec - 0.4, ra + 0.4, dec + 0.4, ra - 0.4, dec + 0.4]
    END) AS made (footprint)
WHERE abs(dec) < 70 AND ra BETWEEN 1 AND 359;
INSERT INTO geo.images (id, s_ra, s_dec, released, footprint) VALUES
    (50000, NULL, NULL, true, NULL), (50001, 0, 0, true, '{{0, 0, 1, 1, 1, 0, 0, 1}}');
CREATE INDEX ON geo.images USING gist (s_pos);
CREATE INDEX ON geo.images USING gist (footprint_index);
CREATE TABLE geo.fields (
    id bigint PRIMARY KEY, field float8[], released boolean NOT NULL,
    field_index {region} GENERATED ALWAYS AS (adql.region_bounds(field)) STORED
);
INSERT INTO geo.fields
SELECT id, ARRAY[ra, dec, 0.1 + (id % 7) / 10.0], released FROM geo.stars WHERE ra IS NOT NULL;
CREATE INDEX ON geo.fields USING gist (field_index);
CREATE TABLE geo.uploads (
    id bigint PRIMARY KEY, ra float8, dec float8, radius float8, spot float8[], disc float8[],
    outline float8[], note text
);
INSERT INTO geo.uploads
SELECT id / 200, ra, dec, (id % 3) / 4.0, ARRAY[ra, dec], ARRAY[ra, dec, 0.5],
    ARRAY[ra - 1, dec, ra, dec - 1, ra + 1, dec, ra, dec + 1], 'Circle 1 2 3'
FROM geo.stars WHERE id % 200 = 0 AND abs(dec) < 80 AND ra BETWEEN 1 AND 359;
CREATE TABLE geo.one (n integer, x float8);
INSERT INTO geo.one VALUES (7, -7.5);
ANALYZE;
ALTER TABLE geo.stars ENABLE ROW LEVEL SECURITY;
ALTER TABLE geo.images ENABLE ROW LEVEL SECURITY;
ALTER TABLE geo.fields ENABLE ROW LEVEL SECURITY;
CREATE POLICY released ON geo.stars FOR SELECT USING (released);
CREATE POLICY released ON geo.images FOR SELECT USING (released);
CREATE POLICY released ON geo.fields FOR SELECT USING (released);
GRANT USAGE ON SCHEMA geo TO vo_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA geo TO vo_reader;
"""
