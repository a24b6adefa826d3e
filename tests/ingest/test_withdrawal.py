"""A product that is withdrawn is gone for everybody but the staff, until it is restored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from schemas.engine import OWNER
from schemas.session import Caller
from tests.support.accounts import insert_account
from tests.support.rows import Products, insert_products
from tests.support.server import environment
from vo_server.cli.main import main

if TYPE_CHECKING:
    from click.testing import Result

    from schemas.session import ReaderDatabase
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

OLD = "0000001000/IRa01/EN2_STAR_CHR/N2-4.3"
NEW = "0000001000/IRa01/EN2_STAR_CHR/N2-4.4"


@pytest.fixture(scope="module")
def settings(make_database: DatabaseMaker) -> Settings:
    settings = make_database("withdrawal", migrate=True)
    with make_database.engine(settings, OWNER).begin() as owner:
        insert_products(owner, Products(first=1_000, count=1, version="N2-4.3", ra=10))
        insert_products(owner, Products(first=1_000, count=1, version="N2-4.4", ra=20))
        insert_account(owner, "staff1", "staff")
    return settings


@pytest.fixture(scope="module")
def reader(make_database: DatabaseMaker, settings: Settings) -> ReaderDatabase:
    return make_database.reader(settings)


def command(settings: Settings, *words: str) -> Result:
    assert settings.owner_password is not None
    secret = settings.owner_password.get_secret_value()
    env = environment(settings, VO_OWNER_PASSWORD=secret)
    return CliRunner().invoke(main, ["withdraw", *words], env=env)


def seen(reader: ReaderDatabase, caller: str = "") -> list[tuple[object, ...]]:
    """Give version, is_latest and the star's position, of what a caller sees."""
    query = text(
        "SELECT p.version, p.is_latest, s.ra FROM corot.products p JOIN corot.stars s"
        " USING (corot_id) ORDER BY 1"
    )
    with reader.transaction(Caller(caller)) as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_withdrawn_and_restored(
    make_database: DatabaseMaker, settings: Settings, reader: ReaderDatabase
) -> None:
    whole = [("N2-4.3", 0, 20.0), ("N2-4.4", 1, 20.0)]
    assert seen(reader) == whole
    done = command(settings, NEW, "--reason", "wrong\n star")
    assert (done.exit_code, done.stdout) == (0, f"Product {NEW} withdrawn.\n")
    # What it said of its star is gone with it.
    assert seen(reader) == [("N2-4.3", 1, 10.0)]
    assert seen(reader, "staff1") == [("N2-4.3", 1, 10.0), ("N2-4.4", 0, 10.0)]
    command(settings, OLD, "--reason", "too")
    assert seen(reader) == []
    assert [row[0] for row in seen(reader, "staff1")] == ["N2-4.3", "N2-4.4"]
    for key in (OLD, NEW):
        assert command(settings, key, "--undo").exit_code == 0
    assert seen(reader) == whole
    with make_database.engine(settings, OWNER).connect() as owner:
        audit = owner.execute(
            text("SELECT action, subject, details FROM auth.audit ORDER BY entry_id LIMIT 1")
        ).one()
    assert tuple(audit) == ("product withdrawn", NEW, {"reason": "wrong star"})


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((NEW,), "give either --reason"),
        ((NEW, "--undo", "--reason", "x"), "give either --reason"),
        ((NEW, "--undo"), f"product {NEW} is not withdrawn"),
        ((NEW, "--reason", " "), "give a reason of up to 500 characters"),
        (("nothing", "--reason", "x"), "there is no product nothing: a key is the part of"),
    ],
)
def test_mistakes(settings: Settings, words: tuple[str, ...], message: str) -> None:
    done = command(settings, *words)
    assert done.exit_code == 1
    assert message in done.stderr


def test_twice(settings: Settings) -> None:
    command(settings, NEW, "--reason", "x")
    again = command(settings, NEW, "--reason", "y")
    assert "is withdrawn already" in again.stderr
    assert command(settings, NEW, "--undo").exit_code == 0
