"""All that a database holds, and whether a secret is among it, in whichever form."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection

_TABLES = """
SELECT quote_ident(nspname) || '.' || quote_ident(relname)
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'm') AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
ORDER BY 1
"""


def tables(connection: Connection) -> list[str]:
    """List the tables of every schema that is not PostgreSQL's own."""
    return list(connection.scalars(text(_TABLES)))


def holding(connection: Connection, secrets: Mapping[str, str]) -> list[tuple[str, str]]:
    """Tell which secrets a database holds, and in which tables; ask as the superuser.

    Parameters
    ----------
    connection
        To the database.
    secrets
        By names for them.
    """
    sought = {name: set(forms(secret)) for name, secret in secrets.items()}
    found = []
    for table in tables(connection):
        rows = connection.scalars(text(f"SELECT CAST(t AS text) FROM {table} AS t"))  # names quoted
        held = "\n".join(rows)
        # Hexadecimal digits are looked for in lower case, as PostgreSQL writes bytes.
        low = held.lower()
        found += [
            (table, name) for name, written in sought.items()
            if any(form in held or form in low for form in written)
        ]  # fmt: skip
    return found


def forms(secret: str) -> Iterator[str]:
    """Write a secret in each form that gives it away: plain, hexadecimal, base64.

    Of one that is base64 itself the bytes behind it count too.
    """
    plain = secret.encode()
    yield secret
    yield plain.hex()
    yield from _base64(plain)
    if len(secret) == 43:  # of 32 random bytes
        raw = base64.urlsafe_b64decode(f"{secret}=")
        yield raw.hex()
        yield from _base64(raw)


def _base64(plain: bytes) -> Iterator[str]:
    """Write bytes in base64, wherever they stand in what was written."""
    for before, cut in ((0, 0), (1, 2), (2, 3)):
        written = base64.b64encode(bytes(before) + plain)
        whole = written[cut : (before + len(plain)) // 3 * 4].decode()
        yield whole
        yield whole.translate(str.maketrans("+/", "-_"))
