"""Logging in and out as clients of the VO do it (SSO 2.0, tls-with-password)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, g, request

from schemas.session import Caller
from tap.errors import CallerUnknownError, ForbiddenError, TooManyAttemptsError, UsageError
from vo_server.auth.challenges import AUTHENTICATED, BEARER_TOKEN
from vo_server.auth.identify import COOKIE_NAME, cookie_path
from vo_server.auth.login_service import WrongCredentialsError
from vo_server.auth.scopes import CLIENT
from vo_server.auth.session_store import Client
from vo_server.auth.slowdown import SlowDownError

if TYPE_CHECKING:
    from vo_server.auth.identify import Identifier
    from vo_server.auth.login_service import Login
    from vo_server.auth.model import Account
    from vo_server.auth.token_service import TokenService

_TOKEN_LIFETIME: Final = timedelta(days=1)
"""Of a token that a client got by logging in; longer ones are made on one's page."""

_TEXT = "text/plain; charset=utf-8"
_FOREIGN = "This request was sent by a page of another site."


def blueprint(identifier: Identifier, tokens: TokenService) -> Blueprint:
    """Make the blueprint of ``/login``, ``/token`` and ``/logout``.

    astroquery's TapPlus looks for the first and the last of them below the TAP service.

    Parameters
    ----------
    identifier
        Checks who somebody is.
    tokens
        Makes tokens.
    """
    routes = Blueprint("login", __name__)

    @routes.post("/tap/login")
    @routes.post("/login")
    def log_in() -> Response:
        account = proven(identifier)
        response = Response(f"{account.name} is logged in.\n", content_type=_TEXT)
        begin_session(identifier, account, response)
        return response

    @routes.post("/token")
    def give_token() -> Response:
        account = proven(identifier)
        until = datetime.now(UTC).replace(tzinfo=None) + _TOKEN_LIFETIME
        _, token = tokens.make(account, "log-in of a client", CLIENT, until, account.name)
        response = Response(f"{account.name} is logged in.\n", content_type=_TEXT)
        response.headers[BEARER_TOKEN] = token
        response.headers[AUTHENTICATED] = account.name
        return response

    @routes.post("/tap/logout")
    @routes.post("/logout")
    def log_out() -> Response:
        if identifier.is_foreign():
            raise ForbiddenError(_FOREIGN)
        response = Response("You are logged out.\n", content_type=_TEXT)
        end_session(identifier, response)
        return response

    return routes


def proven(identifier: Identifier) -> Account:
    """Check the name and password in the form, or those of the header.

    Raises
    ------
    ServiceError
        If they are missing or wrong, or a page of another site sent them.
    """
    if identifier.is_foreign():
        raise ForbiddenError(_FOREIGN)
    login: Login | None = g.login
    if login is not None and login.way == "password":
        return login.account
    name, password = request.form.get("username"), request.form.get("password")
    if not name or password is None:
        raise UsageError("Send username and password as a form.")
    address = identifier.proxies.address(request)
    try:
        login = identifier.service.by_password(name, password, address)
    except SlowDownError as error:
        raise TooManyAttemptsError(str(error), error.seconds) from error
    except WrongCredentialsError as error:
        raise CallerUnknownError(str(error)) from error
    take_for(login)
    return login.account


def take_for(login: Login) -> None:
    """Take the present request for one of somebody who has just proved who they are."""
    g.login = login
    g.caller = Caller(login.account.name, str(login.account.tier))


def begin_session(identifier: Identifier, account: Account, response: Response) -> None:
    """Open a session and set its cookie; a session that was open before ends."""
    sessions = identifier.sessions
    if (before := request.cookies.get(COOKIE_NAME)) is not None:
        sessions.close(before)
    client = Client(identifier.proxies.address(request), request.headers.get("User-Agent", ""))
    cookie = sessions.open(account, client)
    response.set_cookie(
        COOKIE_NAME,
        cookie,
        max_age=sessions.lifetime,
        path=cookie_path(identifier.identity),
        secure=identifier.identity.base_url.startswith("https:"),
        httponly=True,
        samesite="Lax",
    )
    response.headers["Cache-Control"] = "no-store"


def end_session(identifier: Identifier, response: Response) -> None:
    """Close the session of the request, if there is one, and take its cookie back."""
    if (cookie := request.cookies.get(COOKIE_NAME)) is not None:
        identifier.sessions.close(cookie)
    response.delete_cookie(COOKIE_NAME, path=cookie_path(identifier.identity))
