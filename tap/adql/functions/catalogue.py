"""The user-defined functions whose names the IVOA reserves (Catalogue of ADQL UDFs 1.2).

Their SQL calls the functions of ``schemas/sql/adql_functions.sql``.
``ivo_simbadpoint`` is left out: it would ask a service outside.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schemas.functions import Example, Function, Literal, NotNull, OneOf, Within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.declaration import Column

FRAMES = ("ICRS", "FK5", "FK4", "GALACTIC", "SUPER_GALACTIC", "ECLIPTIC")
"""Frames that geometries are transformed between, as http://www.ivoa.net/rdf/refframe has them."""

_ORDER = {"hpxOrder": Within(0, 29)}
_MOST_BINS = 10_000


def _same_geometry(arguments: Sequence[Column]) -> Column:
    """Describe a geometry in another frame: nothing of the old one's meaning holds."""
    return replace(arguments[2], name="", description="", ucd=None, utype=None)


_SKY = (
    Function(
        "ivo_healpix_index(hpxOrder INTEGER, long REAL, lat REAL) -> BIGINT",
        "adql.healpix_index(({0})::integer, {1}, {2})",
        "Number, in the NESTED scheme, of the HEALPix cell of an order from 0 to 29 that holds a"
        " position in degrees; NULL where there is no such position",
        (
            Example("ivo_healpix_index(0, 1, 1)", 4),
            Example("ivo_healpix_index(17, 1, 1)", 81609757711),
            Example("ivo_healpix_index(17, 359, -1)", 73009064944),
        ),
        ucd="pos.healpix",
        rules=_ORDER,
    ),
    Function(
        "ivo_healpix_index(hpxOrder INTEGER, p POINT) -> BIGINT",
        "adql.healpix_index(({0})::integer, {1})",
        "The same of a POINT",
        (
            Example("ivo_healpix_index(0, POINT(1, 1))", 4),
            Example("ivo_healpix_index(17, POINT('ICRS', 1, 1))", 81609757711),
            Example("ivo_healpix_index(17, CENTROID(CIRCLE(359, -1, 3)))", 73009064944),
        ),
        ucd="pos.healpix",
        rules=_ORDER,
    ),
    Function(
        "ivo_healpix_center(hpxOrder INTEGER, hpxIndex BIGINT) -> POINT",
        "adql.healpix_center(({0})::integer, {1})",
        "Centre of the HEALPix cell with a number in the NESTED scheme; NULL where the order has"
        " no such cell",
        (
            Example("ivo_healpix_center(0, 6)", [180.0, 0.0]),
            Example(
                "ivo_healpix_center(17, ivo_healpix_index(17, 23.4, 56.7))",
                [23.399843462947466, 56.70016214363192],
            ),
        ),
        rules=_ORDER,
    ),
    Function(
        "ivo_epoch_prop_pos(ra REAL, dec REAL, parallax REAL, pmra REAL, pmdec REAL,"
        " radial_velocity REAL, ref_epoch REAL, out_epoch REAL) -> POINT",
        "adql.epoch_prop_pos({0}, {1}, {2}, {3}, {4}, {5}, {6}, {7})",
        "Position at out_epoch of an object that moves linearly in space: position in degrees,"
        " parallax in mas, proper motions in mas/yr (that of the longitude times the cosine of"
        " the latitude), radial velocity in km/s, epochs in Julian years. A parallax that is NULL"
        " means infinitely remote, a motion that is NULL none; NULL elsewhere is an error",
        (
            Example(
                "ivo_epoch_prop_pos(7.606083572, 11.79044105, 125, 300, -428.8, 52.51, 2016.0,"
                " 1992.25)",
                [7.604061404627978, 11.7932703828279],
            ),
            Example(
                "ivo_epoch_prop_pos(7.606083572, 11.79044105, 125, 300, -428.8, 52.51, 2016.0,"
                " 1875.0)",
                [7.594068213694308, 11.807251375203935],
            ),
            Example(
                "ivo_epoch_prop_pos(7.606083572, 11.79044105, 125, 300, -428.8, NULL, 2016.0,"
                " 1875.0)",
                [7.594079587029898, 11.807235464326332],
            ),
            Example(
                "ivo_epoch_prop_pos(7.606083572, 11.79044105, 125, 300, NULL, NULL, 2016.0,"
                " 1875.0)",
                [7.594080321498365, 11.790440798509207],
            ),
            Example(
                "ivo_epoch_prop_pos(7.606083572, 11.79044105, NULL, 300, -428.8, 52.51, 2016.0,"
                " 1875.0)",
                [7.594079587020846, 11.807235464339055],
            ),
        ),
        rules=dict.fromkeys(("ra", "dec", "ref_epoch", "out_epoch"), NotNull()),
    ),
    Function(
        "ivo_geom_transform(from_sys VARCHAR, to_sys VARCHAR, geo GEOMETRY) -> GEOMETRY",
        "adql.rotated(adql.rotation({0}, {1}), {2})",
        f"A POINT, CIRCLE or POLYGON in another frame, by rotation. The frames are literals:"
        f" {', '.join(FRAMES)}; FK5 and ECLIPTIC are those of J2000, FK4 is that of B1950"
        " without the E-terms of aberration, and FK5 is taken as ICRS, to 0.02 arcsec",
        (
            Example(
                "ivo_geom_transform('ICRS', 'GALACTIC', POINT(120, -23))",
                [241.121831182, 3.62785788087],
            ),
            Example(
                "ivo_geom_transform('FK4', 'GALACTIC', CIRCLE(189.70303055, 22.96240006, 3))",
                [275.00025405, 84.99996154, 3.0],
            ),
        ),
        result=_same_geometry,
        rules={"from_sys": OneOf(FRAMES), "to_sys": OneOf(FRAMES)},
    ),
    Function(
        "ivo_hms_to_degrees(hms VARCHAR) -> REAL",
        "(15 * adql.sexagesimal({0}, 'h', false, 24))",
        "Degrees of a right ascension written h:m:s, hhmmss or hHmMsS; NULL for anything else",
        (
            Example("ivo_hms_to_degrees('3:34:45.4')", 53.689166666666665),
            Example("ivo_hms_to_degrees('3h34m45.4s')", 53.689166666666665),
            Example("ivo_hms_to_degrees('033445.4')", 53.689166666666665),
            Example("ivo_hms_to_degrees('half past three')", None),
        ),
        unit="deg",
    ),
    Function(
        "ivo_dms_to_degrees(dms VARCHAR) -> REAL",
        "adql.sexagesimal({0}, 'd', true, 360)",
        "Degrees of an angle written d:m:s, ddmmss or dDmMsS, perhaps with a sign; NULL for"
        " anything else",
        (
            Example("ivo_dms_to_degrees('42:9:6.768')", 42.15188),
            Example("ivo_dms_to_degrees('42D9M6.768S')", 42.15188),
            Example("ivo_dms_to_degrees('-00:15:00')", -0.25),
            Example("ivo_dms_to_degrees('+0d15m0s')", 0.25),
        ),
        unit="deg",
    ),
)

