"""The page of the documentation that says what is real in a simulated product, and what not."""

from __future__ import annotations

import ast
import inspect
import sys
from itertools import pairwise

from ingest.fits import keywords
from ingest.fits.structure import STRUCTURES
from ingest.simulate import choices, demo

_HEAD = """# Simulated products

Written by `python -m ingest.simulate.document` from the program; a test keeps it so.

`vo-server simulate OUT` writes deliveries of FITS files that have the structure of the N2-4.x
products: extensions, columns, formats, units, names, times and status flags are those of real
files as far as these are known. Every file says in its primary header that it is simulated
(`SIMULATD = T`). The same seed gives the same bytes.

`vo-server simulate OUT --from FOLDER` wraps real series instead: `resampled_exo/<CoRoT id>.csv`
becomes the extension SYSTEMATIC, `seismo/<star>in.dat` BARREG, time to the bit and flux as it is.
Names come from `catalogue/catalog.csv`, hosts of planets from `planets/*.xml`. A star that is not
in the catalogue of chromatic light curves becomes a monochromatic product.

The models are planets with the published parameters of real ones, eclipsing binaries, gamma
Doradus and delta Scuti pulsators, and constant stars. Window numbers, pixel positions, hot pixels
and contamination are computed from the CoRoT id and mean nothing.
"""

_STRUCTURE_HEAD = """
## Columns

Those marked *chosen* have a known name, but their format and unit are taken from older releases;
the reader accepts single and double precision and any unit there.

| product | extension | column | format | unit | |
|---|---|---|---|---|---|
"""

_KEYWORDS_HEAD = """
## Header keywords

"""

_CHOICES_HEAD = """
## Choices

Everything no source confirms (module `ingest.simulate.choices`).

| choice | value | meaning |
|---|---|---|
"""

_DEMO_HEAD = """
## The demonstration

| choice | value | meaning |
|---|---|---|
"""


def simulation_page() -> str:
    """Write the page, in Markdown."""
    return "".join(
        (
            _HEAD,
            _STRUCTURE_HEAD,
            _structure_rows(),
            _KEYWORDS_HEAD,
            _keywords_block(),
            _CHOICES_HEAD,
            *_constant_rows(inspect.getsource(choices)),
            _DEMO_HEAD,
            *_constant_rows(inspect.getsource(demo)),
        )
    )


def _structure_rows() -> str:
    return "".join(
        f"| {product} | {table.name} | `{field.name}` | {field.form} | {field.unit} |"
        f" {'' if field.confirmed else 'chosen'} |\n"
        for product, structure in STRUCTURES.items()
        for table in structure.extensions
        for field in table.fields
    )


def _keywords_block() -> str:
    text = inspect.getdoc(keywords) or ""
    return f"```text\n{text}\n```\n"


def _constant_rows(source: str) -> list[str]:
    """Make a row of each public constant and the text below it."""
    rows = []
    for node, following in pairwise(ast.parse(source).body):
        match node, following:
            case (
                ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value),
                ast.Expr(value=ast.Constant(value=str(text))),
            ) if not name.startswith("_"):
                meaning = " ".join(inspect.cleandoc(text).split())
                rows.append(f"| `{name}` | `{ast.unparse(value)}` | {meaning} |\n")
            case _:
                pass
    return rows


if __name__ == "__main__":
    sys.stdout.write(simulation_page())
