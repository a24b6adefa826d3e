"""The form to log in, and the button to log out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import request

from tap.errors import CallerUnknownError, TooManyAttemptsError, UsageError
from vo_server.auth.identify import cookie_path
from vo_server.auth.login_routes import begin_session, end_session, proven
from vo_server.auth.web.forms import check_form, own_path, see
from vo_server.auth.web.oidc_pages import BY_PROVIDER, LEFT
from vo_server.auth.web.pages import page, page_blueprint

if TYPE_CHECKING:
    from flask import Blueprint, Response

    from schemas.identity import Identity
    from tap.errors import ServiceError
    from vo_server.auth.identify import Identifier


_DONE: Final = "It is done. Log in with the password you have just chosen."


def blueprint(
    identifier: Identifier, publisher: str, *, open_to_all: bool, elsewhere: str | None = None
) -> Blueprint:
    """Make the blueprint of ``/account/login`` and ``/account/logout``.

    Parameters
    ----------
    identifier
        Checks who somebody is.
    publisher
        Name at the foot of the pages.
    open_to_all
        Whether everybody may register.
    elsewhere
        What people know the provider by that they may log in by instead, if there is one.
    """
    identity = identifier.identity
    routes = page_blueprint("login_pages", identity, publisher)

    def form(status: int = 200, error: str = "") -> Response:
        return page(
            "account/login.html",
            status,
            error=error,
            done=_DONE if request.args.get("done") == "password" else "",
            open_to_all=open_to_all,
            elsewhere=elsewhere,
            next=own_path(request.values.get("next"), identity),
            username=request.form.get("username", ""),
        )

    @routes.get("/account/login")
    def show() -> Response:
        return form()

    @routes.post("/account/login")
    def log_in() -> Response:
        check_form()
        try:
            account = proven(identifier)
        except (CallerUnknownError, TooManyAttemptsError, UsageError) as error:
            return _told(form(error.status, str(error)), error)
        response = see(own_path(request.form.get("next"), identity), identity)
        begin_session(identifier, account, response)
        _forget_provider(response, identity)
        return response

    @routes.post("/account/logout")
    def log_out() -> Response:
        check_form()
        offered = elsewhere is not None and BY_PROVIDER in request.cookies
        root = urlsplit(identity.base_url).path
        response = see(f"{root}/{LEFT if offered else ''}", identity)
        end_session(identifier, response)
        _forget_provider(response, identity)
        return response

    return routes


def _forget_provider(response: Response, identity: Identity) -> None:
    """Take back what tells that a session was begun at a provider, if it was."""
    if BY_PROVIDER in request.cookies:
        response.delete_cookie(BY_PROVIDER, path=cookie_path(identity))


def _told(response: Response, error: ServiceError) -> Response:
    response.headers.update(error.headers)
    return response
