from __future__ import annotations

import hashlib
import tomllib
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from astropy.io import fits

from ingest.fits import read_product
from ingest.simulate import (
    DeliveryPlan,
    demo_deliveries,
    product_bytes,
    write_deliveries,
)
from ingest.simulate.geometry import barycentric_correction
from ingest.simulate.models import Constant, EclipsingBinary, Pulsator
from ingest.simulate.planets import load_hosts
from schemas.corot.runs import load_runs, run_of
from tests.ingest.products import STAR, small_plan, write

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from ingest.simulate import ProductPlan

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def demo() -> list[DeliveryPlan]:
    return demo_deliveries(TODAY)


def test_the_same_plan_and_seed_give_the_same_bytes() -> None:
    plan = small_plan(oversampled_after=0.5)

    assert product_bytes(plan, "N2-4.4", 1) == product_bytes(plan, "N2-4.4", 1)
    assert product_bytes(plan, "N2-4.4", 1) != product_bytes(plan, "N2-4.4", 2)


def test_every_file_says_in_its_header_that_it_is_simulated(tmp_path: Path) -> None:
    header = fits.getheader(write(small_plan(), tmp_path))

    assert header["SIMULATD"] is True
    assert header["ORIGIN"] == "CoRoT VO server"
    assert "SIMULATED product: not an observation made by CoRoT." in list(header["COMMENT"])
    assert all(len(comment) <= 72 for comment in header["COMMENT"])
    assert header["MAGNIT_B"] == "NAN"


def test_date_has_the_offsets_measured_on_the_real_file(tmp_path: Path) -> None:
    bar = _table(write(small_plan(oversampled_after=0.5), tmp_path), "BAR")
    date_jd = (
        np.array(bar["DATE"].tolist(), dtype="datetime64[ms]").astype(float) / 86_400_000 + 40_587.5
    )
    offset = (bar["DATETT"] - date_jd) * 86_400
    long = bar["REDFLUXDEV"] > 0

    assert bar["DATE"][0] == "2007-05-16T06:02:26.000"
    assert offset[0] == pytest.approx(269.345, abs=1e-3)
    # DATE is to the second
    assert offset[long] == pytest.approx(np.full(long.sum(), 269.345), abs=0.51)
    assert offset[~long] == pytest.approx(np.full((~long).sum(), 27.768), abs=0.51)


def test_a_star_changes_from_512_s_to_32_s_without_a_hole(tmp_path: Path) -> None:
    path = write(small_plan(oversampled_after=0.5), tmp_path)
    fill, systematic = _table(path, "BARFILL"), _table(path, "SYSTEMATIC")
    change = int(np.argmax(fill["T_EXP"] == 32))
    steps = np.diff(fill["DATETT"]) * 86_400

    assert set(fill["T_EXP"][:change]) == {512}
    assert set(fill["T_EXP"][change:]) == {32}
    assert steps[change - 1] == pytest.approx(272.0, abs=0.01)
    assert steps[change:] == pytest.approx(np.full(steps.size - change, 32.0001), abs=1e-3)
    # the systematic table stays on the 512 s grid, and its first times are those of BARFILL
    grid = np.diff(systematic["DATEBARTT"]) * 86_400
    assert grid == pytest.approx(np.full(grid.size, 512.0), abs=0.2)
    assert systematic["DATEBARTT"][: change - 1] == pytest.approx(
        fill["DATEBARTT"][: change - 1], abs=1e-9
    )


def test_32_s_points_have_no_deviation(tmp_path: Path) -> None:
    path = write(small_plan(oversampled_after=0.5), tmp_path)
    bar = _table(path, "BAR")
    long = np.diff(bar["DATETT"], prepend=0) * 86_400 > 300

    for colour in ("RED", "GREEN", "BLUE"):
        assert (bar[f"{colour}FLUXDEV"][~long] == 0.0).all()
        assert (bar[f"{colour}FLUXDEV"][:80] > 0.0).all()


