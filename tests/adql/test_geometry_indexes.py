from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemas.backends import leakproof

if TYPE_CHECKING:
    from tests.adql.support import Sky

STAR = "POINT(s.ra, s.dec)"
CONSTANTS = (
    [
        f"SELECT s.id FROM geo.stars AS s WHERE {condition}"
        for condition in (
            f"1=CONTAINS({STAR}, CIRCLE(10, 20, 1))",
            f"DISTANCE({STAR}, POINT(10, 20)) < 1",
            f"1=CONTAINS({STAR}, POLYGON(10, 20, 12, 20, 12, 22))",
            f"1=CONTAINS({STAR}, POLYGON(10, 20, 12, 20, 12, 22, 11, 20.5))",
            f"1=CONTAINS({STAR}, BOX(10, 20, 1, 1)) AND mag < 10",
            f"1=CONTAINS({STAR}, BOX(10, 90, 1, 1))",
            f"1=CONTAINS({STAR}, REGION('Box ICRS 359.9 0 1 1'))",
            f"1=INTERSECTS(POLYGON(10, 20, 12, 20, 12, 22), {STAR})",
        )
    ]
    + [
        f"SELECT id FROM geo.images WHERE {condition}"
        for condition in (
            "1=INTERSECTS(s_region, CIRCLE(10, 20, 1))",
            "1=INTERSECTS(POLYGON(10, 20, 12, 20, 12, 22), s_region)",
            "1=INTERSECTS(s_region, BOX(10, 20, 1, 1))",
            "1=CONTAINS(POINT(10, 20), s_region)",
            "1=CONTAINS(s_region, CIRCLE(10, 20, 3))",
            "1=CONTAINS(CIRCLE(10, 20, 0.01), s_region)",
        )
    ]
    + [
        f"SELECT id FROM geo.fields WHERE {condition}"
        for condition in (
            "1=INTERSECTS(field, CIRCLE(10, 20, 1))",
            "1=INTERSECTS(field, POLYGON(10, 20, 12, 20, 12, 22))",
            "1=CONTAINS(POINT(10, 20), field)",
        )
    ]
)
JOINS = [
    f"SELECT s.id FROM geo.uploads AS u, geo.stars AS s WHERE {condition}"
    for condition in (
        f"DISTANCE({STAR}, POINT(u.ra, u.dec)) < 0.1",
        f"1=CONTAINS({STAR}, CIRCLE(u.ra, u.dec, 0.1))",
        f"1=CONTAINS({STAR}, CIRCLE(u.ra, u.dec, u.radius))",
        f"1=CONTAINS({STAR}, CIRCLE(u.spot, 0.1))",
        f"1=CONTAINS({STAR}, u.disc)",
        f"1=CONTAINS({STAR}, u.outline)",
        f"1=CONTAINS({STAR}, BOX(u.ra, u.dec, u.radius, 1))",
        f"1=CONTAINS({STAR}, POLYGON(u.ra, u.dec, 10, 20, 10, 22))",
    )
] + [
    f"SELECT i.id FROM geo.uploads AS u JOIN geo.images AS i ON {condition}"
    for condition in (
        "1=INTERSECTS(i.s_region, u.disc)",
        "1=INTERSECTS(i.s_region, CIRCLE(u.ra, u.dec, u.radius))",
        "1=INTERSECTS(u.outline, i.s_region)",
        "1=CONTAINS(POINT(u.ra, u.dec), i.s_region)",
        "1=CONTAINS(i.s_region, u.disc)",
    )
] + [
    "SELECT s.id FROM geo.stars AS s JOIN geo.stars AS a ON DISTANCE(a.ra, a.dec, s.ra, s.dec) < 1",
    f"SELECT s.id FROM geo.images AS i JOIN geo.stars AS s ON 1=CONTAINS({STAR}, i.s_region)",
    "SELECT i.id FROM geo.images AS i JOIN geo.fields AS f ON 1=INTERSECTS(i.s_region, f.field)",
]  # fmt: skip


@pytest.mark.parametrize("adql", CONSTANTS + JOINS)
def test_the_planner_chooses_the_index_under_row_level_security(
    adql: str, fields: tuple[Sky, Sky]
) -> None:
    _, public = fields
    plan = public.chosen_plan(adql)
    assert "released" in plan, "the policy holds"
    conditions = [line for line in plan.splitlines() if "Index Cond:" in line]
    assert any("<@" in one or "&&" in one or "@>" in one for one in conditions), plan


@pytest.mark.parametrize(
    ("backend", "function", "adql"),
    [
        (backend, function, adql)
        for backend, function, adql in (
            ("cube", "cube_contained(cube, cube)", CONSTANTS[0]),
            ("cube", "cube_overlap(cube, cube)", CONSTANTS[8]),
            ("cube", "adql.unit_vector(float8, float8)", JOINS[0]),
            ("cube", "adql.reach(cube, float8)", JOINS[2]),
            ("cube", "adql.bounds(float8[])", JOINS[5]),
            ("cube", "adql.polygon(float8[])", JOINS[7]),
            ("pgsphere", "spoint_contained_by_circle(spoint, scircle)", CONSTANTS[0]),
            ("pgsphere", "scircle_overlap(scircle, scircle)", CONSTANTS[8]),
            ("pgsphere", "adql.far(spoint, float8)", JOINS[2]),
            ("pgsphere", "adql.box(float8, float8, float8, float8)", JOINS[6]),
        )
    ],
)
def test_without_its_leakproof_mark_the_index_is_lost(
    backend: str, function: str, adql: str, request: pytest.FixtureRequest
) -> None:
    """Proves that the tests above can fail, and that each mark is needed."""
    everything, public = request.getfixturevalue(f"{backend}_fields")
    mark = f"ALTER FUNCTION {function} {{}} LEAKPROOF"
    with everything.engine.begin() as connection:
        connection.exec_driver_sql(mark.format("NOT"))
    try:
        assert "Index Cond" not in public.plan(adql)
    finally:
        with everything.engine.begin() as connection:
            connection.exec_driver_sql(mark.format(""))


def test_exactly_the_listed_functions_are_leakproof(fields: tuple[Sky, Sky]) -> None:
    everything, _ = fields
    rows = everything.sql(
        "SELECT p.oid FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = pronamespace"
        " WHERE proleakproof AND nspname IN ('public', 'adql')"
    )
    listed = leakproof("cube" if everything.backend == "cube" else "pgsphere")
    oids = ", ".join(f"'{one}'::regprocedure::oid" for one in listed)
    (wanted,) = everything.sql(f"SELECT {oids}")
    assert {row[0] for row in rows} == set(wanted)
