from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING

import pytest

from tests.ssa.conftest import FILE_CONTENT

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

WHOLE = "/products/whole/b/c/1.0/whole.fits"
ETAG = f'"{hashlib.sha256(FILE_CONTENT).hexdigest()}"'
SIZE = len(FILE_CONTENT)
WAY_IN = " Log in, if it is granted to you, or ask the curator.\n"


def get(client: FlaskClient, path: str, headers: dict[str, str] | None = None) -> TestResponse:
    # Buffering closes the file, as a server does when it has sent it.
    return client.get(path, headers=headers, buffered=True)


def test_the_whole_file_and_its_headers(client: FlaskClient) -> None:
    response = get(client, WHOLE)
    assert response.status_code == 200
    assert response.data == FILE_CONTENT
    assert response.content_type == "application/fits"
    assert response.headers["Content-Length"] == str(SIZE)
    assert response.headers["ETag"] == ETAG
    assert response.headers["Last-Modified"] == "Wed, 23 Mar 2016 12:00:05 GMT"
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["Content-Disposition"] == "attachment; filename=whole.fits"


def test_the_key_alone_will_do(client: FlaskClient) -> None:
    response = get(client, "/products/whole/b/c/1.0")
    assert (response.status_code, response.data) == (200, FILE_CONTENT)


def test_head(client: FlaskClient) -> None:
    response = client.head(WHOLE, buffered=True)
    assert (response.status_code, response.data) == (200, b"")
    assert response.headers["Content-Length"] == str(SIZE)
    assert response.headers["ETag"] == ETAG


@pytest.mark.parametrize(
    ("asked", "content_range", "content"),
    [
        ("bytes=0-9", f"bytes 0-9/{SIZE}", FILE_CONTENT[:10]),
        (f"bytes={SIZE - 3}-", f"bytes {SIZE - 3}-{SIZE - 1}/{SIZE}", FILE_CONTENT[-3:]),
        ("bytes=-4", f"bytes {SIZE - 4}-{SIZE - 1}/{SIZE}", FILE_CONTENT[-4:]),
        ("bytes=3000-99999", f"bytes 3000-{SIZE - 1}/{SIZE}", FILE_CONTENT[3000:]),
        ("bytes=-99999999999", f"bytes 0-{SIZE - 1}/{SIZE}", FILE_CONTENT),
    ],
)
def test_range(client: FlaskClient, asked: str, content_range: str, content: bytes) -> None:
    response = get(client, WHOLE, {"Range": asked})
    assert response.status_code == 206
    assert response.headers["Content-Range"] == content_range
    assert response.headers["Content-Length"] == str(len(content))
    assert response.data == content


def test_range_outside_the_file(client: FlaskClient) -> None:
    response = get(client, WHOLE, {"Range": "bytes=99999-"})
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{SIZE}"
    assert response.text == "The range lies outside the file, which has 3072 bytes.\n"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "lines=1-2", "bytes=a-b", "nonsense"])
def test_ranges_that_are_not_served_give_the_whole(client: FlaskClient, asked: str) -> None:
    response = get(client, WHOLE, {"Range": asked})
    assert (response.status_code, response.data) == (200, FILE_CONTENT)


def test_if_range(client: FlaskClient) -> None:
    same = get(client, WHOLE, {"Range": "bytes=0-9", "If-Range": ETAG})
    assert same.status_code == 206
    changed = get(client, WHOLE, {"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (changed.status_code, changed.data) == (200, FILE_CONTENT)


@pytest.mark.parametrize(
    "headers",
    [{"If-None-Match": ETAG}, {"If-Modified-Since": "Wed, 23 Mar 2016 12:00:05 GMT"}],
)
def test_not_modified(client: FlaskClient, headers: dict[str, str]) -> None:
    response = get(client, WHOLE, headers)
    assert (response.status_code, response.data) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/products/whole/b/c/1.0/other.fits",
        "/products/whole/b/c/1.1/whole.fits",
        "/products/whole/b/c/1.0/../1.0/whole.fits",
        "/products/whole/b/c/1.0/whole.fits/",
        "/products/nobody",
        "/products/secret/b/c/1/other.fits",
        "/products/%00/whole.fits",
        "/products/..%2F..%2Fetc%2Fpasswd",
    ],
)
def test_unknown_products(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.content_type == "text/plain; charset=utf-8"
    assert response.text.startswith("There is no product at ")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "/products/secret/b/c/1/later.fits",
            f"later.fits is not public yet; it will be released on 2030-01-31.{WAY_IN}",
        ),
        (
            "/products/secret/b/c/1",
            f"later.fits is not public yet; it will be released on 2030-01-31.{WAY_IN}",
        ),
        (
            "/products/undated/b/c/1/later.fits",
            f"later.fits is not public, and no date of release is set.{WAY_IN}",
        ),
    ],
)
def test_unreleased_products(client: FlaskClient, path: str, text: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.text) == (403, text)
    assert client.head(path).status_code == 403


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("lost", "is missing from the product store"),
        ("short", "has 3 bytes, not 3072"),
        ("outside", "../outside.fits lies outside the product store"),
    ],
)
def test_files_that_are_not_as_they_should_be(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, name: str, reason: str
) -> None:
    with caplog.at_level(logging.ERROR):
        response = client.get(f"/products/{name}/b/c/1.0/{name}.fits")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "600"
    assert response.text.startswith(f"The file {name}.fits cannot be read at the moment.")
    assert "store" not in response.text
    assert reason in caplog.text


def test_other_methods_are_refused(client: FlaskClient) -> None:
    assert client.post(WHOLE).status_code == 405
    assert client.delete(WHOLE).status_code == 405


def test_a_range_that_ends_before_it_begins_is_ignored(client: FlaskClient) -> None:
    response = get(client, WHOLE, {"Range": "bytes=5-2"})
    assert (response.status_code, response.data) == (200, FILE_CONTENT)


@pytest.mark.parametrize(
    "headers",
    [
        {"If-Match": '"another"'},
        {"If-Unmodified-Since": "Wed, 23 Mar 2016 12:00:04 GMT"},
    ],
)
def test_a_failed_precondition_sends_no_file(client: FlaskClient, headers: dict[str, str]) -> None:
    response = get(client, WHOLE, headers)
    assert response.status_code == 412
    assert b"not in the state" in response.data


@pytest.mark.parametrize(
    "headers",
    [
        {"If-Match": ETAG},
        {"If-Unmodified-Since": "Wed, 23 Mar 2016 12:00:05 GMT"},
        {"If-Match": ETAG, "If-Unmodified-Since": "Wed, 23 Mar 2006 12:00:05 GMT"},
    ],
)
def test_a_precondition_that_holds(client: FlaskClient, headers: dict[str, str]) -> None:
    assert get(client, WHOLE, headers).status_code == 200
