"""A walk through the grammar: valid, typed queries on the made-up schema, drawn by Hypothesis.

Every rule of the grammar is taken; values are kept small and divisors away
from zero, so that no row's data can be the cause of an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from hypothesis import strategies as st

from tap.adql.kinds import Kind, kind_of
from tests.adql.walk_columns import Col, bare, natural, quoted, shared_names, under
from tests.adql.zoo import ZOO

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

INTEGER, REAL, STRING, TIMESTAMP = Kind.INTEGER, Kind.REAL, Kind.STRING, Kind.TIMESTAMP
SCALARS = (INTEGER, REAL, STRING, TIMESTAMP)
_INTEGERS = ("0", "1", "2", "3", "- 4", "10")
_SMALL = ("'12'", "' 7'", "2.5", "3")
_TRUTHS = ("1", "0", "'true'")
_REALS = ("0.5", "1e1", "2.5E-1", "- 3.25", ".125", "7.")
_STRINGS = ("'emu'", "'Ann'", "'it''s'", "''", "'100%'", "'back\\slash'", "'Löwe'")
_TIMES = ("'2001-02-03'", "'2001-02-03T04:05:06'", "'1999-12-31T23:59:59.25Z'")
_PATTERNS = ("'%'", "'e%'", "'%u'", "'_nn'", "'emu'", "'A%b_'", "'AB  %'", "'it''s%'", "'a\\%'")
_NAMES = ("alpha", "Beta", '"Gamma"', "delta_1", '"a ""b"""', '"select"', "value_", '"user"')


