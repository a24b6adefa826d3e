"""``vo-server demo``, as a newcomer meets it."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.support.processes import processes_of
from tests.support.server import VO_SERVER, free_port
from vo_server.auth.tiers import Tier

if TYPE_CHECKING:
    from collections.abc import Iterator

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("VO_")}


@contextmanager
def demo(data_dir: Path, port: int, *, stop: signal.Signals) -> Iterator[str]:
    """Run the demonstration, give what it printed, and end it with a signal."""
    process = subprocess.Popen(
        [VO_SERVER, "demo", "--port", str(port), "--data-dir", data_dir],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        printed = ""
        for line in process.stdout:
            printed += line
            if "Ctrl-C" in line:
                break
        assert f"Ready: http://127.0.0.1:{port}/\n" in printed, printed
        children = psutil.Process(process.pid).children(recursive=True)
        assert children
        assert len(processes_of(data_dir)) > 1
        yield printed
    finally:
        process.send_signal(stop)
        code = process.wait(60)
        process.stdout.close()
    assert code == 0
    gone, alive = psutil.wait_procs(children, timeout=10)
    assert not alive
    assert gone
    assert processes_of(data_dir) == []


def assert_pastes(printed: str) -> None:
    """What is printed for Python and for a shell works as it is pasted."""
    sections = {
        part.split("\n", 1)[0]: part.split("\n", 1)[1]
        for part in printed.split("\n\n")
        if "\n" in part
    }
    python = [sys.executable, "-W", "ignore", "-c", sections["In Python:"]]
    done = subprocess.run(python, capture_output=True, text=True, check=False, timeout=60)
    assert "http://127.0.0.1" in done.stdout, done.stderr
    shell = ["sh", "-c", sections["In a shell:"]]
    done = subprocess.run(shell, capture_output=True, text=True, check=False, timeout=60)
    assert "run_code" in done.stdout, done.stderr


def assert_accounts(data_dir: Path, port: int) -> None:
    """An account for each tier is in the file, and gets what is the tier's."""
    path = data_dir / "demo-accounts.json"
    assert path.stat().st_mode & 0o777 == 0o600
    accounts = json.loads(path.read_text(encoding="utf-8"))
    assert {account["tier"] for account in accounts} == {*Tier} - {Tier.PUBLIC}
    query = (
        "SELECT product_level, run_code, channel FROM corot.products"
        " WHERE data_rights = 'proprietary' AND lc_mean_white IS NOT NULL"
    )
    got = {}
    for account in accounts:
        credentials = (account["name"], account["password"])
        rows = [row.split(",") for row in answer(port, query, credentials)]
        got[account["name"]] = (
            {row[0] for row in rows},
            len(rows),
            {tuple(row[1:]) for row in rows},
        )
    assert answer(port, query) == []
    assert got["demo-registered"][1] == 0
    assert got["demo-alert"][:2] == ({"N1A"}, 4)
    assert got["demo-n1"][:2] == ({"N1"}, 4)
    assert got["demo-coi"][0] == {"N2"}
    assert got["demo-guest-stars"][0] == {"N2"}
    assert 0 < got["demo-guest-stars"][1] < got["demo-coi"][1]
    assert got["demo-guest-run"][2] == {("LRc10", "seismology")}
    assert got["demo-staff"] == got["demo-admin"]
    assert got["demo-staff"][0] == {"N1A", "N1", "N2"}


def answer(port: int, query: str, credentials: tuple[str, str] | None = None) -> list[str]:
    parameters = urllib.parse.urlencode({"LANG": "ADQL", "FORMAT": "csv", "QUERY": query})
    url = f"http://127.0.0.1:{port}/tap/sync?{parameters}"
    request = urllib.request.Request(url)
    if credentials is not None:
        encoded = base64.b64encode(":".join(credentials).encode()).decode()
        request.add_header("Authorization", f"Basic {encoded}")
    with urllib.request.urlopen(request, timeout=30) as response:
        return list(response.read().decode().splitlines()[1:])


@pytest.mark.timeout(600)
def test_the_demonstration_from_nothing_and_again(tmp_path: Path) -> None:
    data_dir, port = tmp_path / "demo", free_port()
    with demo(data_dir, port, stop=signal.SIGINT) as printed:
        assert f"http://127.0.0.1:{port}/tap" in printed
        assert printed.count("Ready: ") == 1
        assert_pastes(printed)
        assert int(answer(port, "SELECT COUNT(*) FROM corot.products")[0]) >= 300
        runs = answer(port, "SELECT DISTINCT run_code, channel FROM corot.products")
        assert len(runs) == 26 * 2
        long_ones = "SELECT COUNT(*) FROM corot.products WHERE n_points >= 200000"
        assert int(answer(port, long_ones)[0]) >= 3
        versions = "SELECT DISTINCT version FROM corot.products WHERE run_code = 'IRa01'"
        assert sorted(answer(port, versions)) == ["N2-4.3", "N2-4.4"]
        unreleased = "SELECT COUNT(*) FROM corot.products WHERE data_rights = 'proprietary'"
        assert int(answer(port, unreleased)[0]) >= 20
        simulated = "SELECT DISTINCT obs_collection FROM corot.products"
        assert answer(port, simulated) == ["CoRoT N2 simulated"]
        assert_accounts(data_dir, port)
        before = answer(port, "SELECT publisher_did FROM corot.products ORDER BY publisher_did")

    made = (data_dir / "demo.json").stat().st_mtime_ns
    accounts = (data_dir / "demo-accounts.json").read_bytes()
    assert json.loads((data_dir / "demo.json").read_text())["complete"]
    with demo(data_dir, port, stop=signal.SIGTERM) as printed:
        assert "Simulating" not in printed
        assert (data_dir / "demo-accounts.json").read_bytes() == accounts
        assert_accounts(data_dir, port)
        after = answer(port, "SELECT publisher_did FROM corot.products ORDER BY publisher_did")
    assert after == before
    assert (data_dir / "demo.json").stat().st_mtime_ns == made


def refused(*arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [VO_SERVER, *arguments],
        env={**ENVIRONMENT, **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith("Error: ")
    return done


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = refused("demo", "--port", str(port), "--data-dir", tmp_path / "demo")
    assert f"port {port}" in done.stderr
    assert "--port" in done.stderr
    assert processes_of(tmp_path / "demo") == []


def test_a_folder_one_may_not_write_to_is_one_clear_line(tmp_path: Path) -> None:
    # A file in the way stops root too, whom permissions don't.
    (tmp_path / "file").write_text("")
    target = tmp_path / "file" / "demo"
    done = refused("demo", "--port", str(free_port()), "--data-dir", target)
    assert "cannot use the data folder" in done.stderr
    assert "--data-dir" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a full disk needs root")
def test_a_full_disk_is_one_clear_line(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m,mode=755", "tmpfs", disk], check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this machine lets nobody mount")
    try:
        done = refused("demo", "--port", str(free_port()), "--data-dir", disk / "demo")
        assert "No space left on device" in done.stderr
        assert processes_of(disk / "demo") == []
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the database as somebody else")
def test_root_keeps_a_closed_folder_closed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    done = subprocess.run(
        [VO_SERVER, "db", "upgrade"],
        env={**ENVIRONMENT, "VO_DATA_DIR": str(home / "data")},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert home.stat().st_mode & 0o777 == 0o700
    cluster = (home / "data" / "postgres").resolve()
    assert Path("/var/lib/vo-server") in cluster.parents
    subprocess.run(["rm", "-rf", cluster], check=True)
