"""What is to be simulated: stars, products, deliveries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from datetime import date, datetime

    import numpy as np
    from numpy.typing import NDArray

    from ingest.names import ProductName

Colour = Literal["r", "g", "b"]


class Model(Protocol):
    """The relative flux of a star, 1.0 when nothing happens."""

    @property
    def variability(self) -> str | None:
        """Class of variability (codes of Debosscher et al. 2009), None for a quiet star."""

    def flux(self, bjd: NDArray[np.float64], colour: Colour) -> NDArray[np.float64]:
        """Compute the relative flux.

        Parameters
        ----------
        bjd
            Days since JD 2400000.0, TT, at the barycentre; shape (n,).
        colour
            Which of the three.
        """


@dataclass(frozen=True, slots=True)
class Star:
    """What the header says about a star; None is written as 'NAN' or left out."""

    corot_id: int
    ra: float
    dec: float
    name: str | None = None
    mag_b: float | None = None
    mag_v: float | None = None
    mag_r: float | None = None
    mag_i: float | None = None
    spectral_type: str | None = None
    luminosity_class: str | None = None
    teff: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A real series to wrap: days since JD 2400000.0 (TT, barycentric) and flux, shape (n,)."""

    time: NDArray[np.float64]
    flux: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ProductPlan:
    """One file to write."""

    name: ProductName
    run_code: str
    star: Star
    ccd_half: str
    model: Model
    oversampled_from: datetime | None = None
    """When the exoplanet channel began to send this star's 32 s exposures; None: never."""
    measured: Measured | None = None

    def ending(self, end: datetime) -> ProductPlan:
        """Plan the same product with another end, as another version has."""
        return replace(self, name=replace(self.name, end=end))


@dataclass(frozen=True, slots=True)
class DeliveryPlan:
    """A set of files handed over together, all of one version."""

    id: str
    version: str
    level: str
    delivered: date
    products: tuple[ProductPlan, ...]
    origin: str = "simulation"
    release_date: date | None = None
    """When the products become public, None: by the rule of whoever receives them."""
    seed: int = 0
