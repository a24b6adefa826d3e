"""A made-up schema with a column of every kind, small enough to run any query on."""

from __future__ import annotations

from schemas.declaration import Column, Position, Schema, Table, catalogue
from tests.adql.sky import VECTOR

ANIMALS = Table(
    "zoo.animals",
    "Animals and where they stand",
    (
        Column("id", "long", "Number", ucd="meta.id;meta.main"),
        Column("kind", "short", "Number of the kind"),
        Column("legs", "int", "Number of legs", ucd="meta.number"),
        Column("paws", "unsignedByte", "Number of paws"),
        Column("ra", "double", "Right ascension", unit="deg", ucd="pos.eq.ra;meta.main"),
        Column("dec", "double", "Declination", unit="deg", ucd="pos.eq.dec;meta.main"),
        Column("mag", "float", "Brightness", unit="mag", ucd="phot.mag", utype="zoo:mag"),
        Column("flux", "double", "Flux", unit="electron/s", ucd="phot.flux"),
        Column("name", "char", "Name", arraysize="*", ucd="meta.id"),
        Column("code", "char", "Code", arraysize="4"),
        Column("title", "unicodeChar", "Title", arraysize="*"),
        Column("born", "char", "Birth", arraysize="*", xtype="timestamp", ucd="time"),
        Column("tame", "boolean", "Whether it bites"),
        Column("spot", "double", "Resting place", arraysize="2", xtype="point", unit="deg"),
        Column("range", "double", "Territory", arraysize="3", xtype="circle", unit="deg"),
    ),
    positions=(Position("ra", "dec", "pos"),),
)
KEEPERS = Table(
    "zoo.keepers",
    "People",
    (
        Column("id", "long", "Number of the person"),
        Column("animal_id", "long", "Whom they keep"),
        Column("name", "char", "Name", arraysize="*"),
        Column("mag", "float", "Brightness", unit="mag"),
        Column("wage", "double", "Wage", unit="m/s"),
        Column("since", "char", "First day", arraysize="*", xtype="timestamp"),
        Column("legs", "int", "Number of legs"),
    ),
)
CAGES = Table(
    "zoo.cages",
    "Cages, with names that need quotes",
    (
        Column("Odd Name", "short", "A column that needs quotes"),
        Column("size", "int", "A reserved word"),
        Column("x", "double", "Width", unit="m"),
        Column("user", "char", "A reserved word of PostgreSQL", arraysize="*"),
    ),
)

ZOO = catalogue([Schema("zoo", "Zoo", (ANIMALS, KEEPERS, CAGES))])

DDL = f"""
CREATE SCHEMA zoo;
CREATE TABLE zoo.animals (
    id bigint, kind smallint, legs integer, paws smallint, ra float8, dec float8, mag real,
    flux float8, name text, code char(4), title text, born timestamp, tame boolean,
    spot float8[], range float8[],
    pos cube GENERATED ALWAYS AS ({VECTOR.format(ra="ra", dec="dec")}) STORED
);
INSERT INTO zoo.animals VALUES
    (1, 1, 4, 4, 10, 20, 3.5, 100, 'lion', 'AB', 'Löwe', '2001-02-03 04:05:06', true,
     '{{10, 20}}', '{{10, 20, 1}}'),
    (2, 1, 4, 4, 11, 20, 4.25, 50.5, 'tiger', 'ABCD', 'Tiger', '2001-02-03', false,
     '{{11, 20}}', '{{11, 20, 0.5}}'),
    (3, 2, 2, 0, 359.9, -80, 5, 7, 'emu', 'C', 'Emu', '1999-12-31 23:59:59.25', true,
     '{{0, -80}}', '{{0, -80, 2}}'),
    (4, 3, 0, 0, 180, 90, -1.5, 0.001, 'boa', '', 'Boa', '2010-01-01', false,
     '{{180, 90}}', '{{180, 90, 3}}'),
    (5, 2, 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE zoo.keepers (
    id bigint, animal_id bigint, name text, mag real, wage float8, since timestamp, legs integer
);
INSERT INTO zoo.keepers VALUES
    (1, 1, 'Ann', 3.5, 12.5, '2000-01-01', 2), (2, 1, 'Bob', 1, 10, '2005-06-07 08:09:10', 2),
    (3, 3, 'emu', 5, 8.25, NULL, 2), (6, NULL, NULL, NULL, NULL, '2020-02-29', NULL);
CREATE TABLE zoo.cages ("Odd Name" smallint, size integer, x float8, "user" text);
INSERT INTO zoo.cages VALUES (1, 10, 2.5, 'Ann'), (2, 20, 5, 'Bob'), (NULL, NULL, NULL, NULL);
ANALYZE;
GRANT USAGE ON SCHEMA zoo TO vo_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA zoo TO vo_reader;
"""
