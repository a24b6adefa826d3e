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
    CheckConstraint,
    Column,
    Computed,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    func,
)

from schemas.corot.apertures import APERTURE_SQL
from schemas.corot.flux_columns import DATA
from schemas.corot.products_table import PRODUCTS
from schemas.corot.runs_table import RUNS
from schemas.corot.stars_table import STARS
from schemas.tap_schema import TAP_SCHEMA
from schemas.types import Cube, sql_type

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.schema import SchemaItem

    from schemas import declaration

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)

POSITION_SQL = (
    "cube(ARRAY[cos(radians(dec)) * cos(radians(ra)),"
    " cos(radians(dec)) * sin(radians(ra)), sin(radians(dec))])"
)
"""Unit vector of a position in degrees; stored, because an index on the expression
would be lost under row-level security."""

REGION_SQL = f"ARRAY[ra, dec, {APERTURE_SQL} / 2]"
"""The star's mask on the sky as a DALI circle, for the same reason stored and indexed."""


def _columns(declared: Iterable[declaration.Column]) -> list[Column[object]]:
    return [Column(c.name, sql_type(c), nullable=c.nullable, autoincrement=False) for c in declared]


def _position() -> Column[str]:
    return Column("pos", Cube(), Computed(POSITION_SQL, persisted=True))


def _table(table: declaration.Table, *extra: SchemaItem) -> Table:
    """Make the table of a declaration that is stored as it is declared."""
    items: list[SchemaItem] = [*_columns(table.columns), *extra]
    if table.primary_key:
        items.append(PrimaryKeyConstraint(*table.primary_key))
    return Table(table.local_name, metadata, *items, schema=table.schema_name)


tap_schema_tables = {table.name: _table(table) for table in TAP_SCHEMA.tables}

deliveries = Table(
    "deliveries",
    metadata,
    Column("delivery_id", Text, primary_key=True),
    Column("level", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("delivered", TIMESTAMP, nullable=False),
    Column("release_date", TIMESTAMP, nullable=False),
    Column(
        "registered_at", TIMESTAMP, nullable=False, server_default=func.timezone("UTC", func.now())
    ),
    schema="ingest",
)
"""What was delivered, under which level and version."""

delivered_files = Table(
    "delivered_files",
    metadata,
    Column("delivery_id", Text, ForeignKey(deliveries.c.delivery_id), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("file_size", BigInteger, nullable=False),
    Column("checksum", Text, nullable=False),
    Column(
        "state",
        Text,
        CheckConstraint("state IN ('published', 'duplicate', 'rejected')", name="state"),
        nullable=False,
    ),
    Column("reason", Text),
    Column("key", Text),
    Column(
        "recorded_at", TIMESTAMP, nullable=False, server_default=func.timezone("UTC", func.now())
    ),
    CheckConstraint("(state = 'published') = (reason IS NULL)", name="reason"),
    schema="ingest",
)
"""What became of each file of a delivery, and why when it was not published."""

runs = _table(RUNS)

stars = _table(
    STARS,
    _position(),
    Column("described_by", ARRAY(Integer), nullable=False),
)
"""``described_by`` ranks the product whose header describes the star; a better one replaces it."""

product_listing = Table(
    "product_listing",
    metadata,
    Column("product_id", BigInteger, Identity(always=True), primary_key=True),
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
    *_columns(c for c in PRODUCTS.columns if c.stored is None and c.expression is None),
    Column("star_name", Text),
    Column("region_array", ARRAY(Double), Computed(REGION_SQL, persisted=True)),
    Column("region_index", Cube(), Computed(f"adql.region_bounds({REGION_SQL})", persisted=True)),
    ForeignKeyConstraint(["run_code"], [runs.c.run_code]),
    ForeignKeyConstraint(["corot_id"], [stars.c.corot_id]),
    _position(),
    Column("delivery_id", Text, ForeignKey(deliveries.c.delivery_id), nullable=False),
    Column(
        "published_at", TIMESTAMP, nullable=False, server_default=func.timezone("UTC", func.now())
    ),
    UniqueConstraint("corot_id", "run_code", "product_type", "product_level", "version"),
    UniqueConstraint("product_id", "product_level", "release_date"),
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
    Column("product_level", Text, nullable=False),
    Column("release_date", TIMESTAMP, nullable=False),
    *_columns(c for c in PRODUCTS.columns if c.stored == DATA),
    Column("storage_path", Text, nullable=False, unique=True),
    Column("media_type", Text, nullable=False),
    ForeignKeyConstraint(
        ["product_id", "product_level", "release_date"],
        [
            product_listing.c.product_id,
            product_listing.c.product_level,
            product_listing.c.release_date,
        ],
        onupdate="CASCADE",
        ondelete="CASCADE",
    ),
    schema="corot",
)
"""What only those read who may get a product's data.

Level and release date are those of the listing, kept equal by the foreign
key, so that the policy need not look there.
"""

Index("product_listing_pos_idx", product_listing.c.pos, postgresql_using="gist")
Index("product_listing_region_index_idx", product_listing.c.region_index, postgresql_using="gist")
Index("product_listing_run_code_idx", product_listing.c.run_code)
Index("product_listing_t_min_idx", product_listing.c.t_min)
Index("stars_pos_idx", stars.c.pos, postgresql_using="gist")
