"""What the documentation tells people to do works."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.publish.client import eventually_known
from tests.tap.answers import ask, cells

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.publish.conftest import Bench

PAGE = Path(__file__).parents[2] / "docs" / "publish.md"


def test_the_worked_example(bench: Bench, client: FlaskClient) -> None:
    found = re.findall(
        r"^```(csv|toml|sql)\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    blocks = dict(found)
    assert len(found) == len(blocks)
    assert bench.publish(blocks["toml"], blocks["csv"]).rows == 3
    eventually_known(client, "papers.variables")
    answer = ask(client, blocks["sql"])
    assert sorted(cells(answer.data)) == [["102697011", "0.8921"], ["102702314", "12.0417"]]
    bench.service.unpublish("papers.variables")
