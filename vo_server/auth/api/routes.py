"""HTTP side of the JSON API."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, request

from tap.errors import CallerUnknownError, ForbiddenError, ServiceError
from vo_server.auth.api.answers import problem
from vo_server.auth.errors import AuthError
from vo_server.auth.identify import current_login
from vo_server.auth.tiers import Tier
from vo_server.auth.web.pages import sentence, status_of

if TYPE_CHECKING:
    from flask import Response

    from vo_server.auth.model import Account


def api_blueprint(name: str) -> Blueprint:
    """Make a blueprint whose errors are JSON and whose answers no cache keeps."""
    routes = Blueprint(name, __name__)

    @routes.errorhandler(AuthError)
    def auth_error(error: AuthError) -> Response:
        return problem(status_of(error), sentence(str(error)))

    @routes.errorhandler(ServiceError)
    def service_error(error: ServiceError) -> Response:
        response = problem(error.status, str(error))
        response.headers.update(error.headers)
        return response

    @routes.after_request
    def keep_out_of_caches(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return routes


def nowhere(path: str = "") -> Response:
    """Tell that there is no such resource, or that it does not take this method."""
    del path
    detail = f"There is no {request.method} {request.path}. The documentation lists what there is."
    return problem(HTTPStatus.NOT_FOUND, detail)


def caller() -> Account:
    """Give the account of who asks.

    Raises
    ------
    CallerUnknownError
        If that is the public.
    """
    login = current_login()
    if login is None:
        raise CallerUnknownError("Log in: by a token, for example.")
    return login.account


def administrator() -> Account:
    """Give the account of who asks, who has to be an administrator.

    Raises
    ------
    ServiceError
        If they are not.
    """
    account = caller()
    if account.tier is not Tier.ADMIN:
        raise ForbiddenError("Only administrators may do this.")
    return account
