from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from lxml import etree

from schemas.declaration import Column, Position, TimeSystem
from tap.votable import Info, Param, error_votable, votable
from tap.votable.document import NAMESPACE
from tests.support.validity import assert_valid_xml, assert_votlint_silent, parse_votable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BARYCENTRIC = TimeSystem("btjd", "TT", "BARYCENTER", 2400000.0)
CIVIL = TimeSystem("utc", "UTC", "TOPOCENTER")

COLUMNS = (
    Column("ra", "double", "Right ascension", unit="deg", ucd="pos.eq.ra;meta.main"),
    Column("dec", "double", "Declination", unit="deg", ucd="pos.eq.dec;meta.main"),
    Column("time", "double", "Mid-time", unit="d", ucd="time.epoch", time_system=BARYCENTRIC),
    Column("made", "char", arraysize="*", xtype="timestamp", time_system=CIVIL),
    Column("flag", "boolean"),
    Column("byte", "unsignedByte"),
    Column("small", "short"),
    Column("count", "int", utype="x:Count"),
    Column("big", "long"),
    Column("flux", "float", "Flux <white> & more", unit="electron/s"),
    Column("name", "unicodeChar", arraysize="*"),
    Column("code", "char", arraysize="8*"),
    Column("point", "double", arraysize="2", xtype="point", unit="deg"),
)
FULL = (
    *(100.25, -0.5, 54321.123456789012, datetime(2009, 1, 31, 12, tzinfo=UTC), True, 200, -5, 7),
    *(Decimal(2**62), float(np.float32(1.1)), "\u00c9toile <1> & \x01", "LRc01", [100.25, -0.5]),
)
NULLS = (None,) * len(COLUMNS)
EXTREME = (
    *(math.nan, math.inf, -math.inf, None, False, 0, 32767, -(2**31), -(2**63), math.nan),
    *("", "]]>", [359.9, 1e-300]),
)
POSITIONS = (Position("ra", "dec", "pos"), Position("glon", "glat", "gpos", "GALACTIC"))


def written(rows: Sequence[Sequence[object]] = (FULL, NULLS, EXTREME)) -> bytes:
    return b"".join(
        votable(
            COLUMNS,
            rows,
            infos=[Info("query", "SELECT <x>\nFROM t"), Info("cite", "2009A&A", ucd="meta.bib")],
            params=[Param(Column("mag", "double", unit="mag", ucd="phot.mag"), 12.5)],
            positions=POSITIONS,
            description="Stars & planets",
        )
    )


def statuses(document: bytes) -> list[tuple[str, str | None, bool]]:
    """Every QUERY_STATUS: value, text and whether it stands behind the table."""
    infos = etree.fromstring(document).iter(f"{{{NAMESPACE}}}INFO")
    return [
        (
            info.get("value", ""),
            info.text,
            any(
                sibling.tag == f"{{{NAMESPACE}}}TABLE"
                for sibling in info.itersiblings(preceding=True)
            ),
        )
        for info in infos
        if info.get("name") == "QUERY_STATUS"
    ]


def test_schema_and_votlint_accept_a_table_of_every_type() -> None:
    document = written()
    assert_valid_xml(document)
    assert_votlint_silent(document)


def test_astropy_reads_every_value_back() -> None:
    table = parse_votable(written()).get_first_table().array
    first = {name: table[name][0] for name in table.dtype.names}
    assert first["time"] == FULL[2]
    assert first["made"] == "2009-01-31T12:00:00"
    assert first["big"] == 2**62
    assert first["flux"] == np.float32(1.1)
    assert first["name"] == "\u00c9toile <1> & \ufffd"
    assert list(first["point"]) == [100.25, -0.5]
    assert table["flag"][0]
    assert math.isnan(table["ra"].data[2])
    assert math.isnan(table["point"].data[1][0])
    assert table["dec"][2] == math.inf
    assert table["big"][2] == -(2**63)
    assert table["code"][2] == "]]>"
    for name in ("flag", "byte", "small", "count", "big"):
        assert bool(table[name].mask[1])


def test_field_attributes_come_from_the_columns() -> None:
    fields = parse_votable(written()).get_first_table().fields
    assert [field.name for field in fields] == [column.name for column in COLUMNS]
    assert fields[9].description == "Flux <white> & more"
    assert str(fields[9].unit) == "electron / s"
    assert fields[12].xtype == "point"
    assert fields[12].arraysize == "2"
    assert fields[7].utype == "x:Count"
    assert fields[7].arraysize is None
    assert b"<VALUES" not in written()


