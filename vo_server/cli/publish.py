"""``vo-server publish``, ``unpublish`` and ``published``: further tables."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemas.engine import OWNER
from schemas.facts import require_declared
from vo_server.config import load_settings
from vo_server.database import engine_of, reachable
from vo_server.wiring import publish_service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.publish.service import PublishService, Report

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("declaration", type=_FILE)
@click.option(
    "--from",
    "file",
    type=_FILE,
    required=True,
    help="The rows: CSV, FITS, VOTable or Parquet.",
)
@click.option("--replace", is_flag=True, help="Put it in the place of the table of that name.")
def publish(declaration: Path, file: Path, *, replace: bool) -> None:
    """Publish a further table, as the TOML file DECLARATION says.

    Running servers show it within a second. When anything is wrong, nothing is
    changed. Needs VO_OWNER_PASSWORD, unless the database is the embedded one.
    """
    with _service() as service:
        report = service.publish(declaration, file, replace=replace)
    done = "replaced" if report.replaced else "published"
    click.echo(f"{report.name}: {report.rows} rows {done}.")
    _tell_still_read(report)


@click.command()
@click.argument("name")
def unpublish(name: str) -> None:
    """Withdraw the further table NAME, with its rows.

    Needs VO_OWNER_PASSWORD, unless the database is the embedded one.
    """
    with _service() as service:
        report = service.unpublish(name)
    click.echo(f"{report.name}: {report.rows} rows withdrawn.")
    _tell_still_read(report)


@click.command()
def published() -> None:
    """List the further tables: name, rows, since when (UTC), from which file.

    Needs VO_OWNER_PASSWORD, unless the database is the embedded one.
    """
    with _service() as service:
        for listed in service.published():
            since = listed.published_at.isoformat(timespec="seconds")
            click.echo(f"{listed.name}\t{listed.rows}\t{since}\t{listed.source}")


@contextmanager
def _service() -> Iterator[PublishService]:
    with reachable(load_settings()) as settings, engine_of(settings, OWNER) as engine:
        with engine.connect() as connection:
            require_declared(connection)
        yield publish_service(engine)


def _tell_still_read(report: Report) -> None:
    for relation in report.still_read:
        click.echo(
            f"{relation} is still being read; the next publish or unpublish drops it", err=True
        )
