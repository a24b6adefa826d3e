"""``ingest.deliveries`` and ``ingest.delivered_files``: for the data centre's staff.

Everybody may ask; row-level security shows the rows to the staff alone.
"""

from schemas.corot.times import UTC
from schemas.declaration import Column, ForeignKey, Table


def _text(name: str, description: str, ucd: str, *, nullable: bool = False) -> Column:
    return Column(name, "char", description, arraysize="*", ucd=ucd, nullable=nullable)


def _time(name: str, description: str, ucd: str = "time") -> Column:
    return Column(
        name,
        "char",
        description,
        arraysize="*",
        xtype="timestamp",
        ucd=ucd,
        time_system=UTC,
        nullable=False,
    )


_DELIVERY_ID = _text("delivery_id", "Identifier of the delivery", "meta.id")

DELIVERIES = Table(
    "ingest.deliveries",
    "What was delivered to the data centre, under which level and version (staff only)",
    (
        _DELIVERY_ID,
        _text("product_level", "Level of processing of its products", "meta.code;obs.calib"),
        _text("version", "Version of its products", "meta.version"),
        _text("source", "Folder it was delivered in", "meta.id;meta.file"),
        _time("delivered", "When it was delivered (UTC)"),
        _time("release_date", "When its products become public (UTC)", "time.release"),
        _time("registered_at", "When the data centre took it in (UTC)"),
    ),
    title="Deliveries",
    primary_key=("delivery_id",),
)

DELIVERED_FILES = Table(
    "ingest.delivered_files",
    "What became of each file of a delivery: published, a duplicate, or set aside (staff only)",
    (
        _DELIVERY_ID,
        _text("path", "Path within the delivery", "meta.id;meta.file"),
        Column("file_size", "long", "Size", unit="byte", ucd="phys.size;meta.file", nullable=False),
        _text("checksum", "SHA-256 in hexadecimal", "meta.checksum"),
        _text("state", "published, duplicate or rejected", "meta.code.status"),
        _text("reason", "Why it was not published", "meta.note", nullable=True),
        _text("key", "Key of the product it holds", "meta.id", nullable=True),
        _time("recorded_at", "When this was found (UTC)"),
    ),
    title="Delivered files",
    primary_key=("delivery_id", "path"),
    foreign_keys=(ForeignKey("ingest.deliveries", (("delivery_id", "delivery_id"),)),),
)
