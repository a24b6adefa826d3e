"""Small simulated products for the tests of readers and of the simulator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ingest.names import ProductName
from ingest.simulate import ProductPlan, Star, product_bytes
from ingest.simulate.models import Constant

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.names import ProductType
    from ingest.simulate.plan import Model

START = datetime(2007, 5, 16, 6, 2, 26, tzinfo=UTC)
"""Start of the real series of CoRoT-8."""

STAR = Star(
    corot_id=101086161,
    ra=291.58851,
    dec=1.42644,
    name="CoRoT-8",
    mag_v=14.797,
    mag_r=14.267,
    spectral_type="K1",
    luminosity_class="V",
    teff=5080.0,
)


def small_plan(
    product_type: ProductType = "EN2_STAR_CHR",
    *,
    days: float = 1.0,
    oversampled_after: float | None = None,
    model: Model | None = None,
) -> ProductPlan:
    """Plan one product of LRc01, of a star without B and I magnitudes."""
    switch = None if oversampled_after is None else START + timedelta(days=oversampled_after)
    return ProductPlan(
        name=ProductName(STAR.corot_id, product_type, START, START + timedelta(days=days)),
        run_code="LRc01",
        star=STAR,
        ccd_half="A1L" if product_type == "AN2_STAR" else "E1L",
        model=model or Constant(),
        oversampled_from=switch,
    )


def write(plan: ProductPlan, folder: Path) -> Path:
    """Write one product of version N2-4.4."""
    path = folder / plan.name.file_name
    path.write_bytes(product_bytes(plan, "N2-4.4"))
    return path
