"""Clocks, places and sizes."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from schemas.session import PUBLIC, Caller
from tap import admission
from tap.admission import ProcessAdmission
from tap.control import Control
from tap.errors import BusyServiceError, ClientGoneError, QueryTimeoutError, QuotaError
from tap.formats import FORMATS
from tap.places import PersonPlaces
from tap.query import TapLimits
from tap.watch import Watcher
from tests.tap.answers import ask, statuses

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tap.conftest import ClientMaker

LONG = timedelta(hours=1)
MANY = "SELECT n, label FROM lab.many"


def test_only_the_databases_time_counts() -> None:
    control = Control(timedelta(seconds=0.1))
    with control.sending():
        time.sleep(0.15)
    assert control.verdict(time.monotonic()) is None
    with control.working():
        time.sleep(0.06)
    assert control.verdict(time.monotonic()) is None
    with control.working():
        time.sleep(0.06)
        assert isinstance(control.verdict(time.monotonic()), QueryTimeoutError)
    assert isinstance(control.verdict(time.monotonic()), QueryTimeoutError)


def test_a_client_may_be_slow_but_not_still() -> None:
    control = Control(LONG, stall=0.1)
    for _ in range(3):
        with control.sending():
            time.sleep(0.05)
            assert control.verdict(time.monotonic()) is None
    with control.sending():
        time.sleep(0.12)
        assert isinstance(control.verdict(time.monotonic()), ClientGoneError)


def test_the_first_reason_counts_and_cancels_once() -> None:
    control, cancelled = Control(LONG), []
    with control.cancelled_by(lambda: cancelled.append(1)):
        control.stop(KeyError("first"))
        control.stop(ValueError("second"))
    assert cancelled == [1]
    with pytest.raises(KeyError):
        control.check()
    with pytest.raises(KeyError), control.cancelled_by(lambda: None):
        pass


@pytest.mark.parametrize("how", ["close", "half-close"])
def test_the_watcher_sees_a_hang_up(how: str) -> None:
    ours, theirs = socket.socketpair()
    ended = threading.Event()
    watcher, control = Watcher(), Control(LONG, ours)
    with ours, watcher.watching(control), control.cancelled_by(ended.set):
        theirs.sendall(b"GET / HTTP/1.1")  # what was sent before does not hide it
        assert not ended.wait(0.5)
        if how == "close":
            theirs.close()
        else:
            theirs.shutdown(socket.SHUT_WR)
        assert ended.wait(1)
        assert isinstance(control.reason, ClientGoneError)
    theirs.close()


def test_the_watcher_stops_what_is_over_its_time() -> None:
    ended = threading.Event()
    watcher = Watcher()
    for _ in range(2):  # the thread sleeps in between, and wakes again
        ended.clear()
        control = Control(timedelta(seconds=0.1))
        with watcher.watching(control), control.cancelled_by(ended.set), control.working():
            assert ended.wait(2)
        time.sleep(0.3)


def test_so_many_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(admission, "_WAIT", 0.05)
    places = ProcessAdmission(2, PersonPlaces(tmp_path))
    with places.admitted(PUBLIC, None), places.admitted(Caller("kim"), 1):
        with pytest.raises(QuotaError) as quota, places.admitted(Caller("kim"), 1):
            pass
        with pytest.raises(BusyServiceError) as busy, places.admitted(PUBLIC, None):
            pass
    assert (quota.value.status, quota.value.headers) == (429, {"Retry-After": "10"})
    assert (busy.value.status, busy.value.headers) == (503, {"Retry-After": "5"})
    with places.admitted(PUBLIC, None), places.admitted(Caller("kim"), 1):
        pass


def test_the_public_may_have_places_of_its_own(tmp_path: Path) -> None:
    places = ProcessAdmission(4, PersonPlaces(tmp_path))
    with places.admitted(PUBLIC, 1):
        with pytest.raises(BusyServiceError, match="without login"), places.admitted(PUBLIC, 1):
            pass
        with places.admitted(Caller("kim"), 1):
            pass


HOLDER = """
import sys, time
from pathlib import Path
from tap.places import PersonPlaces
with PersonPlaces(Path(sys.argv[1])).taken("../kim", 2):
    print("held", flush=True)
    time.sleep(600)
"""


def test_places_are_counted_over_processes_and_come_back_when_one_is_killed(
    tmp_path: Path,
) -> None:
    places = PersonPlaces(tmp_path / "run")
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, tmp_path / "run"], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with places.taken("../kim", 2), places.taken("lee", 1), pytest.raises(QuotaError):
            places.taken("../kim", 2).__enter__()
        other.send_signal(signal.SIGKILL)
        other.wait()
        with places.taken("../kim", 2), places.taken("../kim", 2):
            pass
    assert {path.parent for path in tmp_path.rglob("*.*")} == {tmp_path / "run"}


@pytest.mark.parametrize("form", [made.aliases[0] for made in FORMATS])
def test_an_answer_is_cut_off_at_its_limit_of_bytes(make_client: ClientMaker, form: str) -> None:
    limits = TapLimits(default_rows=10**6, hard_rows=10**6, answer_bytes=200_000)
    whole = ask(make_client(TapLimits(default_rows=10**6, hard_rows=10**6)), MANY, FORMAT=form)
    response = ask(make_client(limits), MANY, FORMAT=form)
    assert response.status_code == 200
    assert 100_000 < len(response.data) < len(whole.data)
    if form.startswith("votable"):
        (_, (value, text)) = statuses(response.data)
        assert value == "OVERFLOW"
        assert "200000 bytes" in text