def test_coordinate_and_time_systems_stand_before_the_fields_that_refer_to_them() -> None:
    root = etree.fromstring(written())
    resource = root[0]
    tags = [etree.QName(child).localname for child in resource]
    assert tags == [
        "DESCRIPTION", "INFO", "INFO", "INFO", "COOSYS", "TIMESYS", "TIMESYS", "PARAM", "TABLE",
    ]  # fmt: skip
    frame, barycentric, civil = list(resource)[4:7]
    assert frame.get("system") == "ICRS"
    assert barycentric.get("timeorigin") == "2400000.0"
    assert barycentric.get("timescale") == "TT"
    assert barycentric.get("refposition") == "BARYCENTER"
    assert civil.get("timeorigin") is None
    refs = {f.get("name", ""): f.get("ref") for f in root.iter(f"{{{NAMESPACE}}}FIELD")}
    assert refs["ra"] == refs["dec"] == frame.get("ID")
    assert refs["time"] == barycentric.get("ID")
    assert refs["made"] == civil.get("ID")
    assert refs["flux"] is None


def test_a_frame_without_a_votable_name_is_refused() -> None:
    with pytest.raises(ValueError, match="frame 'MARS' has no VOTable name; use one of ICRS"):
        list(votable(COLUMNS, [], positions=[Position("ra", "dec", "pos", "MARS")]))


ONE = (Column("n", "int"),)


@pytest.mark.parametrize(
    ("available", "maxrec", "sent", "overflow"),
    [(3, None, 3, False), (3, 3, 3, False), (3, 4, 3, False), (3, 2, 2, True), (0, 2, 0, False),
     (3, 0, 0, True), (0, 0, 0, True)],
)  # fmt: skip
def test_overflow_only_when_cut_off(
    available: int, maxrec: int | None, sent: int, *, overflow: bool
) -> None:
    document = b"".join(votable(ONE, [(i,) for i in range(available)], maxrec=maxrec))
    assert_valid_xml(document)
    assert document.count(b"<TR>") == sent
    found = [(value, behind) for value, _, behind in statuses(document)]
    assert found == [("OK", False), *([("OVERFLOW", True)] if overflow else [])]


def test_only_one_row_beyond_maxrec_is_read() -> None:
    rows = iter([(i,) for i in range(10)])
    b"".join(votable(ONE, rows, maxrec=3))
    assert next(rows) == (4,)


def _failing(count: int) -> Iterator[tuple[int]]:
    yield from ((i,) for i in range(count))
    raise RuntimeError("secret of the database")


def test_a_failure_under_way_closes_the_document_and_says_so() -> None:
    document = b"".join(votable(ONE, _failing(2), on_error=lambda _: "The database went away."))
    assert_valid_xml(document)
    assert document.count(b"<TR>") == 2
    assert statuses(document) == [("OK", None, False), ("ERROR", "The database went away.", True)]
    assert b"secret" not in document


def test_without_on_error_a_failure_passes_through() -> None:
    with pytest.raises(RuntimeError, match="secret"):
        list(votable(ONE, _failing(2)))


def test_parts_are_of_bearable_size_and_begin_before_the_rows_end() -> None:
    read = []

    def rows() -> Iterator[tuple[int]]:
        for number in range(50_000):
            read.append(number)
            yield (number,)

    parts = votable(ONE, rows())
    first = next(parts)
    assert len(read) < 2_000
    assert len(first) < 100_000
    assert (first + b"".join(parts)).count(b"<TR>") == 50_000


def test_rows_are_in_the_namespace_without_declaring_it_again() -> None:
    document = written()
    assert document.count(b"xmlns") == 1
    assert len(list(etree.fromstring(document).iter(f"{{{NAMESPACE}}}TD"))) == 3 * len(COLUMNS)


def test_a_row_of_the_wrong_length_is_an_error() -> None:
    with pytest.raises(ValueError, match="longer"):
        list(votable(COLUMNS, [(1,)]))


def test_error_document_is_as_astroquery_looks_for_it() -> None:
    document = error_votable("no column <magr>\nin t", infos=[Info("standardID", "ivo://x")])
    assert_valid_xml(document)
    assert (
        b'<INFO name="QUERY_STATUS" value="ERROR">no column &lt;magr&gt;\nin t</INFO>' in document
    )
    parse_votable(document)
