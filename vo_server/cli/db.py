"""``vo-server db``: prepare, migrate and verify the database."""

from __future__ import annotations

import click
from rich.console import Console

from schemas.bootstrap import bootstrap_sql
from schemas.engine import OWNER
from schemas.facts import differences, require_declared
from schemas.migrate import head, upgrade
from schemas.partners import partner_sql
from vo_server.config import load_settings
from vo_server.database import engine_of, reachable
from vo_server.errors import OperationError


@click.group()
def db() -> None:
    """Prepare, migrate and verify the database."""


@db.command(name="bootstrap")
def print_bootstrap() -> None:
    r"""Print the superuser's SQL: roles, extensions, LEAKPROOF.

    \b
    Run it once in the server's own database, for instance
        vo-server db bootstrap | psql --dbname corot_vo
    and give each of vo_owner, vo_app and vo_reader its password.
    """
    click.echo(bootstrap_sql(), nl=False)


@db.command()
@click.argument("name")
@click.option(
    "--connections",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="How many it may have open at a time.",
)
def partner(name: str, connections: int) -> None:
    r"""Print the superuser's SQL that makes a login for the partner NAME.

    The login, vo_partner_NAME, sees what the public sees: for a partner's own
    database that reads the published tables from afar.

    \b
    Run it in the server's own database, and give the login a password:
        vo-server db partner NAME | psql --dbname corot_vo
        psql --dbname corot_vo -c '\password vo_partner_NAME'
    """
    settings = load_settings()
    try:
        script = partner_sql(
            name, settings.identity, connections=connections, timeout=settings.sync_timeout
        )
    except ValueError as error:
        raise OperationError(str(error)) from None
    click.echo(script, nl=False)


@db.command(name="upgrade")
def run_upgrade() -> None:
    """Migrate to the newest version and write TAP_SCHEMA.

    Needs VO_OWNER_PASSWORD, unless the database is the embedded one.
    """
    with reachable(load_settings()) as settings, engine_of(settings, OWNER) as engine:
        upgrade(engine)
    Console().print(f"The database is at version {head()}.")


@db.command()
def check() -> None:
    """Verify roles, policies, grants, indexes and LEAKPROOF."""
    with (
        reachable(load_settings()) as settings,
        engine_of(settings, OWNER) as engine,
        engine.connect() as connection,
    ):
        for line in differences(connection):
            click.echo(line, err=True)
        require_declared(connection)
    click.echo("The database is as declared.")
