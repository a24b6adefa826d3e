"""Rows as Arrow batches, beside what psycopg2 makes of the same rows."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import psycopg2
import pyarrow as pa
import pytest

from schemas.arrow_errors import ArrowDatabaseError
from schemas.engine import READER
from schemas.rows import arrays, taking
from schemas.rows.reader import FIRST_BYTES, MOST_BYTES, prepare
from vo_server.database import uri_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg2.extensions import cursor

    from schemas.arrow_connection import ArrowConnection
    from schemas.arrow_session import ArrowDatabase
    from vo_server.config import Settings

MINUTE = timedelta(minutes=1)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

EXPRESSIONS = {
    "bool": "n % 3 = 0",
    "int2": "(n % 30000 - 15000)::smallint",
    "int4": "n * -7919",
    "int8": "n * 5000000000::bigint",
    "oid": "(n + 4000000000)::oid",
    "float4": "(n / 8.0)::real",
    "float8": "-1.0 / n",
    "extremes": "CASE n % 4 WHEN 0 THEN 'NaN' WHEN 1 THEN '-Infinity' ELSE '1e-308' END::float8",
    "text": "repeat('é€😀' || n, n % 9)",
    "long_text": "repeat('x', n % 1000)",
    "char": "'c'::\"char\"",
    "name": "('name ' || n)::name",
    "bytea": "decode(lpad(to_hex(n), n % 5 * 2, 'a'), 'hex')",
    "timestamp": "timestamp '1858-11-17' + n * interval '37 hours 1.000001 seconds'",
    "date": "date '1858-11-17' + n",
    "uuid": "md5(n::text)::uuid",
    "numeric": "n / 8::numeric * CASE n % 2 WHEN 0 THEN 1e30 ELSE 1e-30 END",
    "int4[]": "ARRAY[n, NULL, -n]",
    "int2[]": "CASE n % 3 WHEN 0 THEN ARRAY[]::smallint[] ELSE ARRAY[n % 100]::smallint[] END",
    "float8[]": "(SELECT array_agg(m / 3.0::float8) FROM generate_series(1, n % 40) AS m)",
    "bool[]": "ARRAY[n % 2 = 0, NULL, true]",
    "text[]": "ARRAY['a' || n, NULL, '', repeat('ü', n % 7)]",
    "timestamp[]": "ARRAY[timestamp '2000-01-01' + n * interval '1 day', NULL]",
    "numeric[]": "ARRAY[n / 4::numeric, NULL]",
    "bytea[]": "ARRAY['\\x00ff'::bytea, NULL]",
}
"""For each type, what depends on the number of the row."""


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_values_are_those_that_psycopg2_reads(
    connection: ArrowConnection, plain: cursor, expression: str
) -> None:
    sql = (
        f"SELECT n, CASE WHEN n % 11 <> 5 THEN {expression} END AS x"
        " FROM generate_series(1, 3000) AS n"
    )
    found = pa.Table.from_batches(list(connection.query(sql)))
    plain.execute(sql)
    assert [comparable(row) for row in zip(*found.to_pydict().values(), strict=True)] == [
        comparable(row) for row in plain.fetchall()
    ]


@pytest.fixture
def plain(migrated: Settings) -> Iterator[cursor]:
    connection = psycopg2.connect(uri_of(migrated, READER))
    with connection.cursor() as made:
        yield made
    connection.close()


def comparable(value: object) -> object:
    """Bring values of both to one form, in which what is no number equals itself."""
    if isinstance(value, (list, tuple)):
        return [comparable(element) for element in value]
    if isinstance(value, (memoryview, bytes)):
        return bytes(value).hex()
    text = str(value)
    return text.replace("-", "") if UUID.fullmatch(text) else text


def test_a_table_of_all_types_comes_whole_in_growing_batches(connection: ArrowConnection) -> None:
    columns = ", ".join(f'{form} AS "{name}"' for name, form in EXPRESSIONS.items())
    batches = list(connection.query(f"SELECT {columns} FROM generate_series(1, 60000) AS n"))
    assert sum(batch.num_rows for batch in batches) == 60000
    sizes = [batch.nbytes for batch in batches]
    assert sizes[0] < 2 * FIRST_BYTES
    assert all(after < 3 * before for before, after in pairwise(sizes))
    assert max(sizes) < 2 * MOST_BYTES
    for batch in batches:
        batch.validate(full=True)
    whole = pa.Table.from_batches(batches)
    assert whole["int4"].to_pylist() == [n * -7919 for n in range(1, 60001)]
    assert whole["name"].to_pylist() == [f"name {n}" for n in range(1, 60001)]


def test_narrow_rows_come_in_batches_of_many(connection: ArrowConnection) -> None:
    batches = list(connection.query("SELECT n::smallint FROM generate_series(1, 30000) AS n"))
    assert [row for batch in batches for row in batch.column(0).to_pylist()] == [*range(1, 30001)]
    assert len(batches) < 12


def test_a_value_larger_than_a_batch_comes_among_small_ones(connection: ArrowConnection) -> None:
    size = 3 * MOST_BYTES
    sql = (
        f"SELECT n, repeat('y', CASE n % 50 WHEN 7 THEN {size} ELSE 3 END) AS text,"
        f" CASE n % 50 WHEN 8 THEN array_fill(n, ARRAY[{size // 8}]) END AS list"
        " FROM generate_series(1, 100) AS n"
    )
    table = pa.Table.from_batches(list(connection.query(sql)))
    assert table["n"].to_pylist() == [*range(1, 101)]
    lengths = [len(text) for text in table["text"].to_pylist()]
    assert lengths == [size if n % 50 == 7 else 3 for n in range(1, 101)]
    assert table["list"].to_pylist() == [
        [n] * (size // 8) if n % 50 == 8 else None for n in range(1, 101)
    ]


def test_what_is_null_is_zero_in_memory(connection: ArrowConnection) -> None:
    """Formats send whole buffers, in which nothing of another caller's may be."""
    for kind in ("bool", "smallint", "integer", "bigint", "real", "float8", "timestamp", "uuid"):
        (batch,) = connection.query(f"SELECT NULL::{kind} FROM generate_series(1, 500)")
        array = batch.column(0)
        assert array.null_count == 500
        assert not any(bytes(array.buffers()[1]))