def test_white_is_not_the_sum_of_the_colours(tmp_path: Path) -> None:
    bar = _table(write(small_plan(days=100), tmp_path), "BAR")
    excess = bar["WHITEFLUX"] / (bar["REDFLUX"] + bar["GREENFLUX"] + bar["BLUEFLUX"]) - 1.0

    assert abs(excess[0]) < 1e-4
    assert excess[-1] == pytest.approx(0.005, abs=0.001)


def test_gaps_are_missing_in_bar_and_filled_in_barfill(tmp_path: Path) -> None:
    path = write(small_plan(days=100), tmp_path)
    bar, fill = _table(path, "BAR"), _table(path, "BARFILL")
    missing = ~np.isin(fill["DATETT"], bar["DATETT"])
    by_time = dict(zip(bar["DATETT"].tolist(), bar["STATUS"].tolist(), strict=True))
    status = np.array([by_time.get(time, 1) for time in fill["DATETT"].tolist()])

    assert 0.0005 < missing.mean() < 0.05
    assert np.diff(bar["DATETT"]).max() * 86_400 > 1024
    assert np.diff(fill["DATETT"]) * 86_400 == pytest.approx(np.full(len(fill) - 1, 512), abs=0.01)
    replaced = (status & (1 | 4)) > 0
    assert ((fill["STATUSFIL"] & 256 > 0) == replaced).all()
    assert (fill["STATUSFIL"][~replaced] & ~8 == status[~replaced]).all()


def test_status_flags_have_the_values_seen_and_known(tmp_path: Path) -> None:
    path = write(small_plan(days=100), tmp_path)
    status = _table(path, "BAR")["STATUS"]
    bits = {int(bit) for bit in 2 ** np.arange(12) if (status & bit).any()}

    assert bits == {1, 4, 16, 64}
    assert 0.05 < (status != 0).mean() < 0.35
    assert {256, 264} & set(_table(path, "SYSTEMATIC")["STATUSSYS"].tolist())


def test_the_anomaly_is_crossed_on_some_orbits_of_every_day(tmp_path: Path) -> None:
    path = write(small_plan("AN2_STAR", days=2), tmp_path)
    raw = _table(path, "RAW")
    inside = raw["RAWSTATUS"] & 4 > 0
    begins = raw["DATETT"][1:][np.diff(inside.astype(int)) == 1]
    flux, quiet = raw["RAWFLUX"], raw["RAWSTATUS"] == 0

    assert 8 <= begins.size <= 14
    assert np.median(np.diff(begins)) * 86_400 == pytest.approx(6184, abs=100)
    assert flux[inside].mean() > flux[quiet].mean() * 1.002


def test_bright_stars_have_a_regular_grid_with_filled_points(tmp_path: Path) -> None:
    path = write(small_plan("AN2_STAR"), tmp_path)
    regular = _table(path, "BARREG")
    steps = np.diff(regular["DATEBARREGTT"]) * 86_400

    assert steps == pytest.approx(np.full(steps.size, 32.0), abs=0.01)
    assert set(regular["STATUSBARREG"].tolist()) == {0, 256}
    assert (_table(path, "RAW")["RAWFLUXDEV"] == -1).all()
    assert len(_table(path, "RAW")) == len(_table(path, "BAR")) < len(regular)


def test_the_barycentric_correction_is_that_of_the_real_series() -> None:
    # DATEBARTT - DATETT of the first and the last real row of CoRoT-8
    days = np.array([54236.7548072283, 54378.82264778951])
    expected = np.array([54236.75758180978, 54378.823728706935]) - days

    assert barycentric_correction(days, STAR.ra, STAR.dec) * 86_400 == pytest.approx(
        expected * 86_400, abs=0.05
    )


