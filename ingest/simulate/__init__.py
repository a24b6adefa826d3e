"""Simulated deliveries: files that look like CoRoT products and say that they are not.

:func:`demo_deliveries` and :func:`plan_from_real` say what to write,
:func:`write_deliveries` writes it. What no source confirms about the files is
chosen in :mod:`ingest.simulate.choices`.
"""

from __future__ import annotations

from ingest.simulate.demo import demo_deliveries
from ingest.simulate.plan import DeliveryPlan, ProductPlan, Star
from ingest.simulate.real import plan_from_real
from ingest.simulate.writer import product_bytes, write_deliveries

__all__ = [
    "DeliveryPlan",
    "ProductPlan",
    "Star",
    "demo_deliveries",
    "plan_from_real",
    "product_bytes",
    "write_deliveries",
]
