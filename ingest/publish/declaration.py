"""The TOML file that declares a further table."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from ingest.publish.errors import PublishError
from ingest.publish.places import Places, shown
from schemas.declaration import Datatype  # noqa: TC001 # pydantic reads it
from schemas.further.model import Audience  # noqa: TC001 # pydantic reads it
from schemas.further.relation import LONGEST_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SYSTEM_COLUMNS = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})


def _name(value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise ValueError("must be a name of printable characters")
    if len(value.encode()) > LONGEST_NAME:
        raise ValueError(f"is longer than the {LONGEST_NAME} bytes the database allows")
    return value


def column_name(value: str) -> str:
    """Check the name of a column.

    Raises
    ------
    ValueError
        If the database cannot have such a column.
    """
    if value in _SYSTEM_COLUMNS:
        raise ValueError(
            "is a name the database needs itself: give another, with from = the file's"
        )
    return _name(value)


def _schema_name(value: str) -> str:
    if value != value.lower() or "." in value:
        raise ValueError("must be in lower case, without a dot")
    if value in {"public", "information_schema", "tap_upload"} or value.startswith("pg_"):
        raise ValueError("is a schema of PostgreSQL's or of TAP's: choose another")
    return _name(value)


def _table_name(value: str) -> str:
    if value != value.lower():
        raise ValueError("must be in lower case")
    return _name(value)


def _arraysize(value: str) -> str:
    axes = value.split("x")
    if not all(axis.isdigit() for axis in axes[:-1]) or not (
        axes[-1] == "*" or axes[-1].removesuffix("*").isdigit()
    ):
        raise ValueError('must be as in VOTable: "*", "3", "3*" or "2x*"')
    return value


class _Part(BaseModel):
    """A table of the file: unknown keys and values of another type are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


ColumnName = Annotated[str, AfterValidator(column_name)]
Names = Annotated[list[ColumnName], Field(min_length=1)]


class SchemaPart(_Part):
    """``[schema]``."""

    name: Annotated[str, AfterValidator(_schema_name)]
    description: str = ""
    utype: str | None = None


class TablePart(_Part):
    """``[table]``."""

    name: Annotated[str, AfterValidator(_table_name)]
    description: str = ""
    title: str | None = None
    utype: str | None = None
    primary_key: list[ColumnName] = []
    visible_to: Audience = "public"
    skip: list[str] = []
    """Columns of the file that are not published."""


class TimeSystemPart(_Part):
    """One of ``[time_systems.NAME]`` (VOTable 1.4, section 3.4)."""

    timescale: str
    refposition: str
    origin: float | None = None


class ColumnPart(_Part):
    """One of ``[[columns]]``; what is left out is taken from the file."""

    name: ColumnName
    source: str | None = Field(default=None, alias="from")
    datatype: Datatype | None = None
    arraysize: Annotated[str, AfterValidator(_arraysize)] | None = None
    xtype: str | None = None
    unit: str | None = None
    ucd: str | None = None
    utype: str | None = None
    description: str | None = None
    time_system: str | None = None
    principal: bool = False
    indexed: bool = False
    std: bool = False
    nullable: bool | None = None


class PositionPart(_Part):
    """One of ``[[positions]]``: two columns in degrees."""

    longitude: ColumnName
    latitude: ColumnName
    frame: str | None = None


class RegionPart(_Part):
    """One of ``[[regions]]``: a column that is a DALI circle or polygon."""

    column: ColumnName
    shape: Literal["circle", "polygon"]


class IndexPart(_Part):
    """One of ``[[indexes]]``."""

    columns: Names


class ForeignKeyPart(_Part):
    """One of ``[[foreign_keys]]``: columns here, and those of another published table."""

    target_table: str
    columns: Annotated[dict[ColumnName, str], Field(min_length=1)]
    description: str = ""


class CsvPart(_Part):
    """``[csv]``: how a CSV file is written."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    nulls: list[str] = [""]


class DeclarationFile(_Part):
    """The whole file."""

    namespace: SchemaPart = Field(alias="schema")
    table: TablePart
    columns: list[ColumnPart] = []
    time_systems: dict[str, TimeSystemPart] = {}
    positions: list[PositionPart] | None = None
    """None has them found."""
    regions: list[RegionPart] = []
    indexes: list[IndexPart] = []
    foreign_keys: list[ForeignKeyPart] = []
    csv: CsvPart = CsvPart()


class Declaration:
    """A declaration that was read, and where in its file everything stands.

    Attributes
    ----------
    parts
        What it says.
    """

    def __init__(self, parts: DeclarationFile, name: str, places: Places) -> None:
        self.parts = parts
        self._name = name
        self._places = places

    @property
    def table_name(self) -> str:
        """The table's name, schema and all."""
        return f"{self.parts.namespace.name}.{self.parts.table.name}"

    def error(self, path: Sequence[str | int], message: str) -> PublishError:
        """Make an error that names the line and the key."""
        return _error(self._name, self._places, path, message)


def read_declaration(path: Path) -> Declaration:
    """Read a declaration file.

    Raises
    ------
    PublishError
        If it is no TOML, has unknown or malformed keys, or lacks some; the
        message names file, line and key of each.
    """
    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text)
    except UnicodeDecodeError:
        raise PublishError(f"{path.name} is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise PublishError(f"{path.name} is no TOML: {error}") from None
    places = Places(text)
    try:
        parts = DeclarationFile.model_validate(values)
    except ValidationError as error:
        mistakes = [
            str(
                _error(
                    path.name, places, mistake["loc"], _sentence(mistake["type"], mistake["msg"])
                )
            )
            for mistake in error.errors()
        ]
        raise PublishError("\n".join(mistakes)) from None
    return Declaration(parts, path.name, places)


_SENTENCES = {
    "extra_forbidden": "is no key of a declaration",
    "missing": "is missing",
}


def _sentence(kind: str, message: str) -> str:
    text = _SENTENCES.get(kind) or message.removeprefix("Value error, ")
    return text[0].lower() + text[1:]


def _error(name: str, places: Places, path: Sequence[str | int], message: str) -> PublishError:
    line = places.line(path)
    where = f"{name}, line {line}" if line else name
    return PublishError(f"{where}: {shown(path)} {message}")
