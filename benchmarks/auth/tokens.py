"""What checking a token adds to a trivial synchronous query over HTTP."""

from __future__ import annotations

import http.client
import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from benchmarks.tap.scratch import web_server
from schemas.engine import APP
from vo_server.auth.account_service import AccountService
from vo_server.auth.scopes import SCOPES
from vo_server.auth.token_service import TokenService
from vo_server.database import engine_of
from vo_server.wiring import app_engine, identifier

if TYPE_CHECKING:
    from vo_server.auth.login_service import LoginService
    from vo_server.config import Settings

_QUERY = "SELECT TOP 1 run_code FROM corot.runs"
_WARM = 40


def measure_token(settings: Settings, rounds: int) -> dict[str, float]:
    """Ask with a token and without in turn.

    Returns
    -------
    dict
        Medians in seconds: ``public`` and ``token`` of the whole requests, ``check`` of
        looking the token up, which this process does in the same turns as the server.
    """
    with engine_of(settings, APP) as app:
        until = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1)
        account = AccountService(app).find("coi")
        _, token = TokenService(app).make(account, "benchmark", SCOPES, until, "benchmark")
    bearer = {"Authorization": f"Bearer {token}"}
    parameters = urlencode({"LANG": "ADQL", "QUERY": _QUERY})
    known = identifier(settings, app_engine(settings)).service
    with web_server(settings):
        connection = _connection(settings.base_url)
        turns = [
            (
                _seconds(connection, parameters, {}),
                _seconds(connection, parameters, bearer),
                _check_seconds(known, token),
            )
            for _ in range(_WARM + rounds)
        ]
    names = ("public", "token", "check")
    return dict(zip(names, map(statistics.median, zip(*turns[_WARM:], strict=True)), strict=True))


def _check_seconds(service: LoginService, token: str) -> float:
    started = time.perf_counter()
    service.by_token(token)
    return time.perf_counter() - started


def _connection(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    return http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)


def _seconds(
    connection: http.client.HTTPConnection, parameters: str, headers: dict[str, str]
) -> float:
    started = time.perf_counter()
    connection.request("GET", f"/tap/sync?{parameters}", headers=headers)
    response = connection.getresponse()
    response.read()
    if response.status != http.client.OK:
        raise RuntimeError(f"status {response.status} for a trivial query")
    return time.perf_counter() - started
