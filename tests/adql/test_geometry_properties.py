"""Both back ends against each other, astropy and an implementation by other means."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.adql import sphere_numpy as other_means

if TYPE_CHECKING:
    from tests.adql.sphere_numpy import Floats
    from tests.adql.support import Sky

Both = tuple["Sky", "Sky"]

FACTOR = 10 if os.environ.get("VO_TEST_SOAK") == "1" else 1
CLOSE = 1e-9
"""Degrees from a border within which nothing is claimed."""

longitudes = st.one_of(st.floats(0, 360, allow_subnormal=False), st.sampled_from([0.0, 360.0]))
latitudes = st.one_of(
    st.floats(-90, 90, allow_subnormal=False), st.sampled_from([-90.0, 0.0, 89.5, 90.0])
)
centres = st.tuples(longitudes, latitudes)
sizes = st.one_of(st.floats(0.5, 60), st.floats(1e-3, 0.5))


def few(examples: int) -> settings:
    return settings(
        deadline=None,
        max_examples=examples * FACTOR,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


@dataclass(frozen=True)
class Form:
    """A region in ADQL, once as constants and once as an expression, and as a polygon or circle."""

    adql: str
    expression: str
    polygon: Floats | None = None
    circle: tuple[float, float, float] | None = None

    def contains(self, places: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        if self.polygon is not None:
            return other_means.winding(self.polygon, places)
        assert self.circle is not None
        lon, lat, radius = self.circle
        centre = SkyCoord(lon, lat, unit="deg")
        found: np.ndarray[tuple[int], np.dtype[np.bool_]] = (
            centre.separation(SkyCoord(places[:, 0], places[:, 1], unit="deg")).deg <= radius
        )
        return found

    def from_border(self, places: Floats) -> Floats:
        if self.polygon is not None:
            return other_means.from_border(self.polygon, places)
        assert self.circle is not None
        centre = other_means.unit(np.array(self.circle[:2]))
        gaps: Floats = np.abs(other_means.angle(other_means.unit(places), centre) - self.circle[2])
        return gaps

    def border(self) -> Floats:
        if self.polygon is not None:
            return other_means.border(self.polygon, 100)
        assert self.circle is not None
        lon, lat, radius = self.circle
        return other_means.around(
            (lon, lat),
            np.full(400, radius, dtype=np.float64),
            np.linspace(0, 360, 400, endpoint=False),
        )


@st.composite
def polygons(draw: st.DrawFn) -> Form:
    """Draw polygons one can see whole from a point within: concave ones too, wound either way."""
    centre, size = draw(centres), draw(sizes)
    count = draw(st.integers(3, 9))
    radii = np.array(
        draw(st.lists(st.floats(0.3, 1), min_size=count, max_size=count))
    ) * np.float64(size)
    turns = np.array(draw(st.lists(st.floats(0.5, 1), min_size=count, max_size=count)))
    bearings = np.cumsum(turns) * 360 / turns.sum()
    assume(np.diff(bearings, append=bearings[0] + 360).max() < 170)
    places = other_means.around(centre, radii, bearings)
    if draw(st.booleans()):
        places = places[::-1]
    middle = other_means.unit(places).mean(axis=0)
    assume(other_means.angle(other_means.unit(places), middle).max() < 89)
    numbers = [repr(float(number)) for number in places.ravel()]
    loose = [numbers[0], f"{numbers[1]} + n - 7", *numbers[2:]]
    return Form(f"POLYGON({', '.join(numbers)})", f"POLYGON({', '.join(loose)})", polygon=places)


@st.composite
def circles(draw: st.DrawFn) -> Form:
    (lon, lat), radius = draw(centres), draw(st.one_of(sizes, st.floats(60, 180)))
    text = f"CIRCLE({lon!r}, {lat!r}, {radius!r}{{}})"
    return Form(text.format(""), text.format(" + n - 7"), circle=(lon, lat, radius))


@st.composite
def boxes(draw: st.DrawFn) -> Form:
    lon, lat = draw(longitudes), draw(st.floats(-80, 80))
    width, height = draw(st.floats(0.01, 120)), draw(st.floats(0.01, 15))
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    places = np.array([(lon + x * width / 2, lat + y * height / 2) for x, y in corners])
    text = f"BOX({lon!r}, {lat!r}, {width!r}, {height!r}{{}})"
    return Form(text.format(""), text.format(" + n - 7"), polygon=places)


forms = st.one_of(polygons(), circles(), boxes())


@pytest.fixture(scope="module")
def both(cube_fields: Both, pgsphere_fields: Both) -> Both:
    return cube_fields[0], pgsphere_fields[0]


@pytest.fixture(scope="module")
def stars(both: Both) -> tuple[list[int], Floats]:
    rows = both[0].sql("SELECT id, ra, dec FROM geo.stars WHERE ra IS NOT NULL ORDER BY id")
    return [int(str(row[0])) for row in rows], np.array([row[1:] for row in rows], dtype=float)


@few(25)
@given(forms)
def test_stars_within_a_region(both: Both, stars: tuple[list[int], Floats], form: Form) -> None:
    numbers, places = stars
    adql = f"SELECT id FROM geo.stars WHERE 1=CONTAINS(POINT(ra, dec), {form.adql})"
    cube, pgsphere = ({row[0] for row in sky.rows(adql)} for sky in both)
    inside, gaps = form.contains(places), form.from_border(places)
    for number, within, gap in zip(numbers, inside, gaps, strict=True):
        assert (number in cube) == (number in pgsphere)
        if gap > CLOSE:
            assert (number in cube) == within


@few(15)
@given(forms, centres)
def test_a_place_and_a_region_as_values(both: Both, form: Form, place: tuple[float, float]) -> None:
    places = np.array([place, *form.border()[::29]])
    columns = []
    for number, (lon, lat) in enumerate(places):
        point = f"POINT({float(lon)!r}, {float(lat)!r})"
        columns += [
            f"CONTAINS({point}, {form.adql}) AS a{number}",
            f"CONTAINS({point}, {form.expression}) AS b{number}",
            f"INTERSECTS({form.expression}, {point}) AS c{number}",
        ]
    adql = f"SELECT {', '.join(columns)} FROM geo.one"
    (cube,), (pgsphere,) = (sky.rows(adql) for sky in both)
    assert cube == pgsphere
    certain = form.from_border(places) > CLOSE
    for number, within in enumerate(form.contains(places)):
        if certain[number]:
            assert cube[3 * number : 3 * number + 3] == (int(within),) * 3


@few(40)
@given(forms, forms)
def test_two_regions(both: Both, one: Form, two: Form) -> None:
    adql = "SELECT {} FROM geo.one".format(
        ", ".join(
            f"{function}({first}, {second}) AS v{number}"
            for number, (function, first, second) in enumerate(
                [
                    ("INTERSECTS", one.adql, two.adql),
                    ("INTERSECTS", two.expression, one.expression),
                    ("CONTAINS", one.adql, two.adql),
                    ("CONTAINS", one.expression, two.adql),
                ]
            )
        )
    )
    (cube,), (pgsphere,) = (sky.rows(adql) for sky in both)
    assert cube == pgsphere
    edge_one, edge_two = one.border(), two.border()
    one_in_two, two_in_one = two.contains(edge_one), one.contains(edge_two)
    gap_one, gap_two = two.from_border(edge_one), one.from_border(edge_two)
    meets = bool((one_in_two & (gap_one > CLOSE)).any() or (two_in_one & (gap_two > CLOSE)).any())
    if meets:
        assert cube[:2] == (1, 1)
    if (~one_in_two & (gap_one > CLOSE)).any():
        assert cube[2:] == (0, 0)
    # Sides may cross between the places looked at: only what is clearly apart is judged.
    spacing = max(_spacing(edge_one), _spacing(edge_two))
    clear = min(gap_one.min(), gap_two.min()) > spacing
    if clear and not meets:
        assert cube[:2] == (0, 0)
    if clear and one_in_two.all():
        # The border is within; so is the region, unless it is what lies outside its border.
        hidden = one.contains(np.array([_antipode(two)]))[0] and two.polygon is not None
        if not hidden and not (one.circle and two_in_one.all()):
            assert cube[2:] == (1, 1)


def _spacing(edge: Floats) -> float:
    vectors = other_means.unit(edge)
    return float(other_means.angle(vectors, np.roll(vectors, 1, axis=0)).max())


def _antipode(form: Form) -> Floats:
    place = other_means.unit(form.border()).mean(axis=0)
    return other_means.degrees_of(-place)


@few(25)
@given(polygons())
def test_area_and_centroid_of_a_polygon(both: Both, form: Form) -> None:
    adql = f"SELECT AREA({form.adql}) AS a, CENTROID({form.expression}) AS c FROM geo.one"
    assert form.polygon is not None
    area = other_means.girard(form.polygon)
    for sky in both:
        ((found, centroid),) = sky.rows(adql)
        assert found == pytest.approx(area, rel=1e-6, abs=1e-9)
        assert isinstance(centroid, list)
        expected = other_means.unit(_balance(form.polygon))
        gap = other_means.angle(other_means.unit(np.array(centroid)), expected)
        assert gap < 3e-3 * np.sqrt(area) + CLOSE


def _balance(polygon: Floats) -> Floats:
    """Find a polygon's centroid from many small flat triangles."""
    vertices = other_means.unit(polygon)
    centre = vertices.mean(axis=0)
    centre /= np.linalg.norm(centre)
    steps = 40
    total = np.zeros(3)
    for start, end in zip(vertices, np.roll(vertices, -1, axis=0), strict=True):
        sign = np.sign(np.dot(centre, np.cross(start, end)))
        for i in range(steps):
            j = np.arange(steps - i)
            a = _mix(centre, start, end, i, j, steps)
            b = _mix(centre, start, end, i + 1, j, steps)
            c = _mix(centre, start, end, i, j + 1, steps)
            d = _mix(centre, start, end, i + 1, j[:-1] + 1, steps)
            for p, q, r in ((a, b, c), (b[:-1], d, c[:-1])):
                weight = np.linalg.norm(np.cross(q - p, r - p), axis=-1)
                total += sign * (weight[:, None] * (p + q + r) / 3).sum(axis=0)
    return other_means.degrees_of(total * np.sign(np.dot(total, centre)))


