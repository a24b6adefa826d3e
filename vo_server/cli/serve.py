"""``vo-server serve``: the web server in the foreground."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import click

from schemas.engine import READER
from schemas.facts import require_declared
from vo_server.config import load_settings
from vo_server.database import engine_of, reachable
from vo_server.errors import OperationError
from vo_server.registry_wiring import refresh_records
from vo_server.signals import Stopped
from vo_server.supervisor import bound_socket, job_worker, serve_until_stopped, web_server

if TYPE_CHECKING:
    from vo_server.config import Settings


@click.command()
@click.option("--host", help="Address to listen on.  [VO_HOST; 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.  [VO_PORT; 8080]")
def serve(host: str | None, port: int | None) -> None:
    """Serve TAP, SSA and the portal until stopped.

    The web server logs in as vo_reader and vo_app only; VO_OWNER_PASSWORD must
    not be set. It refuses to start on a database that `vo-server db check`
    objects to.
    """
    given = {"host": host, "port": port}
    settings = load_settings(**{name: value for name, value in given.items() if value is not None})
    refuse_owner(settings)
    with (
        suppress(Stopped),
        bound_socket(settings.host, settings.port) as listener,
        reachable(settings) as ready,
    ):
        refuse_unfit(ready)
        refresh_records(ready)
        with ExitStack() as stack:
            children = [stack.enter_context(web_server(ready, listener))]
            if settings.database_url is None:
                # Nobody else reaches the embedded PostgreSQL.
                children.append(stack.enter_context(job_worker(ready)))
            click.echo(f"Ready: {ready.base_url}/")
            serve_until_stopped(*children)


def refuse_owner(settings: Settings) -> None:
    """See that this process was not given the owner's password.

    Raises
    ------
    OperationError
        If it was.
    """
    if settings.owner_password is not None:
        raise OperationError(
            "VO_OWNER_PASSWORD is set: unset it, the servers must not hold the owner's password"
        )


def refuse_unfit(settings: Settings) -> None:
    """Hold the database against what is declared, as the reader.

    Raises
    ------
    UnfitDatabaseError
        If anything the protection of rows depends on is not as declared.
    """
    with engine_of(settings, READER) as engine, engine.connect() as connection:
        require_declared(connection)
