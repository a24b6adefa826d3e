"""HEALPix, epoch propagation and frames, against other programs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import (
    BarycentricMeanEcliptic,
    CartesianDifferential,
    CartesianRepresentation,
    FK4NoETerms,
    Galactic,
    SkyCoord,
    Supergalactic,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from tests.adql.support import HERE

if TYPE_CHECKING:
    from tests.adql.support import Sky

CELLS = [
    line.split()
    for line in (HERE / "healpix.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
FRAMES = {
    "ICRS": "icrs",
    "GALACTIC": Galactic,
    "SUPER_GALACTIC": Supergalactic,
    "FK4": FK4NoETerms(equinox="B1950", obstime="B1950"),
    "ECLIPTIC": BarycentricMeanEcliptic(equinox="J2000"),
}

longitudes = st.floats(0, 359.999999)
latitudes = st.floats(-89.9999, 89.9999)
few = settings(max_examples=40, deadline=None)


def separation(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Give the angle between two positions in degrees, exact for small ones."""
    vectors = []
    for longitude, latitude in (one, other):
        a, b = math.radians(longitude), math.radians(latitude)
        vectors.append((math.cos(b) * math.cos(a), math.cos(b) * math.sin(a), math.sin(b)))
    return math.degrees(2 * math.asin(min(math.dist(*vectors) / 2, 1)))


def test_cells_are_those_of_another_program(sky: Sky) -> None:
    calls = [f"ivo_healpix_index({o}, {lon}, {lat})" for o, lon, lat, _ in CELLS]
    columns = ", ".join(f"{call} AS c{place}" for place, call in enumerate(calls))
    (row,) = sky.rows(f"SELECT {columns} FROM sky.one")
    assert list(row) == [int(cell) for *_, cell in CELLS]
    assert {int(order) for order, *_ in CELLS} == set(range(30))


@few
@given(order=st.integers(0, 29), longitude=longitudes, latitude=latitudes)
def test_a_cell_is_around_its_centre_and_holds_its_points(
    order: int, longitude: float, latitude: float, sky: Sky
) -> None:
    cell = sky.value(f"ivo_healpix_index({order}, POINT({longitude!r}, {latitude!r}))")
    assert isinstance(cell, int)
    assert 0 <= cell < 12 * 4**order
    centre = sky.point(f"ivo_healpix_center({order}, {cell})")
    assert separation(centre, (longitude, latitude)) < 60 / 2**order
    assert sky.value(f"ivo_healpix_index({order}, {centre[0]!r}, {centre[1]!r})") == cell
    if order:
        parent = f"ivo_healpix_index({order - 1}, {longitude!r}, {latitude!r})"
        assert sky.value(parent) == cell // 4


@pytest.mark.parametrize("order", [0, 1, 2])
def test_all_cells_of_an_order_are_found_again(order: int, sky: Sky) -> None:
    ((wrong,),) = sky.rows(
        f"SELECT COUNT(*) AS n FROM sky.stars WHERE id < {12 * 4**order}"
        f" AND ivo_healpix_index({order}, ivo_healpix_center({order}, id)) <> id"
    )
    assert wrong == 0


def test_an_order_that_is_no_literal_is_checked_by_the_database(sky: Sky) -> None:
    assert sky.value("ivo_healpix_index(n + 10, 1, 1)") == 81609757711
    with pytest.raises(DBAPIError) as caught:
        sky.value("ivo_healpix_index(n + 23, 1, 1)")
    assert getattr(caught.value.orig, "pgcode", None) == "22023"