class Walk:
    """Draws the parts of one query."""

    catalogue = ZOO

    def __init__(self, draw: Callable[[st.SearchStrategy[object]], object]) -> None:
        self._draw = draw
        self.budget = 40
        self.used = 0
        self.common: list[tuple[str, list[Col]]] = []
        self.grouped: list[str] | None = None

    def pick(self, options: Sequence[T]) -> T:
        found: T = self._draw(st.sampled_from(options))  # type: ignore[assignment]
        return found

    def write(self, options: Sequence[Callable[[], str]]) -> str:
        return self.pick(options)()

    def chance(self, percent: int) -> bool:
        return self.number(0, 99) >= 100 - percent

    def number(self, low: int, high: int) -> int:
        found: int = self._draw(st.integers(low, high))  # type: ignore[assignment]
        return found

    def spend(self) -> bool:
        """Tell whether something larger may still be written here."""
        self.budget -= 1
        return self.budget > 0

    def alias(self) -> str:
        self.used += 1
        return f"{self.pick('abcxyz')}{self.used}"

    # Values

    def value(self, kind: Kind, scope: Sequence[Col]) -> str:
        leaves = [column.text for column in scope if column.kind is kind]
        if not self.spend() or self.chance(35):
            if leaves and self.chance(75):
                return self.pick(leaves)
            return self.literal(kind)
        return {
            INTEGER: self.integer, REAL: self.real, STRING: self.string, TIMESTAMP: self.time,
        }[kind](scope)  # fmt: skip

    def literal(self, kind: Kind) -> str:
        return "NULL" if self.chance(4) and kind is not TIMESTAMP else self.constant(kind)

    def constant(self, kind: Kind) -> str:
        if kind is TIMESTAMP:
            return f"CAST({self.pick(_TIMES)} AS TIMESTAMP)"
        return self.pick({INTEGER: _INTEGERS, REAL: _REALS, STRING: _STRINGS}[kind])

    def integer(self, scope: Sequence[Col]) -> str:
        def one() -> str:
            return self.value(INTEGER, scope)

        return self.write(
            (
                lambda: f"({one()} {self.pick('+-')} {one()})",
                lambda: f"{one()} + {one()} - {one()}",
                lambda: f"({one()}) * {self.pick('123')}",
                lambda: f"({one()}) / {self.pick('123')}",
                lambda: f"- ({one()})",
                lambda: f"ABS({one()})",
                lambda: f"MOD({one()}, {self.pick('237')})",
                lambda: f"CAST({one()} AS {self.pick(('INTEGER', 'BIGINT', 'INT'))})",
                lambda: f"CAST({self.pick(_SMALL)} AS SMALLINT)",
                lambda: f"1 + CONTAINS({self.point(scope)}, {self.circle(scope)})",
                lambda: f"INTERSECTS({self.circle(scope)}, {self.circle(scope)})",
                lambda: self.either(INTEGER, scope),
                lambda: self.scalar_query(INTEGER, scope),
            )
        )

    def real(self, scope: Sequence[Col]) -> str:
        def one() -> str:
            return self.value(REAL, scope)

        def any_number() -> str:
            return self.value(self.pick((INTEGER, REAL)), scope)

        return self.write(
            (
                lambda: f"({one()} {self.pick('+-')} {any_number()})",
                lambda: f"{any_number()} * 2.5 - {one()} / 4",
                lambda: f"+ ({one()})",
                lambda: f"{self.pick(('ABS', 'FLOOR', 'CEILING'))}({one()})",
                lambda: (
                    f"{self.pick(('SIN', 'COS', 'ATAN', 'DEGREES', 'RADIANS'))}({any_number()})"
                ),
                lambda: f"{self.pick(('ACOS', 'ASIN', 'EXP'))}(SIN({any_number()}))",
                lambda: f"{self.pick(('SQRT', 'LOG', 'LOG10'))}(ABS({any_number()}) + 1)",
                lambda: f"POWER(ABS({any_number()}) + 1, {self.pick(('2', '0.5', '-1'))})",
                lambda: f"{self.pick(('ROUND', 'TRUNCATE'))}({any_number()}, {self.number(-3, 5)})",
                lambda: f"{self.pick(('ROUND', 'TRUNCATE'))}({any_number()})",
                lambda: f"ATAN2({any_number()}, {any_number()})",
                lambda: f"MOD({any_number()}, 1.5)",
                lambda: self.pick(("PI()", "RAND()", "RAND(5)")),
                lambda: f"CAST({any_number()} AS {self.pick(('REAL', 'DOUBLE PRECISION'))})",
                lambda: f"DISTANCE({self.point(scope)}, {self.point(scope)})",
                lambda: f"COORD{self.pick('12')}({self.point(scope)})",
                lambda: f"AREA({self.circle(scope)})",
                lambda: self.either(REAL, scope),
                lambda: self.scalar_query(REAL, scope),
            )
        )

    def string(self, scope: Sequence[Col]) -> str:
        def one() -> str:
            return self.value(STRING, scope)

        return self.write(
            (
                lambda: f"{one()} || {one()} || {one()}",
                lambda: f"{self.pick(('LOWER', 'UPPER'))}({one()})",
                lambda: f"CAST({self.value(self.pick(SCALARS), scope)} AS VARCHAR)",
                lambda: f"CAST({one()} AS {self.pick(('CHAR(3)', 'VARCHAR(3)', 'CHAR'))})",
                lambda: f"COORDSYS({self.point(scope)})",
                lambda: self.either(STRING, scope),
                lambda: self.scalar_query(STRING, scope),
            )
        )

    def time(self, scope: Sequence[Col]) -> str:
        if self.chance(50):
            return self.scalar_query(TIMESTAMP, scope)
        return self.either(TIMESTAMP, scope)

    def either(self, kind: Kind, scope: Sequence[Col]) -> str:
        """Write a CASE or COALESCE."""
        one, other = self.value(kind, scope), self.value(kind, scope)
        return self.write(
            (
                lambda: f"COALESCE({one}, {other})",
                lambda: f"CASE WHEN {self.condition(scope)} THEN {one} ELSE {other} END",
                lambda: f"CASE {self.value(INTEGER, scope)} WHEN 1 THEN {one} WHEN 2 THEN NULL END",
            )
        )

    def scalar_query(self, kind: Kind, scope: Sequence[Col]) -> str:
        tables, own = self.table(())
        best = self.pick(("MIN", "MAX"))
        where = f" WHERE {self.condition([*own, *scope])}" if self.chance(50) else ""
        return f"(SELECT {best}({self.simple(kind, own)}) FROM {tables}{where})"

    def simple(self, kind: Kind, scope: Sequence[Col]) -> str:
        leaves = [column.text for column in scope if column.kind is kind]
        return self.pick(leaves) if leaves else self.constant(kind)

    def point(self, scope: Sequence[Col]) -> str:
        stored = [column.text for column in scope if column.kind is Kind.POINT]
        if stored and self.chance(25):
            return self.pick(stored)
        frame = self.pick(("", "", "'ICRS', "))
        pairs = [column.text for column in scope if column.name in {"ra", "dec"}]
        if len(pairs) > 1 and self.chance(60):
            return f"POINT({frame}{pairs[0]}, {pairs[1]})"
        return f"POINT({frame}{self.number(0, 360)}, {self.number(-90, 90)})"

    def circle(self, scope: Sequence[Col]) -> str:
        stored = [column.text for column in scope if column.kind is Kind.CIRCLE]
        if stored and self.chance(25):
            return self.pick(stored)
        return f"CIRCLE({self.point(scope)}, {self.pick(('0', '0.5', '3', '100', '180'))})"

    # Conditions

    def condition(self, scope: Sequence[Col]) -> str:
        if self.spend() and self.chance(35):
            one, other = self.condition(scope), self.condition(scope)
            return self.pick(
                (f"{one} AND {other}", f"({one} OR {other})", f"NOT ({one})", f"NOT {other}")
            )
        return self.predicate(scope)

    def predicate(self, scope: Sequence[Col]) -> str:
        kind = self.pick(SCALARS)

        def one() -> str:
            return self.value(kind, scope)

        def no() -> str:
            return self.pick(("", "", "NOT "))

        booleans = [column.text for column in scope if column.kind is Kind.BOOLEAN]
        geometry = f"CONTAINS({self.point(scope)}, {self.circle(scope)})"
        choices: list[Callable[[], str]] = [
            lambda: f"{one()} {self.pick(('=', '<>', '!=', '<', '>', '<=', '>='))} {one()}",
            lambda: f"{one()} {no()}BETWEEN {one()} AND {one()}",
            lambda: f"{one()} {no()}IN ({one()}, {one()})",
            lambda: f"{one()} {no()}IN {self.column_query(kind, scope)}",
            lambda: (
                f"{self.value(STRING, scope)} {no()}{self.pick(('LIKE', 'ILIKE'))} "
                f"{self.pick(_PATTERNS)}"
            ),
            lambda: f"{one()} IS {no()}NULL",
            lambda: f"{no()}EXISTS {self.column_query(kind, scope)}",
            lambda: f"1 = {geometry}",
            lambda: f"{geometry} {self.pick(('= 1', '= 0', '<> 1', '> 0'))}",
            lambda: (
                f"DISTANCE({self.point(scope)}, {self.point(scope)}) "
                f"{self.pick(('<', '<=', '>', '>='))} {self.pick(('0.5', '10', '120'))}"
            ),
            lambda: f"{self.value(INTEGER, scope)} < {self.value(REAL, scope)}",
            lambda: f"{self.simple(INTEGER, scope)} >= 2.5",
        ]
        if booleans:
            choices.append(lambda: f"{self.pick(booleans)} = {self.pick(_TRUTHS)}")
        return self.write(choices)

    def column_query(self, kind: Kind, scope: Sequence[Col]) -> str:
        tables, own = self.table(())
        where = f" WHERE {self.condition([*own, *scope])}" if self.chance(40) else ""
        return f"(SELECT {self.simple(kind, own)} FROM {tables}{where})"

    # Tables

    def table(self, outer: Sequence[Col]) -> tuple[str, list[Col]]:
        """Write one table, CTE or subquery with an alias of its own."""
        del outer
        alias = self.alias()
        word = self.pick(("AS ", ""))
        if self.common and self.chance(25):
            name, columns = self.pick(self.common)
            return f"{name} {word}{alias}", under(alias, columns)
        if self.spend() and self.chance(20):
            query, columns = self.query(top=False)
            return f"({query}) {word}{alias}", under(alias, columns)
        table = self.pick(list(self.catalogue))
        columns = [Col("", column.name, kind_of(column)) for column in table.columns]
        return f"{table.name} {word}{alias}", under(alias, columns)

    def tables(self) -> tuple[str, list[Col]]:
        """Write a FROM clause; a join sees nothing before the comma before it."""
        text, side = self.table(())
        hidden: list[Col] = []
        for _ in range(self.pick((0, 0, 0, 1, 1, 2))):
            # What a join merged may be ambiguous after the next.
            side = [column for column in side if "." in column.text]
            right, more = self.table(())
            kind = self.pick(("", "INNER ", "LEFT ", "RIGHT OUTER ", "FULL "))
            form = self.pick(("comma", "on", "on", "using", "natural", "cross"))
            shared = shared_names(side, more)
            if form == "comma":
                text = f"{text}, {right}"
                hidden, side = [*hidden, *side], more
                continue
            both = [*side, *more]
            if form == "using" and shared:
                name = self.pick(shared)
                text = f"{text} {kind}JOIN {right} USING ({quoted(name)})"
                merged = next(column.kind for column in both if column.name == name)
                rest = [column for column in both if column.name.lower() != name.lower()]
                side = [*rest, Col(quoted(name), name, merged)]
            elif form == "natural" and natural(side, more):
                text = f"{text} NATURAL {kind}JOIN {right}"
                names = {name.lower() for name in shared}
                side = [column for column in both if column.name.lower() not in names]
            elif form == "cross":
                text = f"{text} JOIN {right}"
                side = both
            else:
                text = f"{text} {kind}JOIN {right} ON {self.condition(both)}"
                side = both
        # A name merged on one side of a comma may stand on the other, too.
        if hidden:
            side = [column for column in side if "." in column.text]
        return text, [*hidden, *side]

    # Queries

    def query(self, *, top: bool = True) -> tuple[str, list[Col]]:
        """Write a query; its columns have unique names."""
        if self.spend() and self.chance(15):
            return self.set_query(top=top)
        tables, scope = self.tables()
        quantifier = self.pick(("", "", "ALL ", "DISTINCT ")) if top else ""
        limit = f"TOP {self.number(0, 3)} " if self.chance(15) else ""
        where = f" WHERE {self.condition(scope)}" if self.chance(50) else ""
        if self.chance(25):
            listed, columns, rest = self.grouped_items(scope)
        else:
            listed, columns = self.items(scope)
            rest = self.order(columns, scope, distinct=bool(quantifier.strip() == "DISTINCT"))
        offset = f" OFFSET {self.number(0, 2)}" if self.chance(15) else ""
        return f"SELECT {quantifier}{limit}{listed} FROM {tables}{where}{rest}{offset}", columns

    def items(self, scope: Sequence[Col]) -> tuple[str, list[Col]]:
        first = self.number(0, len(_NAMES) - 1)
        names = [_NAMES[(first + n) % len(_NAMES)] for n in range(self.number(1, 3))]
        listed, columns = [], []
        for name in names:
            kind = self.pick(SCALARS)
            listed.append(f"{self.value(kind, scope)} {self.pick(('AS ', ''))}{name}")
            columns.append(Col("", bare(name), kind))
        return ", ".join(listed), columns

    def grouped_items(self, scope: Sequence[Col]) -> tuple[str, list[Col], str]:
        kinds = [self.pick(SCALARS) for _ in range(self.number(0, 2))]
        simple = [self.simple(kind, scope) for kind in kinds]
        # A bare number would be the number of a column.
        keys = [f"{key} + 0" if key.isdigit() else key for key in simple]
        columns = [Col("", f"k{n}", kind) for n, kind in enumerate(kinds)]
        listed = [f"{key} AS k{n}" for n, key in enumerate(keys)]
        function = self.pick(("COUNT", "SUM", "AVG", "MIN", "MAX"))
        many = self.pick(("", "", "DISTINCT ", "ALL "))
        argument = self.value(self.pick((INTEGER, REAL)), scope)
        total = self.pick(("COUNT(*)", f"{function}({many}{argument})", "MAX(1) + COUNT(*)"))
        listed.append(f"{total} AS n")
        columns.append(Col("", "n", Kind.UNKNOWN))
        rest = f" GROUP BY {', '.join(keys)}" if keys else ""
        if self.chance(40):
            rest += f" HAVING {total} > 0 OR COUNT(*) BETWEEN 1 AND 2.5"
        if self.chance(40):
            key = self.pick(("n", "1", total, *keys))
            rest += f" ORDER BY {key} {self.pick(('', 'ASC', 'DESC'))}"
        return ", ".join(listed), columns, rest

    def order(self, columns: Sequence[Col], scope: Sequence[Col], *, distinct: bool) -> str:
        if self.chance(60):
            return ""
        choices = ["1", quoted(columns[0].name)]
        if not distinct:
            value = self.value(self.pick(SCALARS), scope)
            choices.append(f"{value} + 0" if value.isdigit() else value)
        return f" ORDER BY {self.pick(choices)} {self.pick(('', 'DESC', 'ASC'))}"

    def set_query(self, *, top: bool) -> tuple[str, list[Col]]:
        del top
        kinds = [self.pick((INTEGER, REAL, STRING)) for _ in range(self.number(1, 2))]
        operands = [self.operand(kinds) for _ in range(self.number(2, 3))]
        text = operands[0]
        for operand in operands[1:]:
            word = self.pick(("UNION", "EXCEPT", "INTERSECT"))
            text = f"{text} {word}{self.pick(('', ' ALL'))} {operand}"
        if self.chance(40):
            text += f" ORDER BY {self.pick(('1', 'c0', 'c0 DESC', 'COALESCE(c0, NULL)'))}"
        if self.chance(20):
            text += " OFFSET 1"
        return text, [Col("", f"c{n}", kind) for n, kind in enumerate(kinds)]

    def operand(self, kinds: Sequence[Kind]) -> str:
        tables, scope = self.table(())
        listed = ", ".join(f"{self.value(kind, scope)} AS c{n}" for n, kind in enumerate(kinds))
        text = f"SELECT {listed} FROM {tables}"
        return self.pick((text, text, f"({text})", f"({text} ORDER BY 1 OFFSET 1)"))

    def statement(self) -> str:
        common = []
        for number in range(self.pick((0, 0, 0, 1, 2))):
            query, columns = self.query(top=False)
            name = f"cte_{number}"
            if self.chance(30):
                columns = [Col("", f"col{n}", column.kind) for n, column in enumerate(columns)]
                name_list = ", ".join(column.name for column in columns)
                common.append(f"{name} ({name_list}) AS ({query})")
            else:
                common.append(f"{name} AS ({query})")
            self.common.append((name, columns))
        query, _ = self.query()
        return f"WITH {', '.join(common)} {query}" if common else query
