from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from astropy.io import fits

from ingest.fits import ProductError, read_product
from ingest.names import ProductName
from ingest.simulate import product_bytes
from ingest.simulate.models import EclipsingBinary
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
    _edit(path, lambda hdus: hdus[0].header.set("LC_MEANR", 1234.5))

    statistics = read_product(path).statistics

    assert statistics.lc_mean_r == 1234.5
    assert statistics.lc_mean_g == pytest.approx(16_300, rel=0.02)


def test_a_series_without_a_good_point_has_no_means(tmp_path: Path) -> None:
    path = write(small_plan("EN2_STAR_MON"), tmp_path)
    _edit(path, lambda hdus: hdus["BAR"].data["STATUS"].fill(1))

    assert read_product(path).statistics.lc_mean_white is None


def test_a_file_that_does_not_say_so_is_not_simulated(tmp_path: Path) -> None:
    path = write(small_plan(), tmp_path)
    _edit(path, lambda hdus: [hdus[0].header.remove(word) for word in ("SIMULATD", "LVL_VERS")])

    product = read_product(path)

    assert not product.simulated
    assert product.version is None


def test_an_id_without_leading_zeros_is_the_same(tmp_path: Path) -> None:
    path = write(small_plan(), tmp_path)
    _set(path, COROTID="101086161")

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
    _set(path, **cards)

    _assert_refused(path, reason)


def _rename_column(hdus: fits.HDUList) -> None:
    hdus["BAR"].columns["BG"].name = "BACKGROUND"


def _change_unit(hdus: fits.HDUList) -> None:
    hdus["BAR"].columns["BG"].unit = "electron/s"


def _rename_table(hdus: fits.HDUList) -> None:
    hdus["BARFILL"].name = "BARFULL"


def _rename_all(hdus: fits.HDUList) -> None:
    for number, hdu in enumerate(hdus[1:]):
        hdu.name = f"BINTABLE{number}"


def _drop_table(hdus: fits.HDUList) -> None:
    del hdus["SYSTEMATIC"]


def _drop_tables(hdus: fits.HDUList) -> None:
    del hdus[1:]


def _image_for_table(hdus: fits.HDUList) -> None:
    hdus[3] = fits.ImageHDU(np.zeros((2, 2)), name="SYSTEMATIC")


def _swap_tables(hdus: fits.HDUList) -> None:
    bar = hdus.pop(1)
    hdus.append(bar)


def _double_flux(hdus: fits.HDUList) -> None:
    _recast(hdus, "BARFILL", "WHITEFLUXFIL", "D")


def _no_rows(hdus: fits.HDUList) -> None:
    hdus["SYSTEMATIC"].data = hdus["SYSTEMATIC"].data[:0]


def _one_row(hdus: fits.HDUList) -> None:
    hdus["BAR"].data = hdus["BAR"].data[:1]


def _nan_time(hdus: fits.HDUList) -> None:
    hdus["BAR"].data["DATEBARTT"][4] = math.nan


def _infinite_time(hdus: fits.HDUList) -> None:
    hdus["SYSTEMATIC"].data["DATEBARTT"][-1] = math.inf


def _repeated_time(hdus: fits.HDUList) -> None:
    days = hdus["BAR"].data["DATETT"]
    days[5] = days[4]


def _exposure_of_64_s(hdus: fits.HDUList) -> None:
    hdus["BARFILL"].data["T_EXP"][2] = 64


def _an_hour_later(hdus: fits.HDUList) -> None:
    hdus["BAR"].data["DATETT"] += 1 / 24


def _half_the_series(hdus: fits.HDUList) -> None:
    hdus["BAR"].data = hdus["BAR"].data[:80]


def _half_a_day_off(hdus: fits.HDUList) -> None:
    hdus["BAR"].data["DATETT"] -= 0.5


FILE_FAULTS: list[tuple[Callable[[fits.HDUList], object], str]] = [
    (_rename_column, "extension BAR has the columns DATE, DATETT"),
    (_change_unit, "BG has unit 'electron/s'; expected 'ELECTRONS PER PIXEL PER 32s'"),
    (_rename_table, "extensions are BAR, BARFULL, SYSTEMATIC; expected BAR, BARFILL, SYSTEMATIC"),
    (_rename_all, "no known format has the extensions BINTABLE0, BINTABLE1, BINTABLE2"),
    (_drop_table, "extensions are BAR, BARFILL; expected"),
    (_drop_tables, "no known format has the extensions none"),
    (_image_for_table, "extension SYSTEMATIC is 'IMAGE'; expected a BINTABLE"),
    (_swap_tables, "extensions are BARFILL, SYSTEMATIC, BAR; expected"),
    (_double_flux, "WHITEFLUXFIL has format D; expected E"),
    (_no_rows, "extension SYSTEMATIC has 0 rows; expected at least 2"),
    (_one_row, "extension BAR has 1 rows; expected at least 2"),
    (_nan_time, "DATEBARTT of BAR is nan in row 5; expected a date"),
    (_infinite_time, "DATEBARTT of SYSTEMATIC is inf in row 169; expected a date"),
    (_repeated_time, "in row 5 to 54236.778511 in row 6; expected increasing times"),
    (_exposure_of_64_s, "T_EXP of BARFILL is 64 in row 3; expected 32 or 512"),
    (_an_hour_later, "the start in the name is 35"),
    (_half_the_series, "the end in the name is"),
    (_half_a_day_off, "the start in the name is 43"),
]


@pytest.mark.parametrize(
    ("fault", "reason"), FILE_FAULTS, ids=[fault.__name__[1:] for fault, _ in FILE_FAULTS]
)
def test_a_wrong_table_is_refused(
    fault: Callable[[fits.HDUList], object], reason: str, tmp_path: Path
) -> None:
    path = write(small_plan(), tmp_path)
    _edit(path, fault)

    _assert_refused(path, reason)


def test_a_bright_star_may_have_single_precision_flux_but_no_whole_numbers(tmp_path: Path) -> None:
    path = write(small_plan("AN2_STAR"), tmp_path)
    _edit(path, lambda hdus: _recast(hdus, "BAR", "FLUXBAR", "E"))
    assert read_product(path).statistics.lc_mean_white is not None

    _edit(path, lambda hdus: _recast(hdus, "BAR", "FLUXBAR", "J"))
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


def _edit(path: Path, change: Callable[[fits.HDUList], object]) -> None:
    with fits.open(path, memmap=False) as hdus:
        for hdu in hdus:
            hdu.data  # noqa: B018 - read it before the file is written again
        change(hdus)
        hdus.writeto(path, overwrite=True)


def _set(path: Path, **cards: object) -> None:
    def change(hdus: fits.HDUList) -> None:
        for keyword, value in cards.items():
            if value is None:
                del hdus[0].header[keyword]
            else:
                hdus[0].header[keyword] = value

    _edit(path, change)


def _recast(hdus: fits.HDUList, name: str, column: str, form: str) -> None:
    table = hdus[name]
    hdus[name] = fits.BinTableHDU.from_columns(
        [
            fits.Column(
                c.name,
                form if c.name == column else c.format,
                c.unit,
                array=np.array(table.data[c.name]),
            )
            for c in table.columns
        ],
        name=name,
    )


def test_a_header_holds_printable_ascii_only(tmp_path: Path) -> None:
    path = write(small_plan(), tmp_path)
    content = bytearray(path.read_bytes())
    place = content.index(b"CoRoT id")
    content[place : place + 3] = b"\xff\x00\x07"
    path.write_bytes(content)
    with pytest.raises(ProductError, match=r"damaged header of PRIMARY.*0xff"):
        read_product(path)
