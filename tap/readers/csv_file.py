"""CSV files, and those with tabs, semicolons or bars: types are told by the values."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from schemas.declaration import Column
from tap.arrow.types import arrow_schema
from tap.readers.cells import parsed, times
from tap.readers.model import ReadError, SourceTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO

    from schemas.declaration import Datatype

_BLOCK = 1024 * 1024
"""Bytes that are read at once; no row may be longer."""
_SEPARATORS = ",\t;|"
_TIME = (
    r"[0-9]{4}-[01][0-9]-[0-3][0-9]"
    r"([T ][0-2][0-9]:[0-5][0-9](:[0-6][0-9](\.[0-9]+)?)?Z?)?"
)
_REAL = (
    r"[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
    r"|[+-]?(?i:nan|inf|infinity)"
)
_KINDS: tuple[tuple[Datatype, str | None, str], ...] = (
    # Leading zeros belong to identifiers, and are lost in numbers.
    ("int", None, r"-?(0|[1-9][0-9]*)"),
    ("long", None, r"-?(0|[1-9][0-9]*)"),
    ("double", None, _REAL),
    ("boolean", None, r"(?i:true|false)"),
    ("char", "timestamp", _TIME),
)  # fmt: skip
"""Datatype, xtype and form of the values, in the order they are tried."""


_INTEGERS = {"int": pa.int32(), "long": pa.int64()}


@dataclass(slots=True)
class _Guess:
    """What a column can still be, by the values seen so far."""

    kind: int = 0
    """Place in :data:`_KINDS`; beyond them it is text."""
    seen: bool = False
    plain: bool = True
    """Whether all is ASCII."""

    def see(self, array: pa.Array) -> None:
        values = pc.utf8_trim_whitespace(array.drop_null())
        values = values.filter(pc.not_equal(values, ""))
        if not len(values):
            return
        self.seen = True
        while self.kind < len(_KINDS) and not _all_are(values, self.kind):
            self.kind += 1
        if self.plain:
            self.plain = pc.all(pc.string_is_ascii(values)).as_py()

    def column(self, name: str) -> Column:
        if not self.seen or self.kind == len(_KINDS):
            return Column(name, "char" if self.plain else "unicodeChar", arraysize="*")
        datatype, xtype, _ = _KINDS[self.kind]
        return Column(name, datatype, arraysize="*" if xtype else None, xtype=xtype)


def csv_source(file: IO[bytes]) -> SourceTable:
    """Read a file with the names of the columns in its first line.

    It is read twice: types are chosen so that all values have them.

    Raises
    ------
    ReadError
        If it is no text in UTF-8, or a line has more values or fewer than there
        are columns.
    """
    _check_text(file)
    names, separator = csv_names(file)
    guesses = [_Guess() for _ in names]
    for batch in csv_texts(file, names, separator):
        for guess, array in zip(guesses, batch.columns, strict=True):
            guess.see(array)
    columns = tuple(guess.column(name) for guess, name in zip(guesses, names, strict=True))
    return SourceTable(columns, _rows(file, columns, names, separator))


def _check_text(file: IO[bytes]) -> None:
    """See that all of a file is UTF-8, which the reader below tells of without the place."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    line = 1
    while True:
        piece = file.read(_BLOCK)
        try:
            decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            line += error.object.count(b"\n", 0, error.start)
            raise ReadError(f"line {line} is no text in UTF-8") from None
        if not piece:
            return
        line += piece.count(b"\n")


def _all_are(values: pa.Array, kind: int) -> bool:
    datatype, xtype, form = _KINDS[kind]
    if not pc.all(pc.match_substring_regex(values, f"^({form})$")).as_py():
        return False
    try:
        if datatype in _INTEGERS:
            values.cast(_INTEGERS[datatype])
        elif xtype:
            times(values.to_pylist(), "", 1)
    except (pa.ArrowInvalid, ReadError):
        return False  # too large, or a day that no month has
    return True


def csv_names(file: IO[bytes], separator: str | None = None) -> tuple[list[str], str]:
    """Read the names of the columns, which stand in the first line.

    Parameters
    ----------
    file
        Seekable, open for reading.
    separator
        What separates them, if it is known.

    Returns
    -------
    tuple
        The names, and what separates them.

    Raises
    ------
    ReadError
        If there are none.
    """
    file.seek(0)
    line = file.readline(_BLOCK)
    try:
        text = line.decode("utf-8-sig").strip("\r\n")
    except UnicodeDecodeError:
        raise ReadError("the file is no text in UTF-8, nor in another known format") from None
    outside = "".join(text.split('"')[::2])
    separator = separator or max(_SEPARATORS, key=outside.count)
    try:
        names = next(csv.reader(io.StringIO(text), delimiter=separator, strict=True), [])
    except csv.Error as error:
        if "\r" in text:
            raise ReadError("its lines end in CR alone; end them in LF") from None
        raise ReadError(f"line 1: {error}") from None
    if names:
        names[0] = names[0].removeprefix("#").strip()
    named = [name.strip() or f"col{number}" for number, name in enumerate(names, 1)]
    if not any(name.strip() for name in names):
        raise ReadError("its first line has no names of columns")
    return named, separator


def csv_texts(
    file: IO[bytes], names: Sequence[str], separator: str, nulls: Sequence[str] = ("",)
) -> Iterator[pa.RecordBatch]:
    """Read the rows as texts, whatever they are to be.

    Parameters
    ----------
    file, names, separator
        As :func:`csv_names` has them.
    nulls
        Texts that stand for null, where they are not in quotes.

    Raises
    ------
    ReadError
        If it is no text in UTF-8, or a line has more values or fewer than there
        are columns.
    """
    wrong: list[pa.csv.InvalidRow] = []

    def refuse(row: pa.csv.InvalidRow) -> str:
        wrong.append(row)
        return "error"

    file.seek(0)
    file.readline(_BLOCK)
    if not file.read(_BLOCK).strip():
        return
    file.seek(0)
    numbered = [str(number) for number in range(len(names))]
    try:
        # Without threads of its own, which cannot tell the line of a mistake.
        reader = pyarrow.csv.open_csv(
            file,
            pyarrow.csv.ReadOptions(
                block_size=_BLOCK, use_threads=False, skip_rows=1, column_names=numbered
            ),
            pyarrow.csv.ParseOptions(
                delimiter=separator, newlines_in_values=True, invalid_row_handler=refuse
            ),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(numbered, pa.string()),
                null_values=list(nulls),
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
        yield from reader
    except (pa.ArrowInvalid, UnicodeDecodeError):
        if wrong:
            row = wrong[0]
            raise ReadError(
                f"line {row.number}: {row.actual_columns} values instead of {row.expected_columns}"
            ) from None
        raise ReadError("it is no CSV in UTF-8 with lines of less than 1 MB") from None


def _rows(
    file: IO[bytes], columns: tuple[Column, ...], names: list[str], separator: str
) -> Iterator[pa.RecordBatch]:
    schema = arrow_schema(columns)
    first = 1
    for batch in csv_texts(file, names, separator):
        arrays = [
            parsed(array.to_pylist(), column, None, first)
            for array, column in zip(batch.columns, columns, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)
        first += batch.num_rows
