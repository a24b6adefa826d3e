"""``vo-server exports``: whole files for partners."""

from __future__ import annotations

import click

from schemas.engine import APP
from vo_server.config import load_settings
from vo_server.database import engine_of, reachable
from vo_server.exports.edition_store import EditionStore
from vo_server.exports_wiring import export_maker


@click.group()
def exports() -> None:
    """Look after the files that partners fetch."""


@exports.command()
def make() -> None:
    """Make the files anew, and put them in the place of the last ones.

    Workers do so by themselves, seconds after a product was published,
    released or withdrawn. Needs VO_READER_PASSWORD and VO_APP_PASSWORD, unless
    the database is the embedded one.
    """
    with reachable(load_settings()) as settings, engine_of(settings, APP) as app:
        export_maker(settings, app).make()
        _show(settings.identity.url("exports"), EditionStore(app))


@exports.command("list")
def list_files() -> None:
    """List the files that are given out, with sizes, dates and checksums."""
    with reachable(load_settings()) as settings, engine_of(settings, APP) as app:
        _show(settings.identity.url("exports"), EditionStore(app))


@exports.command("new-key")
def new_key() -> None:
    """Sign with another key from now on; the last one stays listed.

    Where VO_SIGNING_KEY names a file, that file is replaced.
    """
    with reachable(load_settings()) as settings, engine_of(settings, APP) as app:
        key_id = export_maker(settings, app).renew_key()
    click.echo(f"The manifest is signed with the key {key_id} now.")


def _show(url: str, store: EditionStore) -> None:
    edition = store.current()
    if edition is None:
        click.echo("There are none yet: run `vo-server exports make`, or a worker.")
        return
    for file in edition.files:
        changed = f"{file.changed:%Y-%m-%dT%H:%M:%SZ}"
        click.echo(f"{file.sha256}  {file.size:>12}  {changed}  {url}/{file.name}")
    note = "" if edition.stale is None else "; they are to be made anew"
    click.echo(f"Made {edition.made:%Y-%m-%dT%H:%M:%SZ}, key {edition.key_id}{note}.")
