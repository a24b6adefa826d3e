"""The demonstration: simulated deliveries, ingested and served.

The data folder remembers on which day its deliveries were made, so an
interrupted build goes on with the same ones, and a finished one is reused.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from ingest.simulate import demo_deliveries, write_deliveries
from schemas.engine import APP, OWNER
from schemas.migrate import upgrade
from vo_server.auth.account_service import AccountService
from vo_server.database import engine_of
from vo_server.demo_accounts import FILE, make_accounts
from vo_server.errors import OperationError
from vo_server.wiring import grant_service, ingest_service

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import Engine

    from vo_server.config import Settings

    ProgressBar = Callable[[str], AbstractContextManager[Callable[[int, int], None]]]

_STATE = "demo.json"
_DELIVERIES = "deliveries"

_GUIDE = '''
In TOPCAT:  VO > Table Access Protocol (TAP) Query, with TAP URL BASE/tap
            VO > Simple Spectral Access (SSA) Query, with SSA URL BASE/ssa

In Python:
from pyvo.dal import TAPService
query = """SELECT TOP 5 target_name, access_url FROM ivoa.obscore
WHERE 1=CONTAINS(POINT(s_ra, s_dec), CIRCLE(100.9, -0.9, 5))"""
for row in TAPService("BASE/tap").search(query): print(row["target_name"], row["access_url"])

In a shell:
curl BASE/tap/sync -d LANG=ADQL -d FORMAT=csv -d "QUERY=SELECT TOP 5 * FROM corot.runs"

Names and passwords of an account for each tier are in ACCOUNTS.
They see more: products before their release, deliveries.

Ctrl-C ends the server, its worker and its database.
'''


@dataclass(frozen=True, slots=True)
class DemoState:
    """How far the demonstration of a data folder is built."""

    made_on: date
    complete: bool

    @classmethod
    def load(cls, data_dir: Path) -> DemoState:
        """Read the state, that of an empty folder when there is none."""
        path = data_dir / _STATE
        if not path.exists():
            return cls(datetime.now(UTC).date(), complete=False)
        values = json.loads(path.read_text(encoding="utf-8"))
        return cls(date.fromisoformat(values["made_on"]), complete=values["complete"])

    def save(self, data_dir: Path) -> None:
        """Write the state, whole or not at all."""
        partial = data_dir / f"{_STATE}.partial"
        values = {"made_on": self.made_on.isoformat(), "complete": self.complete}
        partial.write_text(json.dumps(values), encoding="utf-8")
        partial.replace(data_dir / _STATE)


def build(settings: Settings, progress_bar: ProgressBar) -> None:
    """Migrate, and make and ingest the demonstration's deliveries unless that is done.

    Parameters
    ----------
    settings
        Those of a reachable database.
    progress_bar
        Shows a step by its title; what it gives is told how much of it is done, of how much.

    Raises
    ------
    OperationError
        If a delivery of our own making isn't accepted whole.
    """
    with engine_of(settings, OWNER) as owner:
        upgrade(owner)
        _fill(settings, owner, progress_bar)
    made_on = DemoState.load(settings.data_dir).made_on
    with engine_of(settings, APP) as app:
        make_accounts(
            settings.data_dir, AccountService(app), grant_service(app), demo_deliveries(made_on)
        )


def _fill(settings: Settings, owner: Engine, progress_bar: ProgressBar) -> None:
    state = DemoState.load(settings.data_dir)
    if not state.complete:
        state.save(settings.data_dir)
        folder = settings.data_dir / _DELIVERIES
        with progress_bar("Simulating light curves") as progress:
            deliveries = write_deliveries(demo_deliveries(state.made_on), folder, progress)
        service = ingest_service(settings, owner)
        for delivery in deliveries:
            with progress_bar(f"Ingesting {delivery.name}") as progress:
                report = service.ingest(delivery, progress)
            if report.rejected:
                raise OperationError(next(iter(report.rejected.values())))
        # The store holds every product now.
        shutil.rmtree(folder)
        DemoState(state.made_on, complete=True).save(settings.data_dir)


def guide(settings: Settings) -> str:
    """Give the lines to paste into clients."""
    accounts = str(settings.data_dir / FILE)
    return _GUIDE.replace("BASE", settings.base_url).replace("ACCOUNTS", accounts)
