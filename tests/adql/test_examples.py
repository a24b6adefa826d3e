"""Every example of the documentation gives the value it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tap.adql import FEATURES, FUNCTIONS, translate
from tap.adql.basics import BASICS
from tap.adql.keywords import FUNCTIONS as RESERVED
from vo_server.wiring import UDFS

if TYPE_CHECKING:
    from schemas.functions import Example, Function
    from tap.adql import LanguageFeature
    from tests.adql.support import Sky

DECLARED: tuple[LanguageFeature | Function, ...] = (*BASICS, *FEATURES, *FUNCTIONS, *UDFS)
EXAMPLES = [example for one in DECLARED for example in one.examples]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.adql[:70])
def test_an_example_gives_its_value(example: Example, published: Sky) -> None:
    translation = translate(example.query, published.catalogue, udfs=UDFS)
    ((value,),) = published.sql(translation.sql)
    if isinstance(example.value, float | list):
        assert value == pytest.approx(example.value, rel=1e-9, abs=1e-12)
    else:
        assert value == example.value
    assert type(value) is type(example.value)


def test_everything_declared_has_an_example() -> None:
    assert [one.form for one in DECLARED if not one.examples] == []


def test_functions_of_the_server_have_a_prefix_of_their_own() -> None:
    assert {udf.name.partition("_")[0] for udf in UDFS} == {"ivo", "corot"}


def test_every_function_of_the_standard_is_declared() -> None:
    declared = {one.form for one in FEATURES} | {one.name for one in FUNCTIONS}
    assert RESERVED - declared <= {"BOX", "POLYGON", "REGION"}
