"""How quickly the phase of a job is told, while others run and among many old ones."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from sqlalchemy import text

from benchmarks.tap.client import Client
from benchmarks.tap.small import trivial

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from benchmarks.tap.client import Service

_LONG = 16
_POLLS = 400
_OLD = 100_000
_START_SECONDS = 60

_ENDLESS = "SELECT COUNT(*) FROM {0} AS a, {0} AS b WHERE a.mag_r + b.mag_r < 0"
_OLD_JOBS = text("""
    INSERT INTO uws.jobs (job_id, owner, phase, queue, parameters, files, duration, destruction,
                          created, queued, started, ended)
    SELECT 'old' || n, '', 'COMPLETED', 'short', '[]', '[]', 60, now() + interval '7 days',
           now(), now(), now(), now()
      FROM generate_series(1, :count) AS n
        ON CONFLICT DO NOTHING
""")


def measure_polling(service: Service, owner: Engine) -> dict[str, float]:
    """Time the question for a job's phase: quiet, among 100,000 old jobs, beside 16 long queries.

    Parameters
    ----------
    service
        Where jobs are run by a worker with 16 places.
    owner
        An engine that may write into the table of jobs.

    Returns
    -------
    dict
        Medians in seconds.
    """
    client = Client(service)
    job = client.submit(trivial(service))
    _await(client, job, "COMPLETED")
    found = {"quiet": _poll(client, job)}
    with owner.begin() as connection:
        connection.execute(_OLD_JOBS, {"count": _OLD})
    found["old"] = _poll(client, job)
    long_ones = [client.submit(_ENDLESS.format(service.table)) for _ in range(_LONG)]
    try:
        for one in long_ones:
            _await(client, one, "EXECUTING")
        time.sleep(1)  # past planning; the connection is kept for two seconds
        found["busy"] = _poll(client, job)
    finally:
        for one in long_ones:
            client.delete(one)
    client.delete(job)
    return found


def _poll(client: Client, job: str) -> float:
    taken = []
    for _ in range(_POLLS):
        started = time.perf_counter()
        client.phase(job)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def _await(client: Client, job: str, phase: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while (found := client.phase(job)) != phase:
        if time.monotonic() > deadline:
            raise RuntimeError(f"a job is {found}, not {phase}, after {_START_SECONDS} s")
        time.sleep(0.05)
