"""What tests ask about jobs, over HTTP, and where the answers are checked in any case."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from lxml import etree

from tests.support.validity import assert_valid_xml

if TYPE_CHECKING:
    from requests import Response, Session

UWS = "{http://www.ivoa.net/xml/UWS/v1.0}"
XLINK = "{http://www.w3.org/1999/xlink}"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"

FINISHED = {"COMPLETED", "ERROR", "ABORTED"}

QUICK = "SELECT TOP 3 run_code FROM corot.runs ORDER BY run_code"
SLOW = "SELECT COUNT(*) FROM " + ", ".join(f"corot.runs {letter}" for letter in "abcdefgh")
"""Some 200,000,000,000 rows to count."""


class JobClient:
    """Sends requests below ``/async``; every document it gets is held against its schema."""

    def __init__(self, url: str, session: Session) -> None:
        self.url = url
        self.session = session

    def create(self, query: str = QUICK, **more: str) -> str:
        """Make a job and give its URL."""
        answer = self.session.post(
            self.url, {"LANG": "ADQL", "QUERY": query} | more, allow_redirects=False
        )
        assert answer.status_code == 303, answer.text
        url: str = answer.headers["Location"]
        assert url.startswith(f"{self.url}/")
        return url

    def post(self, url: str, **parameters: str) -> Response:
        """Send a form, and do not follow where the answer points."""
        return self.session.post(url, parameters, allow_redirects=False)

    def sent_on(self, url: str, **parameters: str) -> str:
        """Send a form, and give where the answer points."""
        answer = self.post(url, **parameters)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"])

    def document(self, url: str, **parameters: str) -> etree._Element:
        """Get an XML document."""
        answer = self.session.get(url, params=parameters)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"].startswith("application/xml")
        assert_valid_xml(answer.content)
        return etree.fromstring(answer.content)

    def text(self, url: str) -> str:
        """Get a single value."""
        answer = self.session.get(url)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"].startswith("text/plain")
        return answer.text

    def phase(self, url: str) -> str:
        """Tell how far a job is."""
        return self.text(f"{url}/phase")

    def finished(self, url: str, seconds: float = 60) -> str:
        """Wait for a job to end and tell how it did."""
        return self.reached(url, FINISHED, seconds)

    def reached(self, url: str, phases: set[str], seconds: float = 60) -> str:
        """Wait for a job to be in one of some phases and tell which."""
        deadline = time.monotonic() + seconds
        phase = self.phase(url)
        while time.monotonic() < deadline:
            if phase in phases:
                return phase
            phase = self.document(url, WAIT="5", PHASE=phase).findtext(f"{UWS}phase") or ""
        raise AssertionError(f"{url} did not reach {phases}; it is {self.phase(url)}")
