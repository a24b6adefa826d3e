from __future__ import annotations

import math

import pytest

from ssa.parameters import Cone, Query, parse_query
from ssa.ranges import Interval, ParameterError

MALFORMED = [
    ("REQUEST=getData", "REQUEST=getData is not supported; use REQUEST=queryData"),
    ("VERSION=2.0", "VERSION=2.0 is not supported; this service speaks SSA 1.1"),
    ("POS=100", "POS=100: write right ascension and declination in degrees"),
    ("POS=100,-1,3", "POS=100,-1,3: write right ascension and declination in degrees"),
    ("POS=100%20-1", "POS=100 -1: write right ascension and declination in degrees"),
    ("POS=abc,1", "POS: 'abc' is not a number"),
    ("POS=,1", "POS: '' is not a number"),
    ("POS=nan,1", "POS: 'nan' is not a number"),
    ("POS=1_0,1", "POS: '1_0' is not a number"),
    ("POS=361,1", "POS: right ascension 361 is not between 0 and 360 degrees"),
    ("POS=-1,1", "POS: right ascension -1 is not between 0 and 360 degrees"),
    ("POS=10,91", "POS: declination 91 is not between -90 and 90 degrees"),
    ("POS=10,1;GALACTIC", "POS: the frame 'GALACTIC' is not supported; give ICRS coordinates"),
    ("POS=10,1;", "POS: the frame '' is not supported"),
    ("POS=10,1&SIZE=-1", "SIZE=-1: a diameter is between 0 and 360 degrees"),
    ("POS=10,1&SIZE=361", "SIZE=361: a diameter is between 0 and 360 degrees"),
    ("POS=10,1&SIZE=wide", "SIZE: 'wide' is not a number"),
    ("SIZE=inf", "SIZE: 'inf' is not a number"),
    ("BAND=V", "BAND: 'V' is not a wavelength; write vacuum wavelengths in metres"),
    ("BAND=-1e-7", "BAND: a wavelength cannot be negative (-1e-7)"),
    ("BAND=9e-7/4e-7", "BAND=9e-7/4e-7 runs backwards"),
    ("BAND=/", "BAND has an empty element"),
    ("BAND=4e-7,,5e-7", "BAND has an empty element"),
    ("BAND=4e-7/5e-7/6e-7", "BAND: '5e-7/6e-7' is not a wavelength"),
    ("BAND=4e-7;source", "BAND: the frame 'source' is not supported"),
    ("TIME=yesterday", "TIME: 'yesterday' is not a date; write UTC dates in ISO 8601"),
    ("TIME=2007-02-30", "TIME: there is no day '2007-02-30'"),
    ("TIME=2007-13", "TIME: there is no day '2007-13'"),
    ("TIME=0000-01-01", "TIME: there is no day '0000-01-01'"),
    ("TIME=2007-02-03T25:00:00", "TIME: '2007-02-03T25:00:00' is not a date"),
    ("TIME=2007-02-03%2012:00:00", "TIME: '2007-02-03 12:00:00' is not a date"),
    ("TIME=2007-02-03T12:00:00%2B01:00", "TIME: '2007-02-03T12:00:00+01:00' is not a date"),
    ("TIME=2008/2007", "TIME=2008/2007 runs backwards"),
    ("TIME=54136", "TIME: '54136' is not a date"),
    ("FORMAT=hologram", "FORMAT=hologram is not known; use a media type or one of all, native"),
    ("MAXREC=-1", "MAXREC=-1 is not a whole number of 0 or more"),
    ("MAXREC=1.5", "MAXREC=1.5 is not a whole number of 0 or more"),
    ("MAXREC=many", "MAXREC=many is not a whole number of 0 or more"),
    ("TOP=0", "TOP=0 is not a whole number of 1 or more"),
    ("POS=1,1&pos=2,2", "POS is given more than once; give it once"),
    ("TARGETNAME=a%00b", "TARGETNAME contains a null character"),
    ("RUNID=" + "x" * 65, "RUNID is longer than 64 characters"),
]
"""Query strings and how the message begins."""


def parse(**values: str) -> Query:
    return parse_query(values.items(), default_size=0.5)


def test_nothing_asked_for_restricts_nothing() -> None:
    assert parse() == Query()


def test_names_in_any_case_values_with_blanks_and_unknown_parameters() -> None:
    query = parse(request="QUERYDATA", pos=" 100.9 , -0.9 ", Size="2", speed="fast", DEBUG="")
    assert query == Query(cone=Cone(100.9, -0.9, 1.0))