def test_a_first_query_finds_all_compiled(connection: ArrowConnection) -> None:
    prepare()
    list(connection.query("SELECT 1 AS n, 'one' AS name"))
    next(connection.query("SELECT generate_series(1, 50000) AS n"))
    list(connection.query("SELECT ARRAY[1, NULL], ARRAY['a']"))
    assert len(taking.await_result.signatures) == 1  # type: ignore[attr-defined] # of numba
    assert len(taking.take_rows.signatures) == 1  # type: ignore[attr-defined] # of numba
    assert len(taking.drain.signatures) == 1  # type: ignore[attr-defined] # of numba
    assert len(arrays.count_elements.signatures) == 1  # type: ignore[attr-defined] # of numba
    assert len(arrays.take_elements.signatures) == 1  # type: ignore[attr-defined] # of numba


def test_a_query_without_rows_has_no_batches(connection: ArrowConnection) -> None:
    reader = connection.query("SELECT 1 AS n WHERE false")
    assert list(reader) == []
    assert reader.exhausted


def test_rows_before_a_failure_come_first(connection: ArrowConnection) -> None:
    reader = connection.query("SELECT 1000 / (300 - n) AS x FROM generate_series(1, 1000) AS n")
    found = next(reader).column(0).to_pylist()
    assert found == [int(1000 / (300 - n)) for n in range(1, len(found) + 1)]
    assert 0 < len(found) < 300
    with pytest.raises(ArrowDatabaseError, match="22012"):
        list(reader)
    assert list(reader) == []


def test_rows_that_come_slowly_are_not_waited_for_long(connection: ArrowConnection) -> None:
    slowly = (
        # PostgreSQL itself collects 8 kB.
        "SELECT repeat('z', 200), pg_sleep(0.003)::text FROM generate_series(1, 300)"
    )
    batches = list(connection.query(slowly))
    assert len(batches) > 2
    assert sum(batch.num_rows for batch in batches) == 300


def test_a_query_can_follow_one_that_was_not_read(connection: ArrowConnection) -> None:
    left = connection.query("SELECT generate_series(1, 50000) AS n")
    next(left)
    (batch,) = connection.query("SELECT 'next' AS x")
    assert batch.to_pylist() == [{"x": "next"}]
    with pytest.raises(RuntimeError, match="thrown away"):
        next(left)


def test_a_connection_that_is_ended_half_way_is_an_error_and_replaced(
    database: ArrowDatabase, plain: cursor
) -> None:
    with database.transaction(timeout=MINUTE) as connection:
        (batch,) = connection.query("SELECT pg_backend_pid() AS process")
        reader = connection.query("SELECT repeat('z', 1000) FROM generate_series(1, 1000000)")
        next(reader)
        plain.execute("SELECT pg_terminate_backend(%s)", (batch.column(0)[0].as_py(),))
        with pytest.raises(ArrowDatabaseError, match=r"57P01|08006"):
            list(reader)
    with database.transaction(timeout=MINUTE) as connection:
        (batch,) = connection.query("SELECT 5 AS x")
        assert batch.to_pylist() == [{"x": 5}]