def test_a_planet_dims_its_star_by_its_area_and_more_in_the_blue() -> None:
    host = next(host for host in load_hosts() if host.star.name == "CoRoT-2")
    middle = host.transits.epoch - 2_400_000.0
    bjd = middle + host.transits.period * np.array([0.0, 1.0, 0.5, 0.1])

    red, blue = host.transits.flux(bjd, "r"), host.transits.flux(bjd, "b")

    assert red[0] == pytest.approx(red[1]) == pytest.approx(1.0 - 0.167**2, abs=0.007)
    assert blue[0] < red[0]
    assert red[2:] == pytest.approx([1.0, 1.0])


def test_a_transit_lasts_as_long_as_published() -> None:
    host = next(host for host in load_hosts() if host.star.name == "CoRoT-1")
    hours = np.linspace(-3, 3, 3601)
    flux = host.transits.flux(host.transits.epoch - 2_400_000.0 + hours / 24, "g")
    inside = hours[flux < 1.0]

    assert inside[-1] - inside[0] == pytest.approx(2.5, abs=0.2)  # Barge et al. 2008


def test_models_do_what_they_are_named() -> None:
    bjd = 54_237.0 + np.linspace(0, 4, 5000)
    binary = EclipsingBinary(2.0, 2_454_238.0, 0.3, 0.1, 0.1)
    pulsator = Pulsator((5.0,), (0.01,), (0.0,), "DSCUT")

    assert (Constant().flux(bjd, "r") == 1.0).all()
    assert binary.flux(np.array([54_238.0, 54_239.0, 54_238.5]), "r") == pytest.approx(
        [1 - 0.3 * 0.97, 1 - 0.1 * 0.97, 1.0]
    )
    assert np.ptp(pulsator.flux(bjd, "b")) > np.ptp(pulsator.flux(bjd, "r")) > 0.015


def test_hosts_were_observed_in_their_runs() -> None:
    hosts = load_hosts()

    assert len(hosts) == len({host.star.corot_id for host in hosts}) >= 10
    assert all(host.start is None or run_of(host.start).code == host.run_code for host in hosts)


def test_the_demonstration_has_all_runs_and_both_channels(demo: list[DeliveryPlan]) -> None:
    products = [product for plan in demo for product in plan.products]
    channels = {(product.run_code, product.name.channel) for product in products}

    assert len(products) >= 300
    assert channels == {
        (run.code, channel) for run in load_runs() for channel in ("exoplanet", "seismology")
    }
    assert all(run_of(product.name.start).code == product.run_code for product in products)
    assert len({(p.id, product.name) for p in demo for product in p.products}) == len(products)


def test_one_run_is_in_two_versions_whose_names_end_differently(demo: list[DeliveryPlan]) -> None:
    earlier, legacy, *_ = demo

    def ends(plan: DeliveryPlan) -> dict[tuple[int, str], datetime]:
        return {
            (product.name.corot_id, product.name.product_type): product.name.end
            for product in plan.products
            if product.run_code == "IRa01"
        }

    assert (earlier.version, legacy.version) == ("N2-4.3", "N2-4.4")
    assert {product.run_code for product in earlier.products} == {"IRa01"}
    assert ends(earlier).keys() == ends(legacy).keys()
    assert all(end < ends(legacy)[key] for key, end in ends(earlier).items())


def test_at_least_20_products_are_recent_and_level_n1_is_its_own_delivery(
    demo: list[DeliveryPlan],
) -> None:
    recent = [plan for plan in demo if plan.delivered > TODAY - timedelta(days=365)]
    n1 = [plan for plan in demo if plan.level.startswith("N1")]

    assert sum(len(plan.products) for plan in recent if plan.level == "N2") >= 20
    assert {product.run_code for product in recent[0].products} == {"LRc10", "LRa07"}
    assert [(plan.version, len(plan.products)) for plan in n1] == [
        ("N1-1.0", 4), ("N1A-1.0", 4),
    ]  # fmt: skip
    assert n1[0] in recent


