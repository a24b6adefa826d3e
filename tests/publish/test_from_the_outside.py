"""Publishing as an operator does it, beside a server that runs, with files of every kind."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import requests
from astropy.table import Table
from click.testing import CliRunner
from lxml import etree
from sqlalchemy import text

from schemas.engine import OWNER
from schemas.facts import differences
from tests.support.server import VO_SERVER, environment, running_server
from tests.tap.answers import cells
from vo_server.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result
    from sqlalchemy import Engine

    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

KILLS = 60 if os.environ.get("VO_TEST_SOAK") == "1" else 2

SOON = 1.0
"""Seconds after which every process of every server shows what was published."""
SLACK = float(os.environ.get("VO_TEST_SLACK", "1.0"))
"""Seconds that a busy machine may need on top."""

DECLARATION = """
[schema]
name = "kinds"
description = "Files of every kind"
[table]
name = "NAME"
primary_key = ["id"]
[[columns]]
name = "id"
datatype = "int"
[[columns]]
name = "ra"
datatype = "double"
unit = "deg"
ucd = "pos.eq.ra;meta.main"
[[columns]]
name = "dec"
datatype = "double"
unit = "deg"
ucd = "pos.eq.dec;meta.main"
[[columns]]
name = "name"
datatype = "char"
"""

ROWS = Table({"id": [1, 2], "ra": [10.5, 20.25], "dec": [-1.0, 89.5], "name": ["a", "bc"]})


@pytest.fixture(scope="module")
def settings(publish_settings: Settings) -> Settings:
    return publish_settings.model_copy(update={"workers": 2})


@pytest.fixture
def owner(make_database: DatabaseMaker, settings: Settings) -> Engine:
    return make_database.engine(settings, OWNER)


@pytest.fixture(scope="module")
def url(settings: Settings) -> Iterator[str]:
    with running_server(settings) as base_url:
        yield base_url


def as_owner(settings: Settings) -> dict[str, str]:
    """Give the environment of an operator."""
    assert settings.owner_password is not None
    return environment(settings, VO_OWNER_PASSWORD=settings.owner_password.get_secret_value())


def command(settings: Settings, *arguments: str | Path) -> Result:
    """Run a command in this process, which spares the time of a start."""
    return CliRunner(env=as_owner(settings)).invoke(main, [str(one) for one in arguments])


def declared(folder: Path, name: str) -> Path:
    path = folder / f"{name}.toml"
    path.write_text(DECLARATION.replace("NAME", name), "utf-8")
    return path


def ask(url: str, query: str) -> requests.Response:
    return requests.get(f"{url}/tap/sync", {"LANG": "ADQL", "QUERY": query}, timeout=60)


def written(form: str) -> bytes:
    """Write :data:`ROWS` as a file of some kind."""
    if form == "parquet":
        file = io.BytesIO()
        pq.write_table(pa.table({name: ROWS[name].tolist() for name in ROWS.colnames}), file)
        return file.getvalue()
    if form == "csv":
        return b"id,ra,dec,name\n1,10.5,-1,a\n2,20.25,89.5,bc\n"
    file = io.BytesIO()
    if form == "fits":
        ROWS.write(file, format="fits")
    else:
        ROWS.write(file, format="votable", tabledata_format=form)
    return file.getvalue()


KINDS = ("csv", "fits", "parquet", "tabledata", "binary", "binary2")


def test_files_of_each_kind(settings: Settings, url: str, tmp_path: Path) -> None:
    for form in KINDS:
        file = tmp_path / "rows"
        file.write_bytes(written(form))
        done = command(settings, "publish", declared(tmp_path, f"as_{form}"), "--from", file)
        assert (done.stdout, done.stderr) == (f"kinds.as_{form}: 2 rows published.\n", "")
        assert done.exit_code == 0
    time.sleep(SOON + SLACK)
    for form in KINDS:
        query = f"SELECT id, ra, dec, name FROM kinds.as_{form} ORDER BY id"
        for _ in range(4):  # whichever process answers
            answer = ask(url, query)
            assert answer.status_code == 200, answer.text
        assert cells(answer.content) == [["1", "10.5", "-1", "a"], ["2", "20.25", "89.5", "bc"]]
        near = f"SELECT id FROM kinds.as_{form} WHERE DISTANCE(POINT(ra, dec), POINT(20, 89)) < 1"
        assert cells(ask(url, near).content) == [["2"]]


def test_what_is_described_is_what_is_published(
    settings: Settings, url: str, tmp_path: Path
) -> None:
    """TAP_SCHEMA and ``/tap/tables`` say the same of every table, further ones included."""
    declaration = declared(tmp_path, "described")
    key = '[[foreign_keys]]\ntarget_table = "corot.stars"\ncolumns = {id = "corot_id"}\n'
    declaration.write_text(declaration.read_text("utf-8").replace('"int"', '"long"') + key, "utf-8")
    rows = tmp_path / "rows"
    rows.write_bytes(written("csv"))
    assert command(settings, "publish", declaration, "--from", rows).exit_code == 0
    time.sleep(SOON)
    root = etree.fromstring(requests.get(f"{url}/tap/tables", timeout=60).content)

    def listed(query: str) -> list[list[str]]:
        return cells(ask(url, query).content)

    assert listed("SELECT schema_name FROM tap_schema.schemas ORDER BY schema_index") == [
        [name.text] for name in root.iterfind("schema/name")
    ]
    tables = listed("SELECT table_name, table_type, description FROM tap_schema.tables"
                    " ORDER BY table_index")  # fmt: skip
    assert ["kinds.described", "table", ""] in tables
    assert tables == [
        [t.findtext("name"), t.get("type"), t.findtext("description") or ""]
        for t in root.iter("table")
    ]
    columns = listed(
        "SELECT table_name, column_name, datatype, arraysize, xtype, unit, ucd, utype, description,"
        " indexed, principal, std FROM tap_schema.columns"
    )
    assert sorted(columns) == sorted(
        [table.findtext("name") or "", *_described(column)]
        for table in root.iter("table")
        for column in table.iterfind("column")
    )
    keys = listed(
        "SELECT k.from_table, k.target_table, c.from_column, c.target_column"
        " FROM tap_schema.keys AS k JOIN tap_schema.key_columns AS c ON k.key_id = c.key_id"
    )
    assert ["kinds.described", "corot.stars", "id", "corot_id"] in keys
    assert sorted(keys) == sorted(
        [table.findtext("name"), key.findtext("targetTable"),
         pair.findtext("fromColumn"), pair.findtext("targetColumn")]
        for table in root.iter("table")
        for key in table.iterfind("foreignKey")
        for pair in key.iterfind("fkColumn")
    )  # fmt: skip


def _described(column: etree._Element) -> list[str]:
    """Give what a column of ``/tap/tables`` says, in the order of the query."""
    (datatype,) = column.iterfind("dataType")
    flags = {flag.text for flag in column.iterfind("flag")}
    told = [column.findtext(key) or "" for key in ("unit", "ucd", "utype", "description")]
    return [
        column.findtext("name") or "", datatype.text or "",
        datatype.get("arraysize", ""), datatype.get("extendedType", ""), *told,
        *(str(int(flag in flags)) for flag in ("indexed", "principal")),
        str(int(column.get("std") == "true")),
    ]  # fmt: skip


def test_mistakes_are_told_in_a_line_and_change_nothing(
    settings: Settings, owner: Engine, tmp_path: Path
) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_bytes(written("csv"))
    good, bad = declared(tmp_path, "mistaken"), tmp_path / "bad.toml"
    bad.write_text(good.read_text("utf-8").replace('"int"', '"integer"'), "utf-8")
    broken = tmp_path / "broken.csv"
    broken.write_bytes(rows.read_bytes() + b"3,x,1,d\n")
    cut = tmp_path / "cut.fits"
    cut.write_bytes(written("fits")[:-2880])
    own = tmp_path / "own.toml"
    own.write_text(
        good.read_text("utf-8").replace('"kinds"', '"corot"').replace('"mistaken"', '"stars"'),
        "utf-8",
    )
    before = _relations(owner)
    for arguments, told in (
        (["publish", bad, "--from", rows], "bad.toml, line 10: columns[1].datatype"),
        (["publish", good, "--from", broken], "row 3, column ra: 'x' is no double"),
        (["publish", good, "--from", cut], "cut.fits: "),
        (["publish", own, "--from", rows, "--replace"], "is a table of the server's own"),
        (["publish", good, "--from", tmp_path / "absent"], "does not exist"),
        (["unpublish", "kinds.absent"], "kinds.absent is no further table"),
        (["unpublish", "corot.stars"], "corot.stars is no further table"),
    ):
        done = command(settings, *arguments)
        assert done.exit_code in (1, 2), done.output
        assert told in done.output
        assert "Traceback" not in done.output
        assert _relations(owner) == before
    with owner.connect() as connection:
        assert differences(connection) == []


def _relations(owner: Engine) -> list[str]:
    """List what is in the database, for good or while a transaction makes it."""
    with owner.connect() as connection:
        return list(connection.scalars(text("SELECT relname FROM pg_class ORDER BY 1")))


def _versions(path: Path, number: int, rows: int = 60_000) -> Path:
    """Write a file whose rows all name one version."""
    lines = (f"{n},{n % 360}.5,{n % 90}.25,{number}" for n in range(rows))
    path.write_text("\n".join(["id,ra,dec,name", *lines, ""]), "utf-8")
    return path


def test_a_publish_that_is_killed_changes_nothing(
    settings: Settings, owner: Engine, url: str, tmp_path: Path
) -> None:
    declaration = declared(tmp_path, "killed")
    first, second = (_versions(tmp_path / f"{n}.csv", n) for n in (1, 2))
    done = command(settings, "publish", declaration, "--from", first)
    assert done.exit_code == 0, done.output
    time.sleep(SOON + SLACK)
    chance = random.Random(1)  # noqa: S311 # repeatable moments
    query = "SELECT name, COUNT(*) AS n FROM kinds.killed GROUP BY name"
    served = [["1", "60000"]]
    relations = _relations(owner)
    for _ in range(KILLS):
        process = subprocess.Popen(
            [VO_SERVER, "publish", declaration, "--from", second, "--replace"],
            env=as_owner(settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(chance.uniform(0.8, 3.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
        _idle(owner)
        found = cells(ask(url, query).content)
        if found == [["2", "60000"]]:  # it was through already
            first, second = second, first
            served = found
            relations = _relations(owner)
        assert found == served
        assert _relations(owner) == relations
        with owner.connect() as connection:
            assert differences(connection) == []
    done = command(settings, "publish", declaration, "--from", first, "--replace")
    assert done.stdout == "kinds.killed: 60000 rows replaced.\n", done.stderr


def _idle(owner: Engine) -> None:
    """Wait until nothing that a killed command began goes on; at most a few seconds."""
    running = text(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'vo_owner'"
        " AND datname = current_database() AND pid <> pg_backend_pid()"
    )
    deadline = time.monotonic() + SOON + 3 + SLACK
    while True:
        with owner.connect() as connection:
            if connection.scalar(running) == 0:
                return
        assert time.monotonic() < deadline, "the backend goes on without its client"
        time.sleep(0.05)


def test_a_table_is_replaced_while_it_is_read(settings: Settings, url: str, tmp_path: Path) -> None:
    declaration = declared(tmp_path, "slow")
    first, second = (_versions(tmp_path / f"{n}.csv", n) for n in (1, 2))
    done = command(settings, "publish", declaration, "--from", first)
    assert done.exit_code == 0, done.output
    time.sleep(SOON + SLACK)
    filler = "'" + "x" * 80 + "'"  # more than the buffers on the way hold
    query = f"SELECT {filler} AS x, a.name, b.name AS other FROM kinds.slow AS a, kinds.slow AS b"
    parameters = {"LANG": "ADQL", "QUERY": query, "MAXREC": "300000", "FORMAT": "csv"}
    with requests.get(f"{url}/tap/sync", parameters, stream=True, timeout=60) as reading:
        assert reading.status_code == 200
        parts = reading.iter_content(1 << 16)
        content = next(parts)
        done = command(settings, "publish", declaration, "--from", second, "--replace")
        assert done.stdout == "kinds.slow: 60000 rows replaced.\n"
        assert "is still being read; the next publish or unpublish drops it" in done.stderr
        assert cells(ask(url, "SELECT DISTINCT name FROM kinds.slow").content) == [["2"]]
        content += b"".join(parts)
    lines = content.split()[1:]
    assert len(lines) == 300_000
    assert {line.split(b",", 1)[1] for line in lines} == {b"1,1"}
    # Whatever is published next takes along what had to be left.
    rows = tmp_path / "rows"
    rows.write_bytes(written("csv"))
    done = command(settings, "publish", declared(tmp_path, "next"), "--from", rows)
    assert (done.exit_code, done.stderr) == (0, "")