_TIME = (
    Function(
        "ivo_to_jd(d TIMESTAMP) -> REAL",
        "(date_part('epoch', {0}) / 86400 + 2440587.5)",
        "Julian Date of a timestamp, or of a string that is one, in its own time scale",
        (
            Example("ivo_to_jd(CAST('2000-01-02T12:00:00' AS TIMESTAMP))", 2451546.0),
            Example("ivo_to_jd('1910-12-31T06:00:00')", 2419036.75),
            Example("ivo_to_jd(NULL)", None),
        ),
        unit="d",
        ucd="time.epoch",
    ),
    Function(
        "ivo_to_mjd(d TIMESTAMP) -> REAL",
        "(date_part('epoch', {0}) / 86400 + 40587)",
        "Modified Julian Date of a timestamp, or of a string that is one, in its own time scale",
        (
            Example("ivo_to_mjd(CAST('2000-01-02T12:00:00' AS TIMESTAMP))", 51545.5),
            Example("ivo_to_mjd('1910-12-31T06:00:00')", 19036.25),
            Example("ivo_to_mjd(NULL)", None),
        ),
        unit="d",
        ucd="time.epoch",
    ),
)

_TEXT = (
    Function(
        "ivo_string_agg(expression VARCHAR, delimiter VARCHAR) -> VARCHAR",
        "adql.joined(array_agg(({0})::text), {1})",
        "Aggregate: all values that are not NULL, sorted, with the delimiter, a literal, between"
        " them",
        (
            Example(
                "SELECT ivo_string_agg(table_name, ', ') AS listed FROM TAP_SCHEMA.tables"
                " WHERE table_name LIKE 'tap_schema.k%'",
                "tap_schema.key_columns, tap_schema.keys",
            ),
        ),
        aggregate=True,
        rules={"delimiter": Literal()},
    ),
    Function(
        "ivo_nocasematch(value VARCHAR, pattern VARCHAR) -> INTEGER",
        "({0} ILIKE {1} ESCAPE '')::integer",
        "1 where the value is like the pattern, whatever the case; 0 where it is not",
        (
            Example("ivo_nocasematch('ABcabc', 'ab__bc')", 1),
            Example("ivo_nocasematch('abcabc', '%BC')", 1),
            Example("ivo_nocasematch('abcabc', 'ABCABC')", 1),
            Example("ivo_nocasematch('abcabc', 'abcab')", 0),
        ),
    ),
    Function(
        "ivo_hasword(haystack VARCHAR, needle VARCHAR) -> INTEGER",
        "adql.has_words({0}, {1})",
        "1 where all words of the needle are in the haystack, whatever the case and the English"
        " ending; 0 where one is missing",
        (
            Example("ivo_hasword('Miller and Urey have', 'miller')", 1),
            Example("ivo_hasword('shown that a primordial', 'soup')", 0),
            Example("ivo_hasword('shown that a primordial', 'shown primordial')", 1),
            Example("ivo_hasword('shown that a primordial', 'shown soup')", 0),
            Example("ivo_hasword('planets of stars', 'star planet')", 1),
        ),
    ),
    Function(
        "ivo_hashlist_has(hashlist VARCHAR, item VARCHAR) -> INTEGER",
        "adql.hash_list_has({0}, {1})",
        "1 where the item is, whatever the case, one of the words the list joins by #; 0 where"
        " it is not",
        (
            Example("ivo_hashlist_has('Red#green#blue', 'red')", 1),
            Example("ivo_hashlist_has('red#green#blue', 're')", 0),
            Example("ivo_hashlist_has('red#green#blue', 'red#green')", 0),
        ),
    ),
)

