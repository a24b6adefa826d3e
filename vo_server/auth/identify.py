"""Tells who makes each request, before anything else looks at it.

Whoever presents credentials that are wrong gets a 401 and is never taken for
the public. Answers to somebody logged in say so, and no cache may share them.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import g, request

from schemas.session import PUBLIC, Caller
from tap.errors import CallerUnknownError, ForbiddenError, TooManyAttemptsError
from vo_server.auth.challenges import AUTHENTICATED, challenges
from vo_server.auth.identity_store import CERTIFICATE
from vo_server.auth.login_service import WrongCredentialsError
from vo_server.auth.scopes import scope_of
from vo_server.auth.slowdown import SlowDownError

if TYPE_CHECKING:
    from flask import Flask, Response

    from schemas.identity import Identity
    from vo_server.auth.login_service import Login, LoginService
    from vo_server.auth.peer import Proxies
    from vo_server.auth.session_service import SessionService

COOKIE_NAME: Final = "SESSION"
"""What clients of the VO look for among others."""

VERIFIED: Final = "X-Client-Verify"
"""Header in which the proxy says SUCCESS of a client certificate it checked."""
SUBJECT: Final = "X-Client-Subject"
"""Header with the distinguished name of that certificate."""
_NO_CERTIFICATE: Final = ("", "NONE")
"""What it says where none was sent; all else is a certificate that failed."""

_UNAUTHORIZED = 401
_FORBIDDEN = 403
_SAFE = ("GET", "HEAD", "OPTIONS")
_OPEN = ("/assets/", "/tap/assets/")
"""Files that are the same for everybody."""


class Identifier:
    """Finds out who makes each request of an application.

    Parameters
    ----------
    service
        Checks credentials.
    sessions
        Begins and ends log-ins that last.
    proxies
        Whose word counts about addresses and certificates.
    identity
        The server's public address.
    realm
        Name of the archive, as a browser's dialogue shows it.
    """

    def __init__(
        self,
        service: LoginService,
        sessions: SessionService,
        proxies: Proxies,
        identity: Identity,
        realm: str,
    ) -> None:
        self.service = service
        self.sessions = sessions
        self.proxies = proxies
        self.identity = identity
        self._origin = "://".join(urlsplit(identity.base_url)[:2])
        self._challenges = challenges(identity.url("login"), identity.url("token"), realm)

    def init_app(self, app: Flask) -> None:
        """Look at every request, and at every answer."""
        app.before_request(self._identify)
        app.after_request(self._mark)
        app.context_processor(_for_pages)

    def current_address(self) -> str:
        """Tell where the present request comes from."""
        return self.proxies.address(request)

    def is_foreign(self) -> bool:
        """Whether a page of another site sent the present request."""
        origin = request.headers.get("Origin")
        return origin is not None and origin != self._origin

    def _identify(self) -> None:
        g.caller, g.login = PUBLIC, None
        if request.method == "OPTIONS" or request.path.startswith(_OPEN):
            return
        try:
            login = self._login()
        except SlowDownError as error:
            raise TooManyAttemptsError(str(error), error.seconds) from error
        except WrongCredentialsError as error:
            raise CallerUnknownError(str(error)) from error
        if login is None:
            return
        # Browsers send cookies, passwords and certificates by themselves, but never a token.
        if login.way != "token" and request.method not in _SAFE and self.is_foreign():
            raise ForbiddenError("This request was sent by a page of another site.")
        g.login = login
        g.caller = Caller(login.account.name, str(login.account.tier))
        _check_scope(login)

    def _login(self) -> Login | None:
        """Check what is presented: the Authorization header before the cookie."""
        authorization = request.headers.get("Authorization")
        if authorization is not None:
            return self._by_header(authorization)
        cookie = request.cookies.get(COOKIE_NAME)
        if cookie is not None and not _is_for_logging_in():
            return self.service.by_session(cookie)
        return self._by_certificate() if self.proxies.trusts(request) else None

    def _by_certificate(self) -> Login | None:
        verified = request.headers.get(VERIFIED, "")
        if verified == "SUCCESS":
            subject = request.headers.get(SUBJECT, "")
            return self.service.by_identity(CERTIFICATE, subject, "certificate")
        if verified in _NO_CERTIFICATE or _is_for_logging_in():
            return None
        raise WrongCredentialsError(
            "Your client certificate is not accepted: it may have expired. Use another one or none."
        )

    def _by_header(self, authorization: str) -> Login:
        scheme, _, value = authorization.strip().partition(" ")
        match scheme.lower():
            case "basic":
                name, password = _basic(value.strip())
                return self.service.by_password(name, password, self.proxies.address(request))
            case "bearer":
                return self.service.by_token(value.strip())
            case _:
                raise WrongCredentialsError(
                    "The Authorization header is neither Basic nor Bearer. Use one of these."
                )

    def _mark(self, response: Response) -> Response:
        if request.path.startswith(_OPEN):
            return response
        response.vary.update(["Authorization", "Cookie"])
        caller = getattr(g, "caller", PUBLIC)
        if caller.principal:
            response.headers[AUTHENTICATED] = caller.principal
            if not response.cache_control.no_store:
                response.headers["Cache-Control"] = "private, no-cache"
        # Whom a 403 keeps out may be somebody it lets in, once they log in.
        refused = response.status_code == _FORBIDDEN and not caller.principal
        if (
            refused
            or response.status_code == _UNAUTHORIZED
            or request.path.endswith("/capabilities")
        ):
            for challenge in self._challenges:
                # A browser would ask for a name and password in a dialogue of its own.
                if not (_is_page(response) and challenge.startswith(("Basic", "Bearer"))):
                    response.headers.add("WWW-Authenticate", challenge)
        if response.status_code == _UNAUTHORIZED and COOKIE_NAME in request.cookies:
            # Or a browser would be locked out by a session that is over.
            response.delete_cookie(COOKIE_NAME, path=cookie_path(self.identity))
        return response


def current_caller() -> Caller:
    """Tell who makes the present request."""
    caller: Caller = g.caller
    return caller


def current_login() -> Login | None:
    """Tell how the present caller proved who they are; None for the public."""
    login: Login | None = g.login
    return login


def current_scopes() -> frozenset[str] | None:
    """Tell what the present caller's token is good for; None for whoever came without one."""
    login = current_login()
    return None if login is None else login.scopes


