"""The page on which people look after their own account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import request

from tap.errors import TooManyAttemptsError
from vo_server.auth.errors import AuthError, InvalidError
from vo_server.auth.identify import COOKIE_NAME, current_login, current_scopes
from vo_server.auth.login_routes import begin_session
from vo_server.auth.login_service import WrongCredentialsError
from vo_server.auth.scopes import CLIENT, SCOPES
from vo_server.auth.slowdown import SlowDownError
from vo_server.auth.web.forms import check_form, see
from vo_server.auth.web.pages import caller_account, page, page_blueprint

if TYPE_CHECKING:
    from flask import Blueprint, Response

    from vo_server.auth.identify import Identifier
    from vo_server.auth.model import Account
    from vo_server.auth.services import AccountServices

DONE: Final = {
    "password": "Your password is changed. You are logged out everywhere else.",
    "session": "The session is ended.",
    "sessions": "You are logged out everywhere else.",
    "token": "The token is revoked.",
    "linked": "Your account is linked: you can log in by that way too.",
    "unlinked": "The link is taken away.",
}
"""What the page says was done, by the word in its URL."""

DAYS: Final = (1, 7, 30, 90, 366)
"""How long tokens can last, as the form offers it."""

_BAD_REQUEST = 400


class AccountPages:
    """Shows people their account and changes it.

    Parameters
    ----------
    services
        Hold the rules.
    identifier
        Knows the session of a request.
    elsewhere
        What people know the provider by that accounts can be linked with, if there is one.
    """

    def __init__(
        self, services: AccountServices, identifier: Identifier, elsewhere: str | None = None
    ) -> None:
        self._elsewhere = elsewhere
        self._services = services
        self._identifier = identifier
        self._identity = identifier.identity
        self._own = f"{urlsplit(identifier.identity.base_url).path}/account"

    def blueprint(self, publisher: str) -> Blueprint:
        """Make the blueprint of ``/account``."""
        routes = page_blueprint("account_pages", self._identity, publisher)
        routes.get("/account")(self.show)
        for path, change in (
            ("password", self.change_password),
            ("sessions", self.end_session),
            ("tokens", self.make_token),
            ("tokens/revoke", self.revoke_token),
            ("identities", self.unlink),
        ):
            routes.post(f"/account/{path}")(change)
        return routes

    def show(self) -> Response:
        """Show the account of who asks."""
        account = caller_account(self._identity)
        return self._page(account, done=DONE.get(request.args.get("done", ""), ""))

    def change_password(self) -> Response:
        """Change the password of who knows the present one; all other sessions end."""
        account = self._caller()
        current, new = request.form.get("current", ""), request.form.get("new", "")
        try:
            if new != request.form.get("again"):
                raise InvalidError("The new password and its repetition differ.")
            address = self._identifier.proxies.address(request)
            self._services.logins.by_password(account.name, current, address)
            self._services.accounts.set_password(account.name, new, account.name)
        except SlowDownError as error:
            raise TooManyAttemptsError(str(error), error.seconds) from error
        except WrongCredentialsError:
            return self._refused(account, "The present password is wrong.")
        except AuthError as error:
            return self._refused(account, str(error))
        return self._renewed(account, see(f"{self._own}?done=password", self._identity))

    def end_session(self) -> Response:
        """End one session, or all but the present one."""
        account = self._caller()
        sessions, which = self._services.sessions, request.form.get("session", "")
        if which == "others":
            sessions.revoke_all(account, account.name)
            return self._renewed(account, see(f"{self._own}?done=sessions", self._identity))
        try:
            sessions.revoke(account, which, account.name)
        except AuthError as error:
            return self._refused(account, str(error))
        return see(f"{self._own}?done=session", self._identity)

    def make_token(self) -> Response:
        """Make a token and show it, this once."""
        account = self._caller()
        try:
            days = int(request.form.get("days", ""))
            until = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=days)
            made, token = self._services.tokens.make(
                account,
                request.form.get("name", "").strip(),
                request.form.getlist("scope"),
                until,
                account.name,
                by=current_login(),
            )
        except AuthError as error:
            return self._refused(account, str(error))
        except (ValueError, OverflowError):
            return self._refused(account, "Say in how many days the token is to expire.")
        return self._page(account, made=made, token=token)

    def revoke_token(self) -> Response:
        """Revoke a token."""
        account = self._caller()
        try:
            self._services.tokens.revoke(account, request.form.get("token", ""), account.name)
        except AuthError as error:
            return self._refused(account, str(error))
        return see(f"{self._own}?done=token", self._identity)

    def unlink(self) -> Response:
        """Take the link with another authority's identity away, unless it is the only way in."""
        account, form = self._caller(), request.form
        services = self._services
        try:
            if not services.accounts.has_password(account.name):
                raise InvalidError("This is your only way in: set a password first.")
            services.identities.unlink(
                account.name, form.get("provider", ""), form.get("subject", ""), account.name
            )
        except AuthError as error:
            return self._refused(account, str(error))
        return see(f"{self._own}?done=unlinked", self._identity)

    def _renewed(self, account: Account, response: Response) -> Response:
        """Begin a new session where there was one: who came with a token gets none by that."""
        if COOKIE_NAME in request.cookies and current_scopes() is None:
            begin_session(self._identifier, account, response)
        return response

    def _caller(self) -> Account:
        """Give who sent a form of this page."""
        check_form()
        return caller_account(self._identity)

    def _refused(self, account: Account, reason: str) -> Response:
        return self._page(account, _BAD_REQUEST, error=reason)

    def _page(self, account: Account, status: int = 200, **more: object) -> Response:
        services, now = self._services, datetime.now(UTC).replace(tzinfo=None)
        login = current_login()
        return page(
            "account/account.html",
            status,
            account=account,
            way="" if login is None else login.way,
            descriptions=services.accounts.groups(),
            grants=services.grants.grants(account),
            sessions=services.sessions.list(account, request.cookies.get(COOKIE_NAME)),
            tokens=[one for one in services.tokens.list(account)
                    if one.revoked_at is None and one.expires_at > now],
            scopes=SCOPES,
            client_scopes=CLIENT,
            days=DAYS,
            identities=services.identities.list(account.name),
            elsewhere=self._elsewhere,
            has_password=services.accounts.has_password(account.name),
            **more,
        )  # fmt: skip
