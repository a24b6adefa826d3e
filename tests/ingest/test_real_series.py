"""Real series go into simulated products unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from astropy.io import fits

from ingest.fits import read_product
from ingest.simulate import plan_from_real, write_deliveries
from tests.ingest.real_data import corot_data

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.simulate import DeliveryPlan

EXO = ("SYSTEMATIC", "DATEBARTT", "WHITEFLUXSYS", "STATUSSYS")
SEISMO = ("BARREG", "DATEBARREGTT", "FLUXBARREG", "STATUSBARREG")


@pytest.fixture(scope="module")
def plan() -> DeliveryPlan:
    return plan_from_real(corot_data())


@pytest.fixture(scope="module")
def files(plan: DeliveryPlan, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    (folder,) = write_deliveries([plan], tmp_path_factory.mktemp("real"))
    return {int(path.stem.split("_")[-3]): path for path in folder.rglob("*.fits")}


def test_all_real_series_are_wrapped(plan: DeliveryPlan) -> None:
    types = [product.name.product_type for product in plan.products]

    assert len(types) == 13
    assert types.count("AN2_STAR") == 1
    assert (plan.version, plan.level) == ("N2-4.4", "N2")


def test_names_and_runs_are_the_real_ones(files: dict[int, Path]) -> None:
    products = {corot_id: read_product(path) for corot_id, path in files.items()}

    assert files[101086161].name == "EN2_STAR_CHR_0101086161_20070516T060226_20071005T074409.fits"
    assert products[101086161].run_code == "LRc01"
    assert products[315239728].run_code == "SRa03"
    assert products[7613].run_code == "SRc01"
    # CoRoT-10 is not among the real chromatic products; its start follows from its series
    assert files[100725706].name.startswith("EN2_STAR_MON_0100725706_20070516T060226_")
    assert all(product.simulated for product in products.values())


def test_hosts_stand_where_they_are_known_to_be(files: dict[int, Path]) -> None:
    host = read_product(files[102890318]).target

    assert (host.name, host.mag_v, host.mag_i) == ("CoRoT-1", 13.6, 12.88)
    assert (host.spectral_type, host.luminosity_class) == ("G0", "V")
    assert host.ra == pytest.approx(102.079885, abs=1e-6)
    assert host.dec == pytest.approx(-3.102142, abs=1e-6)
    assert read_product(files[315211361]).target.name == "CoRoT-18"


def test_exoplanet_series_are_equal_to_the_real_ones(files: dict[int, Path]) -> None:
    sources = sorted(corot_data("resampled_exo").glob("*.csv"))
    assert len(sources) == 12
    for source in sources:
        rows = [line.split(",") for line in source.read_text().splitlines()[1:]]
        time, flux, status = _columns(files[int(source.stem)], EXO)

        assert time.tolist() == [float(row[0]) for row in rows]
        assert flux.tolist() == np.array([float(row[1]) for row in rows], np.float32).tolist()
        assert not status.any()


def test_the_bright_star_series_is_equal_to_the_real_one(files: dict[int, Path]) -> None:
    lines = corot_data("seismo/HD174936in.dat").read_text().splitlines()
    time, flux, status = _columns(files[7613], SEISMO)

    assert len(lines) == 73_626
    assert time.tolist() == [float(line.split()[0]) for line in lines]
    assert flux.tolist() == [float(line.split()[1]) for line in lines]
    assert not status.any()


def test_the_tables_around_a_real_series_follow_it(files: dict[int, Path]) -> None:
    with fits.open(files[101086161]) as hdus:
        bar, real = hdus["BAR"].data, hdus["SYSTEMATIC"].data
        good = bar["STATUS"] == 0
        follows = np.interp(bar["DATEBARTT"], real["DATEBARTT"], real["WHITEFLUXSYS"])
        ratio = bar["WHITEFLUX"][good] / follows[good]

    assert ratio == pytest.approx(np.ones(ratio.size), abs=0.03)
    assert bar["DATETT"][0] == pytest.approx(54236.7548072283, abs=1e-8)
    assert bar["DATEBARTT"][0] == pytest.approx(real["DATEBARTT"][0], abs=1e-6)


def test_a_folder_without_series_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="name a folder with series"):
        plan_from_real(tmp_path)


def test_a_bright_star_that_is_not_known_is_refused(tmp_path: Path) -> None:
    (tmp_path / "seismo").mkdir()
    (tmp_path / "seismo" / "HD1in.dat").write_text("54202.1 1.0\n54202.2 2.0\n")

    with pytest.raises(ValueError, match="the CoRoT id of HD1 is not known"):
        plan_from_real(tmp_path)


def test_a_host_file_that_is_not_xml_is_named(tmp_path: Path) -> None:
    (tmp_path / "planets").mkdir()
    (tmp_path / "planets" / "CoRoT-1.xml").write_text("<system>")

    with pytest.raises(ValueError, match=r"CoRoT-1\.xml is not XML"):
        plan_from_real(tmp_path)


def _columns(path: Path, names: tuple[str, ...]) -> list[np.ndarray]:
    extension, *columns = names
    with fits.open(path, memmap=False) as hdus:
        return [np.array(hdus[extension].data[column]) for column in columns]