def cookie_path(identity: Identity) -> str:
    """Give the path that a session's cookie is sent to: all of the server."""
    return urlsplit(identity.base_url).path or "/"


def _for_pages() -> dict[str, str]:
    """Give what every page says of its caller."""
    return {"account_name": current_caller().principal, "account_tier": current_caller().tier}


def _check_scope(login: Login) -> None:
    """Refuse a token that is not good for the address asked for (RFC 6750, section 3.1)."""
    needed = scope_of(request.path)
    if login.scopes is None or needed is None or needed in login.scopes:
        return
    error = ForbiddenError(
        f"This token is good for {' and '.join(sorted(login.scopes))}; here one with the scope"
        f" {needed} is needed. Make one on your account's page."
    )
    error.headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{needed}"'
    raise error


def _is_page(response: Response) -> bool:
    """Whether an answer is a page for somebody who did not send an Authorization header."""
    return response.mimetype == "text/html" and "Authorization" not in request.headers


def _is_for_logging_in() -> bool:
    """Whether the request is to log in or out, where an old cookie is of no consequence."""
    path = request.path.removeprefix("/account").removeprefix("/tap")
    ways = {"/login", "/logout", "/oidc", "/oidc/callback"}
    return path in ways or request.path == "/token"


def _basic(value: str) -> tuple[str, str]:
    """Read the name and password of RFC 7617."""
    try:
        name, colon, password = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        colon = ""
    if not colon:
        raise WrongCredentialsError("The Authorization header is malformed.")
    return name, password
