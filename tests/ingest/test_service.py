"""From a delivery to published products, whatever happens on the way."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from ingest.errors import DeliveryError
from schemas.engine import OWNER
from tests.ingest.folders import count, dump, products_in, resign, snapshot
from tests.support.server import VO_SERVER, environment
from vo_server.wiring import ingest_service

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from ingest.service import IngestService
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings


def test_every_product_is_published_and_stored(
    service: IngestService, delivery: Path, settings: Settings, owner: Engine
) -> None:
    report = service.ingest(delivery)

    files = products_in(delivery)
    assert len(report.published) == len(files) == count(owner) == count(owner, "corot.product_data")
    with owner.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT l.file_name, l.checksum, l.file_size, d.storage_path, l.release_date"
                " FROM corot.product_listing l JOIN corot.product_data d USING (product_id)"
            )
        ).all()
    for row in rows:
        stored = settings.store / row.storage_path
        assert row.checksum == hashlib.sha256(stored.read_bytes()).hexdigest()
        assert row.file_size == stored.stat().st_size
        assert stored.name == row.file_name
        assert str(row.release_date) == "2017-03-23 00:00:00"


def test_doing_it_twice_changes_nothing(
    service: IngestService, delivery: Path, settings: Settings, owner: Engine
) -> None:
    products_in(delivery)[0].write_bytes(b"not a product at all")
    service.ingest(delivery)
    before, files = dump(owner), snapshot(settings.store)

    report = service.ingest(delivery)

    assert not report.published
    assert len(report.unchanged) == len(products_in(delivery)) - 1
    assert dump(owner) == before
    assert {k: v for k, v in snapshot(settings.store).items() if "rejected" not in k} == {
        k: v for k, v in files.items() if "rejected" not in k
    }


def test_two_versions_stand_side_by_side(
    service: IngestService, pristine: list[Path], owner: Engine
) -> None:
    for folder in pristine:
        service.ingest(folder)
    with owner.connect() as connection:
        versions = connection.execute(
            text("SELECT version, count(*) FROM corot.product_listing GROUP BY 1 ORDER BY 1")
        ).all()
        stars = connection.scalar(text("SELECT count(*) FROM corot.stars"))
    assert [version for version, _ in versions] == ["N2-4.3", "N2-4.4"]
    assert stars == max(number for _, number in versions)


def test_a_bad_file_is_set_aside_and_the_rest_published(
    service: IngestService, delivery: Path, settings: Settings, owner: Engine
) -> None:
    first, second, third, *rest = products_in(delivery)
    first.write_bytes(first.read_bytes()[:5000])
    second.rename(second.with_name("EN2_STAR_CHR_17.fits"))
    third.unlink()
    (delivery / "notes.txt").write_text("for the data centre")

    report = service.ingest(delivery)

    assert len(report.published) == len(rest) == count(owner)
    reasons = {Path(path).name: reason for path, reason in report.rejected.items()}
    assert "SHA-256" in reasons[first.name]
    assert "not named in SHA256SUMS" in reasons["EN2_STAR_CHR_17.fits"]
    assert "not named in SHA256SUMS" in reasons["notes.txt"]
    assert "not delivered" in reasons[third.name]
    aside = settings.store / "rejected" / "simulated-n2-4.4" / first.relative_to(delivery)
    assert aside.read_bytes() == first.read_bytes()
    with owner.connect() as connection:
        recorded = connection.execute(
            text("SELECT path, reason FROM ingest.delivered_files WHERE state = 'rejected'")
        ).all()
    assert {row.path: row.reason for row in recorded} == report.rejected


def test_a_damaged_product_with_the_right_checksum_is_refused(
    service: IngestService, delivery: Path
) -> None:
    first, second, *_ = products_in(delivery)
    first.write_bytes(first.read_bytes()[:5000])
    second.rename(second.with_name(second.name.replace("_STAR", "_STRA")))
    resign(delivery)

    report = service.ingest(delivery)

    assert len(report.rejected) == 2
    assert all(reason for reason in report.rejected.values())


def test_a_mended_file_is_published_on_the_next_run(
    service: IngestService, delivery: Path, owner: Engine
) -> None:
    first = products_in(delivery)[0]
    good = first.read_bytes()
    first.write_bytes(b"")
    assert len(service.ingest(delivery).rejected) == 1

    first.write_bytes(good)
    report = service.ingest(delivery)

    assert [Path(path).name for path in report.published] == [first.name]
    assert not report.rejected
    assert count(owner) == len(products_in(delivery))


def test_a_published_product_is_never_replaced(
    service: IngestService, delivery: Path, settings: Settings, tmp_path: Path, owner: Engine
) -> None:
    service.ingest(delivery)
    before = dump(owner)
    # The same product with other content, first under the same id, then under another.
    changed = products_in(delivery)[0]
    changed.write_bytes(changed.read_bytes().replace(b"simulated", b"SIMULATED", 1))
    resign(delivery)
    report = service.ingest(delivery)
    assert "under a new version" in report.rejected[str(changed.relative_to(delivery))]

    again = Path(shutil.copytree(delivery, tmp_path / "again"))
    manifest = (again / "delivery.toml").read_text()
    (again / "delivery.toml").write_text(manifest.replace('"simulated-n2-4.4"', '"again"'))
    report = service.ingest(again)

    assert not report.published
    assert len(report.rejected) == 1
    assert len(report.duplicate) == len(products_in(again)) - 1
    after = dump(owner)
    assert after["corot.product_listing"] == before["corot.product_listing"]
    with owner.connect() as connection:
        for path, checksum in connection.execute(
            text(
                "SELECT storage_path, checksum FROM corot.product_data"
                " JOIN corot.product_listing USING (product_id)"
            )
        ):
            assert hashlib.sha256((settings.store / path).read_bytes()).hexdigest() == checksum


def test_only_one_ingest_runs_at_a_time(
    service: IngestService, delivery: Path, settings: Settings, make_database: DatabaseMaker
) -> None:
    other = ingest_service(settings, make_database.engine(settings, OWNER))
    errors: list[str] = []

    def interfere(done: int, _total: int) -> None:
        if done == 1:
            with pytest.raises(DeliveryError) as caught:
                other.ingest(delivery)
            errors.append(str(caught.value))

    service.ingest(delivery, interfere)
    assert errors == ["another ingest is running: wait for it to end"]


def test_a_killed_ingest_shows_nothing_and_finishes_next_time(
    delivery: Path, settings: Settings, owner: Engine, service: IngestService
) -> None:
    password = settings.owner_password
    assert password is not None
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from schemas.engine import OWNER\n"
        "from vo_server.config import load_settings\n"
        "from vo_server.database import lasting_engine\n"
        "from vo_server.wiring import ingest_service\n"
        "settings = load_settings()\n"
        "def kill(done, total):\n"
        "    if done == total // 2:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "engine = lasting_engine(settings, OWNER, pool_size=2)\n"
        "ingest_service(settings, engine).ingest(Path(sys.argv[1]), kill)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(delivery)],
        env=environment(settings, VO_OWNER_PASSWORD=password.get_secret_value()),
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    assert any(settings.store.rglob("*.fits"))
    assert count(owner) == count(owner, "corot.stars") == count(owner, "ingest.deliveries") == 0

    report = service.ingest(delivery)

    assert len(report.published) == len(products_in(delivery)) == count(owner)
    assert not list(settings.store.rglob("*.partial"))


def test_the_command_reports_and_fails_when_something_was_refused(
    delivery: Path, settings: Settings
) -> None:
    assert settings.owner_password is not None
    env = environment(settings, VO_OWNER_PASSWORD=settings.owner_password.get_secret_value())
    (products_in(delivery)[0]).write_bytes(b"")
    first = subprocess.run(
        [VO_SERVER, "ingest", delivery], env=env, check=False, capture_output=True, text=True
    )
    assert first.returncode == 1
    assert "1 rejected" in first.stdout
    assert "rejected: " in first.stderr
    assert first.stderr.splitlines()[-1].startswith("Error: 1 files were set aside in")


def test_nothing_delivered_is_passed_over(
    service: IngestService, delivery: Path, tmp_path: Path, owner: Engine
) -> None:
    """Links, pipes and names of any bytes are named in the report, and followed nowhere."""
    good = len(products_in(delivery))
    (delivery / "SHA256SUMS").unlink()
    secret = tmp_path / "secret"
    secret.write_text("not for you")
    (delivery / "link.fits").symlink_to(secret)
    (delivery / "broken.fits").symlink_to("nowhere")
    (delivery / "folder").symlink_to(tmp_path)
    os.mkfifo(delivery / "pipe.fits")
    Path(os.fsdecode(bytes(delivery) + b"/bad\xff.fits")).write_bytes(b"SIMPLE  =")
    (delivery / ("n" * 250 + ".txt")).write_text("long")

    report = service.ingest(delivery)

    assert len(report.published) == good == count(owner)
    reasons = report.rejected
    assert "link" in reasons["link.fits"]
    assert "link" in reasons["broken.fits"]
    assert "link" in reasons["folder"]
    assert "not an ordinary file" in reasons["pipe.fits"]
    assert "bad\\xff.fits" in reasons
    assert len(reasons) == 6
    assert "not for you" not in str(reasons)
    assert service.ingest(delivery).rejected == reasons


def test_the_same_file_twice_is_a_duplicate(service: IngestService, delivery: Path) -> None:
    (delivery / "SHA256SUMS").unlink()
    first = products_in(delivery)[0]
    (delivery / "again").mkdir()
    shutil.copy(first, delivery / "again")
    report = service.ingest(delivery)
    assert len(report.duplicate) == 1
    assert not report.rejected


def test_an_empty_folder_is_refused(service: IngestService, tmp_path: Path) -> None:
    (tmp_path / "N2-4.4").mkdir()
    with pytest.raises(DeliveryError, match="holds no files"):
        service.ingest(tmp_path)


def test_the_delivery_itself_is_left_as_it_was(service: IngestService, delivery: Path) -> None:
    before = snapshot(delivery)
    service.ingest(delivery)
    assert snapshot(delivery) == before
    assert os.access(delivery, os.W_OK)


def test_a_star_is_not_described_by_a_hidden_product(
    make_database: DatabaseMaker,
    settings: Settings,
    service: IngestService,
    pristine: list[Path],
    tmp_path: Path,
) -> None:
    reader = make_database.reader(settings)

    def deliver(name: str, version: str, release: str, star_name: bytes) -> None:
        folder = Path(shutil.copytree(pristine[1], tmp_path / name))
        (folder / "SHA256SUMS").unlink()
        (folder / "delivery.toml").write_text(
            f'id = "{name}"\nlevel = "N1"\nversion = "{version}"\nrelease_date = {release}\n'
        )
        for path in products_in(folder):
            if b"CoRoT-4" not in path.read_bytes():
                path.unlink()
                continue
            content = path.read_bytes().replace(b"N2-4.4", version.encode())
            path.write_bytes(content.replace(b"CoRoT-4", star_name))
        assert not service.ingest(folder).rejected

    def star() -> str:
        with reader.transaction() as connection:
            return str(connection.scalar(text("SELECT star_name FROM corot.stars")))

    deliver("hidden", "N1-1.0", "2999-01-01", b"CoRoT-9")
    assert star() == "None"
    deliver("open", "N1-1.1", "2010-01-01", b"CoRoT-7")
    assert star() == "CoRoT-7"
    deliver("later", "N1-2.0", "2999-01-01", b"CoRoT-8")
    assert star() == "CoRoT-7"
