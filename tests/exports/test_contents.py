"""What is in the files: the same rows in each form, as the public gets them."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io.votable import parse_single_table

from schemas.corot.products_table import PRODUCTS
from schemas.engine import OWNER
from tap.arrow.batches import Limited, batches_of
from tap.votable import TableResult
from tests.rights import twins, world
from tests.support.accounts import withdraw
from tests.support.rows import Products, insert_products
from tests.support.validity import assert_valid_xml
from vo_server.exports.forms import FORMS
from vo_server.exports.legacy import legacy_columns, legacy_table

if TYPE_CHECKING:
    from tests.exports.conftest import Lab, MakeLab
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

DOMAIN = Path(__file__).parents[3] / "shared" / "domain" / "corot.md"


def names_partners_know() -> list[str]:
    """Read the columns of the file as NStED received it."""
    page = DOMAIN.read_text(encoding="utf-8")
    start = page.index("### 7.1")
    rows = re.findall(r"^\| (\d+ .*) \|$", page[start : page.index("### 7.2")], re.MULTILINE)
    numbered: dict[int, str] = {}
    for row in rows:
        cells = [cell.strip() for cell in row.split("|")]
        for number, name in zip(cells[::2], cells[1::2], strict=True):
            numbered[int(number)] = name.split()[0]
    assert sorted(numbered) == list(range(1, 46))
    return [numbered[number] for number in range(1, 46)]


def table(lab: Lab) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(lab.content("all_data.csv").decode())))


def test_the_columns_are_those_partners_know_in_their_order(exported: Lab) -> None:
    header = exported.content("all_data.txt").decode().splitlines()[0]
    assert header.split("|") == names_partners_know()
    page = (Path(__file__).parents[2] / "docs" / "exports.md").read_text(encoding="utf-8")
    listed = page[page.index("like the values:") : page.index("says what each is")]
    assert re.findall(r"`([^`]+)`", listed)[:45] == names_partners_know()


def test_the_pipe_separated_file_says_what_the_table_says(exported: Lab) -> None:
    lines = exported.content("all_data.txt").decode().splitlines()
    rows = table(exported)
    assert len(lines) - 1 == len(rows) > 5
    columns = legacy_columns(PRODUCTS.columns)
    stems = 0
    for line, row in zip(lines[1:], rows, strict=True):
        cells = line.split("|")
        assert len(cells) == 45
        for cell, column in zip(cells, columns, strict=True):
            expected = row[column.name]
            if column.xtype == "timestamp":
                expected = expected[: len("2007-02-03")]
            elif column.legacy_name == "exptime":
                expected = expected or "-1"
            elif column.legacy_name == "file_name":
                stems += bool(re.fullmatch(r"\d{10}_\d{8}T\d{6}_\d{8}T\d{6}", cell))
                assert expected == f"{row['product_type']}_{cell}.fits"
                continue
            assert cell == expected, column.name
    assert stems == len(rows)


def test_odd_values_do_not_break_a_line() -> None:
    columns = legacy_columns(PRODUCTS.columns)
    row: list[object] = [None] * 45
    row[0], row[31], row[43] = 7, "G|2\nV", "AN2_STAR_0000000007_a_b.fits"
    result = TableResult(columns=columns, rows=Limited(batches_of(columns, [row])))
    _, line = b"".join(legacy_table(result)).decode().splitlines()
    cells = line.split("|")
    assert len(cells) == 45
    assert (cells[0], cells[19], cells[31], cells[43]) == ("7", "-1", "G 2 V", "0000000007_a_b")


def test_every_form_has_the_same_rows_and_all_metadata(exported: Lab) -> None:
    rows = table(exported)
    document = exported.content("all_data.vot")
    assert_valid_xml(document)
    votable = parse_single_table(io.BytesIO(document))
    parquet = pq.read_table(io.BytesIO(exported.content("all_data.parquet")))
    expected = [column for column in PRODUCTS.columns if column.name != "withdrawn_reason"]
    names = [column.name for column in expected]
    assert list(rows[0]) == parquet.column_names == [field.name for field in votable.fields]
    assert list(rows[0]) == names
    for column, field in zip(expected, votable.fields, strict=True):
        assert (field.unit or "") == (column.unit or "")
        assert field.ucd == column.ucd
        assert field.description == column.description
    dids = [row["publisher_did"] for row in rows]
    assert list(votable.array["publisher_did"]) == parquet["publisher_did"].to_pylist() == dids
    fluxes = [float(row["lc_mean_white"] or "nan") for row in rows]
    assert pa.array(fluxes, pa.float32()).equals(
        parquet["lc_mean_white"].combine_chunks().fill_null(float("nan"))
    ) or fluxes == pytest.approx(parquet["lc_mean_white"].to_pylist(), rel=1e-6)


def test_the_rows_are_those_that_the_public_gets_by_tap(exported: Lab) -> None:
    form = {
        "LANG": "ADQL",
        "RESPONSEFORMAT": "csv",
        "QUERY": "SELECT publisher_did, lc_mean_white FROM corot.products"
        " WHERE product_level = 'N2' AND data_rights = 'public' AND is_latest = 1",
    }
    answer = exported.client.post("/tap/sync", data=form).text
    public = [tuple(row.values()) for row in csv.DictReader(io.StringIO(answer))]
    told = [(row["publisher_did"], row["lc_mean_white"]) for row in table(exported)]
    assert sorted(told) == sorted(public)


def test_the_list_of_files_is_true(exported: Lab) -> None:
    rows = list(csv.DictReader(io.StringIO(exported.content("products.csv").decode())))
    assert len(rows) >= len(table(exported)) > 0
    for row in rows[:10]:
        answer = exported.get(f"/products/{row['path']}")
        assert answer.status_code == 200
        assert answer.headers["ETag"] == f'"{row["checksum"]}"'
        assert len(answer.data) == int(row["file_size"])


def test_only_what_is_released_is_exported(make_lab: MakeLab) -> None:
    """Products of every kind are there: proprietary, granted, N1, Exo Alert and withdrawn."""
    lab = make_lab("x_kinds")
    with lab.owner.begin() as owner:
        world.populate(owner, lab.settings.store)
    lab.maker.make()
    for form in FORMS:
        content = lab.content(form.name)
        if form.name.endswith(".parquet"):
            content = str(pq.read_table(io.BytesIO(content)).to_pydict()).encode()
        assert world.kinds_in(content.decode()) == {"released"}, form.name
    for path in ("/exports", "/exports/manifest.json", "/.well-known/vo-signing-keys.json"):
        assert not world.kinds_in(lab.get(path).text)
    assert world.kinds_in(lab.get("/feeds/changes.atom").text) == world.RIGHTS[""].sees


@pytest.fixture(scope="module")
def pair(make_lab: MakeLab) -> tuple[Lab, Lab]:
    """Two archives that differ in hidden rows only."""
    labs = []
    for hidden in (False, True):
        lab = make_lab(f"x_twin_{hidden}")
        with lab.owner.begin() as owner:
            twins.populate(owner, hidden=hidden)
        lab.maker.make()
        labs.append(lab)
    without, with_them = labs
    return without, with_them


@pytest.mark.parametrize("form", FORMS, ids=lambda form: str(form.name))
def test_hidden_rows_change_no_byte(pair: tuple[Lab, Lab], form: object) -> None:
    name = form.name  # type: ignore[attr-defined] # a Form
    without, with_them = (lab.get(f"/exports/{name}") for lab in pair)
    assert without.data == with_them.data
    assert without.headers["ETag"] == with_them.headers["ETag"]


def test_hidden_rows_are_not_in_the_feed(pair: tuple[Lab, Lab]) -> None:
    def told(lab: Lab) -> list[str]:
        return re.findall(r"<(?:id|title)>.*?</", lab.get("/feeds/changes.atom").text)

    without, with_them = map(told, pair)
    assert without == with_them
    assert len(without) > 12


def test_rows_that_were_withdrawn_after_an_edition_are_in_none(
    make_database: DatabaseMaker, exported: Lab
) -> None:
    """The flags of a star say nothing of a withdrawn product either."""
    del exported
    settings: Settings = make_database("x_flags", migrate=True)
    with make_database.engine(settings, OWNER).begin() as owner:
        insert_products(owner, Products(first=1, count=1))
        insert_products(owner, Products(first=2, count=1))
        withdraw(owner, 2, 1)
    with make_database.reader(settings).transaction() as reader:
        rows = reader.exec_driver_sql(FORMS[0].sql).mappings().all()
    assert [row["corot_id"] for row in rows] == [1]
    assert (rows[0]["has_chr"], rows[0]["has_mon"]) == (1, 0)
