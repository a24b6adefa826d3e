"""How to log in, as headers tell clients (SSO 2.0; AuthVO working draft, section 4)."""

from __future__ import annotations

from typing import Final

TLS_WITH_PASSWORD: Final = "ivo://ivoa.net/sso#tls-with-password"  # noqa: S105 # an identifier
BASIC_AA: Final = "ivo://ivoa.net/sso#BasicAA"
COOKIE: Final = "ivo://ivoa.net/sso#cookie"

SECURITY_METHODS: Final = (BASIC_AA, COOKIE)
"""Ways to log in that capabilities can name (SSO 2.0, section 2); tokens are not among them."""

AUTHENTICATED: Final = "X-VO-Authenticated"
"""Header that names the account an answer was made for (AuthVO, section 4.3)."""
BEARER_TOKEN: Final = "X-VO-Bearer"  # noqa: S105 # the name of a header
"""Header that gives a token to whoever asked for one by logging in."""


def challenges(login_url: str, token_url: str, realm: str) -> tuple[str, ...]:
    """List the values of ``WWW-Authenticate``, one for each header.

    Parameters
    ----------
    login_url
        Takes name and password and sets a cookie.
    token_url
        Takes name and password and gives a token.
    realm
        What one logs in to.
    """
    quoted = realm.replace("\\", "").replace('"', "'")
    return (
        f'Basic realm="{quoted}", charset="UTF-8"',
        f'Bearer realm="{quoted}"',
        f'ivoa_cookie standard_id="{TLS_WITH_PASSWORD}", access_url="{login_url}"',
        f'ivoa_bearer standard_id="{TLS_WITH_PASSWORD}", access_url="{token_url}"',
    )
