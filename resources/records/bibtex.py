"""A record as an entry of BibTeX, for who cites it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from resources.records.view import RecordView

_ESCAPES: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{character: f"\\{character}" for character in "&%$#_{}"},
    }
)


def bibtex(view: RecordView) -> str:
    """Write the entry of a record that has authors."""
    key = view.ivo_id.removeprefix("ivo://").replace("/", ":")
    # Names of groups are in braces of their own, or BibTeX takes them apart.
    authors = " and ".join(
        _escaped(name) if "," in name else f"{{{_escaped(name)}}}" for name in view.creators
    )
    fields = {
        "author": authors,
        "title": f"{{{_escaped(view.title)}}}",
        "year": view.date[:4],
        "version": _escaped(view.version),
        "publisher": f"{{{_escaped(view.publisher)}}}",
        "doi": view.doi,
        "url": view.reference_url,
        "note": f"VO resource {_escaped(view.ivo_id)}",
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{key},\n{lines}}}\n"


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)
