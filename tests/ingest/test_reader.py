from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from astropy.io import fits

from ingest.fits import ProductError, read_product
from ingest.names import ProductName
from ingest.simulate import product_bytes
from ingest.simulate.models import EclipsingBinary
from tests.ingest.faults import FILE_FAULTS, edit, recast, set_cards
from tests.ingest.products import START, small_plan, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ingest.names import ProductType

JD_OF_MJD = 2_400_000.5


def test_a_chromatic_product_round_trips(tmp_path: Path) -> None:
    plan = small_plan(model=EclipsingBinary(1.3, 2_454_237.0, 0.2, 0.05, 0.1))

    product = read_product(write(plan, tmp_path))

    assert product.name == plan.name
    assert (product.run_code, product.version, product.family) == ("LRc01", "N2-4.4", "N2-4")
    assert product.simulated
    assert product.extensions == ("BAR", "BARFILL", "SYSTEMATIC")
    target = product.target
    assert (target.corot_id, target.name, target.ccd_half) == (101086161, "CoRoT-8", "E1L")
    assert (target.ra, target.dec, target.teff) == (291.58851, 1.42644, 5080.0)
    assert (target.mag_b, target.mag_v, target.mag_r, target.mag_i) == (None, 14.797, 14.267, None)
    assert (target.spectral_type, target.luminosity_class) == ("K1", "V")
    assert isinstance(target.window_id, int)
    assert isinstance(target.contamination, float)
    assert target.activity_level is None
    assert product.statistics.var_class1 == "ECL"
    assert product.statistics.prob_var1 == 0.95
    assert product.statistics.var_class2 is None


def test_the_time_axis_of_a_512_s_series(tmp_path: Path) -> None:
    series = read_product(write(small_plan(), tmp_path)).series

    assert series.exposure_time == 512
    assert series.cadence == pytest.approx(512.0016, abs=1e-3)
    assert 160 < series.n_points <= 169
    assert series.total_exposure == 512 * series.n_points
    # DATE lies 204.161 s before the middle (UTC), so 51.839 s after the start of the exposure
    start = START.timestamp() / 86_400 + 40_587 - 51.839 / 86_400
    assert series.t_min == pytest.approx(start, abs=1e-7)
    assert series.t_max - series.t_min == pytest.approx(169 * 512.0016 / 86_400, abs=1e-6)


def test_the_barycentric_times_are_full_julian_dates_of_the_real_series(tmp_path: Path) -> None:
    series = read_product(write(small_plan(), tmp_path)).series

    # first DATEBARTT of the real product of this star
    assert series.bjd_tt_min == pytest.approx(2_454_236.75758181, abs=1e-7)
    middle = series.t_min + JD_OF_MJD + (256 + 65.184 + 239.7) / 86_400
    assert series.bjd_tt_min == pytest.approx(middle, abs=1e-6)


def test_a_series_of_both_cadences_has_no_one_exposure_time(tmp_path: Path) -> None:
    series = read_product(write(small_plan(oversampled_after=0.5), tmp_path)).series

    assert series.exposure_time is None
    assert series.cadence == pytest.approx(32.0001, abs=1e-4)
    assert 43_200 < series.total_exposure < 86_912
    assert series.t_max - series.t_min == pytest.approx(1.0, abs=0.001)


def test_a_bright_star_has_32_s_exposures_and_white_flux_only(tmp_path: Path) -> None:
    product = read_product(write(small_plan("AN2_STAR"), tmp_path))

    assert product.extensions == ("RAW", "BAR", "BARREG")
    assert product.series.exposure_time == 32
    assert product.target.ccd_half == "A1L"
    assert product.statistics.lc_mean_r is None
    assert product.statistics.lc_mean_white is not None


def test_means_are_those_of_the_good_points_where_the_header_has_none(tmp_path: Path) -> None:
    path = write(small_plan("EN2_STAR_MON"), tmp_path)
    with fits.open(path) as hdus:
        assert "LC_MEAN" not in hdus[0].header
        good = hdus["BAR"].data["WHITEFLUX"][hdus["BAR"].data["STATUS"] == 0].astype(float)

    statistics = read_product(path).statistics

    assert statistics.lc_mean_white == pytest.approx(good.mean())
    assert statistics.lc_rms_white == pytest.approx(good.std())
    assert statistics.lc_mean_b is None


