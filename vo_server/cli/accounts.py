"""``vo-server user`` and ``vo-server group``: accounts and groups."""

from __future__ import annotations

import getpass
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from schemas.engine import APP
from vo_server.auth.account_service import AccountService
from vo_server.auth.identity_service import IdentityService
from vo_server.auth.model import Account
from vo_server.config import load_settings
from vo_server.database import engine_of
from vo_server.wiring import link_service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vo_server.auth.link_service import Handed, LinkService


def actor() -> str:
    """Name who gives the command, for the audit trail."""
    return f"cli:{getpass.getuser()}"


@contextmanager
def account_service() -> Iterator[AccountService]:
    """Open the accounts of the configured database."""
    with engine_of(load_settings(), APP) as engine:
        yield AccountService(engine)


@click.group()
def user() -> None:
    """Make and change accounts.

    Needs VO_DATABASE_URL and VO_APP_PASSWORD.
    """


@user.command()
@click.argument("name")
@click.option("--group", "groups", multiple=True, help="Group to join; may be repeated.")
@click.option("--full-name", default="", help="Name of the person.")
@click.option("--email", help="Where links to set a password are sent.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(
    name: str, groups: tuple[str, ...], full_name: str, email: str | None, *, password_stdin: bool
) -> None:
    """Make the account NAME; without --password-stdin it has no password yet."""
    account = Account(name, full_name, email, frozenset(groups))
    with account_service() as service:
        service.add(account, _password() if password_stdin else None, actor())
    click.echo(f"Account {name} made.")


@user.command()
@click.argument("name")
def password(name: str) -> None:
    """Set the password of NAME, read from standard input."""
    with account_service() as service:
        service.set_password(name, _password(), actor())
    click.echo(f"Password of {name} set.")


@user.command(name="reset-link")
@click.argument("name")
def reset_link(name: str) -> None:
    """Make a link with which NAME sets a new password.

    It is mailed where VO_SMTP_HOST is set and the account has an address; else
    it is written here, to be handed over.
    """
    with _links() as service:
        _tell(service.reset(name, actor()))


@user.command()
@click.argument("email")
@click.option("--group", "groups", multiple=True, help="Group to join; may be repeated.")
def invite(email: str, groups: tuple[str, ...]) -> None:
    """Make a link with which the owner of the address EMAIL makes an account."""
    with _links() as service:
        _tell(service.invite(email, frozenset(groups), actor()))


@user.command()
@click.argument("name")
@click.argument("provider")
@click.argument("subject")
def link(name: str, provider: str, subject: str) -> None:
    """Let SUBJECT, as PROVIDER calls somebody, log in to NAME.

    PROVIDER is "certificate", where SUBJECT is a distinguished name, or the
    issuer of OpenID Connect.
    """
    with engine_of(load_settings(), APP) as engine:
        IdentityService(engine).link(name, provider, subject, actor())
    click.echo(f"{name} is linked with {subject}.")


@user.command()
@click.argument("name")
@click.argument("provider")
@click.argument("subject")
def unlink(name: str, provider: str, subject: str) -> None:
    """Take the link of NAME with SUBJECT of PROVIDER away."""
    with engine_of(load_settings(), APP) as engine:
        IdentityService(engine).unlink(name, provider, subject, actor())
    click.echo(f"{name} is not linked with {subject}.")


@user.command()
@click.argument("name")
def disable(name: str) -> None:
    """Shut NAME out, from the next request on."""
    with account_service() as service:
        service.set_disabled(name, actor(), disabled=True)
    click.echo(f"Account {name} disabled.")


@user.command()
@click.argument("name")
def enable(name: str) -> None:
    """Let NAME in again."""
    with account_service() as service:
        service.set_disabled(name, actor(), disabled=False)
    click.echo(f"Account {name} enabled.")


@user.command()
@click.argument("name")
@click.argument("group")
def join(name: str, group: str) -> None:
    """Put NAME into GROUP."""
    with account_service() as service:
        service.join(name, group, actor())
    click.echo(f"{name} is in {group}.")


@user.command()
@click.argument("name")
@click.argument("group")
def leave(name: str, group: str) -> None:
    """Take NAME out of GROUP."""
    with account_service() as service:
        service.leave(name, group, actor())
    click.echo(f"{name} is not in {group}.")


@user.command(name="list")
def list_users() -> None:
    """List the accounts: name, tier, groups, address, full name."""
    with account_service() as service:
        for account in service.accounts():
            state = "disabled" if account.disabled_at else str(account.tier)
            groups = ",".join(sorted(account.groups))
            click.echo("\t".join((account.name, state, groups, account.email or "",
                                  account.full_name)))  # fmt: skip


@click.group()
def group() -> None:
    """Make and list groups.

    Needs VO_DATABASE_URL and VO_APP_PASSWORD.
    """


@group.command(name="add")
@click.argument("name")
@click.argument("description")
def add_group(name: str, description: str) -> None:
    """Make the group NAME, to which grants can be made."""
    with account_service() as service:
        service.add_group(name, description, actor())
    click.echo(f"Group {name} made.")


@group.command(name="list")
def list_groups() -> None:
    """List the groups."""
    with account_service() as service:
        for name, description in service.groups().items():
            click.echo(f"{name}\t{description}")


@contextmanager
def _links() -> Iterator[LinkService]:
    settings = load_settings()
    with engine_of(settings, APP) as engine:
        yield link_service(settings, engine)


def _tell(handed: Handed) -> None:
    """Say where a link went, or write it."""
    until = f"It works once, until {handed.expires_at:%Y-%m-%d %H:%M} UTC."
    if handed.trouble:
        click.echo(f"Warning: {handed.trouble}", err=True)
    if handed.sent_to:
        click.echo(f"A link was mailed to {handed.sent_to}. {until}")
    else:
        click.echo(f"{handed.url}\n{until}")


def _password() -> str:
    return sys.stdin.readline().rstrip("\n")
