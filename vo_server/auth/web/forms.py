"""What keeps HTML forms safe: tokens against forged requests, and redirects to own pages only.

A form's token is a keyed hash whose key is in a cookie that scripts cannot
read: that of the session, or before a log-in one that a page with a form sets.
Nothing is kept on the server, and a token ends with its session.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import Response, g, request

from tap.errors import ForbiddenError, UsageError
from vo_server.auth.identify import COOKIE_NAME, cookie_path, current_login
from vo_server.auth.secrets import new_secret

if TYPE_CHECKING:
    from flask import Blueprint

    from schemas.identity import Identity

FORM_COOKIE: Final = "FORM"
FIELD: Final = "form_token"
"""Name of the hidden field."""

_SEE_OTHER = 303
_OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
"""A path of this host: browsers take ``//`` and backslashes for the beginning of another's."""


def form_token() -> str:
    """Give the token for the forms of the page being made."""
    key = request.cookies.get(COOKIE_NAME) or request.cookies.get(FORM_COOKIE)
    if key is None:
        key = g.form_secret = getattr(g, "form_secret", None) or new_secret()
    return _token(key)


def check_form() -> None:
    """See that a form of this server was sent; a request with an API token needs none.

    Raises
    ------
    UsageError
        If something in it cannot be stored.
    ForbiddenError
        If the form's token is missing or is another browser's.
    """
    if any("\0" in text for field in request.form.items(multi=True) for text in field):
        raise UsageError("There is a NUL character in the form: leave it out.")
    login = current_login()
    if login is not None and login.way == "token":
        return
    sent = request.form.get(FIELD, "").encode()
    keys = (request.cookies.get(COOKIE_NAME), request.cookies.get(FORM_COOKIE))
    # An old form of before the log-in, or after it, has the other cookie's token.
    matching = [hmac.compare_digest(_token(key).encode(), sent) for key in keys if key]
    if not any(matching):
        raise ForbiddenError("This form is too old, or not from here. Open the page again.")


def keep_secret(routes: Blueprint, identity: Identity) -> None:
    """Have the pages of a blueprint set the cookie that their forms' tokens need."""

    @routes.after_request
    def keep(response: Response) -> Response:
        if (secret := getattr(g, "form_secret", None)) is not None:
            response.set_cookie(
                FORM_COOKIE,
                secret,
                path=cookie_path(identity),
                secure=identity.base_url.startswith("https:"),
                httponly=True,
                samesite="Lax",
            )
        response.headers["Cache-Control"] = "no-store"
        return response


def own_path(wanted: str | None, identity: Identity) -> str:
    """Give the path somebody wants to go on to, if it is one of this server's; else the account's.

    Parameters
    ----------
    wanted
        As a link or form of unknown origin says it.
    identity
        The server's public address.
    """
    root = urlsplit(identity.base_url).path
    path = wanted or ""
    if _OWN_PATH.fullmatch(path) and path.startswith(f"{root}/") and "/../" not in f"{path}/":
        return path
    return f"{root}/account"


def see(path: str, identity: Identity) -> Response:
    """Send a browser on to a path of this server."""
    origin = "://".join(urlsplit(identity.base_url)[:2])
    return Response(status=_SEE_OTHER, headers={"Location": origin + path})


def _token(key: str) -> str:
    return hmac.new(key.encode(), b"form", hashlib.sha256).hexdigest()
