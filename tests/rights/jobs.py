"""Jobs of somebody, asked for by a client of the application."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

ALL = "SELECT publisher_did FROM corot.products"


class Jobs:
    """Makes and awaits jobs of somebody."""

    def __init__(self, client: FlaskClient, headers: dict[str, str]) -> None:
        self._client = client
        self._headers = headers

    def made(self, query: str = ALL, **more: str) -> TestResponse:
        return self.post("", LANG="ADQL", QUERY=query, FORMAT="csv", **more)

    def post(self, path: str, **form: str) -> TestResponse:
        return self._client.post(f"/tap/async{path}", data=form, headers=self._headers)

    def get(self, path: str) -> str:
        return self._client.get(f"/tap/async{path}", headers=self._headers, buffered=True).text

    def ended(self, query: str = ALL, **more: str) -> tuple[str, str]:
        """Run a job; give its phase and its path."""
        path = name_of(self.made(query, PHASE="RUN", **more))
        return self.end_of(path), path

    def end_of(self, path: str) -> str:
        """Wait for a job's end; give its last phase."""
        deadline = time.monotonic() + 60
        while (phase := self.get(f"{path}/phase")) not in {"COMPLETED", "ERROR"}:
            assert time.monotonic() < deadline, phase
            time.sleep(0.05)
        return phase


def name_of(answer: TestResponse) -> str:
    """Give the path of the job an answer leads to."""
    assert answer.status_code == 303, answer.text
    return "/" + answer.headers["Location"].rpartition("/")[2]