@few
@given(
    longitude=longitudes,
    latitude=latitudes,
    parallax=st.floats(1, 800),
    east=st.floats(-5000, 5000),
    north=st.floats(-5000, 5000),
    velocity=st.floats(-300, 300),
    years=st.floats(-1000, 1000),
)
def test_objects_move_linearly_in_space(  # noqa: PLR0913, PLR0917 (a position and its motion)
    longitude: float,
    latitude: float,
    parallax: float,
    east: float,
    north: float,
    velocity: float,
    years: float,
    sky: Sky,
) -> None:
    made = sky.point(
        f"ivo_epoch_prop_pos({longitude!r}, {latitude!r}, {parallax!r}, {east!r}, {north!r},"
        f" {velocity!r}, 2000, {2000 + years!r})"
    )
    start = SkyCoord(
        longitude * u.deg, latitude * u.deg, distance=1000 / parallax * u.pc,
        pm_ra_cosdec=east * u.mas / u.yr, pm_dec=north * u.mas / u.yr,
        radial_velocity=velocity * u.km / u.s,
    ).represent_as(CartesianRepresentation, CartesianDifferential)  # fmt: skip
    elapsed = (2000 + years) - 2000
    moved = start.without_differentials() + start.differentials["s"].to_cartesian() * (
        elapsed * u.yr
    )
    end = SkyCoord(moved)
    assert separation(made, (end.ra.deg, end.dec.deg)) < 1e-9
    assert 0 <= made[0] < 360


def test_an_epoch_that_is_missing_is_an_error(sky: Sky) -> None:
    with pytest.raises(DBAPIError) as caught:
        sky.value("ivo_epoch_prop_pos(1, 2, 3, 4, 5, 6, CASE WHEN n < 0 THEN 2000.0 END, 2016)")
    assert getattr(caught.value.orig, "pgcode", None) == "22004"


@few
@given(
    longitude=longitudes,
    latitude=latitudes,
    source=st.sampled_from(sorted(FRAMES)),
    target=st.sampled_from(sorted(FRAMES)),
)
def test_frames_are_those_of_astropy(
    longitude: float, latitude: float, source: str, target: str, sky: Sky
) -> None:
    made = sky.point(
        f"ivo_geom_transform('{source}', '{target}', POINT({longitude!r}, {latitude!r}))"
    )
    place = SkyCoord(longitude * u.deg, latitude * u.deg, frame=FRAMES[source])
    there = place.transform_to(FRAMES[target]).spherical
    assert separation(made, (there.lon.deg, there.lat.deg)) < 1e-7
    back = sky.point(f"ivo_geom_transform('{target}', '{source}', POINT({made[0]!r}, {made[1]!r}))")
    assert separation(back, (longitude, latitude)) < 1e-12


def test_icrs_to_galactic_is_as_exact_as_doubles_are(sky: Sky) -> None:
    places = SkyCoord(np.linspace(0, 359, 20) * u.deg, np.linspace(-89, 89, 20) * u.deg)
    for place, there in zip(places, places.galactic, strict=True):
        made = sky.point(
            f"ivo_geom_transform('ICRS', 'GALACTIC', POINT({place.ra.deg}, {place.dec.deg}))"
        )
        assert separation(made, (there.l.deg, there.b.deg)) < 1e-12


def test_polygons_and_circles_are_rotated_whole(sky: Sky) -> None:
    circle = sky.value("ivo_geom_transform('FK5', 'GALACTIC', CIRCLE(120, -23, 3))")
    assert circle == pytest.approx([241.121831182, 3.62785788087, 3])
    polygon = "CAST('5 3 4 4 4.5 2' AS POLYGON)"
    assert sky.value(f"ivo_geom_transform('GALACTIC', 'FK5', {polygon})") == pytest.approx(
        [266.44721, -23.107310, 264.95088, -23.434037, 267.09936, -24.051919], abs=5e-6
    )


def test_a_transformed_point_serves_like_any_other(sky: Sky) -> None:
    centre = "ivo_geom_transform('GALACTIC', 'ICRS', POINT(0, 90))"
    rows = sky.rows(
        f"SELECT COUNT(*) AS n FROM sky.stars WHERE DISTANCE(POINT(ra, dec), {centre}) < 5"
    )
    assert rows == sky.rows(
        "SELECT COUNT(*) AS n FROM sky.stars"
        " WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(192.85948, 27.12825, 5))"
    )
