"""The key that manifests are signed with, and those they were signed with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from schemas.export_tables import signing_keys
from vo_server.errors import OperationError
from vo_server.exports.signing import PublicKey, SigningKey
from vo_server.private_file import write_private_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

_OTHERS = 0o077
"""Whoever is not the owner of a file."""


class KeyRing:
    """Keeps the signing key: in the database, or in a file that its owner alone may read.

    Parameters
    ----------
    path
        Of the file, in PEM; absent: in the database.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def current(self, connection: Connection) -> SigningKey:
        """Give the key to sign with; it is made where there is none.

        Parameters
        ----------
        connection
            Of whoever makes an edition, so that no two make one.

        Raises
        ------
        OperationError
            If the file may be read by others, or is no such key.
        """
        if self._path is not None:
            key = _read(self._path) if self._path.exists() else self._write(self._path)
            self._remember(connection, key, None)
            return key
        kept = select(signing_keys.c.private_key).where(
            signing_keys.c.retired.is_(None), signing_keys.c.private_key.is_not(None)
        )
        private = connection.scalar(kept)
        return SigningKey(bytes(private)) if private is not None else self.renew(connection)

    def renew(self, connection: Connection) -> SigningKey:
        """Make another key, with which everything is signed from now on."""
        if self._path is not None:
            key = self._write(self._path)
            self._remember(connection, key, None)
            return key
        key = SigningKey.generate()
        self._remember(connection, key, key.private)
        return key

    @staticmethod
    def _write(path: Path) -> SigningKey:
        key = SigningKey.generate()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_private_bytes(path, key.pem())
        except OSError as error:
            reason = error.strerror
            raise OperationError(f"cannot write the signing key {path}: {reason}") from error
        return key

    @staticmethod
    def _remember(connection: Connection, key: SigningKey, private: bytes | None) -> None:
        """List the key as the one that counts, and the others as retired."""
        columns = signing_keys.c
        others = update(signing_keys).where(columns.key_id != key.key_id, columns.retired.is_(None))
        connection.execute(others.values(retired=func.now(), private_key=None))
        mine = columns.key_id == key.key_id
        if connection.scalar(select(func.count()).select_from(signing_keys).where(mine)):
            connection.execute(update(signing_keys).where(mine).values(retired=None))
            return
        values = {"key_id": key.key_id, "public_key": key.public, "private_key": private}
        connection.execute(insert(signing_keys), values)


def public_keys(connection: Connection) -> list[PublicKey]:
    """List the public halves of all keys there ever were, the newest first."""
    columns = signing_keys.c
    rows = connection.execute(
        select(columns.key_id, columns.public_key, columns.made, columns.retired).order_by(
            columns.retired.is_not(None), columns.made.desc()
        )
    )
    return [PublicKey(row.key_id, bytes(row.public_key), row.made, row.retired) for row in rows]


def _read(path: Path) -> SigningKey:
    try:
        if path.stat().st_mode & _OTHERS:
            raise OperationError(
                f"the signing key {path} may be read by others: run `chmod 600 {path}`"
            )
        return SigningKey.from_pem(path.read_bytes())
    except OSError as error:
        raise OperationError(f"cannot read the signing key {path}: {error.strerror}") from error
    except ValueError:
        raise OperationError(
            f"{path} is no private key of Ed25519 in PEM without a password; `openssl genpkey"
            " -algorithm ed25519` makes one"
        ) from None
