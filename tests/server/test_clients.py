"""Real clients against a real server process."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING

import numpy as np
import pytest
import pyvo
from astropy.io import fits
from astropy.io.votable import parse_single_table
from astropy.table import Table
from astropy.time import Time

from schemas.corot.examples import EXAMPLES

if TYPE_CHECKING:
    from pathlib import Path

CONE = "1=CONTAINS(POINT(s_ra,s_dec),CIRCLE(100.9,-0.9,5))"

pytestmark = pytest.mark.filterwarnings(
    # pyvo and astropy warn of what they do not know; the tests look at what comes of it.
    "ignore::astropy.io.votable.exceptions.VOTableSpecWarning",
)


@pytest.fixture(scope="module")
def tap(server: str) -> pyvo.dal.TAPService:
    return pyvo.dal.TAPService(f"{server}/tap")


@pytest.fixture(scope="module")
def ssa(server: str) -> pyvo.dal.SSAService:
    return pyvo.dal.SSAService(f"{server}/ssa")


@pytest.fixture(scope="module")
def stilts() -> str:
    found = shutil.which("stilts")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("stilts is missing: tests/install-tools.sh installs it")
        pytest.skip("stilts is not installed (Debian package stilts)")
    return found


def run_stilts(stilts: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [stilts, *arguments], capture_output=True, text=True, check=False, timeout=240
    )


def download(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as response:
        return bytes(response.read())


def test_pyvo_finds_light_curves_by_position_and_gets_them(tap: pyvo.dal.TAPService) -> None:
    rows = tap.search(f"SELECT TOP 5 * FROM ivoa.obscore WHERE {CONE}")
    assert len(rows) == 5
    for row in rows:
        content = download(row["access_url"])
        with fits.open(io.BytesIO(content)) as hdus:
            hdus.verify("exception")
            assert len(hdus) == 4
            assert hdus[1].header["NAXIS2"] == row["t_xel"]


def test_pyvo_reads_the_columns_with_their_metadata(tap: pyvo.dal.TAPService) -> None:
    table = tap.search("SELECT TOP 3 ra, dec, mag_r, t_min FROM corot.products").to_table()
    assert table["ra"].unit == "deg"
    assert table["mag_r"].unit == "mag"
    assert table["t_min"].unit == "d"
    assert "MJD" in table["t_min"].description


def test_pyvo_lists_the_tables(tap: pyvo.dal.TAPService) -> None:
    assert {"corot.products", "corot.runs", "corot.stars", "ivoa.obscore"} <= set(tap.tables.keys())
    names = [column.name for column in tap.tables["corot.products"].columns]
    assert names[:3] == ["publisher_did", "corot_id", "run_code"]
    assert "pos" not in names


def test_pyvo_runs_every_example(tap: pyvo.dal.TAPService) -> None:
    found = {example["QUERY"]: example for example in tap.examples}
    assert list(found) == [example.adql for example in EXAMPLES]
    for adql, example in found.items():
        assert len(example.execute()) > 0, adql


def test_pyvo_knows_the_limits(tap: pyvo.dal.TAPService) -> None:
    assert tap.maxrec == 20_000
    assert tap.hardlimit == 2_000_000


def test_the_service_says_that_it_is_available(server: str) -> None:
    assert b"true" in download(f"{server}/tap/availability")


def test_pyvo_is_told_of_truncation(tap: pyvo.dal.TAPService) -> None:
    rows = tap.search("SELECT run_code FROM corot.runs", maxrec=5)
    assert (len(rows), rows.query_status) == (5, "OVERFLOW")
    rows = tap.search("SELECT run_code FROM corot.runs", maxrec=26)
    assert (len(rows), rows.query_status) == (26, "OK")


def test_pyvo_shows_what_is_wrong_with_a_query(tap: pyvo.dal.TAPService) -> None:
    with pytest.raises(pyvo.dal.DALQueryError, match="magr"):
        tap.search("SELECT magr FROM corot.products")


def test_pyvo_searches_ssa_by_position(ssa: pyvo.dal.SSAService) -> None:
    found = ssa.search(pos=(100.9, -0.9), diameter=10)
    assert len(found) > 5
    record = found[0]
    with fits.open(io.BytesIO(download(record.getdataurl()))) as hdus:
        assert hdus[0].header["COROTID"]
    position = found["location"][0]
    assert np.hypot(position[0] - 100.9, position[1] + 0.9) < 5


def test_ssa_and_obscore_agree(ssa: pyvo.dal.SSAService, tap: pyvo.dal.TAPService) -> None:
    with_obscore = tap.search(
        f"SELECT obs_publisher_did, access_url FROM ivoa.obscore WHERE {CONE}"
    ).to_table()
    with_ssa = ssa.search(pos=(100.9, -0.9), diameter=10)
    by_did = {row["obs_publisher_did"]: row["access_url"] for row in with_obscore}
    assert {record["publisher_did"]: record.getdataurl() for record in with_ssa} == by_did


def test_pyvo_searches_ssa_by_time(ssa: pyvo.dal.SSAService) -> None:
    run, before_it = Time(["2007-05-17", "2007-05-18"]), Time(["2007-01-01", "2007-01-15"])
    in_run = ssa.search(pos=(291, 0.5), diameter=20, time=run)
    before = ssa.search(pos=(291, 0.5), diameter=20, time=before_it)
    assert len(in_run) > 0
    assert len(before) == 0


def test_a_downloaded_file_is_the_one_described(tap: pyvo.dal.TAPService) -> None:
    row = tap.search(
        "SELECT TOP 1 access_url, checksum, file_size FROM corot.products"
        " WHERE data_rights = 'public'"
    )[0]
    content = download(row["access_url"])
    assert hashlib.sha256(content).hexdigest() == row["checksum"]
    assert len(content) == row["file_size"]


def test_astropy_reads_a_light_curve_by_its_url(tap: pyvo.dal.TAPService, tmp_path: Path) -> None:
    row = tap.search(
        "SELECT TOP 1 access_url, bjd_tt_min, n_points FROM corot.products"
        " WHERE product_type = 'EN2_STAR_CHR' AND data_rights = 'public'"
    )[0]
    path = tmp_path / "curve.fits"
    path.write_bytes(download(row["access_url"]))
    with fits.open(path) as hdus:
        curve = Table(hdus["BAR"].data)
    assert len(curve) == row["n_points"]
    # JD minus 2400000.0: not MJD, which would be half a day off.
    assert curve["DATEBARTT"][0] + 2400000.0 == pytest.approx(row["bjd_tt_min"], abs=1e-8)


def test_unreleased_data_are_listed_and_refused(server: str, tap: pyvo.dal.TAPService) -> None:
    rows = tap.search(
        "SELECT access_url, lc_mean_white, release_date, product_level FROM corot.products"
        " WHERE data_rights = 'proprietary'"
    )
    assert len(rows) >= 20
    assert {row["product_level"] for row in rows} == {"N2"}
    with pytest.raises(urllib.error.HTTPError) as refused:
        download(rows[0]["access_url"])
    with refused.value:
        assert refused.value.code == 403
        assert str(rows[0]["release_date"])[:10] in refused.value.read().decode()
    hidden = rows[0]["access_url"].replace("/N2-4.4/", "/N1-1.0/")
    with pytest.raises(urllib.error.HTTPError) as absent:
        download(hidden)
    with absent.value:
        assert absent.value.code == 404
    assert server in rows[0]["access_url"]


def test_simulated_products_say_so(tap: pyvo.dal.TAPService) -> None:
    rows = tap.search("SELECT DISTINCT obs_collection FROM ivoa.obscore")
    assert [row["obs_collection"] for row in rows] == ["CoRoT N2 simulated"]


def test_a_long_query_may_come_by_get(server: str) -> None:
    query = "SELECT COUNT(*) FROM corot.runs WHERE run_number IN (" + "1," * 20_000 + "2)"
    text = urllib.parse.urlencode({"LANG": "ADQL", "FORMAT": "csv", "QUERY": query})
    assert download(f"{server}/tap/sync?{text}").splitlines()[1].isdigit()


def test_the_host_header_is_of_no_consequence(server: str) -> None:
    request = urllib.request.Request(
        f"{server}/tap/capabilities", headers={"Host": "evil.example.org"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        content = response.read().decode()
    assert "evil" not in content
    assert server in content


def test_stilts_queries(stilts: str, server: str, tmp_path: Path) -> None:
    out = tmp_path / "out.vot"
    done = run_stilts(
        stilts,
        "tapquery",
        "sync=true",
        f"tapurl={server}/tap",
        "adql=SELECT TOP 7 corot_id, ra, dec, release_date FROM corot.products ORDER BY corot_id",
        f"out={out}",
        "ofmt=votable",
    )
    assert done.returncode == 0, done.stderr
    assert len(parse_single_table(out).array) == 7


@pytest.mark.parametrize(
    "path",
    [
        "tap/sync?LANG=ADQL&QUERY=SELECT+*+FROM+corot.products",
        "tap/sync?LANG=ADQL&QUERY=SELECT+*+FROM+ivoa.obscore",
        "tap/sync?LANG=ADQL&MAXREC=3&QUERY=SELECT+*+FROM+tap_schema.columns",
        "tap/sync?LANG=ADQL&MAXREC=0&QUERY=SELECT+*+FROM+corot.stars",
        "tap/sync?LANG=ADQL&FORMAT=votable/b&QUERY=SELECT+*+FROM+corot.products",
        "tap/sync?LANG=ADQL&FORMAT=votable/b2&QUERY=SELECT+*+FROM+ivoa.obscore",
        "tap/sync?LANG=ADQL&FORMAT=votable/b2&MAXREC=3&QUERY=SELECT+*+FROM+corot.stars",
        "ssa?REQUEST=queryData&POS=100.9,-0.9&SIZE=10",
        "ssa?REQUEST=queryData&FORMAT=METADATA",
    ],
)
def test_votlint_has_nothing_to_say(stilts: str, server: str, tmp_path: Path, path: str) -> None:
    document = tmp_path / "answer.vot"
    document.write_bytes(download(f"{server}/{path}"))
    done = run_stilts(stilts, "votlint", f"votable={document}")
    assert done.returncode == 0
    assert done.stdout + done.stderr == ""


def test_stilts_uploads_in_chunks(server: str, stilts: str, tmp_path: Path) -> None:
    positions = tmp_path / "positions.vot"
    table = Table({"id": [1, 2], "ra": [100.5, 0.0], "dec": [-0.75, 80.0]})
    table.write(positions, format="votable")
    run = run_stilts(
        stilts, "tapquery", f"tapurl={server}/tap", "sync=true", "nupload=1",
        f"upload1={positions}", "upname1=mine", "ofmt=csv",
        "adql=SELECT id, dec FROM TAP_UPLOAD.mine ORDER BY id",
    )  # fmt: skip
    assert run.stdout.split() == ["id,dec", "1,-0.75", "2,80.0"], run.stderr
