"""The zero point: JD 2400000.0, TT, mid-exposure. Not MJD, not JD 2451545."""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import pytest

from ingest.fits.structure import JULIAN_DAY_ZERO
from ingest.fits.times import SECONDS_PER_DAY, julian_day_tt, mjd_of, mjd_utc
from tests.ingest.real_data import excerpt

TT_MINUS_UTC = 65.184  # seconds, in 2007
DATE = datetime(2007, 5, 16, 6, 2, 26, tzinfo=UTC)
DATETT = 54236.7548072283  # of the same real row


def _rows() -> list[dict[str, str]]:
    with excerpt("BAR").open() as stream:
        return list(csv.DictReader(line for line in stream if not line.startswith("#")))


def test_a_printed_time_is_a_julian_day_from_2400000() -> None:
    assert JULIAN_DAY_ZERO == 2_400_000.0
    # JD of 2007-05-16T06:02:26 UTC, from the almanac
    assert mjd_of(DATE) + 2_400_000.5 == pytest.approx(2_454_236.751690, abs=1e-6)
    seconds = (DATETT - julian_day_tt(DATE)) * SECONDS_PER_DAY
    assert seconds == pytest.approx(269.345 - TT_MINUS_UTC, abs=0.001)


def test_a_printed_time_is_not_mjd_nor_a_corot_julian_day() -> None:
    published = mjd_utc(DATETT)

    assert DATETT - published == pytest.approx(0.5, abs=0.001)
    assert published == pytest.approx(54_236.25405, abs=1e-4)


def test_all_printed_rows_keep_the_two_offsets_from_date() -> None:
    rows = _rows()
    offsets = []
    for row in rows:
        date = datetime.fromisoformat(row["DATE"]).replace(tzinfo=UTC)
        offsets.append(
            (float(row["DATETT"]) - julian_day_tt(date)) * SECONDS_PER_DAY + TT_MINUS_UTC
        )

    assert len(rows) == 19
    # 512 s points, then 32 s points; DATE drifts against TT by 4e-6
    assert offsets[:9] == pytest.approx([269.345] * 9, abs=0.03)
    assert offsets[9:] == pytest.approx([27.768] * 10, abs=0.03)


def test_conversions_are_inverse() -> None:
    assert mjd_utc(julian_day_tt(DATE)) == pytest.approx(mjd_of(DATE), abs=1e-9)


@pytest.mark.parametrize(
    ("moment", "tt_minus_utc"),
    [
        (datetime(2008, 12, 31, tzinfo=UTC), 65.184),
        (datetime(2009, 1, 1, tzinfo=UTC), 66.184),
        (datetime(2012, 7, 1, tzinfo=UTC), 67.184),
    ],
)
def test_leap_seconds_of_the_mission_count(moment: datetime, tt_minus_utc: float) -> None:
    days = julian_day_tt(moment) - (mjd_of(moment) + 0.5)

    assert days * SECONDS_PER_DAY == pytest.approx(tt_minus_utc, abs=1e-4)
