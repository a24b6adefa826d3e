"""What pyvo makes of the service."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
import pyvo
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask


@pytest.fixture(scope="module")
def service(app: Flask) -> Iterator[pyvo.dal.SSAService]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield pyvo.dal.SSAService(f"http://127.0.0.1:{server.port}/ssa")
    server.shutdown()
    thread.join()
    server.server_close()


def test_search_by_position_and_time(service: pyvo.dal.SSAService) -> None:
    found = service.search(
        pos=(100.9, -0.9), diameter=0.1, time=("2007-05-16T00:00:00", "2007-06-01T00:00:00.5")
    )
    (record,) = found
    assert record.title == "plate field"
    assert (record.ra, record.dec) == (100.9, -0.9)
    assert record.dateobs.mjd == pytest.approx(54312.375)
    assert record.instr == "Astrograph"
    assert record.format == "application/fits"
    assert record.filesize == 12
    assert record.getdataurl() == record.acref


def test_search_by_band_and_format(service: pyvo.dal.SSAService) -> None:
    assert len(service.search(band=(4e-7, 4.1e-7), format=["fits", "image/fits"])) == 5


def test_description_and_columns(service: pyvo.dal.SSAService) -> None:
    assert "access_url" in [column.name for column in service.columns]


def test_overflow_is_seen(service: pyvo.dal.SSAService) -> None:
    with pytest.warns(pyvo.dal.exceptions.DALOverflowWarning):
        assert len(service.search(maxrec=2)) == 2


def test_errors_carry_the_message(service: pyvo.dal.SSAService) -> None:
    with pytest.raises(pyvo.DALQueryError, match="RUNID is longer"):
        service.search(runid="x" * 70)
