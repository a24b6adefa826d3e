"""The demonstration's accounts: one for each tier, with random passwords in a file."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from vo_server.auth.model import Account, Extent, Holder
from vo_server.auth.tiers import Tier
from vo_server.private_file import write_private

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.simulate.plan import DeliveryPlan
    from vo_server.auth.account_service import AccountService
    from vo_server.auth.grant_service import GrantService

FILE: Final = "demo-accounts.json"

_ACTOR: Final = "demo"

_NAMES: Final = {
    "demo-registered": Tier.REGISTERED,
    "demo-guest-stars": Tier.GUEST,
    "demo-guest-run": Tier.GUEST,
    "demo-alert": Tier.ALERT,
    "demo-n1": Tier.N1,
    "demo-coi": Tier.COI,
    "demo-staff": Tier.STAFF,
    "demo-admin": Tier.ADMIN,
}

_STARS: Final = 3
"""Stars that one of the Guest Investigators is granted."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account as the file lists it."""

    name: str
    password: str
    tier: str


def demo_accounts(data_dir: Path) -> list[DemoAccount]:
    """Read the demonstration's accounts, choosing passwords when there is no file yet."""
    path = data_dir / FILE
    if not path.exists():
        chosen = [
            DemoAccount(name, secrets.token_urlsafe(12), str(tier)) for name, tier in _NAMES.items()
        ]
        write_private(path, [asdict(account) for account in chosen])
    return [DemoAccount(**values) for values in json.loads(path.read_text(encoding="utf-8"))]


def make_accounts(
    data_dir: Path,
    accounts: AccountService,
    grants: GrantService,
    deliveries: Sequence[DeliveryPlan],
) -> None:
    """Make the accounts that are not there, with their groups and grants.

    Parameters
    ----------
    data_dir
        The demonstration's folder.
    accounts, grants
        Make them.
    deliveries
        What the demonstration holds; the grants are of products not yet
        released.
    """
    known = {account.name for account in accounts.accounts()}
    today = max(plan.delivered for plan in deliveries)
    latest = [plan for plan in deliveries if plan.level == "N2"]
    unreleased = max(latest, key=lambda plan: plan.delivered).products
    runs = sorted({plan.run_code for plan in unreleased})
    stars = [plan.star.corot_id for plan in unreleased if plan.run_code == runs[0]]
    extents = {
        "demo-guest-stars": Extent(stars=tuple(dict.fromkeys(stars))[:_STARS]),
        "demo-guest-run": Extent(run=runs[1], channel="seismology"),
    }
    for demo in demo_accounts(data_dir):
        if demo.name in known:
            continue
        groups = frozenset({demo.tier} - {Tier.REGISTERED})
        accounts.add(Account(demo.name, "Demonstration", groups=groups), demo.password, _ACTOR)
        if demo.name in extents:
            note = f"demonstration of {today:%Y-%m-%d}"
            grants.grant(Holder(account=demo.name), extents[demo.name], _ACTOR, note=note)
