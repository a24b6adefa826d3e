"""``vo-server simulate``: write deliveries of simulated products."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from ingest.simulate import demo_deliveries, plan_from_real, write_deliveries
from vo_server.cli.progress import progress_bar
from vo_server.errors import OperationError


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Wrap the real light curves found in this folder instead of models.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Seed of the models.",
)
def simulate(out: Path, source: Path | None, seed: int) -> None:
    """Write deliveries of simulated CoRoT products into the folder OUT.

    The files follow the structure of the N2-4.x products; each says in its
    header that it is simulated. Each folder written can be given to
    `vo-server ingest`.
    """
    today = datetime.now(UTC).date()
    try:
        plans = [plan_from_real(source)] if source else demo_deliveries(today, seed=seed)
    except ValueError as error:
        raise OperationError(str(error)) from None
    with progress_bar("Simulating light curves") as progress:
        for folder in write_deliveries(plans, out, progress):
            click.echo(folder)
