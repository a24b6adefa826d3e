"""What tests of publishing ask a server that follows."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask.testing import FlaskClient

_SECONDS = 30


def eventually_known(client: FlaskClient, name: str) -> None:
    """Wait until a table is published."""
    _eventually(client, name, 200)


def eventually_unknown(client: FlaskClient, name: str) -> None:
    """Wait until a table is published no more."""
    _eventually(client, name, 404)


def _eventually(client: FlaskClient, name: str, status: int) -> None:
    deadline = time.monotonic() + _SECONDS
    while client.get(f"/tap/tables/{name}").status_code != status:
        assert time.monotonic() < deadline
        time.sleep(0.02)
