"""A real provider of OpenID Connect: the npm package oidc-provider."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest
from lxml import html

from tests.support.server import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests import Response, Session

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / "var" / "openid"
"""Where the package is installed, once."""

CLIENT, SECRET = "corot-vo", "known to both of us"


@dataclass(frozen=True)
class OpenIdServer:
    """A provider that runs."""

    issuer: str

    def sign_out(self, session: Session, url: str) -> Response:
        """Log out at the provider; give the page after the way back."""
        page = session.get(url, timeout=30)
        (form,) = html.fromstring(page.text).forms  # type: ignore[attr-defined] # of lxml.html
        values = {**dict(form.form_values()), "logout": "yes"}
        return session.post(urljoin(page.url, form.action), values, timeout=30)

    def sign_in(self, session: Session, url: str, login: str) -> Response:
        """Go through the provider's pages as somebody; give the answer after the way back."""
        page = session.get(url, timeout=30)
        while page.url.startswith(self.issuer):
            (form,) = [f for f in html.fromstring(page.text).forms if f.method == "POST"]  # type: ignore[attr-defined] # of lxml.html
            values = dict(form.form_values())
            if "login" in form.fields:
                values |= {"login": login, "password": "any"}
            page = session.post(urljoin(page.url, form.action), values, timeout=30)
        return page


def installed() -> Path:
    """Have the package installed; without npm the test is skipped, or fails under CI."""
    if shutil.which("npm") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("npm is missing: tests/install-tools.sh installs it")
        pytest.skip("npm is not installed (Debian packages nodejs and npm)")
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = (HERE / "package.json").read_text(encoding="utf-8")
        mark = CACHE / "installed.json"
        if not mark.exists() or mark.read_text(encoding="utf-8") != wanted:
            (CACHE / "package.json").write_text(wanted, encoding="utf-8")
            subprocess.run(
                ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--silent"],
                cwd=CACHE,
                check=True,
                timeout=240,
            )
            mark.write_text(wanted, encoding="utf-8")
    return CACHE


@contextmanager
def openid_server(site: str, people: dict[str, dict[str, Any]]) -> Iterator[OpenIdServer]:
    """Run a provider that knows one client.

    Parameters
    ----------
    site
        Base URL of the client, which it sends people back to.
    people
        What it claims of some, by their login.
    """
    program = shutil.copy(HERE / "provider.mjs", installed())
    port = free_port()
    client = {
        "client_id": CLIENT,
        "client_secret": SECRET,
        "redirect_uris": [f"{site}/account/oidc/callback"],
        "post_logout_redirect_uris": [f"{site}/"],
    }
    settings = {"port": port, "clients": [client], "people": people}
    process = subprocess.Popen(
        ["node", program, json.dumps(settings)],
        cwd=CACHE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert any(line == "ready\n" for line in process.stdout), "the provider did not start"
        yield OpenIdServer(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()
