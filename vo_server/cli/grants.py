"""``vo-server grant``, ``revoke``, ``grants`` and ``level``."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

import click

from schemas.engine import APP
from vo_server.auth.account_service import AccountService
from vo_server.auth.model import Extent, Holder
from vo_server.cli.accounts import actor
from vo_server.config import load_settings
from vo_server.database import engine_of
from vo_server.errors import OperationError
from vo_server.wiring import grant_service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Engine

_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


@contextmanager
def _app() -> Iterator[Engine]:
    with engine_of(load_settings(), APP) as engine:
        yield engine


@click.command()
@click.option("--user", "account", help="Account to grant to.")
@click.option("--group", help="Group to grant to, in the place of --user.")
@click.option("--level", default="N2", show_default=True, help="Level of the products.")
@click.option("--channel", type=click.Choice(["exoplanet", "seismology"]), help="One channel only.")
@click.option("--run", help="One run only, by its code; LRc01, say.")
@click.option("--star", "stars", type=int, multiple=True, help="CoRoT id of a star; repeatable.")
@click.option("--stars-from", type=click.File(), help="File with a CoRoT id on each line.")
@click.option("--from", "since", type=_MOMENT, help="When it begins (UTC).  [now]")
@click.option("--until", type=_MOMENT, help="When it ends (UTC).  [never]")
@click.option("--note", default="", help="Why; kept with the grant.")
def grant(  # noqa: PLR0913 # one for each option
    *,
    account: str | None,
    group: str | None,
    level: str,
    channel: str | None,
    run: str | None,
    stars: tuple[int, ...],
    stars_from: TextIO | None,
    since: datetime | None,
    until: datetime | None,
    note: str,
) -> None:
    """Let an account or a group get products before their release.

    Without --channel, --run and stars: all products of the level. A window is
    a star in a run. Counts from the next request on. Needs VO_DATABASE_URL and
    VO_APP_PASSWORD.
    """
    extent = Extent(level, channel, run, (*stars, *_stars(stars_from)))
    with _app() as engine:
        number = grant_service(engine).grant(
            Holder(account, group), extent, actor(), since=since, until=until, note=note
        )
    click.echo(f"Grant {number} made.")


@click.command()
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """End the grant NUMBER now."""
    with _app() as engine:
        grant_service(engine).revoke(number, actor())
    click.echo(f"Grant {number} ended.")


@click.command(name="grants")
@click.option("--user", "account", help="Those of one account and its groups only.")
def list_grants(account: str | None) -> None:
    """List grants: number, holder, level, channel, run, stars, end, note."""
    with _app() as engine:
        holder = None if account is None else AccountService(engine).find(account)
        for found in grant_service(engine).grants(holder):
            values = (
                found.grant_id, found.holder, found.level, found.channel or "*", found.run or "*",
                found.star_count or "*", found.valid_until or "", found.note,
            )  # fmt: skip
            click.echo("\t".join(map(str, values)))


@click.command()
@click.argument("name")
@click.argument("policy", type=click.Choice(["listed", "unlisted"]))
def level(name: str, policy: str) -> None:
    """Say whether unreleased products of level NAME are listed to everybody."""
    with _app() as engine:
        grant_service(engine).set_listed(name, actor(), listed=policy == "listed")
    click.echo(f"Level {name} is {policy}.")


def _stars(stream: TextIO | None) -> Iterator[int]:
    """Read CoRoT ids, one on each line; empty lines pass."""
    for number, line in enumerate(stream or (), 1):
        text = line.strip()
        if text and not text.isdecimal():
            raise OperationError(f"line {number} of the stars is {text!r}: write one CoRoT id")
        if text:
            yield int(text)
