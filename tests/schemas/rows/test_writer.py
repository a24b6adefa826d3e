"""Arrow tables written by COPY, as PostgreSQL tells what it has."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.arrow_errors import ArrowDatabaseError
from schemas.rows import compiling, putting
from schemas.rows.compiling import compiled
from schemas.rows.types import STORED

if TYPE_CHECKING:
    from schemas.arrow_connection import ArrowConnection
    from schemas.arrow_session import ArrowDatabase

NAMES = {
    pa.bool_(): "boolean", pa.uint8(): "smallint", pa.int16(): "smallint", pa.int32(): "integer",
    pa.int64(): "bigint", pa.float32(): "real", pa.float64(): "double precision",
    pa.timestamp("us"): "timestamp", pa.string(): "text", pa.binary(): "bytea",
}  # fmt: skip
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
VALUES: dict[pa.DataType, st.SearchStrategy[object]] = {
    pa.bool_(): st.booleans(),
    pa.uint8(): st.integers(0, 255),
    pa.int16(): st.integers(-(2**15), 2**15 - 1),
    pa.int32(): st.integers(-(2**31), 2**31 - 1),
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.float32(): st.floats(width=32, allow_nan=False),
    pa.float64(): st.floats(allow_nan=False),
    pa.timestamp("us"): st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)),  # noqa: DTZ001 # times have no zone
    pa.string(): TEXT,
    pa.binary(): st.binary(max_size=20),
}
TYPES = [*STORED, *(pa.list_(kind) for kind in STORED)]


def values(kind: pa.DataType) -> st.SearchStrategy[object]:
    if pa.types.is_list(kind):
        return st.none() | st.lists(st.none() | VALUES[kind.value_type], max_size=5)
    return st.none() | VALUES[kind]


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    kinds = draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=6))
    rows = draw(st.integers(1, 30))
    return pa.table({
        f"c{number}": pa.array(
            draw(st.lists(values(kind), min_size=rows, max_size=rows)), kind
        )
        for number, kind in enumerate(kinds)
    })  # fmt: skip


def declared(table: pa.Table) -> str:
    return ", ".join(
        f"{field.name} {NAMES[field.type.value_type]}[]"
        if pa.types.is_list(field.type)
        else f"{field.name} {NAMES[field.type]}"
        for field in table.schema
    )


def kept(table: pa.Table) -> pa.Table:
    """Give a table as PostgreSQL has its types."""
    smallints = {pa.uint8(): pa.int16(), pa.list_(pa.uint8()): pa.list_(pa.int16())}
    return pa.table(
        [column.cast(smallints.get(column.type, column.type)) for column in table.columns],
        names=table.column_names,
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(table=tables())
def test_any_table_comes_back_as_it_was_written(
    connection: ArrowConnection, table: pa.Table
) -> None:
    connection.execute(f"DROP TABLE IF EXISTS pg_temp.t; CREATE TEMP TABLE t ({declared(table)})")
    connection.ingest("t", table)
    found = pa.Table.from_batches(list(connection.query("SELECT * FROM pg_temp.t")))
    assert found.equals(kept(table))


def test_what_is_written_is_what_postgresql_says_it_has(connection: ArrowConnection) -> None:
    table = pa.table({
        "a": pa.array([True, None, False]),
        "b": pa.array([1.5, float("nan"), None]),
        "c": pa.array(["é€😀", None, "{}"]),
        "d": pa.array([datetime(1858, 11, 17), None, datetime(2009, 1, 31, 12, 0, 0, 5)],  # noqa: DTZ001 # as above
                      pa.timestamp("us")),
        "e": pa.array([[1, None], [], None], pa.list_(pa.int32())),
        "f": pa.array([["a,b", None, ""], None, []], pa.list_(pa.string())),
        "g": pa.array([b"\x00\xff", None, b""]),
        "h": pa.array([[255, 0], None, [7]], pa.list_(pa.uint8())),
    })  # fmt: skip
    connection.execute(f"CREATE TEMP TABLE t ({declared(table)})")
    connection.ingest("t", table)
    told = ", ".join(f"{name}::text AS {name}" for name in table.column_names)
    (batch,) = connection.query(f"SELECT {told}, cardinality(e) AS n FROM pg_temp.t")
    assert [list(row.values()) for row in batch.to_pylist()] == [
        ["true", "1.5", "é€😀", "1858-11-17 00:00:00", "{1,NULL}", '{"a,b",NULL,""}', "\\x00ff",
         "{255,0}", 2],
        [None, "NaN", None, None, "{}", None, None, None, 0],
        ["false", None, "{}", "2009-01-31 12:00:00.000005", None, "{}", "\\x", "{7}", None],
    ]  # fmt: skip


def test_many_rows_in_chunks_of_a_sliced_table_are_written_in_order(
    connection: ArrowConnection,
) -> None:
    part = pa.table({
        "n": pa.array(range(30000), pa.int32()),
        "s": [None if n % 7 == 0 else f"row {n}" for n in range(30000)],
        "l": pa.array([[n] * (n % 3) for n in range(30000)], pa.list_(pa.int16())),
    })  # fmt: skip
    table = pa.concat_tables([part.slice(5, 20000), part.slice(25, 11111), part.slice(0, 0)])
    connection.execute(f"CREATE TEMP TABLE t ({declared(table)})")
    connection.ingest("t", table)
    found = pa.Table.from_batches(list(connection.query("SELECT * FROM pg_temp.t")))
    assert found.equals(table.combine_chunks())


def test_names_are_quoted(connection: ArrowConnection) -> None:
    connection.execute('CREATE TEMP TABLE "Odd "" name" ("a "" b" integer)')
    connection.ingest('Odd " name', pa.table({'a " b': pa.array([3], pa.int32())}))
    (batch,) = connection.query('SELECT * FROM pg_temp."Odd "" name"')
    assert batch.to_pylist() == [{'a " b': 3}]


def test_rows_that_do_not_fit_are_refused_and_the_connection_lives(
    database: ArrowDatabase,
) -> None:
    minute = timedelta(minutes=1)
    with database.transaction(timeout=minute, read_only=False) as connection:
        connection.execute("CREATE TEMP TABLE t (n integer)")
        with pytest.raises(ArrowDatabaseError, match="22P03"):
            connection.ingest("t", pa.table({"n": pa.array([1, 2], pa.int64())}))
    with database.transaction(timeout=minute) as connection:
        (batch,) = connection.query("SELECT 1 AS n")
        assert batch.to_pylist() == [{"n": 1}]


def test_compiled_code_is_kept_for_one_state_of_all_its_source() -> None:
    folder = Path(compiling.__file__).parent
    source = b"".join(path.read_bytes() for path in sorted(folder.glob("*.py")))
    kept = Path(putting.put_rows.stats.cache_path)  # type: ignore[attr-defined] # of numba
    assert f"rows-{sha256(source).hexdigest()[:16]}" in kept.parts


def test_code_whose_compiled_form_cannot_be_kept_is_compiled_all_the_same() -> None:
    made: dict[str, object] = {}
    exec("def twice(n):\n    return 2 * n\n", made)  # noqa: S102 # of no file, beside which to keep it
    twice = made["twice"]
    assert callable(twice)
    assert compiled(twice)(21) == 42
