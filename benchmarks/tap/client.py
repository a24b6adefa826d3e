"""Clients that time what they get and keep none of it; of any TAP server."""

from __future__ import annotations

import http.client
import multiprocessing
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

_READ = 256 * 1024
_KEPT_SECONDS = 1.0
"""Less than servers keep a connection on which nothing comes."""
_FORM = "application/x-www-form-urlencoded"
_BOUNDARY = "between-two-parts-of-a-form"
_FOLLOWED = (http.client.MOVED_PERMANENTLY, http.client.FOUND, http.client.SEE_OTHER)


@dataclass(frozen=True, slots=True)
class Service:
    """A TAP service, and the name the table measured has there."""

    url: str
    table: str


@dataclass(frozen=True, slots=True)
class Timing:
    """One answer: seconds to the first byte of its body and to the last, and its size."""

    first: float
    total: float
    size: int


class Client:
    """One connection to a server, kept open."""

    def __init__(self, service: Service) -> None:
        parts = urlsplit(service.url)
        if parts.hostname is None:
            raise ValueError(f"{service.url} is no URL of a server")
        self._path = parts.path
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=600)
        self._used = time.monotonic()

    def get(self, query: str, form: str | None = None) -> Timing:
        """Run a query, and read its answer to the end."""
        parameters = urlencode(_parameters(query, form))
        return self._timed("GET", f"{self._path}/sync?{parameters}", None, {})

    def upload(self, query: str, votable: bytes) -> Timing:
        """Run a query on a table that is sent with it as ``TAP_UPLOAD.mine``."""
        head = "".join(
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in (*_parameters(query, None).items(), ("UPLOAD", "mine,param:mine"))
        )
        head += (
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="mine"; filename="mine.vot"\r\n'
            "Content-Type: application/x-votable+xml\r\n\r\n"
        )
        body = head.encode() + votable + f"\r\n--{_BOUNDARY}--\r\n".encode()
        kind = f"multipart/form-data; boundary={_BOUNDARY}"
        return self._timed("POST", f"{self._path}/sync", body, {"Content-Type": kind})

    def submit(self, query: str) -> str:
        """Make a job and have it run; give its path."""
        location = self._sent(f"{self._path}/async", _parameters(query, None))
        self._sent(f"{location}/phase", {"PHASE": "RUN"})
        return location

    def phase(self, job: str) -> str:
        """Ask for the phase of a job."""
        self._request("GET", f"{job}/phase")
        return self._read().decode().strip()

    def run_job(self, query: str) -> float:
        """Give the seconds from submitting a job to its being seen completed."""
        started = time.perf_counter()
        job = self.submit(query)
        while (phase := self.phase(job)) in {"PENDING", "QUEUED", "EXECUTING"}:
            time.sleep(0.002)
        taken = time.perf_counter() - started
        if phase != "COMPLETED":
            raise RuntimeError(f"the job ended as {phase}")
        self.delete(job)
        return taken

    def delete(self, job: str) -> None:
        """Delete a job, running or not."""
        self._request("DELETE", job)
        self._connection.getresponse().read()

    def _request(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Send a request, on a new connection where the server may have closed this one."""
        now = time.monotonic()
        if now - self._used > _KEPT_SECONDS:
            self._connection.close()
        self._used = now
        self._connection.request(method, path, body, headers or {})

    def _sent(self, path: str, parameters: dict[str, str]) -> str:
        """Post a form; give the path that the answer sends on to."""
        body = urlencode(parameters)
        self._request("POST", path, body, {"Content-Type": _FORM})
        response = self._connection.getresponse()
        response.read()
        if response.status not in _FOLLOWED:
            raise RuntimeError(f"status {response.status} for {path}")
        return urlsplit(response.headers["Location"]).path

    def _read(self) -> bytes:
        response = self._connection.getresponse()
        body = response.read()
        if response.status != http.client.OK:
            raise RuntimeError(f"status {response.status}: {body[:300]!r}")
        return body

    def _timed(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Timing:
        started = time.perf_counter()
        self._request(method, path, body, headers)
        response = self._connection.getresponse()
        if response.status in _FOLLOWED:
            response.read()
            self._request("GET", urlsplit(response.headers["Location"]).path)
            response = self._connection.getresponse()
        size = len(response.read(1))
        first = time.perf_counter() - started
        while part := response.read(_READ):
            size += len(part)
        if response.status != http.client.OK:
            raise RuntimeError(f"status {response.status} for {path[:200]}")
        return Timing(first, time.perf_counter() - started, size)


def _parameters(query: str, form: str | None) -> dict[str, str]:
    given = {"REQUEST": "doQuery", "LANG": "ADQL", "QUERY": query, "MAXREC": "1000000000"}
    return given if form is None else {**given, "RESPONSEFORMAT": form}


def _count(service: Service, query: str, seconds: float, counts: Queue[int]) -> None:
    client = Client(service)
    client.get(query)
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        client.get(query)
        count += 1
    counts.put(count)


def requests_per_second(service: Service, query: str, clients: int, seconds: float) -> float:
    """Let so many clients, each a process, ask without a pause."""
    counts: Queue[int] = multiprocessing.Queue()
    processes = [
        multiprocessing.Process(target=_count, args=(service, query, seconds, counts))
        for _ in range(clients)
    ]
    for process in processes:
        process.start()
    total = sum(counts.get() for _ in processes)
    for process in processes:
        process.join()
    return total / seconds
