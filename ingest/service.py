"""Take a delivery in: check every file, store it, publish its metadata at once.

A bad file is set aside with its reason and the rest goes on. Files are stored
first and described afterwards in one transaction, so a run that was killed
leaves nothing visible, and the next one finishes its work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ingest.delivery import printable, read_delivery
from ingest.errors import DeliveryError, ProductError
from ingest.fits import read_product
from ingest.product_store import StoredFile, sha256
from ingest.rows import product_key, product_rows
from ingest.store import FileRecord, delivery_row

if TYPE_CHECKING:
    from datetime import timedelta
    from pathlib import Path

    from ingest.delivery import Delivery
    from ingest.product_store import ProductStore
    from ingest.store import IngestStore, ProductRows

Progress = Callable[[int, int], None]
"""Is told how many files are done, of how many."""


@dataclass(slots=True)
class Report:
    """What became of a delivery's files."""

    delivery_id: str
    published: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    duplicate: list[str] = field(default_factory=list)
    rejected: dict[str, str] = field(default_factory=dict)
    """Reason by path."""


@dataclass(slots=True)
class _Batch:
    """What one run will write."""

    delivery: Delivery
    release: datetime
    known: dict[str, FileRecord]
    report: Report
    products: list[ProductRows] = field(default_factory=list)
    records: list[FileRecord] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    """Checksum of each product taken so far, by its key."""

    def record(
        self, file: StoredFile, state: str, reason: str | None = None, key: str | None = None
    ) -> None:
        """Note what became of a file, unless that is known already."""
        path = printable(file.path)
        record = FileRecord(path, file.size, file.checksum, state, reason, key)
        if self.known.get(path) != record:
            self.records.append(record)


class IngestService:
    """Takes deliveries in.

    Parameters
    ----------
    store
        The database side.
    products
        Where published products are kept.
    proprietary
        Time between delivery and release, where the delivery names no release.
    """

    def __init__(self, store: IngestStore, products: ProductStore, proprietary: timedelta) -> None:
        self._store = store
        self._products = products
        self._proprietary = proprietary

    def ingest(self, folder: Path, progress: Progress | None = None) -> Report:
        """Take the delivery in a folder in.

        Parameters
        ----------
        folder
            The delivery; it is read and left as it is.
        progress
            Called after each file.

        Raises
        ------
        DeliveryError
            If the delivery as a whole can't be taken; then nothing is changed.
        """
        delivery = read_delivery(folder, datetime.now(UTC).replace(tzinfo=None, microsecond=0))
        with self._store.alone():
            batch = self._open(delivery)
            files = list(delivery.files())
            if not files:
                raise DeliveryError(f"{folder} holds no files: is it the right folder?")
            for number, path in enumerate(files, 1):
                self._take(batch, path)
                if progress is not None:
                    progress(number, len(files))
            self._store.publish(
                delivery_row(delivery, batch.release), batch.products, batch.records
            )
        return batch.report

    def _open(self, delivery: Delivery) -> _Batch:
        """Begin or go on with a delivery; its identifier stands for one version for ever."""
        release = delivery.release_date or delivery.delivered + self._proprietary
        registered = self._store.registered(delivery.delivery_id)
        if registered is not None:
            for name, column in (("level", "product_level"), ("version", "version")):
                if registered[column] != getattr(delivery, name):
                    raise DeliveryError(
                        f"delivery {delivery.delivery_id} was registered with {name}"
                        f" {registered[column]}, not {getattr(delivery, name)}: give this one"
                        " another id"
                    )
            release = registered["release_date"]
        known = self._store.records(delivery.delivery_id)
        return _Batch(delivery, release, known, Report(delivery.delivery_id))

    def _take(self, batch: _Batch, path: str) -> None:
        """Check one file and store it, or set it aside."""
        source = batch.delivery.folder / path
        if source.is_symlink() or not source.is_file():
            _reject(batch, StoredFile(path, 0, ""), _why_no_file(source))
            return
        file = StoredFile(path, source.stat().st_size, sha256(source))
        known = batch.known.get(path)
        if known is not None and known.state != "rejected" and known.checksum == file.checksum:
            batch.report.unchanged.append(path)
            return
        try:
            _check_manifest(batch, file)
            self._accept(batch, file)
        except ProductError as error:
            self._products.set_aside(source, batch.delivery.delivery_id, path)
            _reject(batch, file, error.reason)

    def _accept(self, batch: _Batch, file: StoredFile) -> None:
        """Read a file, and store it unless it is published already."""
        delivery = batch.delivery
        source = delivery.folder / file.path
        product = read_product(source)
        if product.version not in (None, delivery.version):
            raise ProductError(
                f"{file.path}: the header names version {product.version}, the delivery"
                f" {delivery.version}"
            )
        key = product_key(product, delivery.version)
        if self._is_duplicate(batch, file, key):
            return
        stored = replace(file, path=self._products.path_of(product.name, delivery.version))
        self._products.keep(source, stored)
        batch.keys[key] = file.checksum
        batch.products.append(product_rows(product, delivery, batch.release, stored))
        batch.record(file, "published", key=key)
        batch.report.published.append(file.path)

    def _is_duplicate(self, batch: _Batch, file: StoredFile, key: str) -> bool:
        """Tell whether a product is published already, with this very content."""
        published = self._store.published([key]).get(key)
        if published == file.checksum:
            batch.record(file, "duplicate", "already published, with the same content", key)
            batch.report.duplicate.append(file.path)
            return True
        twin = batch.keys.get(key)
        if twin == file.checksum:
            batch.record(file, "duplicate", "in this delivery twice, with the same content", key)
            batch.report.duplicate.append(file.path)
            return True
        if published is not None or twin is not None:
            where = "in this delivery" if published is None else "published"
            raise ProductError(
                f"{file.path}: product {key} is {where} already, with other content;"
                " deliver it under a new version"
            )
        return False


def _reject(batch: _Batch, file: StoredFile, reason: str) -> None:
    """Record why a file was not accepted, without forgetting a published one."""
    reason = printable(reason)
    batch.report.rejected[printable(file.path)] = reason
    known = batch.known.get(printable(file.path))
    if known is None or known.state != "published":
        batch.record(file, "rejected", reason)


def _why_no_file(source: Path) -> str:
    if source.is_symlink():
        return f"{source.name}: a link, which is not followed; deliver the file itself"
    if source.exists():
        return f"{source.name}: not an ordinary file"
    return f"{source.name}: named in SHA256SUMS but not delivered"


def _check_manifest(batch: _Batch, file: StoredFile) -> None:
    """Hold a file against its checksum, and against what was published under its path."""
    known = batch.known.get(file.path)
    if known is not None and known.state == "published":
        raise ProductError(
            f"{file.path}: differs from the file of that name published from this delivery;"
            " deliver it under a new version"
        )
    if batch.delivery.checksums is None:
        return
    promised = batch.delivery.checksums.get(file.path)
    if promised is None:
        raise ProductError(f"{file.path}: not named in SHA256SUMS")
    if promised != file.checksum:
        raise ProductError(
            f"{file.path}: its SHA-256 is {file.checksum}, SHA256SUMS says {promised}"
        )
