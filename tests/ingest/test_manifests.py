"""How a delivery says what it is, and what is refused of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from ingest.errors import DeliveryError
from tests.ingest.folders import count

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from ingest.service import IngestService


def test_a_delivery_id_stands_for_one_version(service: IngestService, delivery: Path) -> None:
    service.ingest(delivery)
    manifest = delivery / "delivery.toml"
    manifest.write_text(
        manifest.read_text()
        .replace("N2-4.4", "N2-4.5", 2)
        .replace('id = "simulated-n2-4.5"', 'id = "simulated-n2-4.4"')
    )
    with pytest.raises(DeliveryError, match="another id"):
        service.ingest(delivery)


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ('version = "4.4"', "is not of the form N2-4.4"),
        ("version = 4.4", "version must be a text"),
        ('versoin = "N2-4.4"', "unknown versoin"),
        ('version = "N2-4.4"\nlevel = "N1"', "not one of level N1"),
        ('version = "N2-4.4"\ndelivered = "soon"', "delivered must be a date"),
        ("version = ", "cannot be read"),
        ('id = "../../x"\nversion = "N2-4.4"', "may hold letters, digits"),
    ],
)
def test_a_malformed_manifest_is_refused_whole(
    service: IngestService, delivery: Path, owner: Engine, manifest: str, message: str
) -> None:
    (delivery / "delivery.toml").write_text(manifest)
    with pytest.raises(DeliveryError, match=message):
        service.ingest(delivery)
    assert count(owner, "ingest.deliveries") == 0


@pytest.mark.parametrize(
    "line", ["nonsense", "0" * 64 + "  ../../etc/passwd", "0" * 64 + "  /etc/passwd"]
)
def test_malformed_checksums_are_refused_whole(
    service: IngestService, delivery: Path, line: str
) -> None:
    (delivery / "SHA256SUMS").write_text(line + "\n")
    with pytest.raises(DeliveryError, match="SHA256SUMS, line 1"):
        service.ingest(delivery)


def test_a_delivery_without_manifest_is_known_by_its_folders(
    service: IngestService, delivery: Path, owner: Engine
) -> None:
    (delivery / "delivery.toml").unlink()
    report = service.ingest(delivery)
    assert report.delivery_id == "delivery"
    with owner.connect() as connection:
        assert connection.execute(
            text("SELECT DISTINCT product_level, version FROM corot.product_listing")
        ).all() == [("N2", "N2-4.4")]
