"""Malformed requests in great variety: whatever is sent, the service does not fail.

Seeded; ``make test`` sends a few hundred, ``VO_TEST_SOAK=1`` fifty times as many.
"""

from __future__ import annotations

import os
import random
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes

import pytest

from tests.support.validity import assert_valid_xml
from tests.tap.answers import error_text

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

REQUESTS = 20_000 if os.environ.get("VO_TEST_SOAK") == "1" else 400

NAMES = (
    "LANG", "QUERY", "MAXREC", "FORMAT", "RESPONSEFORMAT", "REQUEST", "RUNID", "UPLOAD", "VERSION",
    "PHASE", "\N{LATIN SMALL LETTER DOTLESS I}d", "", "QUERY\0", "lang ", "t", "[]", "__class__",
)  # fmt: skip

WORDS = (
    "SELECT", "TOP", "DISTINCT", "*", "n", "FROM", "lab.numbers", "lab.specimens", "TAP_UPLOAD.t",
    "WHERE", "GROUP BY", "ORDER BY", "HAVING", "JOIN", "ON", "USING", "UNION", "WITH", "AS", "(",
    ")", ",", ".", "'", '"', ";", "--", "/*", "1", "0", "-1", "1e999", "9" * 40, "NULL", "''",
    "POINT(1, 2)", "CIRCLE('ICRS', 1, 2)", "CONTAINS", "1 / 0", "CAST(n AS", "IN_UNIT(ra, 'x')",
    "=", "LIKE", "BETWEEN", "AND", "NOT", "EXISTS", "pg_catalog.pg_class", "%s", ":x", "{}", "\\",
    "\0", "'é'", "\u202e", "\ufffd", "\U0001f52d", "LOG(n - 3)", "POWER(10, 400)",
    "CENTROID(POLYGON(1, 1))",
)  # fmt: skip

VALUES = (
    "", " ", "ADQL", "ADQL-2.1", "adql", "SQL", "doQuery", "getCapabilities", "0", "1", "-1", "3.0",
    "1e3", "NaN", "9" * 5000, "csv", "votable", "text/xml", "text/csv;header=absent", "fits",
    "application/x-votable xml;serialization=BINARY2", "image/png", ";;;", "/", "*/*", "t,param:t",
    "t,param:", "t", ",", "t,http://127.0.0.1:1/x", "t,file:///etc/passwd", "t,http://[::1",
    "json", "1,param:t", "t,param:t;t,param:t", "TAP_SCHEMA.tables,param:t", "<x/>", "\r\nX: y",
    "../../etc", "x" * 70_000, "SELECT n FROM lab.numbers", "SELECT TOP 2 * FROM lab.specimens",
    "SELECT * FROM TAP_UPLOAD.t",
)  # fmt: skip

RAW = (
    b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"%", b"%zz", b"&&", b"=", b"\0", b"+",
)  # fmt: skip
"""Bytes that are no UTF-8, or no form."""

TYPES = (
    "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=b",
    'multipart/form-data; boundary="', "text/plain", "application/json", "", "x/y; charset=utf-7",
)  # fmt: skip

LEAKS = ("psycopg", "sqlalchemy", "adbc", "traceback", "sqlstate", "werkzeug", 'lab"."')


def _value(chance: random.Random) -> str:
    if chance.random() < 0.5:
        return chance.choice(VALUES)
    return " ".join(chance.choices(WORDS, k=chance.randrange(1, 12)))


def _pairs(chance: random.Random) -> list[tuple[str, str]]:
    """Give parameters, most of a query that could be one."""
    query = VALUES[-chance.randrange(1, 4)] if chance.random() < 0.3 else _value(chance)
    pairs = [("LANG", "ADQL"), ("QUERY", query)] if chance.random() < 0.8 else []
    for _ in range(chance.randrange(4)):
        name = chance.choice(NAMES)
        pairs.append((chance.choice((name, name.lower(), name.title())), _value(chance)))
    chance.shuffle(pairs)
    return pairs


def _encoded(pairs: list[tuple[str, str]], chance: random.Random) -> bytes:
    parts = [b"=".join(quote_from_bytes(text.encode()).encode() for text in pair) for pair in pairs]
    if chance.random() < 0.3:
        parts.insert(chance.randrange(len(parts) + 1), chance.choice(RAW))
    return b"&".join(parts)


def _multipart(pairs: list[tuple[str, str]], chance: random.Random) -> bytes:
    lines = []
    for name, value in pairs:
        file = chance.choice(("", '; filename="f"', "; filename*=utf-8''%ff", ';filename=""'))
        lines.append(f'--b\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{value}')
    whole = ("\r\n".join(lines) + "\r\n--b--\r\n").encode()
    if chance.random() < 0.4:
        cut = chance.randrange(len(whole))
        whole = whole[:cut] + chance.choice(RAW) + whole[cut + chance.randrange(20) :]
    return whole


def _send(client: FlaskClient, chance: random.Random) -> TestResponse:
    pairs = _pairs(chance)
    if chance.random() < 0.4:
        method = chance.choice(("GET", "GET", "HEAD"))
        # As a server hands on what stood in the URL, byte for byte.
        query = _encoded(pairs, chance).decode("latin-1")
        return client.open("/tap/sync", method=method, query_string=query)
    if chance.random() < 0.6:
        body, kind = _multipart(pairs, chance), "multipart/form-data; boundary=b"
    else:
        body, kind = _encoded(pairs, chance), TYPES[0]
    if chance.random() < 0.15:
        kind = chance.choice(TYPES)
    return client.post("/tap/sync", data=body, content_type=kind)


# Werkzeug leaves the files of a body that it cannot read to the collector, which complains.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("seed", range(4))
def test_no_request_is_a_fault_of_the_service(client: FlaskClient, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 # repeatable
    seen: dict[int, int] = {}
    for number in range(REQUESTS // 4):
        with closing(_send(client, chance)) as response:
            where = f"seed {seed}, request {number}: {response.request.environ['QUERY_STRING']}"
            assert response.status_code in (200, 400, 413, 414, 415), where
            seen[response.status_code] = seen.get(response.status_code, 0) + 1
            if response.status_code == 200 or response.request.method == "HEAD":
                assert response.data is not None
                continue
            message = error_text(response)
            assert_valid_xml(response.data)
            assert not [leak for leak in LEAKS if leak in message.lower()], where
    assert seen.get(200, 0) > 0
    assert seen[400] > REQUESTS // 8
