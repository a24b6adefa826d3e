"""The documentation lists every setting, endpoint, command and column."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemas.corot.functions import FUNCTIONS
from schemas.document import tables_page
from tap.document import adql_page
from vo_server.app import create_app
from vo_server.cli import main
from vo_server.config import Settings

if TYPE_CHECKING:
    from vo_server.config import Settings as SettingsType

DOCS = Path(__file__).parents[1] / "docs"


def test_every_setting_is_documented_with_its_default() -> None:
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(VO_[A-Z_]+)` \| (.*?) \|", page, re.MULTILINE))
    assert rows.keys() == {f"VO_{name}".upper() for name in Settings.model_fields}
    assert len(rows) == len(re.findall(r"^\| `VO_", page, re.MULTILINE)), "one row for each"
    defaults = Settings().environment()
    del defaults["VO_DATA_DIR"]
    for name, default in defaults.items():
        assert rows[name].strip("`") in (default, default.removesuffix(".0")), name


def test_every_endpoint_is_documented(archive: SettingsType) -> None:
    page = (DOCS / "endpoints.md").read_text(encoding="utf-8")
    app = create_app(archive.model_copy(update={"owner_password": None}))
    rules = {rule.rule.rstrip("/") or "/" for rule in app.url_map.iter_rules()}
    # The rule for everything else below a service answers with an error.
    documented = {rule for rule in rules if f"`{rule}`" in page}
    assert rules - documented <= {"/tap/<path:path>"}


def test_every_command_is_documented() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in DOCS.glob("*.md"))
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    for name, command in main.commands.items():
        if isinstance(command, click.Group):
            for inner in command.commands:
                assert f"vo-server {name} {inner}" in pages
        else:
            assert f"vo-server {name}" in pages or f"make {name}" in readme, name


def test_the_page_of_tables_is_that_of_the_declarations() -> None:
    written = (DOCS / "tables.md").read_text(encoding="utf-8")
    assert written == tables_page(), "run `python -m schemas.document > docs/tables.md`"


def test_the_page_about_adql_is_that_of_the_declarations() -> None:
    written = (DOCS / "adql.md").read_text(encoding="utf-8")
    assert written == adql_page(FUNCTIONS), "run `make generate`"
