"""Tables fetched from URLs: those that are public, and no others."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest
from typing_extensions import override

from tap.errors import TooLargeError, UsageError
from tap.uploads.addresses import is_public
from tap.uploads.fetching import Fetcher

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE = b"a,b\n1,x\n"
LOCAL = [ip_network("127.0.0.0/8")]


class Shelf(BaseHTTPRequestHandler):
    """Serves a table, and whatever a wicked server might."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # the name the base class looks for
        path, _, rest = self.path.partition("?")
        if path == "/to":
            self.send_response(302)
            self.send_header("Location", rest)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif path == "/slow":
            self.send_response(200)
            self.end_headers()
            for _ in range(100):
                self.wfile.write(b"x")
                time.sleep(0.1)
        elif path == "/short":
            self._send(TABLE, len(TABLE) + 10)
            self.close_connection = True
        elif path == "/table.csv":
            self._send(TABLE, len(TABLE))
        elif path == "/large":
            self._send(b"x" * 10_000, 10_000)
        else:
            self.send_error(404)

    def _send(self, body: bytes, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        pass  # clients hang up here


@pytest.fixture(scope="module")
def shelf() -> Iterator[str]:
    """Serve the shelf; its base URL."""
    with Server(("127.0.0.1", 0), Shelf) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def fetched(fetcher: Fetcher, url: str, limit: int = 1000) -> bytes:
    with ExitStack() as stack:
        return fetcher.fetch("t", url, limit, stack).read()


def fetcher(seconds: float = 5) -> Fetcher:
    return Fetcher(timedelta(seconds=seconds), LOCAL)


def test_a_table_is_fetched(shelf: str) -> None:
    assert fetched(fetcher(), f"{shelf}/table.csv") == TABLE


def test_redirects_are_followed(shelf: str) -> None:
    assert fetched(fetcher(), f"{shelf}/to?/to?{shelf}/table.csv") == TABLE


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/absent", "status 404"),
        ("/to?http://10.0.0.1/", "'10.0.0.1' is in a network"),
        ("/to?http://[::1]/", "'::1' is in a network"),
        ("/to?file:///etc/passwd", "no http or https URL"),
        ("/to?ftp://example.org/", "no http or https URL"),
        ("/to?http://user:password@127.0.0.1/", "without user and password"),
        ("/to?/to?/to?/to?/to?/to?/table.csv", "more than 5 redirects"),
        ("/short", "by HTTP"),
        ("/slow", "in 1 seconds"),
    ],
)
def test_what_cannot_be_fetched(shelf: str, path: str, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        fetched(fetcher(1), f"{shelf}{path}")
    assert text in str(caught.value)
    assert "table t cannot be fetched" in str(caught.value)


def test_too_large_a_table(shelf: str) -> None:
    with pytest.raises(TooLargeError):
        fetched(fetcher(), f"{shelf}/large")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001",
        "127.0.0.1.", "localhost", "LOCALHOST", "0", "0.0.0", "[::1]", "[::]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
        "[64:ff9b::a00:1]", "[2002:7f00:1::]", "[2002:a00:1::1]", "10.0.0.1", "172.16.0.1",
        "172.31.255.255", "192.168.1.1", "169.254.169.254", "[fe80::1]", "[fe80::1%25lo]",
        "[fc00::1]", "[fd00:ec2::254]", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
        "255.255.255.255", "[ff02::1]", "[2001:db8::1]", "[2001:0:7f00:1::]", "[100::1]",
        "\N{FULLWIDTH DIGIT ONE}27.0.0.1", "127\N{IDEOGRAPHIC FULL STOP}0.0.1",
        "\N{CIRCLED DIGIT ONE}27.0.0.1",
    ],
)  # fmt: skip
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_spellings_of_hosts_that_are_not_public(scheme: str, host: str) -> None:
    with pytest.raises(UsageError, match=r"is in a network|is not known"):
        fetched(Fetcher(timedelta(seconds=5)), f"{scheme}://{host}/x")


@pytest.mark.parametrize("host", ["", "user@127.0.0.1", "exa mple.org", "a\tb", "127.0.0.1:x"])
def test_malformed_hosts(host: str) -> None:
    with pytest.raises(UsageError):
        fetched(Fetcher(timedelta(seconds=5)), f"http://{host}/x")


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


def test_one_private_answer_among_others_is_enough() -> None:
    with pytest.raises(UsageError, match="in a network"):
        fetched(
            Fetcher(timedelta(seconds=5), resolve=lambda _host, _port: ["8.8.8.8", "10.0.0.1"]),
            "http://rebound.example/",
        )


def test_a_name_is_asked_for_once_only(shelf: str) -> None:
    """A second answer, which might be another, would be of no use to who rebinds."""
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    port = shelf.rpartition(":")[2]
    named = Fetcher(timedelta(seconds=5), LOCAL, resolve)
    assert fetched(named, f"http://nowhere.invalid:{port}/table.csv") == TABLE
    assert asked == ["nowhere.invalid"]


@contextmanager
def mute() -> Iterator[int]:
    """Listen, and never answer; the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_says_nothing(scheme: str) -> None:
    with mute() as port, pytest.raises(UsageError, match=r"in 0\.5 seconds"):
        fetched(fetcher(0.5), f"{scheme}://127.0.0.1:{port}/")
