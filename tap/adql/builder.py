"""Makes the syntax tree while the parser runs: one method per rule of the grammar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from lark import Transformer, v_args

from tap.adql import tree
from tap.adql.errors import MistakeError
from tap.adql.joins import JoinCondition, JoinStep, nested_joins
from tap.adql.lexer import Token

if TYPE_CHECKING:
    from tap.adql.joins import JoinKind


def _at(token: Token) -> int:
    return token.start_pos


@v_args(inline=True)
class Builder(Transformer[Token, tree.Statement]):
    """Turns each rule into its node as soon as the parser has read it."""

    # The signatures follow the rules of grammar.lark, which is their documentation.
    # ruff: noqa: D102

    def statement(
        self, common: tuple[tree.CommonTable, ...] | None, query: tree.Query
    ) -> tree.Statement:
        return tree.Statement(query, common or ())

    def with_clause(self, *tables: tree.CommonTable) -> tuple[tree.CommonTable, ...]:
        return tables

    def with_query(
        self,
        name: tree.Identifier,
        columns: tuple[tree.Identifier, ...] | None,
        query: tree.Query,
    ) -> tree.CommonTable:
        return tree.CommonTable(name, columns or (), query)

    def query(
        self,
        body: tree.QueryBody,
        order_by: tuple[tree.SortKey, ...] | None,
        offset: int | None,
    ) -> tree.Query:
        return tree.Query(body, order_by or (), offset, body.position)

    def query_offset(self, body: tree.Query, offset: int) -> tree.Query:
        return tree.Query(body, (), offset, body.position)

    def union(self, first: tree.QueryBody, *rest: str | tree.QueryBody) -> tree.SetOperation:
        pairs = zip(cast("Any", rest[::2]), cast("Any", rest[1::2]), strict=True)
        return tree.SetOperation(first, tuple(pairs), first.position)

    intersection = union

    def union_operator(self, operator: Token, every: Token | None) -> str:
        return f"{operator.type} ALL" if every else operator.type

    intersection_operator = union_operator

    def select(  # noqa: PLR0913, PLR0917 (the clauses of a SELECT)
        self,
        keyword: Token,
        distinct: bool | None,  # noqa: FBT001 (the parser passes positions)
        top: int | None,
        items: tuple[tree.AllColumns | tree.SelectValue, ...],
        tables: tuple[tree.TableReference, ...],
        where: tree.Condition | None,
        group_by: tuple[tree.Value, ...] | None,
        having: tree.Condition | None,
    ) -> tree.Select:
        return tree.Select(
            items, tables, _at(keyword), bool(distinct), top, where, group_by or (), having
        )

    def set_quantifier(self, keyword: Token) -> bool:
        return bool(keyword.type == "DISTINCT")

    def top(self, count: Token) -> int:
        return _count(count)

    offset = top

    def _tuple(self, *parts: object) -> tuple[object, ...]:
        return parts

    select_list = from_clause = group_by = order_by = identifier_list = arguments = _tuple

    def _only(self, part: object) -> object:
        return part

    where = having = column = parenthesised_join = bracketed_table = otherwise = _only

    def all_columns(self, table: tree.Name | Token | None = None) -> tree.AllColumns:
        if isinstance(table, tree.Name):
            return tree.AllColumns(table, table.position)
        return tree.AllColumns(None, _at(table) if table is not None else 0)

    def select_value(
        self, value: tree.Value, alias: tree.Identifier | None = None
    ) -> tree.SelectValue:
        return tree.SelectValue(value, alias)

    def sort_key(self, value: tree.Value, direction: Token | None) -> tree.SortKey:
        return tree.SortKey(value, direction is not None and direction.type == "DESC")

    def named_table(self, name: tree.Name, alias: tree.Identifier | None = None) -> tree.NamedTable:
        return tree.NamedTable(name, alias, name.position)

    def derived_table(
        self, query: tree.Query, alias: tree.Identifier | None = None
    ) -> tree.DerivedTable:
        return tree.DerivedTable(query, alias, query.position)

    def join_type(self, keyword: Token) -> JoinKind:
        return cast("JoinKind", keyword.type)

    def natural_step(
        self, natural: Token, kind: JoinKind | None, _join: Token, right: tree.TableReference
    ) -> JoinStep:
        return JoinStep(kind or "INNER", right, _at(natural), natural=True)

    def qualified_step(
        self, kind: JoinKind | None, join: Token, right: tree.TableReference
    ) -> JoinStep:
        return JoinStep(kind or "INNER", right, _at(join))

    def on_step(self, keyword: Token, condition: tree.Condition) -> JoinCondition:
        return JoinCondition(condition, (), _at(keyword), "ON")

    def using_step(self, keyword: Token, columns: tuple[tree.Identifier, ...]) -> JoinCondition:
        return JoinCondition(None, columns, _at(keyword), "USING")

    def join(
        self, first: tree.TableReference, *steps: JoinStep | JoinCondition
    ) -> tree.TableReference:
        return nested_joins(first, steps)

    def disjunction(self, *conditions: tree.Condition) -> tree.Logical:
        return tree.Logical("OR", conditions, conditions[0].position)

    def conjunction(self, *conditions: tree.Condition) -> tree.Logical:
        return tree.Logical("AND", conditions, conditions[0].position)

    def negation(self, first: Token, *rest: Token | tree.Condition) -> tree.Condition:
        condition = cast("tree.Condition", rest[-1])
        return tree.Not(condition, _at(first)) if len(rest) % 2 else condition

    def comparison(self, left: tree.Value, operator: Token, right: tree.Value) -> tree.Comparison:
        symbol = "<>" if operator == "!=" else str(operator)
        return tree.Comparison(symbol, left, right, left.position)

    def between(
        self,
        value: tree.Value,
        negated: Token | None,
        _between: Token,
        low: tree.Value,
        high: tree.Value,
    ) -> tree.Between:
        return tree.Between(value, low, high, negated is not None, value.position)

    def in_list(
        self, value: tree.Value, negated: Token | None, _in: Token, *choices: tree.Value
    ) -> tree.InList:
        return tree.InList(value, choices, negated is not None, value.position)

    def in_query(
        self, value: tree.Value, negated: Token | None, _in: Token, query: tree.Query
    ) -> tree.InQuery:
        return tree.InQuery(value, query, negated is not None, value.position)

    def like(
        self, value: tree.Value, negated: Token | None, operator: Token, pattern: tree.Value
    ) -> tree.Like:
        return tree.Like(
            value, pattern, negated is not None, operator.type == "ILIKE", value.position
        )

    def is_null(
        self, value: tree.Value, _is: Token, negated: Token | None, _null: Token
    ) -> tree.IsNull:
        return tree.IsNull(value, negated is not None, value.position)

    def exists(self, keyword: Token, query: tree.Query) -> tree.Exists:
        return tree.Exists(query, _at(keyword))

    def concatenation(self, first: tree.Value, *rest: Token | tree.Value) -> tree.Concatenation:
        return tree.Concatenation((first, *cast("Any", rest[1::2])), first.position)

    def addition(self, first: tree.Value, *rest: Token | tree.Value) -> tree.Arithmetic:
        operators = [str(operator) for operator in rest[::2]]
        pairs = zip(operators, cast("Any", rest[1::2]), strict=True)
        return tree.Arithmetic(first, tuple(pairs), first.position)

    multiplication = addition

    def signed(self, first: Token, *rest: Token | tree.Value) -> tree.Signed:
        signs = (first, *rest[:-1])
        negative = sum(sign == "-" for sign in signs) % 2 == 1
        return tree.Signed(negative, cast("tree.Value", rest[-1]), _at(first))

    def scalar_query(self, query: tree.Query) -> tree.ScalarQuery:
        return tree.ScalarQuery(query, query.position)

    def number(self, token: Token) -> tree.Number:
        return tree.Number(str(token), _at(token))

    def string(self, token: Token) -> tree.String:
        return tree.String(token[1:-1].replace("''", "'"), _at(token))

    def null(self, token: Token) -> tree.Null:
        return tree.Null(_at(token))

    def identifier(self, token: Token) -> tree.Identifier:
        if token.type == "NAME":
            return tree.Identifier(str(token), False, _at(token))  # noqa: FBT003
        text = token[1:-1].replace('""', '"')
        if not text:
            raise MistakeError('a delimited identifier "" must not be empty', _at(token))
        return tree.Identifier(text, True, _at(token))  # noqa: FBT003

    def name(
        self, first: tree.Identifier | tree.Name, last: tree.Identifier | None = None
    ) -> tree.Name:
        if isinstance(first, tree.Identifier):
            return tree.Name((first,), first.position)
        if last is None:
            return first
        if len(first.parts) > 4:  # noqa: PLR2004 (catalogue, schema, table and column)
            raise MistakeError(f"the name {first.text[:60]}… has too many parts", first.position)
        return tree.Name((*first.parts, last), first.position)

    def aggregate(
        self,
        function: Token,
        distinct: bool | None,  # noqa: FBT001 (the parser passes positions)
        argument: tree.Value,
    ) -> tree.Aggregate:
        return tree.Aggregate(function.upper(), argument, bool(distinct), _at(function))

    def count_all(self, function: Token, _asterisk: Token) -> tree.Aggregate:
        return tree.Aggregate("COUNT", None, False, _at(function))  # noqa: FBT003

    def call(self, function: Token, arguments: tuple[tree.Value, ...] | None) -> tree.Call:
        return tree.Call(function.upper(), arguments or (), _at(function))

    def user_function(
        self, name: tree.Identifier, arguments: tuple[tree.Value, ...] | None
    ) -> tree.Call:
        return tree.Call(name.text, arguments or (), name.position, user=True)

    def case(self, keyword: Token, *parts: object) -> tree.Case:
        subject, *branches, otherwise = parts
        return tree.Case(
            cast("tree.Value | None", subject),
            tuple(cast("Any", branches)),
            cast("tree.Value | None", otherwise),
            _at(keyword),
        )

    def when(
        self, test: tree.Condition | tree.Value, value: tree.Value
    ) -> tuple[tree.Condition | tree.Value, tree.Value]:
        return test, value

    def cast(
        self, keyword: Token, operand: tree.Value, target: tuple[str, int | None]
    ) -> tree.Cast:
        return tree.Cast(operand, target[0], target[1], _at(keyword))

    def target_type(self, name: Token, length: Token | None = None) -> tuple[str, int | None]:
        return name.upper(), None if length is None else _count(length)


def _count(token: Token) -> int:
    """Read a count the database can hold."""
    if len(token) > 18:  # noqa: PLR2004 (digits that surely fit PostgreSQL's bigint)
        raise MistakeError(f"the number {token[:20]}… is too large here", _at(token))
    return int(token)