def test_means_of_the_header_win(tmp_path: Path) -> None:
    path = write(small_plan(), tmp_path)
    edit(path, lambda hdus: hdus[0].header.set("LC_MEANR", 1234.5))

    statistics = read_product(path).statistics

    assert statistics.lc_mean_r == 1234.5
    assert statistics.lc_mean_g == pytest.approx(16_300, rel=0.02)


def test_a_series_without_a_good_point_has_no_means(tmp_path: Path) -> None:
    path = write(small_plan("EN2_STAR_MON"), tmp_path)
    edit(path, lambda hdus: hdus["BAR"].data["STATUS"].fill(1))

    assert read_product(path).statistics.lc_mean_white is None


def test_a_file_that_does_not_say_so_is_not_simulated(tmp_path: Path) -> None:
    path = write(small_plan(), tmp_path)
    edit(path, lambda hdus: [hdus[0].header.remove(word) for word in ("SIMULATD", "LVL_VERS")])

    product = read_product(path)

    assert not product.simulated
    assert product.version is None


def test_an_id_without_leading_zeros_is_the_same(tmp_path: Path) -> None:
    path = write(small_plan(), tmp_path)
    set_cards(path, COROTID="101086161")

    assert read_product(path).target.corot_id == 101086161


def test_a_file_may_lie_under_another_name(tmp_path: Path) -> None:
    plan = small_plan()
    path = write(plan, tmp_path).rename(tmp_path / "staged")

    assert read_product(path, plan.name.file_name).name == plan.name


