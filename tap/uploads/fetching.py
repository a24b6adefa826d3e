"""Tables that are fetched from URLs (TAP 1.1, section 2.7.6)."""

from __future__ import annotations

import http.client
import socket
import ssl
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

from typing_extensions import override

from tap.errors import UsageError
from tap.parameters import shown
from tap.uploads.addresses import checked_addresses, resolved
from tap.uploads.content import IN_MEMORY, too_large

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from contextlib import ExitStack
    from datetime import timedelta
    from typing import IO
    from urllib.parse import SplitResult

    from tap.uploads.addresses import Network, Resolve

_PIECE = 64 * 1024
_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_PORTS = {"http": 80, "https": 443}
_KEPT = "/?%:@!$&'()*+,;=~-._[]"
"""What stays as it is in a path or query."""
_FORMATS = "application/x-votable+xml, text/xml, application/fits, text/csv, */*;q=0.5"


class Fetcher:
    """Fetches tables from hosts that may be asked.

    Parameters
    ----------
    timeout
        Time that one table may take, redirects included.
    allowed
        Networks that may be asked although they are not public.
    resolve
        Finds the addresses of a host.
    """

    def __init__(
        self,
        timeout: timedelta,
        allowed: Collection[Network] = (),
        resolve: Resolve = resolved,
    ) -> None:
        self._timeout = timeout.total_seconds()
        self._allowed = tuple(allowed)
        self._resolve = resolve
        self._trust = ssl.create_default_context()

    def fetch(self, name: str, url: str, limit: int, stack: ExitStack) -> IO[bytes]:
        """Fetch a table.

        Parameters
        ----------
        name
            Of the table, for messages.
        url
            Where it is.
        limit
            Bytes it may have.
        stack
            Closes the file that is given.

        Raises
        ------
        UsageError
            If it cannot be had.
        TooLargeError
            If it is larger.
        """
        file: IO[bytes] = stack.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 # the stack closes it
        ending = time.monotonic() + self._timeout
        try:
            self._follow(name, url, limit, file, ending)
        except UsageError as error:
            raise UsageError(f"The table {name} cannot be fetched. {error}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            late = time.monotonic() >= ending
            reason = f"in {self._timeout:g} seconds" if late else "by HTTP"
            raise UsageError(
                f"The table {name} cannot be fetched from {shown(url)} {reason}."
            ) from error
        file.seek(0)
        return file

    def _follow(self, name: str, url: str, limit: int, file: IO[bytes], ending: float) -> None:
        """Ask for a URL, and for those it leads to."""
        for _ in range(_MOST_REDIRECTS + 1):
            with self._asked(url, ending) as answer:
                if answer.status not in _REDIRECTS:
                    _save(name, answer, limit, file)
                    if time.monotonic() >= ending:
                        raise TimeoutError  # the end of it may be that of the connection
                    return
                target = answer.getheader("Location") or ""
            url = urljoin(url, target)
        raise UsageError(f"It is behind more than {_MOST_REDIRECTS} redirects.")

    @contextmanager
    def _asked(self, url: str, ending: float) -> Iterator[http.client.HTTPResponse]:
        """Send the request, and end the connection in time, whatever it does."""
        connection, path = self._connection(urlsplit(url), ending)
        guard = threading.Timer(ending - time.monotonic(), _end, [connection])
        guard.daemon = True
        guard.start()
        try:
            connection.request(
                "GET", path, headers={"Accept": _FORMATS, "Accept-Encoding": "identity"}
            )
            with connection.getresponse() as answer:
                yield answer
        finally:
            guard.cancel()
            connection.close()

    def _connection(
        self, parts: SplitResult, ending: float
    ) -> tuple[_Connection | _SecureConnection, str]:
        scheme = parts.scheme.lower()
        if scheme not in _PORTS or not parts.hostname or parts.username is not None:
            raise UsageError(
                f"{shown(parts.geturl())} is no http or https URL without user and password."
            )
        port = parts.port or _PORTS[scheme]
        addresses = checked_addresses(parts.hostname, port, self._allowed, self._resolve)
        path = quote(parts.path or "/", safe=_KEPT)
        if parts.query:
            path += "?" + quote(parts.query, safe=_KEPT)
        left = max(ending - time.monotonic(), 0.001)
        if scheme == "https":
            return _SecureConnection(parts.hostname, port, addresses, left, self._trust), path
        return _Connection(parts.hostname, port, addresses, left), path


def _save(name: str, answer: http.client.HTTPResponse, limit: int, file: IO[bytes]) -> None:
    if answer.status != http.HTTPStatus.OK:
        raise UsageError(f"Its server answers with the status {answer.status}.")
    size = 0
    while piece := answer.read(_PIECE):
        size += len(piece)
        if size > limit:
            raise too_large(name, limit)
        file.write(piece)
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)


def _end(connection: _Connection | _SecureConnection) -> None:
    """Wake whoever waits for the connection."""
    if connection.line is not None:
        with suppress(OSError):
            connection.line.shutdown(socket.SHUT_RDWR)


class _Connection(http.client.HTTPConnection):
    """Goes to the addresses that were checked, whatever the name says by now.

    ``line`` is the socket, also when all of the answer but its end was read.
    """

    line: socket.socket | None = None

    def __init__(self, host: str, port: int, addresses: list[str], timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._addresses = addresses

    @override
    def connect(self) -> None:
        self.sock = self.line = _connected(self._addresses, self.port, self.timeout)


class _SecureConnection(http.client.HTTPSConnection):
    """The same with TLS, for the name that was given."""

    line: socket.socket | None = None

    def __init__(
        self, host: str, port: int, addresses: list[str], timeout: float, trust: ssl.SSLContext
    ) -> None:
        super().__init__(host, port, timeout=timeout, context=trust)
        self._addresses = addresses
        self._trust = trust

    @override
    def connect(self) -> None:
        self.sock = self.line = _connected(self._addresses, self.port, self.timeout)
        self.sock = self.line = self._trust.wrap_socket(self.sock, server_hostname=self.host)


def _connected(addresses: list[str], port: int, timeout: float | None) -> socket.socket:
    """Connect to the first address that answers."""
    *others, last = addresses
    for address in others:
        with suppress(OSError):
            return socket.create_connection((address, port), timeout)
    return socket.create_connection((last, port), timeout)
