"""The records that registries harvest; ``vo_app`` alone reads and writes them."""

from __future__ import annotations

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Table,
    Text,
    false,
    func,
)

from schemas.naming import metadata

SCHEMA = "registry"

LOCK = 0x5245474953
"""Key of the advisory lock under which records change, and which readers share."""

REFRESH = 0x5245465245
"""Key of the advisory lock under which one process at a time looks what there is and says so."""

records = Table(
    "records",
    metadata,
    Column("record_id", BigInteger, Identity(always=True), primary_key=True),
    Column("identifier", Text, nullable=False),
    Column("landing", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("created", TIMESTAMP(timezone=True), nullable=False),
    Column("datestamp", TIMESTAMP(timezone=True), nullable=False),
    Column("deleted", Boolean, nullable=False, server_default=false()),
    schema=SCHEMA,
)
"""The latest state of every record there ever was, and when it last changed, to the second.

``digest`` changes with anything but the times of a record. Harvests go in the
order of ``record_id``, which a record keeps: what changes while one is under
way is neither missed nor told twice.
"""

Index("records_identifier_key", func.lower(records.c.identifier), unique=True)
Index("records_landing_idx", records.c.landing)