def _mix(  # noqa: PLR0913, PLR0917 (the corners of a triangle and a place in it)
    centre: Floats,
    start: Floats,
    end: Floats,
    i: int,
    j: np.ndarray[tuple[int], np.dtype[np.int64]],
    steps: int,
) -> Floats:
    flat = centre + (start - centre) * i / steps + np.outer(j / steps, end - centre)
    made: Floats = flat / np.linalg.norm(flat, axis=-1, keepdims=True)
    return made


@few(25)
@given(centres, centres)
def test_distance_is_the_angle_between(
    both: Both, one: tuple[float, float], two: tuple[float, float]
) -> None:
    numbers = ", ".join(map(repr, one + two))
    first, second = (SkyCoord(*place, unit="deg") for place in (one, two))
    for sky in both:
        ((found,),) = sky.rows(f"SELECT DISTANCE({numbers}) AS d FROM geo.one")
        assert found == pytest.approx(first.separation(second).deg, rel=1e-11, abs=1e-12)


@few(10)
@given(centres, st.floats(0.001, 3))
def test_footprints_a_region_meets(both: Both, near: tuple[float, float], size: float) -> None:
    """Through the index on both back ends, and with nothing but the exact test."""
    lon, lat = near
    circle = f"CIRCLE({lon!r}, {lat!r}, {size!r})"
    for adql in (
        f"SELECT id FROM geo.images WHERE 1=INTERSECTS(s_region, {circle})",
        f"SELECT id FROM geo.images WHERE 1=CONTAINS(s_region, {circle})",
        f"SELECT id FROM geo.fields WHERE 1=INTERSECTS(field, {circle})",
        f"SELECT id FROM geo.images WHERE 1=CONTAINS(POINT({lon!r}, {lat!r}), s_region)",
    ):
        cube, pgsphere = (set(sky.rows(adql)) for sky in both)
        assert cube == pgsphere
    every = 20 // FACTOR
    for table, array, column in (
        ("images", "footprint", "s_region"),
        ("fields", "field", "field"),
    ):
        exact = both[0].sql(
            f"SELECT id FROM geo.{table} WHERE id < 50000 AND id % {every} = 0"
            f" AND adql.overlapping({array}, '{{{lon!r}, {lat!r}, {size!r}}}')"
        )
        adql = f"SELECT id FROM geo.{table} WHERE 1=INTERSECTS({column}, {circle})"
        assert set(exact) == {row for row in both[1].rows(adql) if int(str(row[0])) % every == 0}
