"""The views, written from the declared columns.

All of them are ``security_invoker``: an ordinary view would show the reader
what its owner sees.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import text

from schemas.corot.flux_columns import DATA
from schemas.corot.obscore_view import OBSCORE
from schemas.corot.products_table import IS_LATEST, PRODUCTS
from schemas.corot.stars_table import BEST_DESCRIPTION, STARS

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from schemas.declaration import Table

_ALIASES = {None: "l", DATA: "d"}


def _view(name: str, select: str) -> str:
    return f"CREATE OR REPLACE VIEW {name} WITH (security_invoker = true) AS\n{select}"


def _declared(table: Table, source: str) -> str:
    """Select a declared view's columns, and its hidden positions, from base tables."""
    items = [
        f"{c.expression or f'{_ALIASES[c.stored]}.{c.name}'} AS {c.name}" for c in table.columns
    ]
    items += [f"l.{position.vector}" for position in table.positions]
    items += [f"l.{name}" for region in table.regions for name in (region.array, region.index)]
    return _view(table.name, "SELECT\n    " + ",\n    ".join(items) + f"\nFROM {source}")


_LISTING = "corot.product_listing l"

VIEWS = {
    "corot.products": _declared(
        PRODUCTS, f"{_LISTING}\nLEFT JOIN {DATA} d ON d.product_id = l.product_id"
    ),
    STARS.name: _declared(STARS, f"{_LISTING}\nWHERE {BEST_DESCRIPTION}"),
    "ivoa.obscore": _declared(OBSCORE, f"{_LISTING}\nWHERE {IS_LATEST}"),
    # What a download needs, by the product's key, whatever the archive's own tables are.
    "vo.listed_files": _view(
        "vo.listed_files", f"SELECT l.key, l.file_name, l.release_date\nFROM {_LISTING}"
    ),
    "vo.stored_files": _view(
        "vo.stored_files",
        "SELECT l.key, l.file_name, d.storage_path, d.media_type, l.file_size AS size,\n"
        "    l.checksum AS sha256, l.published_at\n"
        f"FROM {_LISTING}\nJOIN {DATA} d ON d.product_id = l.product_id",
    ),
}
"""The SQL of each view, by its name."""


def make_views(connection: Connection) -> None:
    """Make the views as they are declared, and mark each with what it was made from.

    The mark is the digest of the declared text, and that of what PostgreSQL
    made of it; ``db check`` looks at both.
    """
    for name, statement in VIEWS.items():
        connection.exec_driver_sql(statement.replace("%", "%%"))
        written = connection.scalar(
            text("SELECT md5(pg_get_viewdef(CAST(:name AS regclass)))"), {"name": name}
        )
        declared = hashlib.sha256(statement.encode()).hexdigest()[:16]
        connection.exec_driver_sql(f"COMMENT ON VIEW {name} IS '{declared} {written}'")
