"""HTTP matters that need no database."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from typing_extensions import override

from schemas.identity import Identity
from schemas.session import PUBLIC, Caller
from tap.answer import Answer
from tap.query import TapLimits
from tap.routes import blueprint
from tap.service import TapService
from tests.tap.answers import error_text
from tests.tap.laboratory import LABORATORY

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from flask.testing import FlaskClient

    from tap.parameters import Parameters
    from tap.store import QueryStore
    from tap.uploads.model import InlineFile


class EchoService(TapService):
    """Answers with the query it understood, or fails on demand."""

    @override
    def sync(
        self,
        parameters: Parameters,
        caller: Caller,
        client: socket.socket | None = None,
        files: Mapping[str, InlineFile] | None = None,
    ) -> Answer:
        query = parameters.required("QUERY", "")
        if query == "fail":
            raise ZeroDivisionError("secret of the implementation")
        return Answer("text/plain", f"{caller.principal}:{query}".encode())


def client_of(caller: Caller = PUBLIC) -> FlaskClient:
    no_store: QueryStore = object()  # type: ignore[assignment] # never reached
    service = EchoService(
        LABORATORY, no_store, Identity("http://x", "org.x"), limits=TapLimits(request_bytes=1000)
    )
    app = Flask("echo")
    app.register_blueprint(blueprint(service, lambda: caller))
    return app.test_client()


def test_answers_to_a_person_are_for_no_shared_cache() -> None:
    response = client_of(Caller("kim")).get("/tap/sync?QUERY=q")
    assert response.data == b"kim:q"
    assert response.headers["Cache-Control"] == "private"
    assert "Authorization" in response.vary
    assert "Cache-Control" not in client_of().get("/tap/sync?QUERY=q").headers


def test_the_unforeseen_is_a_500_that_tells_nothing(caplog: pytest.LogCaptureFixture) -> None:
    response = client_of().get("/tap/sync?QUERY=fail")
    assert response.status_code == 500
    assert error_text(response) == (
        "The service failed on this request. The fault is recorded and is not yours."
    )
    assert "secret of the implementation" in caplog.text


def test_url_and_form_are_read_together() -> None:
    assert client_of().post("/tap/sync?QUERY=q").data == b":q"
    assert client_of().post("/tap/sync?LANG=x", data={"QUERY": "f"}).data == b":f"


@pytest.mark.parametrize("body", [b"QUERY=a+b%2B%C3%A9", "QUERY=a+b%2B\u00e9".encode()])
def test_a_form_in_chunks(body: bytes) -> None:
    response = client_of().post(
        "/tap/sync",
        input_stream=io.BytesIO(body),
        content_type="application/x-www-form-urlencoded",
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert response.data.decode() == ":a b+\u00e9"


@pytest.mark.parametrize(
    ("boundary", "quote"),
    [
        ("<<<--------------MULTIPART-BOUNDARY------->>>", '"'),  # of STILTS
        ("===1763979000000===", ""),  # of astroquery
    ],
)
def test_the_boundaries_of_clients(boundary: str, quote: str) -> None:
    part = 'Content-Disposition: form-data; name="QUERY"\r\n\r\nq'
    body = f"--{boundary}\r\n{part}\r\n--{boundary}--\r\n"
    response = client_of().post(
        "/tap/sync",
        data=body,
        content_type=f"multipart/form-data; boundary={quote}{boundary}{quote}",
    )
    assert response.data == b":q"


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_form_beyond_the_limit(content_type: str) -> None:
    response = client_of().post("/tap/sync", data={"QUERY": "x" * 1001}, content_type=content_type)
    assert response.status_code == 413
    assert "1000 bytes" in error_text(response)


@pytest.mark.parametrize("path", ["", "sync", "tables", "tables/x", "nothing"])
def test_options_tells_methods(path: str) -> None:
    response = client_of().options(f"/tap/{path}")
    assert response.status_code == 204
    assert ("POST" in response.headers["Allow"]) == (path in {"sync", "nothing"})
