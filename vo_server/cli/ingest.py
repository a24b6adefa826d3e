"""``vo-server ingest``: take a delivery in."""

from __future__ import annotations

from pathlib import Path

import click

from schemas.engine import OWNER
from schemas.facts import require_declared
from vo_server.cli.progress import progress_bar
from vo_server.config import load_settings
from vo_server.database import engine_of, reachable
from vo_server.errors import OperationError
from vo_server.wiring import ingest_service


@click.command()
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
def ingest(path: Path) -> None:
    """Take the delivery in the folder PATH in, and publish it.

    Every file is checked; a bad one is set aside with its reason and the
    others go on. Doing it twice changes nothing; after an interruption, do it
    again. Needs VO_OWNER_PASSWORD, unless the database is the embedded one.
    """
    with reachable(load_settings()) as settings, engine_of(settings, OWNER) as engine:
        with engine.connect() as connection:
            require_declared(connection)
        with progress_bar(f"Ingesting {path.name}") as progress:
            report = ingest_service(settings, engine).ingest(path, progress)
    for reason in report.rejected.values():
        click.echo(f"rejected: {reason}", err=True)
    click.echo(
        f"Delivery {report.delivery_id}: {len(report.published)} published,"
        f" {len(report.unchanged)} unchanged, {len(report.duplicate)} duplicate,"
        f" {len(report.rejected)} rejected."
    )
    if report.rejected:
        raise OperationError(
            f"{len(report.rejected)} files were set aside in"
            f" {settings.store / 'rejected'}; the others are published"
        )
