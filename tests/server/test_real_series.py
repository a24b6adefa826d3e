"""The real light curves at hand, from `simulate --from` to a download found by SSA."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import pyvo
from astropy.io import fits

from tests.support.server import VO_SERVER, environment, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.databases import DatabaseMaker

REAL = Path(__file__).parents[2] / ".." / "shared" / "data" / "corot"

pytestmark = [
    pytest.mark.skipif(
        not REAL.is_dir() and os.environ.get("CI") != "true",
        reason="the real CoRoT series are not beside this checkout",
    ),
    pytest.mark.filterwarnings("ignore::astropy.io.votable.exceptions.VOTableSpecWarning"),
]


@pytest.fixture(scope="module")
def ssa(
    make_database: DatabaseMaker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[pyvo.dal.SSAService]:
    settings = make_database("real", migrate=True)
    assert settings.owner_password is not None
    owner = {"VO_OWNER_PASSWORD": settings.owner_password.get_secret_value()}
    out = tmp_path_factory.mktemp("real_deliveries")
    for command in (("simulate", out, "--from", REAL), ("ingest", "")):
        folders = sorted(out.iterdir()) if command[0] == "ingest" else [None]
        for folder in folders:
            arguments = command if folder is None else (command[0], folder)
            subprocess.run([VO_SERVER, *arguments], env=environment(settings, **owner), check=True)
    with running_server(settings) as base_url:
        yield pyvo.dal.SSAService(f"{base_url}/ssa")


def fetch(ssa: pyvo.dal.SSAService, corot_id: int) -> fits.HDUList:
    found = [
        record
        for record in ssa.search(pos=None, diameter=None)
        if f"?{corot_id:010d}/" in record["publisher_did"]
    ]
    assert len(found) == 1
    # Once more by its position, as a user would.
    ra, dec = found[0]["location"]
    nearby = ssa.search(pos=(ra, dec), diameter=0.01)
    assert found[0]["publisher_did"] in [record["publisher_did"] for record in nearby]
    assert "simulated" in found[0]["collection"]
    with urllib.request.urlopen(found[0].getdataurl(), timeout=60) as response:
        return fits.open(io.BytesIO(response.read()))


@pytest.mark.parametrize(
    "path",
    sorted((REAL / "resampled_exo").glob("*.csv")),
    ids=lambda path: path.stem if isinstance(path, Path) else "",
)
def test_a_real_exoplanet_series_comes_back_equal(ssa: pyvo.dal.SSAService, path: Path) -> None:
    with path.open() as stream:
        rows = [(float(row["DATE"]), float(row["WHITEFLUX"])) for row in csv.DictReader(stream)]
    time, flux = (np.array(column) for column in zip(*rows, strict=True))
    with fetch(ssa, int(path.stem)) as hdus:
        series = hdus["SYSTEMATIC"].data
        assert np.array_equal(series["DATEBARTT"].astype("f8"), time)
        assert np.array_equal(series["WHITEFLUXSYS"].astype("f4"), flux.astype("f4"))


def test_the_real_bright_star_comes_back_equal(ssa: pyvo.dal.SSAService) -> None:
    time, flux = np.loadtxt(REAL / "seismo" / "HD174936in.dat", unpack=True)
    record = next(record for record in ssa.search(pos=None) if "HD 174936" in record["target_name"])
    with urllib.request.urlopen(record.getdataurl(), timeout=60) as response:
        hdus = fits.open(io.BytesIO(response.read()))
    with hdus:
        series = hdus["BARREG"].data
        assert np.array_equal(series["DATEBARREGTT"].astype("f8"), time)
        assert np.array_equal(series["FLUXBARREG"].astype("f4"), flux.astype("f4"))


def test_all_thirteen_are_there(ssa: pyvo.dal.SSAService) -> None:
    assert len(ssa.search(pos=None)) == 13
