"""Whole tables: how fast in each format beside COPY, and in how much memory."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Any

import psutil
import psycopg2

from benchmarks.nowhere import Nowhere
from benchmarks.tap.client import Client
from benchmarks.tap.memory import PeakMemory
from benchmarks.tap.small import trivial
from schemas.arrow_connection import ArrowConnection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.tap.client import Service

FORMATS = (
    *("votable/b2", "parquet", "arrow", "votable", "csv", "fits"),
    *("votable/b", "tsv", "json", "html", "text"),
)
_WARM = 8
_COPIES = 10
"""Times the table is taken for the measurement of memory."""

_COLUMNS = (
    "obs_id, corot_id, run, ra, dec, mag_r, mag_b, mag_v, teff, sptype, t_min, t_max, n_points,"
    " period, amplitude, access_url, release_date"
)
_COPY = f"COPY bench.star ({_COLUMNS}) TO STDOUT (FORMAT binary)"


def copy_seconds(uri: str) -> float:
    """Time COPY … TO STDOUT (FORMAT binary), what comes being thrown away."""
    connection = psycopg2.connect(uri)
    with connection.cursor() as cursor:
        started = time.perf_counter()
        cursor.copy_expert(_COPY, Nowhere())
        taken = time.perf_counter() - started
    connection.close()
    return taken


def measure_reader(service: Service, uri: str, rounds: int) -> dict[str, float]:
    """Time reading alone, what is read being thrown away; COPY before and after."""
    found = []
    for _ in range(rounds):
        before = copy_seconds(uri)
        connection = ArrowConnection(uri)
        started, used = time.perf_counter(), time.thread_time()
        for _batch in connection.query(f"SELECT {_COLUMNS} FROM {service.table}"):
            pass
        taken, used = time.perf_counter() - started, time.thread_time() - used
        connection.end()
        connection.close()
        copied = (before + copy_seconds(uri)) / 2
        found.append({"total_s": taken, "cpu_s": used, "copy_s": copied, "ratio": copied / taken})
    return {key: statistics.median(run[key] for run in found) for key in found[0]}


def busy_seconds() -> float:
    """Give the processor time all processes of the machine have had."""
    times = psutil.cpu_times()
    return float(times.user + times.system + times.nice + times.softirq)


def whole(service: Service) -> str:
    """Write the query for the whole table."""
    return f"SELECT * FROM {service.table}"  # of a name of ours


def measure_downloads(
    service: Service, uri: str, server: int, rounds: int, formats: Sequence[str] = FORMATS
) -> dict[str, dict[str, float]]:
    """Time whole answers in each format, COPY before and after each of them.

    Parameters
    ----------
    service
        The server.
    uri
        Of its database, for COPY.
    server
        Its process.
    rounds
        Times each format is taken; medians are given.
    formats
        Which.
    """
    runs: dict[str, list[dict[str, float]]] = {form: [] for form in formats}
    copied = copy_seconds(uri)
    for form in formats:
        for _ in range(_WARM):  # every process has seen every format
            Client(service).get(trivial(service), form)
    for _ in range(rounds):
        for form, found in runs.items():
            before, first = copy_seconds(uri), _first_byte(service)
            busy = busy_seconds()
            with PeakMemory(server) as memory:
                # The server keeps an idle connection for less time than COPY takes.
                timing = Client(service).get(whole(service), form)
            busy = busy_seconds() - busy
            copied = (before + copy_seconds(uri)) / 2
            found.append({
                "copy_s": copied, "total_s": timing.total, "first_s": timing.first,
                "bytes": timing.size, "ratio": copied / timing.total, "grown": memory.grown,
                "first_ratio": timing.first / first, "busy_s": busy,
                # What it would be were every core busy all the time.
                "best_ratio": copied / (busy / (psutil.cpu_count() or 1)),
            })  # fmt: skip
    return {
        form: {key: statistics.median(run[key] for run in found) for key in found[0]}
        for form, found in runs.items()
    }


def _first_byte(service: Service) -> float:
    """Time the trivial query on connections as fresh as that of the whole table."""
    taken = [Client(service).get(trivial(service)).first for _ in range(20)]
    return statistics.median(taken)


def measure_memory(service: Service, server: int) -> dict[str, Any]:
    """See by how many bytes the server grows over an answer ten times as long."""
    query = " UNION ALL ".join([whole(service)] * _COPIES)
    grown = {}
    for form in ("votable/b2", "votable", "parquet", "fits"):
        with PeakMemory(server) as memory:
            Client(service).get(query, form)
        grown[form] = memory.grown
    return grown