_NUMBERS = (
    Function(
        "ivo_histogram(val REAL, lower REAL, upper REAL, nbins INTEGER) -> INTEGER[]",
        "coalesce(adql.histogram({0}, {1}, {2}, {3}), array_fill(0, ARRAY[{3} + 2]))",
        "Aggregate: how many values are below lower or NULL, in each of nbins equal bins from"
        " lower to upper, and above upper. The number of bins is a literal",
        (
            Example(
                "SELECT ivo_histogram(column_index, 1, 4, 3) AS counts FROM TAP_SCHEMA.columns"
                " WHERE table_name = 'tap_schema.key_columns'",
                [0, 1, 1, 1, 0],
            ),
        ),
        aggregate=True,
        rules={"nbins": Within(1, _MOST_BINS, literal=True)},
    ),
    Function(
        "ivo_normal_random(mu REAL, sigma REAL) -> REAL",
        "({0} + {1} * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))",
        "Random number of the normal distribution with mean mu and standard deviation sigma",
        (Example("ivo_normal_random(10, 0)", 10.0),),
    ),
    Function(
        "ivo_interval_overlaps(a1 NUMERIC, b1 NUMERIC, a2 NUMERIC, b2 NUMERIC) -> INTEGER",
        "adql.interval_overlaps({0}, {1}, {2}, {3})",
        "1 where the intervals from a1 to b1 and from a2 to b2 have a value in common, be it"
        " their end; 0 where not, and always where an interval ends before it begins",
        (
            Example("ivo_interval_overlaps(-2, -3, 2, 3)", 0),
            Example("ivo_interval_overlaps(-2, 55.3, 2, 3)", 1),
            Example("ivo_interval_overlaps(2, 3, -2, 55.3)", 1),
            Example("ivo_interval_overlaps(-2, 55.3, 3, 2)", 0),
            Example("ivo_interval_overlaps(-2, 2, 2, 3)", 1),
        ),
    ),
)

UDFS = (*_SKY, *_TIME, *_TEXT, *_NUMBERS)
"""The functions with the prefix ``ivo_``, which every query may call."""
