"""A match with an uploaded table searches the published one for each uploaded row."""

from __future__ import annotations

import pytest

from schemas.declaration import Column, Position, Schema, Table, catalogue
from tap.adql import translate
from tests.adql.sky import SKY

MINE = Table(
    "TAP_UPLOAD.mine",
    "An uploaded table",
    (Column("x", "double", unit="deg"), Column("y", "double", unit="deg")),
    positions=(Position("x", "y", "pos_0"),),
    physical="pg_temp.upload_0",
)
KNOWN = catalogue([*SKY.schemas, Schema("TAP_UPLOAD", "Uploads", (MINE,))])
STAR, OWN = "POINT(s.ra, s.dec)", "POINT(m.x, m.y)"
CONDITIONS = {
    "distance": f"DISTANCE({STAR}, {OWN}) < 1/3600.",
    "the other way round": f"DISTANCE({OWN}, {STAR}) < 1/3600.",
    "in a circle around mine": f"1 = CONTAINS({STAR}, CIRCLE(m.x, m.y, 1/3600.))",
    "in a circle around theirs": f"1 = CONTAINS({OWN}, CIRCLE(s.ra, s.dec, 1/3600.))",
}


@pytest.mark.parametrize("backend", ["cube", "pgsphere"])
@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_the_published_table_is_searched(condition: str, backend: str) -> None:
    adql = f"SELECT s.id FROM TAP_UPLOAD.mine AS m JOIN sky.stars AS s ON {condition}"
    sql = translate(adql, KNOWN, backend).sql
    assert "s.pos <@ " in sql
    assert "m.pos_0 <@" not in sql


@pytest.mark.parametrize("backend", ["cube", "pgsphere"])
def test_the_planner_chooses_between_published_tables(backend: str) -> None:
    adql = (
        "SELECT s.id FROM sky.visits AS v JOIN sky.stars AS s"
        f" ON DISTANCE({STAR}, POINT(v.s_ra, v.s_dec)) < 0.1"
    )
    sql = translate(adql, KNOWN, backend).sql
    assert "s.pos <@ " in sql
    assert "v.s_pos <@ " in sql
