"""Write what is generated from the declarations: ``make generate``.

The frozen script of a migration isn't: a change of the declared tables needs a
new migration.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from schemas.document import tables_page
from schemas.engine import OWNER
from schemas.facts import facts
from schemas.migrate import upgrade
from vo_server.config import Settings
from vo_server.database import engine_of, reachable

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Write ``schemas/facts.txt`` and ``docs/tables.md``."""
    (ROOT / "docs" / "tables.md").write_text(tables_page(), encoding="utf-8")
    with (
        tempfile.TemporaryDirectory() as folder,
        reachable(Settings(data_dir=Path(folder) / "data")) as settings,
        engine_of(settings, OWNER) as owner,
    ):
        upgrade(owner)
        with owner.connect() as connection:
            lines = facts(connection)
    (ROOT / "schemas" / "facts.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
