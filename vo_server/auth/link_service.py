"""The rules of links that work once: to set a password, or to make an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tap.networks import network_of
from vo_server.auth import account_store, attempt_store, link_store, slowdown
from vo_server.auth.account_changes import AccountChanges, make_account, unique
from vo_server.auth.account_checks import check_address, check_groups, looks_like_address
from vo_server.auth.audit_store import record
from vo_server.auth.errors import ConflictError, InvalidError, UnknownError
from vo_server.auth.link_texts import HAS_ACCOUNT, TEXTS
from vo_server.auth.mail import Background, MailError
from vo_server.auth.model import Account
from vo_server.auth.secrets import digest, new_secret

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine

    from schemas.identity import Identity
    from vo_server.auth.link_store import Link, Purpose
    from vo_server.auth.mail import MailServer

LIFETIMES: Final[dict[Purpose, timedelta]] = {
    "reset": timedelta(hours=4),
    "registration": timedelta(hours=24),
    "invitation": timedelta(days=14),
}
"""How long links work."""

_OPEN: Final = 3
"""Links mailed to one person that may work at a time: nobody's mailbox is filled."""

_GONE = "this link does not work: it was used, is too old, or is not whole. Ask for another one"


@dataclass(frozen=True, slots=True)
class Handed:
    """What came of making a link: it was mailed, or is to be handed over."""

    purpose: Purpose
    expires_at: datetime
    sent_to: str | None
    """Address it was mailed to; None where it was not."""
    url: str | None
    """The link, where it was not mailed."""
    trouble: str | None = None
    """Why it was not mailed, although it might have been."""


