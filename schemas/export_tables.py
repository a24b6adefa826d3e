"""What is exported for partners, and what has changed of it; ``vo_app`` keeps all of it.

``exports.revisions`` is written by triggers alone: one row for each statement that
changes what somebody may see. Rows are never removed, so that their number says
how new a copy is.
"""

from __future__ import annotations

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Table,
    Text,
    func,
)

from schemas.naming import metadata

SCHEMA = "exports"

MAKING = 0x4558504F5254
"""Key of the advisory lock that whoever makes an edition holds."""

LOG = 0x4348414E4745
"""Key of the advisory lock under which changes are written, and which readers share."""

revisions = Table(
    "revisions",
    metadata,
    Column("revision_id", BigInteger, Identity(always=True), primary_key=True),
    Column(
        "changed", TIMESTAMP(timezone=True), nullable=False, server_default=func.clock_timestamp()
    ),
    schema=SCHEMA,
)
"""Changes of products or levels, with when they were committed."""

Index("revisions_changed_idx", revisions.c.changed)

editions = Table(
    "editions",
    metadata,
    Column("edition_id", BigInteger, Identity(always=True), primary_key=True),
    Column("made", TIMESTAMP(timezone=True), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("valid_until", TIMESTAMP(timezone=True)),
    Column("manifest", Text, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("retired", TIMESTAMP(timezone=True)),
    schema=SCHEMA,
)
"""All files of one moment. The one that is not retired is given out.

``revision`` counts the revisions that are in it, ``valid_until`` is the next
release of a product.
"""

Index(
    "editions_current_key",
    editions.c.retired.is_(None),
    unique=True,
    postgresql_where=editions.c.retired.is_(None),
)

files = Table(
    "files",
    metadata,
    Column(
        "edition_id",
        BigInteger,
        ForeignKey(editions.c.edition_id, ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("name", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("changed", TIMESTAMP(timezone=True), nullable=False),
    schema=SCHEMA,
)
"""A file of an edition: where the storage has it, and since when it is the same."""

known = Table(
    "known",
    metadata,
    Column("key", Text, primary_key=True),
    Column("released", Boolean, nullable=False),
    Column("successor", Text),
    schema=SCHEMA,
)
"""The products that the public saw last, by which the next changes are found."""

changes = Table(
    "changes",
    metadata,
    Column("change_id", BigInteger, Identity(always=True), primary_key=True),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("successor", Text),
    Column("happened", TIMESTAMP(timezone=True), nullable=False),
    Column("noted", TIMESTAMP(timezone=True), nullable=False),
    CheckConstraint("kind IN ('published', 'released', 'superseded', 'withdrawn')", name="kind"),
    CheckConstraint("kind <> 'superseded' OR successor IS NOT NULL", name="successor"),
    schema=SCHEMA,
)
"""What the public was told of products, in the order in which it was noted."""

Index("changes_noted_idx", changes.c.noted)

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("private_key", LargeBinary),
    Column("made", TIMESTAMP(timezone=True), nullable=False, server_default=func.now()),
    Column("retired", TIMESTAMP(timezone=True)),
    schema=SCHEMA,
)
"""Keys that manifests are or were signed with.

The private half is here unless it is in a file, and until the key is retired.
"""
