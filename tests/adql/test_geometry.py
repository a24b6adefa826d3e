from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.adql.support import Sky

longitudes = st.floats(0, 360, allow_subnormal=False)
latitudes = st.one_of(st.floats(-90, 90, allow_subnormal=False), st.sampled_from([-90.0, 90.0]))
radii = st.one_of(st.floats(1e-6, 180), st.floats(0, 1e-3), st.sampled_from([0.0, 90.0, 180.0]))

CONE = "SELECT id FROM sky.stars WHERE 1=CONTAINS(POINT(ra, dec), CIRCLE(10, 20, 1))"


def separation(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Vincenty's formula, which is exact at all angles."""
    (a, b), (c, d) = ([math.radians(x) for x in point] for point in (one, other))
    x = math.cos(d) * math.sin(c - a)
    y = math.cos(b) * math.sin(d) - math.sin(b) * math.cos(d) * math.cos(c - a)
    z = math.sin(b) * math.sin(d) + math.cos(b) * math.cos(d) * math.cos(c - a)
    return math.degrees(math.atan2(math.hypot(x, y), z))


@pytest.fixture(scope="session")
def places(sky: Sky) -> dict[object, tuple[float, float]]:
    rows = sky.sql("SELECT id, ra, dec FROM sky.stars WHERE ra IS NOT NULL AND id % 10 = 0")
    return {row[0]: (float(str(row[1])), float(str(row[2]))) for row in rows}


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(longitudes, latitudes, radii)
@example(0.0, 90.0, 5.0)
@example(0.0, -90.0, 0.0)
@example(0.0, 0.0, 0.001)
@example(359.99999, 0.0, 0.001)
@example(10.0, 20.0, 180.0)
@example(10.0, 20.0, 135.5)
def test_a_cone_holds_what_lies_within_its_radius(
    sky: Sky, places: dict[object, tuple[float, float]], ra: float, dec: float, radius: float
) -> None:
    circle = f"CIRCLE({ra!r}, {dec!r}, {radius!r})"
    rows = sky.rows(
        f"SELECT id FROM sky.stars WHERE MOD(id, 10) = 0 AND 1=CONTAINS(POINT(ra, dec), {circle})"
    )
    found = {row[0] for row in rows}
    outside = sky.rows(
        f"SELECT id FROM sky.stars WHERE MOD(id, 10) = 0 AND 0=CONTAINS(POINT(ra, dec), {circle})"
    )
    assert not found & {row[0] for row in outside}
    assert len(found) + len(outside) == len(places)
    for star, place in places.items():
        distance = separation(place, (ra, dec))
        if abs(distance - radius) > 1e-9:
            assert (star in found) == (distance < radius)


@settings(deadline=None, max_examples=40)
@given(longitudes, latitudes, longitudes, latitudes)
def test_distance_is_the_angle_between(
    sky: Sky, ra: float, dec: float, ra2: float, dec2: float
) -> None:
    value = sky.value(f"DISTANCE({ra!r}, {dec!r}, {ra2!r}, {dec2!r})")
    assert value == pytest.approx(separation((ra, dec), (ra2, dec2)), rel=1e-12, abs=1e-13)


def test_both_sides_of_the_meridian_and_the_poles(sky: Sky) -> None:
    cone = "SELECT name FROM sky.stars WHERE 1=CONTAINS(POINT(ra, dec), CIRCLE({})) ORDER BY id"
    assert sky.rows(cone.format("0, 0.0003, 0.0002")) == [("west",), ("east",)]
    assert sky.rows(cone.format("200, 90, 0")) == [("north",)]
    assert sky.rows(cone.format("123, -90, 0")) == [("south",)]


def test_equivalent_forms_give_equal_answers(sky: Sky) -> None:
    pairs = "SELECT s.id AS a, v.id AS b FROM sky.stars AS s JOIN sky.visits AS v ON {}"
    forms = [
        "DISTANCE(POINT(s.ra, s.dec), POINT(v.s_ra, v.s_dec)) <= 1",
        "1 >= DISTANCE(v.s_ra, v.s_dec, s.ra, s.dec)",
        "1=CONTAINS(POINT(s.ra, s.dec), CIRCLE(v.s_ra, v.s_dec, 1))",
        "CONTAINS(POINT(s.ra, s.dec), CIRCLE(POINT(v.s_ra, v.s_dec), 1)) = 1",
        "0 <> INTERSECTS(CIRCLE(v.s_ra, v.s_dec, 1), POINT(s.ra, s.dec))",
        "DISTANCE(POINT(s.ra + 0, s.dec), POINT(v.s_ra, v.s_dec + 0)) - 1 <= 0.0000000001",
    ]
    answers = [set(sky.rows(pairs.format(form))) for form in forms]
    assert len(answers[0]) > 100
    assert all(answer == answers[0] for answer in answers)


def test_a_radius_may_be_a_column(sky: Sky) -> None:
    rows = sky.rows(
        "SELECT v.id, COUNT(*) AS n FROM sky.stars AS s JOIN sky.visits AS v"
        " ON 1=CONTAINS(POINT(s.ra, s.dec), CIRCLE(v.s_ra, v.s_dec, v.radius))"
        " WHERE v.id IN (40, 43) GROUP BY v.id ORDER BY v.id"
    )
    assert rows[0] == (40, 1)
    assert rows[1] == (43, 3)


def test_points_and_circles_pass_through_subqueries(sky: Sky) -> None:
    rows = sky.rows(
        "SELECT COUNT(*) AS n FROM (SELECT POINT(ra, dec) AS p FROM sky.stars) AS s,"
        " (SELECT CIRCLE(10, 20, 5) AS c FROM sky.one) AS r WHERE 1=CONTAINS(s.p, r.c)"
    )
    assert rows == sky.rows(
        "SELECT COUNT(*) AS n FROM sky.stars WHERE 1=CONTAINS(POINT(ra, dec), CIRCLE(10, 20, 5))"
    )


def test_the_reader_sees_released_stars_only(public_sky: Sky) -> None:
    assert public_sky.rows("SELECT COUNT(*) AS n FROM sky.stars") == [(10005,)]


@pytest.mark.parametrize(
    "adql",
    [
        CONE,
        "SELECT id FROM sky.stars WHERE DISTANCE(POINT(ra, dec), POINT(10, 20)) < 1",
        (
            "SELECT COUNT(*) AS n FROM sky.stars AS s WHERE CONTAINS(POINT(s.ra, s.dec),"
            " CIRCLE(POINT(10, 20), 1)) = 1 AND mag < 10"
        ),
        (
            "SELECT s.id FROM sky.stars AS s, sky.visits AS v"
            " WHERE DISTANCE(POINT(v.s_ra, v.s_dec), POINT(s.ra, s.dec)) < 0.1"
        ),
        (
            "SELECT s.id FROM sky.visits AS v LEFT JOIN sky.stars AS s"
            " ON 1=CONTAINS(POINT(s.ra, s.dec), CIRCLE(v.s_ra, v.s_dec, 0.1))"
        ),
        (
            "SELECT a.id FROM sky.stars AS a JOIN sky.stars AS b"
            " ON DISTANCE(POINT(a.ra, a.dec), POINT(b.ra, b.dec)) < 0.01"
        ),
        (
            "SELECT id FROM sky.stars AS s WHERE EXISTS (SELECT 1 FROM sky.visits AS v"
            " WHERE DISTANCE(POINT(v.s_ra, v.s_dec), POINT(s.ra, s.dec)) < 0.1)"
        ),
    ],
)
def test_cones_use_the_spatial_index_under_row_level_security(adql: str, public_sky: Sky) -> None:
    plan = public_sky.plan(adql)
    assert "released" in plan, "the policy holds"
    conditions = [line for line in plan.splitlines() if "Index Cond:" in line]
    assert any("<@" in condition for condition in conditions), plan
