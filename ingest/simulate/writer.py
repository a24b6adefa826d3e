"""Write simulated products and the deliveries they make."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

import numpy as np
from astropy.io import fits

from ingest.fits.structure import STRUCTURES
from ingest.simulate.exoplanet import exoplanet_tables
from ingest.simulate.seismology import seismology_tables
from ingest.simulate.tables import primary_header

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ingest.simulate.plan import DeliveryPlan, ProductPlan

    Progress = Callable[[int, int], None]

MANIFEST = "delivery.toml"
CHECKSUMS = "SHA256SUMS"

_WITH_MEANS = frozenset({"EN2_STAR_CHR"})
"""Types whose header carries the means; others leave them out, as some real files do."""


def write_deliveries(
    plans: Sequence[DeliveryPlan], out: Path, progress: Progress | None = None
) -> list[Path]:
    """Write deliveries, each into its own folder, named by its id.

    Parameters
    ----------
    plans
        What to write.
    out
        Folder for the folders of the deliveries; made if it is not there.
    progress
        Called after every product with the number of products written and
        the number of all.

    Returns
    -------
    list of pathlib.Path
        The folders of the deliveries, in the order of the plans.

    Raises
    ------
    OSError
        When a file cannot be written.
    """
    total = sum(len(plan.products) for plan in plans)
    written = 0

    def one_more() -> None:
        nonlocal written
        written += 1
        if progress is not None:
            progress(written, total)

    return [_write_delivery(plan, out / plan.id, one_more) for plan in plans]


def product_bytes(plan: ProductPlan, version: str, seed: int = 0) -> bytes:
    """Make one FITS file; the same plan, version and seed give the same bytes.

    Parameters
    ----------
    plan
        The product.
    version
        Version of the delivery, such as N2-4.4.
    seed
        Chooses among the possible noises.
    """
    name = plan.name
    rng = np.random.default_rng(
        [seed, name.corot_id, int(name.start.timestamp()), len(name.product_type)]
    )
    exoplanet = name.channel == "exoplanet"
    tables = exoplanet_tables(plan, rng) if exoplanet else seismology_tables(plan, rng)
    hdus = fits.HDUList([primary_header(plan, version, _moments(plan, tables[0].data)), *tables])
    stream = io.BytesIO()
    hdus.writeto(stream)
    return stream.getvalue()


def relative_path(plan: ProductPlan, version: str) -> str:
    """Say where a product lies in its delivery: version, date of start, name."""
    return f"{version}/{plan.name.start:%Y/%m/%d}/{plan.name.file_name}"


def _write_delivery(plan: DeliveryPlan, folder: Path, one_more: Callable[[], None]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    sums = []
    for product in plan.products:
        path = relative_path(product, plan.version)
        content = product_bytes(product, plan.version, plan.seed)
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        sums.append(f"{hashlib.sha256(content).hexdigest()}  {path}\n")
        one_more()
    (folder / CHECKSUMS).write_text("".join(sums), encoding="utf-8")
    (folder / MANIFEST).write_text(_manifest(plan), encoding="utf-8")
    return folder


def _manifest(plan: DeliveryPlan) -> str:
    lines = [
        f'id = "{plan.id}"',
        f'version = "{plan.version}"',
        f'level = "{plan.level}"',
        f'origin = "{plan.origin}"',
        f"delivered = {plan.delivered.isoformat()}",
    ]
    if plan.release_date is not None:
        lines.append(f"release_date = {plan.release_date.isoformat()}")
    return "\n".join(lines) + "\n"


def _moments(plan: ProductPlan, data: fits.FITS_rec) -> dict[str, tuple[float, float]]:
    if plan.name.product_type not in _WITH_MEANS:
        return {}
    structure = STRUCTURES[plan.name.product_type]
    good = data[structure.status] == 0
    if not good.any():
        return {}
    columns = {colour: data[flux][good] for colour, flux in structure.fluxes.items()}
    return {
        colour: (float(flux.mean(dtype=np.float64)), float(flux.std(dtype=np.float64)))
        for colour, flux in columns.items()
    }
