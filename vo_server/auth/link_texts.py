"""What mail with a link says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from vo_server.auth.link_store import Purpose

TEXTS: Final[dict[Purpose, tuple[str, str]]] = {
    "reset": (
        "Your password for the light curves of CoRoT",
        (
            "Somebody, probably you, wants to set a new password for the account {name}.\n"
            "Here is where to do it, once, until {until}:\n\n{url}\n\n"
            "If it was not you, do nothing: your password stays as it is."
        ),
    ),
    "invitation": (
        "An account for the light curves of CoRoT",
        (
            "You are invited to have an account for the light curves of the CoRoT satellite.\n"
            "Here is where to make it, once, until {until}:\n\n{url}"
        ),
    ),
    "registration": (
        "Your account for the light curves of CoRoT",
        (
            "Somebody, probably you, wants an account for the light curves of the CoRoT satellite\n"
            "with this address. Here is where to make it, once, until {until}:\n\n{url}\n\n"
            "If it was not you, do nothing: no account is made."
        ),
    ),
}
"""Subject and text for each purpose, with places for name, url and until."""

HAS_ACCOUNT: Final = (
    "Your account for the light curves of CoRoT",
    (
        "Somebody, probably you, wants an account with this address. There is one: {name}.\n"
        "If you do not remember its password, set a new one:\n\n{url}"
    ),
)
"""To somebody who registers and has an account; only they are told so."""
