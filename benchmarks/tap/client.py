"""Clients that time what they get and keep none of it."""

from __future__ import annotations

import http.client
import multiprocessing
import time
from dataclasses import dataclass
from urllib.parse import urlencode

_READ = 256 * 1024


@dataclass(frozen=True, slots=True)
class Timing:
    """One answer: seconds to the first byte of its body and to the last, and its size."""

    first: float
    total: float
    size: int


class Client:
    """One connection to the server, kept open."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)

    def get(self, query: str, form: str = "votable") -> Timing:
        """Run a query, and read its answer to the end."""
        parameters = urlencode({"LANG": "ADQL", "QUERY": query, "RESPONSEFORMAT": form})
        started = time.perf_counter()
        self._connection.request("GET", f"/tap/sync?{parameters}")
        response = self._connection.getresponse()
        size = len(response.read(1))
        first = time.perf_counter() - started
        while part := response.read(_READ):
            size += len(part)
        if response.status != http.client.OK:
            raise RuntimeError(f"status {response.status} for {query} as {form}")
        return Timing(first, time.perf_counter() - started, size)


def _count(port: int, query: str, seconds: float, counts: multiprocessing.Queue[int]) -> None:
    client = Client(port)
    client.get(query)
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        client.get(query)
        count += 1
    counts.put(count)


def requests_per_second(port: int, query: str, clients: int, seconds: float) -> float:
    """Let so many clients, each a process, ask without a pause."""
    counts: multiprocessing.Queue[int] = multiprocessing.Queue()
    processes = [
        multiprocessing.Process(target=_count, args=(port, query, seconds, counts))
        for _ in range(clients)
    ]
    for process in processes:
        process.start()
    total = sum(counts.get() for _ in processes)
    for process in processes:
        process.join()
    return total / seconds
