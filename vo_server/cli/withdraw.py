"""``vo-server withdraw``: take a product back from everybody but the staff."""

from __future__ import annotations

import click

from schemas.engine import OWNER
from vo_server.cli.accounts import actor
from vo_server.config import load_settings
from vo_server.database import engine_of, reachable
from vo_server.errors import OperationError
from vo_server.wiring import withdrawal_service


@click.command()
@click.argument("key")
@click.option("--reason", help="Why; the staff sees it.")
@click.option("--undo", is_flag=True, help="Publish it again, as it was.")
def withdraw(key: str, reason: str | None, *, undo: bool) -> None:
    """Withdraw the product KEY, from the next request on.

    KEY is the part of its access_url after /products/, without the file's
    name. The file is kept. Needs VO_OWNER_PASSWORD, unless the database is the
    embedded one.
    """
    if undo == (reason is not None):
        raise OperationError("give either --reason, to withdraw the product, or --undo")
    with reachable(load_settings()) as settings, engine_of(settings, OWNER) as engine:
        service = withdrawal_service(engine)
        if reason is None:
            service.restore(key, actor())
        else:
            service.withdraw(key, reason, actor())
    click.echo(f"Product {key} {'restored' if undo else 'withdrawn'}.")
