"""Write what is generated from the declarations: ``make generate``.

The frozen script of a migration isn't: a change of the declared tables needs a
new migration.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.corot.functions import FUNCTIONS
from schemas.document import tables_page
from schemas.engine import OWNER
from schemas.facts import facts
from schemas.migrate import upgrade
from tap.document import adql_page
from tests.support.debian_postgres import debian_has_pgsphere, debian_postgres
from vo_server.config import Settings
from vo_server.database import engine_of, reachable
from vo_server.registry.partner_dachs import dachs_files

if TYPE_CHECKING:
    from sqlalchemy import Engine

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Write ``schemas/facts_*.txt``, ``resources/dachs`` and two pages of ``docs``."""
    (ROOT / "docs" / "tables.md").write_text(tables_page(), encoding="utf-8")
    (ROOT / "docs" / "adql.md").write_text(adql_page(FUNCTIONS), encoding="utf-8")
    for name, content in dachs_files().items():
        (ROOT / "resources" / "dachs" / name).write_bytes(content)
    with (
        tempfile.TemporaryDirectory() as folder,
        reachable(Settings(data_dir=Path(folder) / "data")) as settings,
        engine_of(settings, OWNER) as owner,
    ):
        _write_facts(owner, "cube")
    if debian_has_pgsphere():
        with debian_postgres() as server:
            server.make_database("facts")
            _write_facts(server.engine("facts", OWNER), "pgsphere")
    else:
        print("schemas/facts_pgsphere.txt is left as it is: run tests/install-tools.sh first")  # noqa: T201


def _write_facts(owner: Engine, backend: str) -> None:
    upgrade(owner)
    with owner.connect() as connection:
        lines = facts(connection)
    path = ROOT / "schemas" / f"facts_{backend}.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
