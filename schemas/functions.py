"""What a function of the query language is: the one declaration everything else comes from.

A :class:`Function` says once what the grammar check, the types of arguments
and result, the SQL, the capabilities and the documentation say about a
function. Nothing here imports the database or the query engine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from schemas.declaration import Column

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from schemas.declaration import Datatype

    Result = Callable[[Sequence[Column]], Column]

_FORM = re.compile(r"([A-Za-z]\w*)\((.*)\) -> ([A-Z][A-Z ]*(?:\[\])?)", re.ASCII)
_PARAMETER = re.compile(r"([A-Za-z]\w*) ([A-Z][A-Z ]*)", re.ASCII)

_RESULTS: Mapping[str, Column] = {
    "SMALLINT": Column("", "short"),
    "INTEGER": Column("", "int"),
    "BIGINT": Column("", "long"),
    "REAL": Column("", "double"),
    "DOUBLE PRECISION": Column("", "double"),
    "VARCHAR": Column("", "char", arraysize="*"),
    "TIMESTAMP": Column("", "char", arraysize="*", xtype="timestamp"),
    "POINT": Column("", "double", arraysize="2", xtype="point", unit="deg"),
    "CIRCLE": Column("", "double", arraysize="3", xtype="circle", unit="deg"),
    "POLYGON": Column("", "double", arraysize="*", xtype="polygon", unit="deg"),
    "INTEGER[]": Column("", "int", arraysize="*"),
}
"""Metadata of a result of each ADQL type (ADQL 2.1, section 3). As in the catalogue of ADQL
functions, REAL is a floating-point number of any length: it is computed in double precision."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name and its ADQL type."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Example:
    """An expression, or a whole query that begins with SELECT or WITH, and its one value."""

    adql: str
    value: object

    @property
    def query(self) -> str:
        """The query; an expression is asked of one row of a table every TAP service has."""
        if self.adql.startswith(("SELECT", "WITH")):
            return self.adql
        return f"SELECT TOP 1 {self.adql} AS example FROM TAP_SCHEMA.tables"  # noqa: S608 # ADQL


class Rule(Protocol):
    """What an argument must be beyond its type."""

    def broken(self, value: object, *, literal: bool) -> str | None:
        """Say what the argument must be, if it is not; ``value`` counts for literals only."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """The argument is a literal, one of these words, in this case."""

    words: tuple[str, ...]

    def broken(self, value: object, *, literal: bool) -> str | None:
        """Say what the argument must be, if it is not."""
        if literal and value in self.words:
            return None
        return f"one of the literals {', '.join(repr(word) for word in self.words)}"


@dataclass(frozen=True, slots=True)
class Within:
    """The argument, where it is a literal, lies between bounds; perhaps it must be one."""

    low: float
    high: float
    literal: bool = False

    def broken(self, value: object, *, literal: bool) -> str | None:
        """Say what the argument must be, if it is not."""
        if not self.literal and (not literal or value is None):
            return None
        if literal and isinstance(value, int | float) and self.low <= value <= self.high:
            return None
        return f"{'a literal' if self.literal else 'a number'} from {self.low:g} to {self.high:g}"


@dataclass(frozen=True, slots=True)
class Literal:
    """The argument is a literal."""

    def broken(self, value: object, *, literal: bool) -> str | None:
        """Say what the argument must be, if it is not."""
        return None if literal and value is not None else "a literal"


@dataclass(frozen=True, slots=True)
class NotNull:
    """The argument is not the literal NULL."""

    def broken(self, value: object, *, literal: bool) -> str | None:
        """Say what the argument must be, if it is not."""
        return "given: NULL has no meaning there" if literal and value is None else None


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """One form of a function.

    Attributes
    ----------
    form
        ``name(parameter TYPE, ...) -> TYPE``, as TAPRegExt 1.0, section 2.3, writes it, with
        the types of ADQL 2.1, section 3. GEOMETRY stands for any geometry.
    sql
        Template of the PostgreSQL text, with ``{0}``, ``{1}`` … for the arguments' SQL.
    description
        What it returns, for documentation and registry.
    examples
        Calls and what they return, for documentation and tests.
    unit, ucd
        Of the result, where they do not depend on the arguments.
    result
        Metadata of the result from those of the arguments, where they do.
    aggregate
        Whether it makes one value of many rows.
    rules
        What arguments must be beyond their types, by parameter name.
    source
        The document that defines it.

    Raises
    ------
    ValueError
        If the form cannot be read, or a rule is for no parameter.
    """

    form: str
    sql: str
    description: str
    examples: tuple[Example, ...] = ()
    unit: str | None = None
    ucd: str | None = None
    result: Result | None = None
    aggregate: bool = False
    rules: Mapping[str, Rule] = field(default_factory=dict)
    source: str = ""
    name: str = field(init=False)
    parameters: tuple[Parameter, ...] = field(init=False)
    returns: str = field(init=False)

    def __post_init__(self) -> None:
        found = _FORM.fullmatch(self.form)
        if found is None:
            message = f"not of the form name(parameter TYPE, ...) -> TYPE: {self.form}"
            raise ValueError(message)
        name, listed, returns = found.groups()
        parameters = tuple(self._parameter(text) for text in listed.split(", ") if text)
        if unknown := self.rules.keys() - {parameter.name for parameter in parameters}:
            message = f"{name} has no parameter {', '.join(sorted(unknown))}"
            raise ValueError(message)
        if self.result is None and returns not in _RESULTS:
            message = f"{name} needs a result rule, for {returns} is no type of a column"
            raise ValueError(message)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "parameters", parameters)
        object.__setattr__(self, "returns", returns)

    def _parameter(self, text: str) -> Parameter:
        found = _PARAMETER.fullmatch(text)
        if found is None:
            message = f"not of the form parameter TYPE: {text} in {self.form}"
            raise ValueError(message)
        return Parameter(found[1], found[2])

    def column(self, arguments: Sequence[Column]) -> Column:
        """Give the metadata of the result of a call."""
        if self.result is not None:
            return self.result(arguments)
        made = _RESULTS[self.returns]
        return Column(
            "", made.datatype, arraysize=made.arraysize, xtype=made.xtype,
            unit=self.unit or made.unit, ucd=self.ucd,
        )  # fmt: skip

    def signature(self) -> str:
        """Write the call, for a message."""
        listed = ", ".join(f"{one.name} {one.type}" for one in self.parameters)
        return f"{self.name}({listed})"


def like_first(datatype: Datatype | None = None) -> Result:
    """Give results the type, or the type given, and the unit of the first argument."""

    def result(arguments: Sequence[Column]) -> Column:
        first = arguments[0]
        return Column("", datatype or first.datatype, unit=first.unit)

    return result