def test_some_stars_are_observed_twice_and_hosts_have_their_names(
    demo: list[DeliveryPlan],
) -> None:
    runs: dict[int, set[str]] = {}
    for product in demo[1].products:
        runs.setdefault(product.star.corot_id, set()).add(product.run_code)
    again = [found for found in runs.values() if len(found) > 1]
    names = {product.star.name for plan in demo for product in plan.products}

    assert again == [{"IRa01", "LRa01"}] * 3
    assert {host.star.name for host in load_hosts()} <= names


def test_the_first_fields_are_where_the_anticentre_eye_looked(demo: list[DeliveryPlan]) -> None:
    near = Counter(
        product.run_code
        for product in demo[1].products
        if np.hypot(product.star.ra - 100.9, product.star.dec + 0.9) < 5
    )

    assert near["IRa01"] == near["LRa01"] == 12


def test_at_least_three_demo_series_have_200_000_points(demo: list[DeliveryPlan]) -> None:
    full = [product for product in demo[1].products if _planned_points(product) >= 200_000]
    assert len(full) == 3

    content = product_bytes(full[0], "N2-4.4")

    with fits.HDUList.fromstring(content) as hdus:
        assert hdus["BAR"].header["NAXIS2"] >= 200_000


def test_one_product_of_every_kind_of_the_demo_is_read_back(
    demo: list[DeliveryPlan], tmp_path: Path
) -> None:
    seen: set[tuple[object, ...]] = set()
    for plan in demo:
        for product in plan.products:
            kind = (plan.version, product.name.product_type, type(product.model))
            if kind in seen or _planned_points(product) > 50_000:
                continue
            seen.add(kind)
            path = tmp_path / product.name.file_name
            path.write_bytes(product_bytes(product, plan.version))
            assert read_product(path).version == plan.version
            path.unlink()

    assert len(seen) >= 12


def test_a_delivery_is_a_folder_with_manifest_and_checksums(tmp_path: Path) -> None:
    plans = [_delivery("first", "N2-4.3", date(2014, 1, 1)), _delivery("second", "N2-4.4", None)]
    calls: list[tuple[int, int]] = []

    first, second = write_deliveries(
        plans, tmp_path, lambda done, total: calls.append((done, total))
    )

    assert calls == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert tomllib.loads((first / "delivery.toml").read_text()) == {
        "id": "first",
        "version": "N2-4.3",
        "level": "N2",
        "origin": "simulation",
        "delivered": date(2013, 1, 1),
        "release_date": date(2014, 1, 1),
    }
    assert "release_date" not in tomllib.loads((second / "delivery.toml").read_text())
    lines = [line.split("  ") for line in (first / "SHA256SUMS").read_text().splitlines()]
    assert [path for _, path in lines] == [
        f"N2-4.3/2007/05/16/{product.name.file_name}" for product in plans[0].products
    ]
    for digest, path in lines:
        assert hashlib.sha256((first / path).read_bytes()).hexdigest() == digest


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    plan = _delivery("again", "N2-4.4", None)
    (folder,) = write_deliveries([plan], tmp_path)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    write_deliveries([plan], tmp_path)

    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def _delivery(name: str, version: str, release: date | None) -> DeliveryPlan:
    return DeliveryPlan(
        id=name,
        version=version,
        level="N2",
        delivered=date(2013, 1, 1),
        products=(small_plan(days=0.2), small_plan("AN2_STAR", days=0.2)),
        release_date=release,
    )


def _planned_points(product: ProductPlan) -> int:
    switch = product.oversampled_from or product.name.end
    if product.name.channel == "seismology":
        switch = datetime(2000, 1, 1, tzinfo=UTC)
    long = max(timedelta(0), switch - product.name.start)
    short = product.name.end - max(switch, product.name.start)
    return int(long.total_seconds() / 512 + short.total_seconds() / 32)


def _table(path: Path, extension: str) -> NDArray[Any]:
    with fits.open(path, memmap=False) as hdus:
        table: NDArray[Any] = hdus[extension].data
        return table
