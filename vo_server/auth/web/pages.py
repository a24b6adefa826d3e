"""What all pages about accounts have in common."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import quote, urlsplit

from flask import Blueprint, abort, make_response, render_template, request

from tap.errors import ForbiddenError
from vo_server.auth.errors import ConflictError, UnknownError
from vo_server.auth.identify import current_login
from vo_server.auth.web.forms import form_token, keep_secret, own_path, see

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Response

    from schemas.identity import Identity
    from vo_server.auth.errors import AuthError
    from vo_server.auth.model import Account


def page_blueprint(name: str, identity: Identity, publisher: str) -> Blueprint:
    """Make a blueprint whose pages look like the portal's and are kept by no cache."""
    routes = Blueprint(name, __name__, template_folder="templates")
    keep_secret(routes, identity)
    common = {
        "base_url": identity.base_url,
        "root": urlsplit(identity.base_url).path,
        "publisher": publisher,
        "form_token": form_token,
        "moment": moment,
        "sentence": sentence,
    }

    @routes.context_processor
    def given() -> dict[str, object]:
        return common

    return routes


def page(template: str, status: int = 200, **values: object) -> Response:
    """Make an answer of a template."""
    return make_response(render_template(template, **values), status)


def status_of(error: AuthError) -> int:
    """Give the status of a page that tells an error about accounts."""
    match error:
        case UnknownError():
            return HTTPStatus.NOT_FOUND
        case ConflictError():
            return HTTPStatus.CONFLICT
        case _:
            return HTTPStatus.BAD_REQUEST


def sentence(text: str) -> str:
    """Write an error's text as a sentence."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def moment(time: datetime | None) -> str:
    """Write a time, which is in UTC, to the minute."""
    return "" if time is None else f"{time:%Y-%m-%d %H:%M}"


def caller_account(identity: Identity) -> Account:
    """Give the account of who sent the present request; a browser of the public logs in first.

    Raises
    ------
    ForbiddenError
        If something else than a browser asks that has not logged in.
    """
    login = current_login()
    if login is None:
        _send_to_log_in(identity)
    return login.account


def _send_to_log_in(identity: Identity) -> NoReturn:
    if request.method not in {"GET", "HEAD"}:
        raise ForbiddenError("Log in first.")
    root = urlsplit(identity.base_url).path
    wanted = own_path(root + request.full_path.rstrip("?"), identity)
    abort(see(f"{root}/account/login?next={quote(wanted, safe='/')}", identity))
