"""The recipe of ``docs/federation.md``: what it says is what the tests do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).parents[2] / "docs" / "federation.md"

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    """Give the texts of a language on the page, in their order."""
    found = _BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    return [text for of, text in found if of == language]


def rewritten(text: str, **known: str) -> str:
    """Put what there is in the place of the page's examples, each of which must be there."""
    for name, value in known.items():
        assert EXAMPLES[name] in text, EXAMPLES[name]
        text = text.replace(EXAMPLES[name], value)
    return text


EXAMPLES: Final = {
    "ours": "https://vo.example.org",
    "partner": "https://partner.example.net",
    "token": "vo_TOKEN",
    "host": "host 'vo.example.org'",
    "database": "dbname 'corot_vo'",
    "tls": "sslmode 'verify-full',\n    sslrootcert 'system'",
    "password": "password 'PASSWORD'",
}
"""What stands on the page for what everybody has another one of."""
