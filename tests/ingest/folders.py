"""What an ingest reads and leaves behind."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine


def products_in(folder: Path) -> list[Path]:
    """List the products of a delivery."""
    return sorted(folder.rglob("*.fits"))


def dump(owner: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Everything the ingest writes."""
    with owner.connect() as connection:
        return {
            table: [
                tuple(row)
                for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))
            ]
            for table in (
                "corot.stars",
                "corot.product_listing",
                "corot.product_data",
                "ingest.deliveries",
                "ingest.delivered_files",
            )
        }


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Tell the files of a folder, when each was changed and its size."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.stat().st_size)
        for path in folder.rglob("*")
        if path.is_file()
    }


def count(owner: Engine, table: str = "corot.product_listing") -> int:
    """Count the rows of a table."""
    with owner.connect() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def resign(folder: Path) -> None:
    """Write SHA256SUMS anew, so that what is tested is not the checksum."""
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n"
        for path in products_in(folder)
    ]
    (folder / "SHA256SUMS").write_text("".join(lines))
