"""``vo-server worker``: runs asynchronous jobs, in the foreground."""

from __future__ import annotations

import click

from vo_server.cli.serve import refuse_owner, refuse_unfit
from vo_server.config import load_settings
from vo_server.job_wiring import JobWiring
from vo_server.logs import log_queries
from vo_server.wiring import app_engine


@click.command()
@click.option("--quiet", is_flag=True, help="Do not say when it is ready.")
def worker(*, quiet: bool) -> None:
    """Run asynchronous jobs until stopped.

    Start as many as you like, on any host that reaches the database and the
    storage of the jobs (VO_ASYNC_STORAGE). A worker logs in as vo_reader and
    vo_app only. When it is stopped, what it runs goes to another one.
    """
    settings = load_settings()
    refuse_owner(settings)
    refuse_unfit(settings)
    log_queries()
    made = JobWiring(settings, app_engine(settings)).worker()
    if not quiet:
        click.echo("Ready.")
    made.run_until_stopped()
