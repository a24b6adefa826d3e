"""A foreign archive: photographic plates and spectra that have nothing to do with CoRoT."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest
from flask import Flask

from schemas.declaration import Position, Table
from schemas.engine import READER
from schemas.obscore import OBSCORE_COLUMNS
from schemas.session import PUBLIC
from ssa import download_routes, routes
from ssa.download_service import DownloadService
from ssa.download_store import DownloadStore
from ssa.response import Holdings
from ssa.service import Limits, SsaService
from ssa.store import ObsCoreStore

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient
    from sqlalchemy import Engine

    from schemas.session import ReaderDatabase
    from tests.support.databases import DatabaseMaker

BASE_URL: Final = "http://plates.example.org/vo"

PLATES: Final = Table(
    name="plates.observations",
    description="Light curves from photographic plates",
    columns=tuple(column for column in OBSCORE_COLUMNS if column.principal),
    positions=(Position("s_ra", "s_dec", "place"),),
)
"""Only the mandatory columns, and a vector column of another name."""

HOLDINGS: Final = Holdings(
    publisher="Plate Vault",
    creator="E. Example",
    data_source="CASE WHEN obs_collection = 'made up' THEN 'artificial' ELSE 'survey' END",
    data_sources=("survey", "artificial"),
    reference="2007A&A...000....1E",
    test_query="POS=100.9,-0.9&SIZE=1",
)

LIMITS: Final = Limits(default_maxrec=50, maxrec=60, default_size=0.5)

_SQL_TYPES: Final = {"char": "text", "int": "integer", "long": "bigint", "double": "float8"}
_VECTOR: Final = (
    "cube(ARRAY[cos(radians(s_dec)) * cos(radians(s_ra)),"
    " cos(radians(s_dec)) * sin(radians(s_ra)), sin(radians(s_dec))])"
)

_PLATES: Final = (
    # name, ra, dec, t_min, t_max, em_min, em_max, collection, type, format
    ("north", 10.0, 89.9999, 54136.0, 54137.0, 4e-7, 5e-7, "Blue", "timeseries", "fits"),
    ("north2", 190.0, 89.9999, 54136.0, 54137.0, 4e-7, 5e-7, "Blue", "timeseries", "fits"),
    ("south", 0.0, -90.0, 54136.0, 54137.0, 4e-7, 5e-7, "Blue", "timeseries", "fits"),
    ("early", 0.05, 0.0, 54136.0, 54137.0, 4e-7, 5e-7, "Blue", "timeseries", "fits"),
    ("late", 359.95, 0.0, 54136.0, 54137.0, 4e-7, 5e-7, "Blue", "timeseries", "fits"),
    ("field", 100.9, -0.9, 54236.25, 54388.5, 6e-7, 8e-7, "Red", "timeseries", "fits"),
    ("near", 101.0, -0.9, 54300.0, 54310.0, 6e-7, 8e-7, "Red", "timeseries", "x-votable+xml"),
    ("made", 102.0, -0.9, 54400.0, 54410.0, 6e-7, 8e-7, "made up", "timeseries", "fits"),
    ("picture", 100.9, -0.9, 54236.0, 54388.0, 6e-7, 8e-7, "Red", "image", "fits"),
)


def _create(engine: Engine) -> None:
    columns = ", ".join(f"{c.name} {_SQL_TYPES[c.datatype]}" for c in PLATES.columns)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE SCHEMA plates; CREATE SCHEMA vo;"
            f"CREATE TABLE plates.observations ({columns},"
            f" place cube GENERATED ALWAYS AS ({_VECTOR}) STORED);"
            "CREATE INDEX place ON plates.observations USING gist (place);"
            "CREATE TABLE vo.listed_files (key text, file_name text, release_date timestamp);"
            "CREATE TABLE vo.stored_files (key text, file_name text, storage_path text,"
            " media_type text, size bigint, sha256 text, published_at timestamp);"
            f"GRANT USAGE ON SCHEMA plates, vo TO {READER};"
            f"GRANT SELECT ON ALL TABLES IN SCHEMA plates, vo TO {READER}"
        )
        for name, ra, dec, t_min, t_max, em_min, em_max, collection, kind, form in _PLATES:
            connection.exec_driver_sql(
                "INSERT INTO plates.observations (dataproduct_type, calib_level, obs_collection,"
                " obs_id, obs_publisher_did, access_url, access_format, access_estsize,"
                " target_name, s_ra, s_dec, s_fov, s_resolution, t_min, t_max, t_exptime,"
                " t_resolution, t_xel, em_min, em_max, em_res_power, o_ucd, facility_name,"
                " instrument_name) VALUES (%s, 2, %s, %s, %s, %s, %s, 12, %s, %s, %s, 0.01, 3.6,"
                " %s, %s, 3600, 32, 1234, %s, %s, 5, 'phot.flux', 'Vault', 'Astrograph')",
                (
                    kind, collection, f"plate {name}", f"ivo://plates.example/p?{name}",
                    f"{BASE_URL}/products/{name}/{name}.fits", f"application/{form}",
                    f"HD {name}", ra, dec, t_min, t_max, em_min, em_max,
                ),
            )  # fmt: skip


FILE_CONTENT: Final = bytes(range(256)) * 12
PUBLISHED: Final = datetime(2016, 3, 23, 12, 0, 5, tzinfo=UTC)


def _publish(engine: Engine, root: Path) -> None:
    folder = root / "red"
    folder.mkdir(parents=True)
    (folder / "whole.fits").write_bytes(FILE_CONTENT)
    (folder / "short.fits").write_bytes(b"cut")
    (root.parent / "outside.fits").write_bytes(FILE_CONTENT)
    sha256 = hashlib.sha256(FILE_CONTENT).hexdigest()
    with engine.begin() as connection:
        for key, release in (("secret/b/c/1", "2030-01-31"), ("undated/b/c/1", None)):
            connection.exec_driver_sql(
                "INSERT INTO vo.listed_files VALUES (%s, 'later.fits', %s)", (key, release)
            )
        for name, path in (
            ("whole", "red/whole.fits"),
            ("short", "red/short.fits"),
            ("lost", "red/lost.fits"),
            ("outside", "../outside.fits"),
        ):
            key = f"{name}/b/c/1.0"
            connection.exec_driver_sql(
                "INSERT INTO vo.listed_files VALUES (%s, %s, '2010-01-01')", (key, f"{name}.fits")
            )
            connection.exec_driver_sql(
                "INSERT INTO vo.stored_files VALUES"
                " (%s, %s, %s, 'application/fits', %s, %s, %s)",
                (key, f"{name}.fits", path, len(FILE_CONTENT), sha256,
                 PUBLISHED.replace(tzinfo=None)),
            )  # fmt: skip


@pytest.fixture(scope="session")
def plates(
    make_database: DatabaseMaker, tmp_path_factory: pytest.TempPathFactory
) -> tuple[ReaderDatabase, Path]:
    """The reader of the archive, and its product store."""
    settings = make_database("plates")
    root = tmp_path_factory.mktemp("plates") / "store"
    engine = make_database.superuser("plates")
    _create(engine)
    _publish(engine, root)
    return make_database.reader(settings), root


@pytest.fixture(scope="session")
def app(plates: tuple[ReaderDatabase, Path]) -> Flask:
    database, root = plates
    app = Flask("plates")
    service = SsaService(database, ObsCoreStore(PLATES, HOLDINGS), HOLDINGS, LIMITS)
    app.register_blueprint(routes.blueprint(service, lambda: PUBLIC, BASE_URL))
    downloads = DownloadService(database, DownloadStore(), root, contact="the curator")
    app.register_blueprint(download_routes.blueprint(downloads, lambda: PUBLIC))
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
