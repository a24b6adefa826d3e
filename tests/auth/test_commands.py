"""``vo-server user``, ``group``, ``grant``, …: as an administrator gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from schemas.engine import APP
from tests.support.server import environment
from vo_server.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def settings(make_database: DatabaseMaker) -> Settings:
    return make_database("commands", migrate=True)


def command(settings: Settings, *words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, words, input=stdin, env=environment(settings))


def said(settings: Settings, *words: str, stdin: str = "") -> str:
    done = command(settings, *words, stdin=stdin)
    assert done.exit_code == 0, done.stderr
    return done.stdout


def test_an_account_from_its_making_to_its_end(
    make_database: DatabaseMaker, settings: Settings, tmp_path: Path
) -> None:
    said(settings, "user", "add", "jdoe", "--group", "guest", "--email", "J.Doe@example.org",
         "--full-name", "J. Doe", "--password-stdin", stdin=f"{PASSWORD}\n")  # fmt: skip
    said(settings, "group", "add", "ap-12", "Additional programme 12")
    said(settings, "user", "join", "jdoe", "ap-12")
    assert "jdoe\tguest\tap-12,guest\tj.doe@example.org\tJ. Doe" in said(settings, "user", "list")

    stars = tmp_path / "stars.txt"
    stars.write_text("101\n\n102\n", encoding="utf-8")
    made = said(settings, "grant", "--user", "jdoe", "--run", "LRc01", "--star", "100",
                "--stars-from", str(stars), "--note", "windows")  # fmt: skip
    number = made.split()[1]
    said(settings, "grant", "--group", "ap-12", "--channel", "seismology", "--until", "2099-01-01")
    listed = said(settings, "grants", "--user", "jdoe")
    assert f"{number}\taccount:jdoe\tN2\t*\tLRc01\t3\t\twindows" in listed
    assert "group:ap-12\tN2\tseismology\t*\t*\t2099-01-01 00:00:00" in listed
    said(settings, "revoke", number)
    assert "windows" not in said(settings, "grants")

    said(settings, "user", "leave", "jdoe", "ap-12")
    said(settings, "user", "disable", "jdoe")
    assert "jdoe\tdisabled" in said(settings, "user", "list")
    said(settings, "user", "enable", "jdoe")
    with make_database.engine(settings, APP).connect() as connection:
        trail = connection.execute(
            text("SELECT action FROM auth.audit WHERE actor LIKE 'cli:%' ORDER BY entry_id")
        )
        assert list(trail.scalars()) == [
            "account added", "group added", "group joined", "granted", "granted", "revoked",
            "group left", "account disabled", "account enabled",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["user", "add", "J Doe"], "cannot be the name of an account"),
        (["user", "add", "x1", "--email", "nobody"], "no e-mail address"),
        (["user", "add", "x2", "--group", "nogroup"], "no group nogroup"),
        (["user", "add", "x3", "--group", "registered"], "everybody with an account"),
        (["user", "add", "x4", "--password-stdin"], "12 to 256 characters"),
        (["user", "disable", "nobody"], "no account nobody"),
        (["group", "add", "coi", "Co-Is"], "exists already"),
        (["grant", "--user", "nobody"], "no account nobody"),
        (["grant", "--group", "nogroup"], "no group nogroup"),
        (["grant"], "either to an account or to a group"),
        (["grant", "--group", "coi", "--user", "nobody"], "either to an account or to a group"),
        (["grant", "--group", "coi", "--level", "N9"], "no level N9"),
        (["grant", "--group", "coi", "--run", "LRx01"], "no run LRx01"),
        (["grant", "--group", "coi", "--star", "1", "--star", "1"], "named twice"),
        (["grant", "--group", "coi", "--from", "2030-01-01", "--until", "2029-01-01"], "before"),
        (["revoke", "4711"], "no grant 4711"),
        (["level", "N9", "listed"], "no level N9"),
    ],
)
def test_a_mistake_is_told_in_one_line(settings: Settings, words: list[str], message: str) -> None:
    done = command(settings, *words, stdin="short\n")
    assert done.exit_code == 1
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_password_is_kept_as_argon2id_only(
    make_database: DatabaseMaker, settings: Settings
) -> None:
    said(settings, "user", "add", "keeper", "--password-stdin", stdin=f"{PASSWORD}\n")
    said(settings, "user", "password", "keeper", stdin=f"{PASSWORD} 2\n")
    with make_database.engine(settings, APP).connect() as connection:
        query = text("SELECT password_hash FROM auth.accounts WHERE name = 'keeper'")
        assert str(connection.scalar(query)).startswith("$argon2id$")
