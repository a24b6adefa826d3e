"""What a delivery says of itself: ``delivery.toml``, ``SHA256SUMS`` and its files.

``delivery.toml`` names level, version and dates::

    id = "lesia-2016-03-23"
    level = "N2"
    version = "N2-4.4"
    delivered = 2016-03-23
    release_date = 2017-03-23    # optional

A delivery without one is known by the name of its folder, and its version by
a folder in it (``N2-4.4/2007/05/16/…``), as the mission's archive lays them out.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ingest.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST = "delivery.toml"
CHECKSUMS = "SHA256SUMS"

_VERSION = re.compile(r"([A-Z0-9]+)-[0-9]+(?:\.[0-9]+)*")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_KNOWN = {"id", "level", "version", "origin", "delivered", "release_date"}
_CHECKSUM_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A folder that was delivered, and what is true of every product in it.

    ``delivered`` and ``release_date`` are in UTC, without zone; the second is
    None where the archive's rule applies. ``checksums`` maps paths within the
    folder to SHA-256 in hexadecimal, and is None without a manifest.
    """

    folder: Path
    delivery_id: str
    level: str
    version: str
    delivered: datetime
    release_date: datetime | None
    checksums: dict[str, str] | None

    def files(self) -> Iterator[str]:
        """List everything delivered, with what is promised but missing, in order.

        Links are listed and not followed: they could lead out of the delivery.
        """
        yield from sorted({*self._found(), *(self.checksums or {})})

    def _found(self) -> Iterator[str]:
        for folder, folders, names in os.walk(self.folder):
            linked = [name for name in folders if (Path(folder) / name).is_symlink()]
            for name in (*names, *linked):
                path = (Path(folder) / name).relative_to(self.folder).as_posix()
                if path not in (MANIFEST, CHECKSUMS):
                    yield path


def read_delivery(folder: Path, now: datetime) -> Delivery:
    """Read what a delivery says of itself.

    Parameters
    ----------
    folder
        The folder delivered.
    now
        Taken as the moment of delivery where the delivery names none; UTC, without zone.

    Raises
    ------
    DeliveryError
        If it is no folder, or its manifest is malformed or names no version.
    """
    if not folder.is_dir():
        raise DeliveryError(f"{folder} is not a folder: name the folder of a delivery")
    manifest = _manifest(folder / MANIFEST)
    version = _version(folder, manifest)
    level = _string(manifest, "level") or version.partition("-")[0]
    if not version.startswith(f"{level}-"):
        raise DeliveryError(f"{MANIFEST}: version {version} is not one of level {level}")
    return Delivery(
        folder=folder,
        delivery_id=_identifier(manifest, folder),
        level=level,
        version=version,
        delivered=_moment(manifest, "delivered") or now,
        release_date=_moment(manifest, "release_date"),
        checksums=_checksums(folder / CHECKSUMS),
    )


def _manifest(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        manifest = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DeliveryError(f"{MANIFEST} cannot be read: {error}") from None
    if unknown := sorted(manifest.keys() - _KNOWN):
        raise DeliveryError(
            f"{MANIFEST}: unknown {', '.join(unknown)}; known are {', '.join(sorted(_KNOWN))}"
        )
    return manifest


def _identifier(manifest: dict[str, object], folder: Path) -> str:
    identifier = _string(manifest, "id") or folder.resolve().name
    if not _IDENTIFIER.fullmatch(identifier):
        raise DeliveryError(
            f"the delivery's id {printable(identifier)!r} may hold letters, digits, dots,"
            f" hyphens and underscores only: give it another in {MANIFEST}"
        )
    return identifier


def printable(text: str) -> str:
    """Write a name of any bytes as text that can be printed and stored."""
    return os.fsencode(text).decode("utf-8", "backslashreplace")


def _version(folder: Path, manifest: dict[str, object]) -> str:
    version = _string(manifest, "version")
    if version is None:
        found = {path.name for path in folder.iterdir() if _VERSION.fullmatch(path.name)}
        if len(found) != 1:
            raise DeliveryError(
                f"{folder} does not say which version it holds: give it a {MANIFEST} with"
                ' version = "N2-4.4", or put its products into a folder of that name'
            )
        version = found.pop()
    if not _VERSION.fullmatch(version):
        raise DeliveryError(f"{MANIFEST}: version {version!r} is not of the form N2-4.4")
    return version


def _string(manifest: dict[str, object], name: str) -> str | None:
    value = manifest.get(name)
    if value is None or (isinstance(value, str) and value):
        return value
    raise DeliveryError(f'{MANIFEST}: {name} must be a text such as "N2-4.4"')


def _moment(manifest: dict[str, object], name: str) -> datetime | None:
    value = manifest.get(name)
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - UTC, as everywhere
    raise DeliveryError(f"{MANIFEST}: {name} must be a date such as 2016-03-23")


def _checksums(path: Path) -> dict[str, str] | None:
    if not path.exists():
        return None
    sums: dict[str, str] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise DeliveryError(f"{CHECKSUMS} is not text") from None
    for number, line in enumerate(lines, 1):
        matched = _CHECKSUM_LINE.fullmatch(line)
        name = PurePosixPath(matched[2]) if matched else None
        if matched is None or name is None or name.is_absolute() or ".." in name.parts:
            raise DeliveryError(
                f"{CHECKSUMS}, line {number}: expected 64 hexadecimal digits, two blanks and the"
                " path of a file in the delivery, as sha256sum writes them"
            )
        sums[str(name)] = matched[1]
    return sums
