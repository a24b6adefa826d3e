"""Products of every kind, an account of every tier, and who is entitled to what."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from tests.support.accounts import TIERS, insert_account, insert_grant, withdraw
from tests.support.rows import Products, insert_products
from vo_server.auth.account_service import AccountService
from vo_server.auth.scopes import SCOPES
from vo_server.auth.token_service import TokenService

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Engine

LATER: Final = "2999-01-01"

COUNT: Final = 2
"""Products of each kind."""

_PLACES: Final[dict[str, dict[str, str]]] = {
    "released": {},
    "proprietary": {"release_date": LATER},
    "star": {"release_date": LATER},
    "window": {"release_date": LATER, "run": "LRa01"},
    "run": {"release_date": LATER, "run": "LRc01"},
    "n1": {"release_date": LATER, "level": "N1", "version": "N1-1.0"},
    "alert": {"release_date": LATER, "level": "N1A", "version": "N1A-1.0"},
    "withdrawn": {},
}

KINDS: Final = {
    kind: Products(
        first=910_000_000 + 10_000_000 * number,
        count=COUNT,
        ra=100 + 10 * number,
        **more,  # type: ignore[arg-type] # none of them is the number dec
    )
    for number, (kind, more) in enumerate(_PLACES.items())
}
"""``star`` and ``window`` are granted to guest1, ``run`` to guest2."""

_IDENTIFIER = re.compile(r"9([1-8])000000[01]")
"""No number that anything but a product of ours has."""

_N2: Final = frozenset({"proprietary", "star", "window", "run"})


@dataclass(frozen=True)
class Rights:
    """What somebody gets and sees."""

    gets: frozenset[str]
    sees: frozenset[str]

    @property
    def finds(self) -> frozenset[str]:
        """Kinds among data products, where what was withdrawn is in no case."""
        return self.sees - {"withdrawn"}


def _rights(*more: str) -> Rights:
    gets = frozenset({"released", *more})
    return Rights(gets, gets | _N2)


RIGHTS: Final = {
    "": _rights(),
    "reg": _rights(),
    "guest1": _rights("star", "window"),
    "guest2": _rights("run"),
    "alert1": _rights("alert"),
    "n1user": _rights("n1"),
    "coi1": _rights(*_N2),
    "staff1": _rights(*KINDS),
    "admin1": _rights(*KINDS),
}
"""By account; the public has none."""


def kinds_in(answer: str) -> frozenset[str]:
    """Tell of which kinds there is an identifier in a text."""
    names = list(KINDS)
    return frozenset(names[int(number) - 1] for number in _IDENTIFIER.findall(answer))


def address(kind: str) -> str:
    """Give the path of the first product of a kind."""
    made = KINDS[kind]
    name = f"EN2_STAR_CHR_{made.first:010d}_20070203T130553_20070402T070158.fits"
    return f"/products/{made.first:010d}/{made.run}/EN2_STAR_CHR/{made.version}/{name}"


def content(kind: str) -> bytes:
    """Give what the file of a kind's first product holds."""
    return f"flux of CoRoT {KINDS[kind].first}\n".encode()


def populate(owner: Connection, store: Path) -> None:
    """Write products of all kinds with their files, one set aside, accounts and grants."""
    for kind, products in KINDS.items():
        insert_products(owner, products)
        write_file(owner, store, products.first, content(kind))
    withdraw(owner, KINDS["withdrawn"].first, COUNT)
    owner.execute(
        text(
            "INSERT INTO ingest.delivered_files"
            " (delivery_id, path, file_size, checksum, state, reason)"
            " SELECT delivery_id, 'set/aside', 1, '-', 'rejected', 'damaged'"
            " FROM ingest.deliveries"
        )
    )
    for name, groups in TIERS.items():
        insert_account(owner, name, *groups)
    first = KINDS["star"].first
    insert_grant(owner, account="guest1", stars=range(first, first + COUNT))
    first = KINDS["window"].first
    insert_grant(owner, account="guest1", stars=range(first, first + COUNT), run_code="LRa01")
    insert_grant(owner, account="guest2", run_code="LRc01")


def tokens(app: Engine) -> dict[str, str]:
    """Make a token for each account."""
    accounts, service = AccountService(app), TokenService(app)
    until = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1)
    return {
        name: service.make(accounts.find(name), "test", SCOPES, until, "test")[1] for name in TIERS
    }


def write_file(owner: Connection, store: Path, star: int, held: bytes) -> None:
    """Store the file of a star's one product, under a path that is its key."""
    values = {"star": star, "size": len(held), "checksum": hashlib.sha256(held).hexdigest()}
    key = owner.scalar(
        text(
            "UPDATE corot.product_listing SET file_size = :size, checksum = :checksum"
            " WHERE corot_id = :star RETURNING key"
        ),
        values,
    )
    path = store / str(key)
    path.parent.mkdir(parents=True)
    path.write_bytes(held)
