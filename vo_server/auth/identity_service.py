"""The rules of links between accounts and what other authorities call their owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vo_server.auth import account_store, identity_store
from vo_server.auth.audit_store import record
from vo_server.auth.errors import ConflictError, InvalidError, UnknownError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from vo_server.auth.identity_store import KnownIdentity

_LONGEST = 1000


class IdentityService:
    """Links identities with accounts, and takes links away.

    Parameters
    ----------
    engine
        Engine of ``vo_app``.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list(self, name: str) -> list[KnownIdentity]:
        """List the identities an account is linked with.

        Raises
        ------
        UnknownError
            If there is no such account.
        """
        with self._engine.connect() as connection:
            account_store.known_account(connection, name)
            return identity_store.identities_of(connection, name)

    def link(self, name: str, provider: str, subject: str, actor: str) -> None:
        """Let somebody whom another authority vouches for log in to an account.

        Parameters
        ----------
        name
            The account.
        provider
            ``certificate``, or the issuer of OpenID Connect.
        subject
            The distinguished name, or what the issuer calls them.
        actor
            Who says so.

        Raises
        ------
        AuthError
            If there is no such account, or the identity is another account's.
        """
        if not 0 < len(provider) <= _LONGEST or not 0 < len(subject) <= _LONGEST:
            raise InvalidError(f"give provider and subject, of up to {_LONGEST} characters")
        with self._engine.begin() as connection:
            account_store.known_account(connection, name)
            holder = identity_store.link(connection, provider, subject, name)
            if holder != name:
                raise ConflictError("this identity is linked with another account: unlink it there")
            record(connection, actor, "identity linked", name, provider=provider, identity=subject)

    def unlink(self, name: str, provider: str, subject: str, actor: str) -> None:
        """Take a link away.

        Raises
        ------
        UnknownError
            If the account is not linked with this identity.
        """
        with self._engine.begin() as connection:
            if identity_store.account_of(connection, provider, subject) != name:
                raise UnknownError(f"{name} is not linked with this identity")
            identity_store.unlink(connection, provider, subject)
            record(
                connection, actor, "identity unlinked", name, provider=provider, identity=subject
            )
