"""Small simulated deliveries: a cut of the demonstration's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from ingest.simulate import demo_deliveries

if TYPE_CHECKING:
    from ingest.simulate import DeliveryPlan

TODAY = date.today()  # noqa: DTZ011 - a delivery's day, to the day
RUNS = ("IRa01", "LRa01", "LRc01", "LRc10", "LRa07")


def small_deliveries(runs: tuple[str, ...] = RUNS) -> list[DeliveryPlan]:
    """Plan the demonstration's deliveries without the long light curves, of some runs."""
    return [
        replace(
            plan,
            products=tuple(
                product
                for product in plan.products
                if product.run_code in runs and product.oversampled_from is None
            ),
        )
        for plan in demo_deliveries(TODAY)
    ]
