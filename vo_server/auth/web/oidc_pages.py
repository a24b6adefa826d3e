"""The way to a provider of OpenID Connect and back."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import Response, request

from vo_server.auth.errors import AuthError, ConflictError
from vo_server.auth.identify import COOKIE_NAME, cookie_path
from vo_server.auth.login_routes import begin_session, take_for
from vo_server.auth.login_service import Login, WrongCredentialsError
from vo_server.auth.oidc.errors import ProviderAwayError, ProviderError
from vo_server.auth.oidc.model import Flow
from vo_server.auth.web.forms import check_form, own_path, see
from vo_server.auth.web.pages import caller_account, page, page_blueprint

if TYPE_CHECKING:
    from flask import Blueprint

    from vo_server.auth.identify import Identifier
    from vo_server.auth.model import Account
    from vo_server.auth.oidc.provider import Provider
    from vo_server.auth.oidc.service import OidcService

FLOW_COOKIE: Final = "OIDC"
_FLOW_SECONDS: Final = 600
"""How long somebody may take at the provider."""

BY_PROVIDER: Final = "OIDC_SESSION"
"""Cookie that tells that the browser's session was begun at the provider; it opens nothing."""

LEFT: Final = "account/oidc/left"
"""Path of the page after the log-out from such a session."""

CALLBACK: Final = "account/oidc/callback"
"""Path that is to be registered with the provider."""

_FOUND = 302


class OidcPages:
    """Sends people to the provider, and takes them back.

    What must be the same when they come back is in a cookie of the browser
    that left: nothing is kept here, and any process may take them back.

    Parameters
    ----------
    provider
        Who vouches for people.
    service
        Knows whose account they get.
    identifier
        Begins sessions.
    """

    def __init__(self, provider: Provider, service: OidcService, identifier: Identifier) -> None:
        self._provider = provider
        self._service = service
        self._identifier = identifier
        self._identity = identifier.identity
        self._path = f"{cookie_path(self._identity).rstrip('/')}/account/oidc"

    def blueprint(self, publisher: str) -> Blueprint:
        """Make the blueprint of ``/account/oidc``."""
        routes = page_blueprint("oidc_pages", self._identity, publisher)
        routes.get("/account/oidc")(self.leave)
        routes.post("/account/oidc/link")(self.leave_to_link)
        routes.get(f"/{CALLBACK}")(self.come_back)
        routes.get(f"/{LEFT}")(self.left)
        return routes

    def leave(self) -> Response:
        """Send a browser to the provider to log in."""
        try:
            url, flow = self._provider.begin(
                own_path(request.args.get("next"), self._identity), linking=False
            )
        except ProviderAwayError as error:
            return self._failed(error, 503)
        return self._kept(Response(status=_FOUND, headers={"Location": url}), flow)

    def leave_to_link(self) -> Response:
        """Show the way to the provider to somebody who links their account.

        A form may not lead to another site (the pages' Content-Security-Policy), a link may.
        """
        check_form()
        account = caller_account(self._identity)
        try:
            url, flow = self._provider.begin(own_path(None, self._identity), linking=True)
        except ProviderAwayError as error:
            return self._failed(error, 503)
        shown = page(
            "account/oidc.html", account=account, label=self._provider.settings.label, url=url
        )
        return self._kept(shown, flow)

    def come_back(self) -> Response:
        """Let in whom the provider vouches for, or link them with the account they are in."""
        flow = _flow(request.cookies.get(FLOW_COOKIE, ""))
        try:
            if flow is None:
                raise ProviderError("This log-in was not begun here, or long ago. Begin again.")
            person = self._provider.finish(flow, request.args)
            if flow.linking:
                self._service.link(self._linking(), person)
                response = see(f"{own_path(None, self._identity)}?done=linked", self._identity)
            else:
                account = self._service.account_of(person)
                response = see(own_path(flow.next, self._identity), self._identity)
                take_for(Login(account, "oidc"))
                begin_session(self._identifier, account, response)
                self._mark(response)
        except ProviderAwayError as error:
            response = self._failed(error, 503)
        except ConflictError as error:
            response = self._failed(error, 409)
        except AuthError as error:
            response = self._failed(error, 403)
        response.delete_cookie(FLOW_COOKIE, path=self._path)
        return response

    def left(self) -> Response:
        """Offer to log out at the provider, too, to somebody who has logged out here."""
        away, url = "", None
        try:
            url = self._provider.way_out(self._identity.url())
        except ProviderAwayError as error:
            away = str(error)
        if url is None and not away:
            return see(f"{urlsplit(self._identity.base_url).path}/", self._identity)
        label = self._provider.settings.label
        return page("account/left.html", label=label, url=url, away=away)

    def _linking(self) -> Account:
        """Give the account that is logged in to in this browser."""
        cookie = request.cookies.get(COOKIE_NAME)
        if cookie is None:
            raise WrongCredentialsError("You are not logged in any more. Log in, and link again.")
        return self._identifier.service.by_session(cookie).account

    def _failed(self, error: AuthError, status: int) -> Response:
        return page("account/failed.html", status, error=str(error))

    def _kept(self, response: Response, flow: Flow) -> Response:
        kept = base64.urlsafe_b64encode(json.dumps(asdict(flow)).encode()).decode()
        self._set(response, FLOW_COOKIE, kept, self._path, timedelta(seconds=_FLOW_SECONDS))
        return response

    def _mark(self, response: Response) -> None:
        path = cookie_path(self._identity)
        self._set(response, BY_PROVIDER, "1", path, self._identifier.sessions.lifetime)

    def _set(
        self, response: Response, name: str, value: str, path: str, lasting: timedelta
    ) -> None:
        response.set_cookie(
            name,
            value,
            max_age=lasting,
            path=path,
            secure=self._identity.base_url.startswith("https:"),
            httponly=True,
            samesite="Lax",
        )


def _flow(cookie: str) -> Flow | None:
    """Read what was kept; None where it is nothing of ours."""
    try:
        return Flow(**json.loads(base64.urlsafe_b64decode(cookie)))
    except (binascii.Error, ValueError, TypeError):
        return None
