"""The commands, beside a server that runs."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING

from tests.publish.test_publish import ROWS, declared
from tests.support.server import VO_SERVER, environment, running_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vo_server.config import Settings


def _run(settings: Settings, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    assert settings.owner_password is not None
    owner = settings.owner_password.get_secret_value()
    return subprocess.run(
        [VO_SERVER, *arguments],
        env=environment(settings, VO_OWNER_PASSWORD=owner),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _counts(base_url: str) -> list[list[int]] | None:
    query = urllib.parse.urlencode(
        {"QUERY": "SELECT count(*) FROM lab.served", "LANG": "ADQL", "FORMAT": "json"}
    )
    try:
        with urllib.request.urlopen(f"{base_url}/tap/sync?{query}") as response:
            return json.load(response)["data"]  # type: ignore[no-any-return]
    except urllib.error.HTTPError as error:
        with error:
            if error.code in (400, 503):  # not there, or it went as the query began
                return None
        raise


def _always(condition: Callable[[], bool]) -> None:
    """Wait until it holds whichever process answers."""
    deadline = time.monotonic() + 60
    held = 0
    while held < 20:
        assert time.monotonic() < deadline
        held = held + 1 if condition() else 0


def test_running_servers_follow_the_commands(publish_settings: Settings, tmp_path: Path) -> None:
    declaration, rows = tmp_path / "served.toml", tmp_path / "served.csv"
    declaration.write_text(declared("served"), "utf-8")
    rows.write_text(ROWS, "utf-8")
    served = publish_settings.model_copy(update={"workers": 2})
    with running_server(served) as base_url:
        done = _run(publish_settings, "publish", declaration, "--from", rows)
        assert done.stdout == "lab.served: 3 rows published.\n", done.stderr
        _always(lambda: _counts(base_url) == [[3]])

        rows.write_text(ROWS + "4,1,1,,,,,\n", "utf-8")
        done = _run(publish_settings, "publish", declaration, "--from", rows, "--replace")
        assert done.stdout == "lab.served: 4 rows replaced.\n", done.stderr
        _always(lambda: _counts(base_url) == [[4]])

        listed = _run(publish_settings, "published").stdout.splitlines()
        assert [line.split("\t")[1::2] for line in listed if "lab.served" in line] == [
            ["4", "served.csv"]
        ]
        assert _run(publish_settings, "db", "upgrade").returncode == 0
        assert _run(publish_settings, "db", "check").returncode == 0
        _always(lambda: _counts(base_url) == [[4]])

        done = _run(publish_settings, "unpublish", "lab.served")
        assert done.stdout == "lab.served: 4 rows withdrawn.\n", done.stderr
        _always(lambda: _counts(base_url) is None)