def test_empty_values_count_as_none() -> None:
    assert parse(POS="", SIZE=" ", BAND="", TIME="", FORMAT="", MAXREC="", REQUEST="") == Query()


@pytest.mark.parametrize(
    ("text", "cone"),
    [
        ("10,20", Cone(10, 20, 0.25)),
        ("10,20;ICRS", Cone(10, 20, 0.25)),
        ("10,20;icrs", Cone(10, 20, 0.25)),
        ("360,-90", Cone(360, -90, 0.25)),
        ("1.5e1,+2", Cone(15, 2, 0.25)),
    ],
)
def test_pos(text: str, cone: Cone) -> None:
    assert parse(POS=text).cone == cone


@pytest.mark.parametrize(
    ("text", "intervals"),
    [
        ("5e-7", [(5e-7, 5e-7)]),
        ("4E-7/9e-7", [(4e-7, 9e-7)]),
        ("/9e-7", [(-math.inf, 9e-7)]),
        ("4e-7/", [(4e-7, math.inf)]),
        ("4e-7, 5e-7/6e-7 ,8e-7/", [(4e-7, 4e-7), (5e-7, 6e-7), (8e-7, math.inf)]),
        ("4e-7/5e-7;observer", [(4e-7, 5e-7)]),
    ],
)
def test_band(text: str, intervals: list[tuple[float, float]]) -> None:
    assert parse(BAND=text).bands == tuple(Interval(*ends) for ends in intervals)


@pytest.mark.parametrize(
    ("text", "intervals"),
    [
        ("1858-11-17T00:00:00", [(0, 0)]),
        ("2000-01-01T12:00:00", [(51544.5, 51544.5)]),
        ("2000-01-01t12:00:00z", [(51544.5, 51544.5)]),
        ("2000-01-01T12:00", [(51544.5, 51544.5)]),
        ("2000-01-01T18:00:00.000000", [(51544.75, 51544.75)]),
        ("2000-01-01T00:00:00.864", [(51544.00001, 51544.00001)]),
        ("2016-12-31T23:59:60", [(57754, 57754)]),
        ("2000-01-01", [(51544, 51545)]),
        ("2000-02", [(51575, 51604)]),
        ("2000", [(51544, 51910)]),
        ("9999-12-31", [(2973483, 2973484)]),
        ("2000-01-01/2000-01-02", [(51544, 51546)]),
        ("/2000-01-01T12:00:00", [(-math.inf, 51544.5)]),
        ("2000-01-01T12:00:00/", [(51544.5, math.inf)]),
        ("2000,2001-01-01", [(51544, 51910), (51910, 51911)]),
    ],
)
def test_time(text: str, intervals: list[tuple[float, float]]) -> None:
    found = [(interval.low, interval.high) for interval in parse(TIME=text).times]
    assert found == [pytest.approx(ends, abs=1e-9) for ends in intervals]


def test_fractions_of_a_second_reach_the_query() -> None:
    (interval,) = parse(TIME="2007-02-03T13:05:53.123456").times
    whole = parse(TIME="2007-02-03T13:05:53").times[0]
    assert (interval.low - whole.low) * 86400 == pytest.approx(0.123456, abs=1e-5)


@pytest.mark.parametrize("text", ["all", "ALL", "native", "fits,all"])
def test_format_that_allows_any(text: str) -> None:
    assert parse(FORMAT=text).media_types == ()


def test_format_by_short_name_and_media_type() -> None:
    assert "application/fits" in parse(FORMAT="Fits").media_types
    assert "application/x-votable+xml" in parse(FORMAT="compliant").media_types
    query = parse(FORMAT="application/x-votable+xml; content=datalink,image/JPEG")
    assert query.media_types == ("application/x-votable+xml;content=datalink", "image/jpeg")


def test_format_metadata() -> None:
    assert parse(FORMAT="Metadata").metadata_only
    assert not parse(FORMAT="fits").metadata_only


def test_lists_of_names() -> None:
    query = parse(COLLECTION="Red, Blue", TARGETNAME=" HD  1 ,", PUBDID="ivo://a/b?c")
    assert query.collections == ("Red", "Blue")
    assert query.targets == ("HD 1",)
    assert query.publisher_dids == ("ivo://a/b?c",)


def test_counts() -> None:
    assert parse(MAXREC="0", TOP="5") == Query(maxrec=0, top=5)
    maxrec = parse(MAXREC="9" * 5000).maxrec
    assert maxrec is not None
    assert maxrec > 10**9


def test_a_parameter_twice_in_another_case_is_refused() -> None:
    with pytest.raises(ParameterError, match="TIME is given more than once"):
        parse_query([("TIME", "2007"), ("time", "2008")], 0.5)
