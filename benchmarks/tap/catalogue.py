"""The table measured: made, declared and loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.declaration import Column, Position, Schema, Table, catalogue

if TYPE_CHECKING:
    import psycopg2

MAKER = Path(__file__).parents[3] / "shared" / "bench" / "make_catalogue.py"

_TEXT = {"datatype": "char", "arraysize": "*"}

STAR = Table(
    "bench.star",
    "One row for each light curve of a simulated catalogue",
    (
        Column("obs_id", **_TEXT, ucd="meta.id;meta.main"),  # type: ignore[arg-type] # spelled once
        Column("corot_id", "long", ucd="meta.id"),
        Column("run", **_TEXT),  # type: ignore[arg-type]
        Column("ra", "double", unit="deg", ucd="pos.eq.ra;meta.main"),
        Column("dec", "double", unit="deg", ucd="pos.eq.dec;meta.main"),
        Column("mag_r", "float", unit="mag", ucd="phot.mag;em.opt.R"),
        Column("mag_b", "float", unit="mag", ucd="phot.mag;em.opt.B"),
        Column("mag_v", "float", unit="mag", ucd="phot.mag;em.opt.V"),
        Column("teff", "int", unit="K", ucd="phys.temperature.effective"),
        Column("sptype", **_TEXT, ucd="src.spType"),  # type: ignore[arg-type]
        Column("t_min", "double", unit="d", ucd="time.start"),
        Column("t_max", "double", unit="d", ucd="time.end"),
        Column("n_points", "int", ucd="meta.number"),
        Column("period", "double", unit="d", ucd="src.var.pulse;time.period"),
        Column("amplitude", "float", unit="mag", ucd="src.var.amplitude"),
        Column("access_url", **_TEXT, ucd="meta.ref.url"),  # type: ignore[arg-type]
        Column("release_date", **_TEXT, xtype="timestamp", ucd="time.release"),  # type: ignore[arg-type]
    ),
    positions=(Position("ra", "dec", "pos"),),
)

CATALOGUE = catalogue([Schema("bench", "Measurements", (STAR,))])

_AFTERWARDS = """
ALTER TABLE bench.star ADD PRIMARY KEY (obs_id);
ALTER TABLE bench.star ADD COLUMN pos cube GENERATED ALWAYS AS (
    cube(ARRAY[cos(radians(ra)) * cos(radians(dec)), sin(radians(ra)) * cos(radians(dec)),
               sin(radians(dec))])) STORED;
CREATE INDEX ON bench.star (corot_id);
CREATE INDEX ON bench.star USING gist (pos);
GRANT USAGE ON SCHEMA bench TO vo_reader;
GRANT SELECT ON bench.star TO vo_reader;
"""


def load(superuser: psycopg2.extensions.connection, rows: int, folder: Path) -> None:
    """Make the table in a database, and fill it."""
    path = folder / f"star-{rows}.csv"
    if not path.exists():
        command = [sys.executable, str(MAKER), "--rows", str(rows), "--out", str(path)]
        subprocess.run(command, check=True)  # noqa: S603 # our own interpreter
    listed = subprocess.run(  # noqa: S603 # the same
        [sys.executable, str(MAKER), "--sql"], check=True, capture_output=True, text=True
    )
    with superuser.cursor() as cursor:
        cursor.execute("CREATE SCHEMA bench")
        cursor.execute(listed.stdout.replace("TABLE star", "TABLE bench.star"))
        with path.open(encoding="ascii") as file:
            cursor.copy_expert("COPY bench.star FROM STDIN (FORMAT csv, HEADER)", file)
        cursor.execute(_AFTERWARDS)
        cursor.execute("VACUUM ANALYZE bench.star")
