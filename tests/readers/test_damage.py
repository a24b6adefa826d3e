"""Files that are cut short or damaged: read, or refused with the name of the table."""

from __future__ import annotations

import gzip
import os
import random

import pytest

from tap.errors import ServiceError, UsageError
from tests.readers.files import NUMBERS, TEXTS, every_form, uploaded

FORMS = list(every_form())
DAMAGES = 5000 if os.environ.get("VO_TEST_SOAK") == "1" else 100

_FILLING = {"FITS": 2880 - 12 * len(NUMBERS) - len("".join(TEXTS))}
"""Bytes at the end that hold nothing."""
_LINE_ENDS = len('"\r\n')


@pytest.mark.parametrize("form", FORMS)
def test_the_whole_file_is_read(form: str) -> None:
    rows = uploaded(every_form()[form]).rows.to_pydict()
    assert rows == {"c0": list(NUMBERS), "c1": list(TEXTS)}


@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_is_cut_short_is_refused(form: str) -> None:
    content = every_form()[form]
    needed = len(content) - _FILLING.get(form, _LINE_ENDS if form == "CSV" else 0)
    step = max(1, needed // 400)
    # What is shorter than the mark of its format may be anything.
    for length in range(needed - 1, len("SIMPLE  ="), -step):
        if form == "CSV" and _reads_as_csv(content[:length]):
            continue
        with pytest.raises(UsageError, match=r"^The uploaded table t cannot be read: "):
            uploaded(content[:length])


def _reads_as_csv(cut: bytes) -> bool:
    """Tell whether it ends with a line or in its last value: who could know."""
    lines = cut.decode().split("\r\n")
    return len(lines) == 1 or lines[-1] == "" or "," in lines[-1]


@pytest.mark.parametrize("form", FORMS)
def test_a_compressed_file_that_is_cut_short_is_refused(form: str) -> None:
    content = gzip.compress(every_form()[form])
    assert uploaded(content).rows.num_rows == len(NUMBERS)
    for length in range(3, len(content), 7):
        with pytest.raises(UsageError, match="The uploaded table t is compressed by gzip"):
            uploaded(content[:length])


@pytest.mark.parametrize("form", FORMS)
def test_damage_is_never_a_fault_of_the_server(form: str) -> None:
    content = every_form()[form]
    dice = random.Random(f"damage {form}")  # noqa: S311 # damage that can be had again
    refused = 0
    for _ in range(DAMAGES):
        reason = _refusal(_damaged(content, dice))
        refused += reason is not None
        assert reason is None or "table t " in reason
    assert refused


def _refusal(content: bytes) -> str | None:
    try:
        uploaded(content)
    except ServiceError as error:
        return str(error)
    return None


def _damaged(content: bytes, dice: random.Random) -> bytes:
    """Change some bytes, or leave some out, or repeat some."""
    start = dice.randrange(len(content))
    end = min(len(content), start + dice.randrange(1, 40))
    kind = dice.choice(["change", "change", "leave out", "repeat"])
    if kind == "leave out":
        return content[:start] + content[end:]
    if kind == "repeat":
        return content[:end] + content[start:]
    changed = bytearray(content)
    for _ in range(dice.choice([1, 1, 2, 5])):
        place = dice.randrange(len(content))
        changed[place] = dice.choice([0, 255, dice.randrange(256), *b"9<-"])
    return bytes(changed)
