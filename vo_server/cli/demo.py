"""``vo-server demo``: everything at once, on a machine of one's own."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import click

from vo_server.cli.progress import progress_bar
from vo_server.cli.serve import refuse_unfit
from vo_server.config import load_settings
from vo_server.database import reachable
from vo_server.demo import build, guide
from vo_server.registry_wiring import refresh_records
from vo_server.signals import Stopped
from vo_server.supervisor import bound_socket, job_worker, serve_until_stopped, web_server


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Port."
)
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/demo"),
    show_default=True,
    help="Folder of the database and the products.",
)
def demo(port: int, data_dir: Path) -> None:
    """Show the server with simulated CoRoT light curves.

    Starts a PostgreSQL of its own, simulates and ingests deliveries of all 26
    runs, and serves them on this machine until stopped. A second start reuses
    what is there.
    """
    settings = load_settings(
        port=port,
        data_dir=data_dir.absolute(),
        base_url=os.environ.get("VO_BASE_URL", f"http://127.0.0.1:{port}"),
        # The demonstration has a database of its own, whatever the environment names.
        database_url=None,
        owner_password=None,
    )
    with (
        suppress(Stopped),
        bound_socket(settings.host, settings.port) as listener,
        reachable(settings) as ready,
    ):
        build(ready, progress_bar)
        refuse_unfit(ready)
        refresh_records(ready)
        with web_server(ready, listener) as web, job_worker(ready) as worker:
            click.echo(f"Ready: {ready.base_url}/")
            click.echo(guide(ready))
            serve_until_stopped(web, worker)
