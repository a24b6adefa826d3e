"""``vo-server registry``: the records that other registries harvest."""

from __future__ import annotations

import click

from vo_server.config import load_settings
from vo_server.database import reachable
from vo_server.registry_wiring import refresh_records


@click.group()
def registry() -> None:
    """Look after the records that other registries harvest."""


@registry.command()
def refresh() -> None:
    """Make the records anew from what is published now.

    A worker does it every minute, and `serve` when it starts. Datestamps move
    only where something has changed. Needs VO_READER_PASSWORD and
    VO_APP_PASSWORD, unless the database is the embedded one.
    """
    with reachable(load_settings()) as settings:
        changes = refresh_records(settings)
    click.echo(
        f"{changes.made} records made, {changes.changed} changed, {changes.deleted} deleted."
    )