class LinkService:
    """Makes links, mails them, and does what they are for.

    Parameters
    ----------
    engine
        Engine of ``vo_app``.
    identity
        The server's public address.
    mail
        Takes mail; None where nothing is mailed.
    open_to_all
        Whether everybody may register.
    """

    def __init__(
        self, engine: Engine, identity: Identity, mail: MailServer | None, *, open_to_all: bool
    ) -> None:
        self._engine = engine
        self._identity = identity
        self._mail = mail
        self._background = Background()
        self.mails = mail is not None
        self.open_to_all = open_to_all

    def reset(self, name: str, actor: str) -> Handed:
        """Make a link with which an account's password is set.

        Raises
        ------
        AuthError
            If there is no such account, or it is disabled.
        """
        secret = new_secret()
        with self._engine.begin() as connection:
            account = account_store.known_account(connection, name)
            if account.disabled_at is not None:
                raise ConflictError(f"{name} is disabled: enable it first")
            link = link_store.add_link(
                connection, digest(secret), "reset", LIFETIMES["reset"], account=name
            )
            record(connection, actor, "reset link made", name)
        return self._handed(link, secret, account.email)

    def invite(self, email: str, groups: frozenset[str], actor: str) -> Handed:
        """Make a link with which somebody makes an account, a member of some groups.

        Raises
        ------
        AuthError
            If the address is malformed or another account's, or a group unknown.
        """
        email, secret = email.strip().lower(), new_secret()
        with self._engine.begin() as connection:
            check_address(connection, "", email)
            check_groups(connection, groups)
            link = link_store.add_link(
                connection,
                digest(secret),
                "invitation",
                LIFETIMES["invitation"],
                email=email,
                groups=groups,
            )
            record(connection, actor, "invited", email, groups=sorted(groups))
        return self._handed(link, secret, email)

    def ask_for_reset(self, who: str, address: str) -> None:
        """Mail somebody a link to set their password, if there is such an account.

        Nothing of the answer tells whether there is: the work is done afterwards.

        Parameters
        ----------
        who
            Name of an account, or its e-mail address.
        address
            Where the request came from.

        Raises
        ------
        SlowDownError
            If too many were made from there.
        """
        slowdown.count(self._engine, f"links:{network_of(address)}")
        if self._mail is not None:
            self._background.later(lambda: self._mail_reset(who.strip().lower()))

    def ask_to_register(self, email: str, address: str) -> None:
        """Mail somebody a link to make an account; who has one is mailed how to get in.

        Parameters
        ----------
        email
            Address of the account to be.
        address
            Where the request came from.

        Raises
        ------
        AuthError
            If nobody may register themselves, the address is malformed, or too
            many requests were made from there.
        """
        if not self.open_to_all:
            raise ConflictError("accounts are made by administrators here: ask the data centre")
        email = email.strip().lower()
        if not looks_like_address(email):
            raise InvalidError("this is no e-mail address")
        slowdown.count(self._engine, f"links:{network_of(address)}")
        self._background.later(lambda: self._mail_registration(email))

    def find(self, secret: str) -> Link:
        """Tell what a link is for.

        Raises
        ------
        UnknownError
            If it does not work.
        """
        with self._engine.connect() as connection:
            return _working(link_store.open_link(connection, digest(secret)))

    def set_password(self, secret: str, password: str) -> str:
        """Set a password by a link; give the account's name.

        All sessions of the account end, and its other links work no more.

        Raises
        ------
        AuthError
            If the link does not work, or the password is too weak; the link
            then works on.
        """
        with self._engine.begin() as connection:
            link = _working(link_store.use_link(connection, digest(secret)))
            if link.account is None:
                raise UnknownError(_GONE)
            account = account_store.known_account(connection, link.account)
            AccountChanges(connection, account, f"link:{account.name}").password(password)
            attempt_store.forget(connection, f"account:{account.name}")
            link_store.end_resets(connection, account.name)
            return account.name

    def make_account(self, secret: str, name: str, full_name: str, password: str) -> None:
        """Make an account by a link.

        Raises
        ------
        AuthError
            If the link does not work, the name is taken or malformed, or the
            password too weak; the link then works on.
        """
        with unique(), self._engine.begin() as connection:
            link = _working(link_store.use_link(connection, digest(secret)))
            if link.email is None:
                raise UnknownError(_GONE)
            account = Account(name, full_name, link.email, link.groups)
            make_account(connection, account, password, f"link:{link.email}")

    def _mail_reset(self, who: str) -> None:
        with self._engine.begin() as connection:
            account = (
                account_store.account_of_email(connection, who)
                if "@" in who
                else (account_store.find_account(connection, who))
            )
            if account is None or account.email is None or account.disabled_at is not None:
                return
            if link_store.open_count(connection, account=account.name, email=None) >= _OPEN:
                return
            secret = new_secret()
            link = link_store.add_link(
                connection, digest(secret), "reset", LIFETIMES["reset"], account=account.name
            )
            record(connection, f"link:{account.name}", "reset link asked for", account.name)
        self._send(link, secret, account.email)

    def _mail_registration(self, email: str) -> None:
        with self._engine.begin() as connection:
            if link_store.open_count(connection, account=None, email=email) >= _OPEN:
                return
            account = account_store.account_of_email(connection, email)
            secret = new_secret()
            if account is None:
                link = link_store.add_link(
                    connection,
                    digest(secret),
                    "registration",
                    LIFETIMES["registration"],
                    email=email,
                )
        if account is None:
            self._send(link, secret, email)
        elif self._mail is not None:
            forgot = self._identity.url("account/forgot")
            subject, text = HAS_ACCOUNT
            self._mail.send(email, subject, text.format(name=account.name, url=forgot))

    def _handed(self, link: Link, secret: str, email: str | None) -> Handed:
        """Mail a link where that can be; else it is to be handed over."""
        trouble = None
        if self._mail is not None and email is not None:
            try:
                self._send(link, secret, email)
            except MailError as error:
                trouble = str(error)
            else:
                return Handed(link.purpose, link.expires_at, email, None)
        return Handed(link.purpose, link.expires_at, None, self._url(secret), trouble)

    def _send(self, link: Link, secret: str, email: str) -> None:
        if self._mail is not None:
            subject, text = TEXTS[link.purpose]
            until = f"{link.expires_at:%Y-%m-%d %H:%M} UTC"
            written = text.format(name=link.account, url=self._url(secret), until=until)
            self._mail.send(email, subject, written)

    def _url(self, secret: str) -> str:
        return self._identity.url(f"account/link/{secret}")


def _working(link: Link | None) -> Link:
    if link is None:
        raise UnknownError(_GONE)
    return link
