"""What UPLOAD says: names of tables, and where each is (TAP 1.1, section 2.7.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.identifiers import RESERVED
from tap.adql.names import is_regular
from tap.errors import UsageError
from tap.parameters import shown

if TYPE_CHECKING:
    from tap.parameters import Parameters

MOST = 20
"""Tables in one request."""

_FORM = "Write UPLOAD=name,param:part or UPLOAD=name,http://…, several of them parted by ;"
_SCHEMES = ("param", "http", "https")


@dataclass(frozen=True, slots=True)
class Reference:
    """One table to be uploaded."""

    name: str
    """Of the table, without schema, as written."""
    uri: str

    @property
    def part(self) -> str | None:
        """Name of the part of the request it is in; None where it is elsewhere."""
        scheme, _, rest = self.uri.partition(":")
        return rest if scheme.lower() == "param" else None


def references(parameters: Parameters) -> tuple[Reference, ...]:
    """Read all UPLOAD parameters.

    Raises
    ------
    UsageError
        If one is malformed, or two tables have the same name.
    """
    entries = [
        entry.strip()
        for value in parameters.all("UPLOAD")
        for entry in _entries(value)
        if entry.strip()
    ]
    if len(entries) > MOST:
        raise UsageError(f"UPLOAD names {len(entries)} tables; at most {MOST} are taken.")
    made = tuple(_reference(entry) for entry in entries)
    seen: set[str] = set()
    for reference in made:
        if reference.name.lower() in seen:
            raise UsageError(f"UPLOAD names the table {reference.name} twice.")
        seen.add(reference.name.lower())
    return made


def _entries(value: str) -> list[str]:
    """Take a value apart at the semicolons that part tables, not at those in a URL."""
    entries: list[str] = []
    for piece in value.split(";"):
        name, comma, uri = piece.partition(",")
        begins = comma and _scheme(uri.strip()) in _SCHEMES
        if entries and not (begins and is_regular(name.strip())):
            entries[-1] += f";{piece}" if piece else ""
        else:
            entries.append(piece)
    return entries


def _reference(entry: str) -> Reference:
    name, comma, uri = (part.strip() for part in entry.partition(","))
    if not comma or not name or not uri:
        raise UsageError(f"UPLOAD has {shown(entry)}, which names no table and place. {_FORM}.")
    if not is_regular(name) or name.upper() in RESERVED:
        raise UsageError(
            f"The table name {shown(name)} in UPLOAD is no regular ADQL identifier: use letters,"
            " digits and underscores, beginning with a letter, and no reserved word."
        )
    if _scheme(uri) not in _SCHEMES:
        raise UsageError(f"The table {name} is at {shown(uri)}, which is no such place. {_FORM}.")
    return Reference(name, uri)


def _scheme(uri: str) -> str:
    """Give what stands before the colon (RFC 3986, section 3.1); the rest may be malformed."""
    scheme, colon, _ = uri.partition(":")
    return scheme.lower() if colon else ""
