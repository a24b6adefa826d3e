"""STILTS taplint, the validator of TAP services, on tables no mission knows."""

from __future__ import annotations

import re
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from werkzeug.serving import make_server

from schemas.arrow_session import ArrowDatabase
from schemas.identity import Identity
from schemas.session import PUBLIC
from tap.routes import blueprint
from tap.service import TapService
from tap.store import QueryStore
from tests.support.validity import stilts
from tests.tap.laboratory import LABORATORY

if TYPE_CHECKING:
    from collections.abc import Iterator

STAGES = "TMV TME TMS TMC CPV CAP AVV QGE QPO MDQ"


@pytest.fixture
def live_url(reader_uri: str) -> Iterator[str]:
    """Serve the laboratory on a port of this machine; the base URL."""
    app = Flask("laboratory")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    identity = Identity(f"http://127.0.0.1:{server.port}", "org.example.lab")
    database = ArrowDatabase(reader_uri, identity)
    service = TapService(LABORATORY, QueryStore(database), identity)
    app.register_blueprint(blueprint(service, lambda: PUBLIC))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield identity.base_url
    server.shutdown()
    thread.join()
    server.server_close()
    database.close()


def test_taplint_finds_no_error(live_url: str) -> None:
    command = [stilts(), "taplint", f"tapurl={live_url}/tap", f"stages={STAGES}"]
    report = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    assert re.findall(r"^[EF]-.*", report, re.MULTILINE) == []
    # Lower case is what ADQL 2.1, section 4.1, demands; this STILTS is older.
    warnings = re.findall(r"^W-(?!CAP-CULF).*", report, re.MULTILINE)
    assert warnings == []
    assert "Errors: 0;" in report
