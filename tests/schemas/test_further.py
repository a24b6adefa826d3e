"""Declarations of further tables, and the catalogue that follows them."""

from __future__ import annotations

import logging
import os
import time
import warnings
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import text

from schemas.declaration import (
    Column,
    ForeignKey,
    Position,
    Region,
    Schema,
    Table,
    TimeSystem,
    catalogue,
)
from schemas.engine import OWNER, READER
from schemas.further import Further, Publication, with_further
from schemas.further.live import LiveCatalogue
from schemas.published import CATALOGUE
from vo_server.database import uri_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.support.databases import DatabaseMaker

TABLE = Table(
    "lab.a table",
    "Everything a table can say",
    (
        Column("u", "int", "Lower", unit="m", ucd="meta.id", nullable=False, principal=True),
        Column("U", "double", "Upper", arraysize="2x*", utype="x:y", indexed=True, std=True),
        Column(
            "t", "double", "Time", time_system=TimeSystem("utc", "UTC", "TOPOCENTER", 2400000.5)
        ),
        Column("lon", "double"),
        Column("lat", "double"),
        Column("shape", "double", arraysize="*", xtype="polygon"),
    ),
    title="A title",
    utype="x:t",
    primary_key=("u",),
    positions=(Position("lon", "lat", "pos", "FK5"),),
    foreign_keys=(ForeignKey("corot.stars", (("u", "corot_id"),), "none"),),
    regions=(Region("shape", "polygon", "shape", "shape_index"),),
    physical="lab.a table~2",
)
PUBLICATION = Publication(Schema("lab", "A laboratory", (), "x:s"), TABLE, (("t", "u"), ("U",)))


def further(name: str, day: int, description: str = "") -> Further:
    schema, _, _ = name.partition(".")
    table = Table(name, "", (Column("n", "int"),))
    return Further(Publication(Schema(schema, description, ()), table), datetime(2026, 1, day))  # noqa: DTZ001 # as the database gives it


def test_a_declaration_comes_back_from_its_text() -> None:
    assert Publication.from_json(PUBLICATION.to_json()) == PUBLICATION


def test_further_tables_stand_beside_the_others() -> None:
    own = catalogue([Schema("lab", "Ours", (Table("lab.own", "", (Column("n", "int"),)),))])
    entries = [
        further("new.b", 3),
        further("new.a", 2, "Later"),
        further("new.c", 1, "Sooner"),
        further("lab.extra", 4, "Not ours"),
        further("lab.OWN".lower(), 5),
    ]
    made = with_further(own, entries)
    assert [table.name for table in made] == ["lab.own", "lab.extra", "new.a", "new.b", "new.c"]
    assert [schema.description for schema in made.schemas] == ["Ours", "Later"]
    assert with_further(own, []) == own


def _eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _has(live: LiveCatalogue, name: str) -> bool:
    return name in {table.name for table in live()}


INSERT = text(
    "INSERT INTO vo.further_tables (physical, table_name, declaration, facts, source, row_count)"
    " VALUES (:name, :name, :declaration, '{}', '', 0)"
)


def test_a_live_catalogue_follows_the_database(
    make_database: DatabaseMaker, caplog: pytest.LogCaptureFixture
) -> None:
    settings = make_database("live", migrate=True)
    live = LiveCatalogue(uri_of(settings, READER), CATALOGUE)
    assert live() is live()
    assert live() == CATALOGUE
    owner = make_database.engine(settings, OWNER)

    def publish(name: str, declaration: str | None = None) -> None:
        declaration = declaration or further(name, 1).publication.to_json()
        with owner.begin() as connection:
            connection.execute(INSERT, {"name": name, "declaration": declaration})

    publish("lab.one")
    _eventually(lambda: _has(live, "lab.one"))
    kept = live()

    # What a newer server wrote hides no other table.
    with caplog.at_level(logging.ERROR):
        publish("lab.unknown", '{"from": "the future"}')
        publish("lab.two")
        _eventually(lambda: _has(live, "lab.two"))
    assert "cannot be read" in caplog.text
    assert live() is not kept

    # A lost connection is made again.
    with make_database.superuser("live").begin() as connection:
        ended = connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name LIKE '%(catalogue)' AND datname = 'live'"
            )
        ).all()
    assert len(ended) == 1
    publish("lab.three")
    _eventually(lambda: _has(live, "lab.three"))

    # A process that was forked off follows by itself.
    read, write = os.pipe()
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        child = os.fork()  # with threads running, as a web server does it
    if not child:
        try:
            live()
            os.write(write, b"1")
            _eventually(lambda: _has(live, "lab.four"))
            os._exit(0)
        finally:
            os._exit(1)
    assert os.read(read, 1) == b"1"
    os.close(read)
    os.close(write)
    publish("lab.four")
    _, status = os.waitpid(child, 0)
    assert status == 0
    _eventually(lambda: _has(live, "lab.four"))


def test_a_catalogue_nobody_has_is_not_followed(make_database: DatabaseMaker) -> None:
    settings = make_database("unfollowed", migrate=True)
    live = LiveCatalogue(uri_of(settings, READER), CATALOGUE)
    live()
    superuser = make_database.superuser("unfollowed")

    def followers() -> int:
        with superuser.connect() as connection:
            return int(
                connection.scalar(
                    text(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = 'unfollowed'"
                        " AND application_name LIKE '%(catalogue)'"
                    )
                )
                or 0
            )

    _eventually(lambda: followers() == 1)
    del live
    _eventually(lambda: followers() == 0)
