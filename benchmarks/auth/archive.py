"""A scratch archive: products of every kind, accounts, grants, and a role that bypasses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

BYPASS: Final = "vo_bypass"
"""Has the reader's grants and settings, and no policy applies to it."""

CALLERS: Final = {
    "public": "",
    "5 stars": "guest5",
    "5,000 stars": "guest5000",
    "5,000 stars, one grant": "list5000",
    "5,000 windows": "windows5000",
    "Co-I": "coi",
    "staff": "staff",
}
"""The principal of each tier measured; those with stars or windows are Guest Investigators."""

FEW: Final = "5 stars"
MANY: Final = ("5,000 stars", "5,000 stars, one grant", "5,000 windows")

_PER_STAR = 3

_LISTING = text(
    """
    WITH place AS (
        SELECT run_code, row_number() OVER (ORDER BY run_code) - 1 AS number FROM corot.runs
    ), star AS (
        SELECT i / :per AS s, i % :per AS j FROM generate_series(0, :rows - 1) AS i
    ), product AS (
        SELECT s, j, 1000000 + s AS corot_id,
            (s + CASE WHEN j = 2 THEN 7 ELSE 0 END) % (SELECT count(*) FROM place) AS number,
            CASE WHEN j < 2 OR s % 30 > 3 THEN 'N2' WHEN s % 30 = 3 THEN 'N1A' ELSE 'N1' END
                AS product_level
        FROM star
    )
    INSERT INTO corot.product_listing (corot_id, run_code, product_type, product_level, channel,
        version, ra, dec, mag_b, mag_v, mag_r, mag_i, b_v, spectral_type, teff, ccd_half,
        exposure_time, contamination, start_utc, end_utc, n_points, cadence, total_exposure, t_min,
        t_max, bjd_tt_min, bjd_tt_max, obs_collection, release_date, file_name, file_size, checksum,
        delivery_id)
    SELECT corot_id, p.run_code, CASE WHEN j = 2 THEN 'EN2_STAR_MON' ELSE 'EN2_STAR_CHR' END,
        product_level, 'exoplanet',
        product_level || CASE WHEN product_level <> 'N2' THEN '-1.0' WHEN j = 1 THEN '-3.1'
            ELSE '-4.4' END,
        -- Fields of 3 by 3 degrees in the two directions CoRoT looked in.
        CASE WHEN s % 2 = 0 THEN 95 ELSE 282 END + (s % 13) + 3 * ((s * 0.7548776662) % 1),
        -5 + (s % 7) + 3 * ((s * 0.5698402909) % 1),
        13 + s % 400 / 100.0, 12.5 + s % 400 / 100.0, 12 + s % 400 / 100.0, 11.5 + s % 400 / 100.0,
        0.5, 'G2', 5000 + s % 1500, 'L', 512, 0.01,
        '2007-02-03T13:05:53', '2007-04-02T07:01:58', 9600, 512, 4915200, 54134.5 + s % 1000,
        54192.3 + s % 1000, 2454135.0 + s % 1000, 2454192.8 + s % 1000, 'CoRoT benchmark',
        CASE WHEN product_level = 'N2' AND s % 5 <> 0 THEN '2010-01-01'::timestamp
            ELSE '2999-01-01' END,
        'EN2_STAR_' || lpad(corot_id::text, 10, '0') || '_20070203T130553_20070402T070158.fits',
        1000000 + s, md5(s::text) || md5(j::text), 'bench'
    FROM product JOIN place p USING (number)
    ORDER BY s, j
    """
)
"""Of each star two versions of one product, and a product of another run: N2, N1 or Exo Alert.
A fifth of N2 is proprietary, and the other levels wholly."""

_DATA = text(
    """
    INSERT INTO corot.product_data (product_id, lc_mean_white, lc_rms_white, var_class1,
        prob_var1, storage_path, media_type)
    SELECT product_id, 1e4 + product_id % 1000, 10 + product_id % 10, 'ECL', 0.9, key,
        'application/fits'
    FROM corot.product_listing
    """
)

_DELIVERY = text(
    """
    INSERT INTO ingest.deliveries (delivery_id, product_level, version, source, delivered,
        release_date)
    VALUES ('bench', 'N2', 'N2-4.4', '-', '2009-01-01', '2010-01-01')
    """
)

_GRANTS = text(
    """
    WITH granted AS (
        INSERT INTO auth.grants (account, product_level, star_count, run_code)
        SELECT :account, 'N2', 1, CASE WHEN :windows THEN run_code END
        FROM generate_series(0, :count - 1) AS i, LATERAL (
            SELECT run_code FROM corot.runs ORDER BY run_code OFFSET i % 26 LIMIT 1
        ) r
        RETURNING grant_id
    )
    INSERT INTO auth.grant_stars (grant_id, corot_id)
    SELECT grant_id, 1000000 + 5 * row_number() OVER (ORDER BY grant_id) FROM granted
    """
)
"""Each star by a grant of its own, which is more work than all by one."""

_LIST = text(
    """
    WITH granted AS (
        INSERT INTO auth.grants (account, product_level, star_count)
        VALUES (:account, 'N2', :count) RETURNING grant_id
    )
    INSERT INTO auth.grant_stars (grant_id, corot_id)
    SELECT grant_id, 1000000 + 5 * i FROM granted, generate_series(1, :count) AS i
    """
)

_GUESTS = {
    "guest5": (_GRANTS, {"count": 5, "windows": False}),
    "guest5000": (_GRANTS, {"count": 5000, "windows": False}),
    "list5000": (_LIST, {"count": 5000}),
    "windows5000": (_GRANTS, {"count": 5000, "windows": True}),
}


def fill(owner: Engine, rows: int) -> None:
    """Write so many products, and the accounts; what an earlier run left is used again."""
    with owner.begin() as connection:
        found = connection.scalar(text("SELECT count(*) FROM corot.product_data"))
        if found not in {0, rows}:
            raise RuntimeError(f"there is an archive of {found} products: delete its folder")
        if found == 0:
            connection.execute(_DELIVERY)
            connection.execute(_LISTING, {"rows": rows, "per": _PER_STAR})
            connection.execute(_DATA)
        for name in ("coi", "staff", *_GUESTS):
            _add_account(connection, name)


def _add_account(connection: Connection, name: str) -> None:
    values = {"name": name, "group": "guest" if name in _GUESTS else name}
    if connection.scalar(text("SELECT true FROM auth.accounts WHERE name = :name"), values):
        return
    connection.execute(text("INSERT INTO auth.accounts (name) VALUES (:name)"), values)
    connection.execute(text("INSERT INTO auth.members VALUES (:name, :group)"), values)
    if name in _GUESTS:
        grant, details = _GUESTS[name]
        connection.execute(grant, {"account": name, **details})


def make_bypass(superuser: Engine, password: str) -> None:
    """Make the role that the policies do not hold for; bring statistics up to date."""
    with superuser.connect() as connection:
        autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
        known = autocommit.scalar(
            text("SELECT true FROM pg_roles WHERE rolname = :name"), {"name": BYPASS}
        )
        if not known:
            autocommit.exec_driver_sql(f"CREATE ROLE {BYPASS} LOGIN BYPASSRLS IN ROLE vo_reader")
        for setting in ("search_path = pg_catalog, public, pg_temp", "jit = off"):
            autocommit.exec_driver_sql(f"ALTER ROLE {BYPASS} SET {setting}")
        autocommit.exec_driver_sql(f"ALTER ROLE {BYPASS} PASSWORD '{password}'")
        autocommit.exec_driver_sql("VACUUM (FREEZE, ANALYZE)")
