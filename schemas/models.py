"""The physical tables, made from the declared columns.

What is published is declared in :mod:`schemas.corot` and
:mod:`schemas.tap_schema`; here each declared column becomes a column of the
table that stores it, beside the columns that are never published (keys,
generated positions, where a file lies).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
    func,
)

from schemas import naming
from schemas.corot.apertures import APERTURE_SQL
from schemas.corot.deliveries_tables import DELIVERED_FILES, DELIVERIES
from schemas.corot.flux_columns import DATA
from schemas.corot.products_table import PRODUCTS
from schemas.corot.runs_table import RUNS
from schemas.tap_schema import TAP_SCHEMA
from schemas.types import Cube, sql_type

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.schema import SchemaItem

    from schemas import declaration

metadata = naming.metadata
"""All physical tables: those below and those of other modules."""

POSITION_SQL = (
    "cube(ARRAY[cos(radians(dec)) * cos(radians(ra)),"
    " cos(radians(dec)) * sin(radians(ra)), sin(radians(dec))])"
)
"""Unit vector of a position in degrees; stored, because an index on the expression
would be lost under row-level security."""

REGION_SQL = f"ARRAY[ra, dec, {APERTURE_SQL} / 2]"
"""The star's mask on the sky as a DALI circle, for the same reason stored and indexed."""


def _columns(
    declared: Iterable[declaration.Column], now: tuple[str, ...] = ()
) -> list[Column[object]]:
    """Make the columns that are declared; those named in ``now`` hold the time of the insert."""
    return [
        Column(
            c.name,
            sql_type(c),
            nullable=c.nullable,
            autoincrement=False,
            server_default=func.timezone("UTC", func.now()) if c.name in now else None,
        )
        for c in declared
    ]


def _position() -> Column[str]:
    return Column("pos", Cube(), Computed(POSITION_SQL, persisted=True))


def _table(table: declaration.Table, *extra: SchemaItem, now: tuple[str, ...] = ()) -> Table:
    """Make the table of a declaration that is stored as it is declared."""
    items: list[SchemaItem] = [*_columns(table.columns, now), *extra]
    if table.primary_key:
        items.append(PrimaryKeyConstraint(*table.primary_key))
    return Table(table.local_name, metadata, *items, schema=table.schema_name)


tap_schema_tables = {table.name: _table(table) for table in TAP_SCHEMA.tables}

deliveries = _table(DELIVERIES, now=("registered_at",))

delivered_files = _table(
    DELIVERED_FILES,
    ForeignKeyConstraint(["delivery_id"], [deliveries.c.delivery_id]),
    CheckConstraint("state IN ('published', 'duplicate', 'rejected')", name="state"),
    CheckConstraint("(state = 'published') = (reason IS NULL)", name="reason"),
    now=("recorded_at",),
)

runs = _table(RUNS)

levels = Table(
    "levels",
    metadata,
    Column("level_id", SmallInteger, Identity(always=True), primary_key=True),
    Column("product_level", Text, nullable=False, unique=True),
    UniqueConstraint("level_id", "product_level"),
    CheckConstraint("level_id >= 0", name="level_id"),
    schema="corot",
)
"""A number for each level of which there are products; ``corot.window_of`` adds them."""

_WINDOW = ("product_level", "channel", "run_code")

windows = Table(
    "windows",
    metadata,
    Column("window_id", SmallInteger, Identity(always=True), primary_key=True),
    Column("level_id", SmallInteger, nullable=False),
    *(Column(name, Text, nullable=False) for name in _WINDOW),
    ForeignKeyConstraint(
        ["level_id", "product_level"], [levels.c.level_id, levels.c.product_level]
    ),
    UniqueConstraint(*_WINDOW),
    UniqueConstraint("window_id", "level_id", *_WINDOW, name="windows_numbers_key"),
    schema="corot",
)
"""A number for each level, channel and run of which there are products."""

_RIGHTS = ("product_id", "open_from", "corot_id", "level_id", "window_id")
"""What policies look at, and the product it is said of."""

_OPEN_FROM = "CASE WHEN withdrawn THEN 'infinity'::timestamp ELSE release_date END"


def _rights(*open_from: SchemaItem) -> list[SchemaItem]:
    """Make the columns that policies look at, to be the first ones after the key.

    PostgreSQL walks a row up to the last column it needs, and longer past
    columns that have no fixed length: level, channel and run are told by numbers.
    The first column says alone when everybody sees a product.
    """
    return [
        Column("open_from", TIMESTAMP, *open_from, nullable=False),
        Column("corot_id", BigInteger, nullable=False),
        Column("level_id", SmallInteger, nullable=False),
        Column("window_id", SmallInteger, nullable=False),
    ]


_FIRST = ("product_id", "corot_id", "release_date", "withdrawn", *_WINDOW)
"""Declared columns that stand first, whatever their place in the declaration."""

