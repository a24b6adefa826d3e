from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tap.adql import translate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from schemas.declaration import Catalogue

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Sky:
    """A database with the declared tables, asked in ADQL."""

    engine: Engine
    catalogue: Catalogue
    backend: str = "cube"
    """The geometry back end the database was made for."""

    def rows(self, adql: str) -> list[tuple[object, ...]]:
        return self.sql(translate(adql, self.catalogue, self.backend).sql)

    def value(self, expression: str) -> object:
        ((value,),) = self.rows(f"SELECT {expression} AS v FROM sky.one")
        return value

    def point(self, expression: str) -> tuple[float, float]:
        value = self.value(expression)
        assert isinstance(value, list)
        longitude, latitude = value
        return longitude, latitude

    def plan(self, adql: str) -> str:
        """Explain a query; sequential scans are only chosen where no index can serve."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("SET enable_seqscan = off")
            sql = translate(adql, self.catalogue, self.backend).sql
            rows = connection.execution_options(no_parameters=True).exec_driver_sql(
                f"EXPLAIN (COSTS OFF) {sql}"
            )
            return "\n".join(row[0] for row in rows)

    def chosen_plan(self, adql: str) -> str:
        """Explain a query as the planner would run it."""
        sql = translate(adql, self.catalogue, self.backend).sql
        return "\n".join(str(row[0]) for row in self.sql(f"EXPLAIN (COSTS OFF) {sql}"))

    def sql(self, sql: str) -> list[tuple[object, ...]]:
        with self.engine.connect() as connection:
            result = connection.execution_options(no_parameters=True).exec_driver_sql(sql)
            return [tuple(row) for row in result]

    def types(self, sql: str) -> list[int]:
        """Run a query and give the OIDs of its columns' types."""
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(sql)
            return [int(column[1]) for column in cursor.description or ()]  # type: ignore[call-overload] # an OID
        finally:
            connection.close()


def blocks(name: str) -> Iterator[tuple[str, str]]:
    """Read a file of pairs: the first part, a line of ``-- =>``, the second; then an empty line."""
    for block in (HERE / name).read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("-- #")]
        if any(line.strip() for line in lines):
            first, _, second = "\n".join(lines).partition("\n-- =>")
            yield first.strip(), second.strip()
