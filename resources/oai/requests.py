"""Reads the arguments of a request (OAI-PMH 2.0, sections 3.1.1 and 4)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from resources.oai.errors import OaiError

if TYPE_CHECKING:
    from collections.abc import Iterable

TOKEN: Final = "resumptionToken"  # noqa: S105 # the name of an argument


@dataclass(frozen=True, slots=True)
class _Verb:
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    exclusive: str | None = None


_LISTING: Final = _Verb(("metadataPrefix",), ("from", "until", "set"), TOKEN)

VERBS: Final = {
    "Identify": _Verb(),
    "ListMetadataFormats": _Verb(optional=("identifier",)),
    "ListSets": _Verb(exclusive=TOKEN),
    "GetRecord": _Verb(("identifier", "metadataPrefix")),
    "ListIdentifiers": _LISTING,
    "ListRecords": _LISTING,
}

_UNRESERVED: Final = r"[A-Za-z0-9_.!~*'()-]+"
_FORMS: Final = {
    "metadataPrefix": re.compile(_UNRESERVED),
    "set": re.compile(rf"{_UNRESERVED}(:{_UNRESERVED})*"),
    "identifier": re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+"),
    TOKEN: re.compile(r"[!-~]+"),
}
"""What the schema of answers, which repeat the arguments, lets them be."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that is as the protocol wants it."""

    verb: str
    arguments: dict[str, str]


def read_request(pairs: Iterable[tuple[str, str]]) -> Request:
    """Check the arguments of a request.

    Parameters
    ----------
    pairs
        Names and values as they came, repeated ones too.

    Raises
    ------
    OaiError
        ``badVerb`` or ``badArgument``.
    """
    named = list(pairs)
    counts = Counter(name for name, _ in named)
    arguments = dict(named)
    verb = arguments.pop("verb", None)
    if verb not in VERBS or counts["verb"] != 1:
        raise OaiError("badVerb", f"verb must be given once and be one of {', '.join(VERBS)}")
    for name, count in counts.items():
        if count > 1:
            raise OaiError("badArgument", f"{_shown(name)} is given {count} times")
    _check_names(verb, VERBS[verb], arguments)
    for name, value in arguments.items():
        form = _FORMS.get(name)
        if form and not form.fullmatch(value):
            raise OaiError("badArgument", f"{name} has characters that it must not have, or none")
    return Request(verb, arguments)


def _check_names(verb: str, rules: _Verb, arguments: dict[str, str]) -> None:
    exclusive = rules.exclusive
    known = (*rules.required, *rules.optional, *((exclusive,) if exclusive else ()))
    for name in arguments:
        if name not in known:
            takes = ", ".join(known) or "nothing else"
            raise OaiError("badArgument", f"{verb} takes {takes}, not {_shown(name)}")
    if exclusive in arguments:
        if len(arguments) > 1:
            raise OaiError("badArgument", f"{exclusive} must be the only argument beside verb")
        return
    for name in rules.required:
        if name not in arguments:
            raise OaiError("badArgument", f"{verb} needs {name}")


def _shown(name: str) -> str:
    """Show what somebody wrote, shortened and without what XML cannot hold."""
    return "".join(c if c.isprintable() else "?" for c in name[:40])