product_listing = Table(
    "product_listing",
    metadata,
    Column("product_id", BigInteger, Identity(always=True), primary_key=True),
    *_rights(Computed(_OPEN_FROM, persisted=True)),
    Column("release_date", TIMESTAMP, nullable=False),
    Column("withdrawn", Boolean, nullable=False, server_default=false()),
    *(Column(name, Text, nullable=False) for name in _WINDOW),
    Column(
        "key",
        Text,
        Computed(
            "lpad(corot_id::text, 10, '0') || '/' || run_code || '/' || product_type"
            " || '/' || version",
            persisted=True,
        ),
        nullable=False,
        unique=True,
    ),
    Column(
        "version_order",
        ARRAY(Integer),
        Computed("string_to_array(split_part(version, '-', 2), '.')::integer[]", persisted=True),
        nullable=False,
    ),
    *_columns(
        c
        for c in PRODUCTS.columns
        if c.stored is None and c.expression is None and c.name not in _FIRST
    ),
    Column("star_name", Text),
    Column("region_array", ARRAY(Double), Computed(REGION_SQL, persisted=True)),
    Column("region_index", Cube(), Computed(f"adql.region_bounds({REGION_SQL})", persisted=True)),
    ForeignKeyConstraint(["run_code"], [runs.c.run_code]),
    ForeignKeyConstraint(
        ["window_id", "level_id", *_WINDOW],
        [windows.c[name] for name in ("window_id", "level_id", *_WINDOW)],
        name="product_listing_window_fkey",
    ),
    _position(),
    Column("delivery_id", Text, ForeignKey(deliveries.c.delivery_id), nullable=False),
    Column(
        "published_at", TIMESTAMP, nullable=False, server_default=func.timezone("UTC", func.now())
    ),
    UniqueConstraint("corot_id", "run_code", "product_type", "product_level", "version"),
    # A scan that needs no more of a product than who may see it stays in this index.
    UniqueConstraint(*_RIGHTS, name="product_listing_rights_key"),
    CheckConstraint("isfinite(release_date)", name="release_date"),
    CheckConstraint("withdrawn = (withdrawn_reason IS NOT NULL)", name="withdrawn_reason"),
    CheckConstraint("starts_with(version, product_level || '-')", name="version_of_level"),
    CheckConstraint("version ~ '^[A-Z0-9]+-[0-9]+(\\.[0-9]+)*$'", name="version"),
    CheckConstraint("product_type ~ '^[A-Z0-9_]+$'", name="product_type"),
    CheckConstraint("file_name ~ '^[A-Za-z0-9_][A-Za-z0-9_.-]*$'", name="file_name"),
    CheckConstraint("corot_id BETWEEN 0 AND 9999999999", name="corot_id"),
    CheckConstraint("channel IN ('exoplanet', 'seismology')", name="channel"),
    CheckConstraint("ra >= 0 AND ra < 360 AND dec BETWEEN -90 AND 90", name="position"),
    schema="corot",
)
"""What whoever may see a product reads of it."""

product_data = Table(
    "product_data",
    metadata,
    Column("product_id", BigInteger, primary_key=True),
    *_rights(),
    *_columns(c for c in PRODUCTS.columns if c.stored == DATA),
    Column("storage_path", Text, nullable=False, unique=True),
    Column("media_type", Text, nullable=False),
    ForeignKeyConstraint(
        _RIGHTS,
        [product_listing.c[name] for name in _RIGHTS],
        name="product_data_rights_fkey",
        onupdate="CASCADE",
        ondelete="CASCADE",
    ),
    schema="corot",
)
"""What only those read who may get a product's data.

What the policy looks at is as in the listing, copied by a trigger and kept equal
by the foreign key, so that it need not look there.
"""

further_tables = Table(
    "further_tables",
    metadata,
    Column("physical", Text, primary_key=True),
    Column("table_name", Text, nullable=False),
    Column("declaration", Text, nullable=False),
    Column("facts", ARRAY(Text), nullable=False),
    Column("source", Text, nullable=False),
    Column("row_count", BigInteger, nullable=False),
    Column(
        "published_at",
        TIMESTAMP,
        nullable=False,
        server_default=func.timezone("UTC", func.clock_timestamp()),
    ),
    Column("retired_at", TIMESTAMP),
    schema="vo",
)
"""Tables published beside those declared here, by the name of the relation with the rows.

``facts`` are what ``db check`` holds the relation to. A table that was
replaced or withdrawn is retired, and dropped when nobody can read it any more.
"""

Index(
    "further_tables_table_name_idx",
    further_tables.c.table_name,
    unique=True,
    postgresql_where=further_tables.c.retired_at.is_(None),
)
Index("product_listing_pos_idx", product_listing.c.pos, postgresql_using="gist")
Index("product_listing_region_index_idx", product_listing.c.region_index, postgresql_using="gist")
Index("product_listing_run_code_idx", product_listing.c.run_code)
Index("product_listing_t_min_idx", product_listing.c.t_min)
