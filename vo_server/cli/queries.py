"""``vo-server queries``: what runs on the database for users, and how to end it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from schemas.activity import cancel_query, running_queries
from schemas.engine import READER
from vo_server.config import load_settings
from vo_server.database import engine_of
from vo_server.errors import OperationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


@click.group()
def queries() -> None:
    """List or cancel the queries users have running.

    Needs VO_DATABASE_URL and VO_READER_PASSWORD.
    """


@queries.command(name="list")
def list_queries() -> None:
    """List them, the oldest first: number, seconds, who, SQL."""
    with _reader() as connection:
        for query in running_queries(connection):
            sql = " ".join(query.sql.split())
            seconds = query.age.total_seconds()
            click.echo(f"{query.pid}\t{seconds:.1f}\t{query.who}\t{query.state}\t{sql}")


@queries.command()
@click.argument("numbers", type=int, nargs=-1, required=True)
def cancel(numbers: tuple[int, ...]) -> None:
    """Cancel queries by the NUMBERS that `list` shows."""
    with _reader() as connection:
        missing = [str(number) for number in numbers if not cancel_query(connection, number)]
    if missing:
        raise OperationError(f"no query of a user's is running under {', '.join(missing)}")


@contextmanager
def _reader() -> Iterator[Connection]:
    with engine_of(load_settings(), READER) as engine, engine.connect() as connection:
        yield connection
