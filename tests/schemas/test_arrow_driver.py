"""A driver for large answers that is not the wheel's."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from shutil import copy
from typing import TYPE_CHECKING

import adbc_driver_postgresql
import pytest

from schemas import arrow_driver
from schemas.arrow_driver import PROBE_TABLE, NoDriverError, check_driver
from schemas.arrow_errors import ArrowDatabaseError
from schemas.arrow_session import ArrowDatabase
from schemas.engine import READER
from vo_server.database import uri_of

if TYPE_CHECKING:
    from vo_server.config import Settings

WHEELS = Path(adbc_driver_postgresql.__file__).with_name("libadbc_driver_postgresql.so")

LOSING = """;
CREATE FUNCTION pg_temp.lose() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN NEW.probe := array_replace(NEW.probe, NULL, 0); RETURN NEW; END $$;
CREATE TRIGGER lose BEFORE INSERT ON driver_probe FOR EACH ROW EXECUTE FUNCTION pg_temp.lose()
"""
"""Does to what is written what drivers before 1.13 did."""


def test_a_driver_from_elsewhere_does_the_same(migrated: Settings, tmp_path: Path) -> None:
    library = Path(copy(WHEELS, tmp_path / "driver.so"))
    check_driver(library, uri_of(migrated, READER))
    made = ArrowDatabase(uri_of(migrated, READER), migrated.identity, size=1, library=library)
    with made.transaction(timeout=timedelta(minutes=1)) as connection:
        (batch,) = connection.query("SELECT vo.base_url() AS url")
        assert batch.to_pydict() == {"url": [migrated.base_url]}
        assert str(library) in Path("/proc/self/maps").read_text(encoding="utf-8")
        with pytest.raises(ArrowDatabaseError) as refused:
            connection.execute("SELECT * FROM nowhere")
        assert refused.value.sqlstate == "42P01"
    made.close()


def test_a_driver_that_loses_null_is_refused(
    migrated: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrow_driver, "PROBE_TABLE", PROBE_TABLE + LOSING)
    with pytest.raises(NoDriverError, match=r"loses what is null in an array: use 1\.13 or newer"):
        check_driver(WHEELS, uri_of(migrated, READER))
