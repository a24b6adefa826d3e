from __future__ import annotations

from pathlib import Path

from ingest.simulate import choices, demo
from ingest.simulate.document import simulation_page

PAGE = Path(__file__).parents[2] / "docs" / "simulation.md"


def test_the_page_is_that_of_the_program() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == simulation_page(), (
        "run `python -m ingest.simulate.document > docs/simulation.md`"
    )


def test_every_choice_is_on_the_page_with_its_meaning() -> None:
    page = simulation_page()
    imported = {"UTC", "TYPE_CHECKING"}
    names = {name for module in (choices, demo) for name in vars(module) if name.isupper()}
    public = {name for name in names - imported if not name.startswith("_")}

    assert len(public) > 40
    assert {name for name in public if f"| `{name}` |" not in page} == set()


def test_columns_of_which_only_the_name_is_known_are_marked() -> None:
    page = simulation_page()

    assert "| AN2_STAR | BAR | `FLUXBAR` | D | electron/s | chosen |" in page
    assert "| EN2_STAR_CHR | BAR | `WHITEFLUX` | E | ELECTRONS PER 32s |  |" in page