def test_a_missing_file_is_no_fault_of_the_product(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_product(tmp_path / small_plan().name.file_name)


HEADER_FAULTS: list[tuple[str, dict[str, object], str]] = [
    ("other id", {"COROTID": "0101086162"}, "COROTID is 0101086162; the name says 101086161"),
    ("no id", {"COROTID": None}, "the primary header has no COROTID"),
    ("id of letters", {"COROTID": "HD49933"}, "COROTID is HD49933; the name says"),
    ("other run", {"RUN_CODE": "LRc02"}, "RUN_CODE is LRc02; expected LRc01"),
    ("no run", {"RUN_CODE": None}, "the primary header has no RUN_CODE"),
    ("bright CCD", {"HLFCCDID": "A1L"}, "HLFCCDID is A1L; expected E1L"),
    ("no such CCD", {"HLFCCDID": "E3L"}, "HLFCCDID is E3L"),
    ("no position", {"ALPHA": None}, "the primary header has no ALPHA"),
    ("unknown position", {"DELTA": "NAN"}, "the primary header has no DELTA"),
    ("ra beyond", {"ALPHA": 361.0}, "ALPHA is 361.0; expected degrees from 0 to 360"),
    ("dec beyond", {"DELTA": -91.0}, "DELTA is -91.0; expected degrees from -90 to 90"),
    ("magnitude of letters", {"MAGNIT_V": "bright"}, "MAGNIT_V is 'bright'; expected a number"),
    ("window by halves", {"WIN_ID": 1.5}, "WIN_ID is 1.5; expected a whole number"),
    ("simulated by word", {"SIMULATD": "yes"}, "SIMULATD is 'yes'; expected T or F"),
]


@pytest.mark.parametrize(
    ("cards", "reason"), [case[1:] for case in HEADER_FAULTS], ids=[c[0] for c in HEADER_FAULTS]
)
def test_a_wrong_header_is_refused(cards: dict[str, object], reason: str, tmp_path: Path) -> None:
    path = write(small_plan(), tmp_path)
    set_cards(path, **cards)

    _assert_refused(path, reason)


@pytest.mark.parametrize(
    ("fault", "reason"), FILE_FAULTS, ids=[fault.__name__[1:] for fault, _ in FILE_FAULTS]
)
def test_a_wrong_table_is_refused(
    fault: Callable[[fits.HDUList], object], reason: str, tmp_path: Path
) -> None:
    path = write(small_plan(), tmp_path)
    edit(path, fault)

    _assert_refused(path, reason)


def test_a_bright_star_may_have_single_precision_flux_but_no_whole_numbers(tmp_path: Path) -> None:
    path = write(small_plan("AN2_STAR"), tmp_path)
    edit(path, lambda hdus: recast(hdus, "BAR", "FLUXBAR", "E"))
    assert read_product(path).statistics.lc_mean_white is not None

    edit(path, lambda hdus: recast(hdus, "BAR", "FLUXBAR", "J"))
    _assert_refused(path, "FLUXBAR has format J; expected D")


def test_an_imagette_product_is_refused_until_its_tables_are_known(tmp_path: Path) -> None:
    plan = small_plan()
    path = write(plan, tmp_path)
    other: ProductType = "EN2_STAR_IMAG"

    _assert_refused(
        path.rename(tmp_path / replace(plan.name, product_type=other).file_name),
        "the N2-4 tables of EN2_STAR_IMAG are not known",
    )


def test_a_name_outside_every_run_is_refused(tmp_path: Path) -> None:
    name = ProductName(101086161, "EN2_STAR_CHR", START + timedelta(days=4000), START)
    name = replace(name, end=name.start + timedelta(days=1))
    path = tmp_path / name.file_name
    path.write_bytes(product_bytes(small_plan(), "N2-4.4"))

    _assert_refused(path, "no CoRoT run was under way on 2018-04-28")


def test_a_wrong_name_is_refused_before_the_file_is_opened(tmp_path: Path) -> None:
    with pytest.raises(ProductError, match="not a product name"):
        read_product(tmp_path / "lightcurve.fits")


@pytest.mark.parametrize("content", [b"", b"SIMPLE", b"<html>503</html>", b"\x1f\x8b\x08\x00" * 99])
def test_what_is_not_fits_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / small_plan().name.file_name
    path.write_bytes(content)

    _assert_refused(path, "not a FITS file")


@pytest.mark.parametrize("keep", [9, 80, 2879, 2880, 2881, 8640, 14_400, 20_000, -1, -2880])
def test_a_truncated_file_is_refused(keep: int, tmp_path: Path) -> None:
    path = write(small_plan(), tmp_path)
    path.write_bytes(path.read_bytes()[:keep])

    _assert_refused(path, "")


@pytest.mark.parametrize("more", [b"x", b"\0" * 2880, b"more" * 720])
def test_what_follows_the_file_is_refused(more: bytes, tmp_path: Path) -> None:
    path = write(small_plan(), tmp_path)
    path.write_bytes(path.read_bytes() + more)

    _assert_refused(path, "")


def test_damage_anywhere_never_shows_an_error_of_the_library(tmp_path: Path) -> None:
    path = write(small_plan(days=0.2), tmp_path)
    intact = path.read_bytes()
    chance = random.Random(1)  # noqa: S311 - any damage will do
    reasons = []
    for _ in range(150):
        damaged = bytearray(intact)
        for _ in range(chance.choice([1, 10, 100])):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged)
        try:
            read_product(path)
        except ProductError as error:
            reasons.append(error.reason)

    assert len(reasons) > 50
    assert all(reason.startswith(path.name) for reason in reasons)
    assert all(reason.isprintable() for reason in reasons)


def _assert_refused(path: Path, reason: str) -> None:
    with pytest.raises(ProductError) as caught:
        read_product(path)
    assert caught.value.reason.startswith(f"{path.name}: ")
    assert reason in caught.value.reason


def test_a_header_holds_printable_ascii_only(tmp_path: Path) -> None:
    path = write(small_plan(), tmp_path)
    content = bytearray(path.read_bytes())
    place = content.index(b"CoRoT id")
    content[place : place + 3] = b"\xff\x00\x07"
    path.write_bytes(content)
    with pytest.raises(ProductError, match=r"damaged header of PRIMARY.*0xff"):
        read_product(path)
