"""``corot.products``: one row per product and version.

The 45 columns of the metadata file partners know (each with its legacy name)
and what the server adds. The view joins two base tables: the *listing*, which
whoever may see the product reads, and the *data*, which only those read who
may get it. Everything computed from flux is in the second, so that it is NULL
in a row whose data are not the caller's.
"""

from dataclasses import replace
from typing import TypedDict, Unpack

from schemas.corot.flux_columns import FLUX_COLUMNS
from schemas.corot.stars_table import COROT_ID, STAR_COLUMNS
from schemas.corot.times import BJD_TT, MJD_UTC, UTC
from schemas.declaration import Column, ForeignKey, Position, Table

LISTING = "corot.product_listing"


class _More(TypedDict, total=False):
    expression: str
    legacy_name: str
    legacy_number: int
    principal: bool
    indexed: bool
    nullable: bool


def _text(name: str, description: str, ucd: str, **more: Unpack[_More]) -> Column:
    """Declare a column of text."""
    return Column(name, "char", description, arraysize="*", ucd=ucd, **more)


def _flag(
    name: str, description: str, product_type: str, legacy_name: str, legacy_number: int
) -> Column:
    """Tell whether the star has a product of a type in the same run (that the caller may see)."""
    return Column(
        name=name,
        datatype="short",
        ucd="meta.code",
        description=description,
        legacy_name=legacy_name,
        legacy_number=legacy_number,
        expression="CASE WHEN EXISTS (SELECT FROM corot.product_listing o"
        " WHERE o.corot_id = l.corot_id AND o.run_code = l.run_code"
        f" AND o.product_type = '{product_type}') THEN 1 ELSE 0 END::smallint",
    )


IS_LATEST = (
    "NOT l.withdrawn AND NOT EXISTS (SELECT FROM corot.product_listing n"
    " WHERE n.corot_id = l.corot_id AND n.run_code = l.run_code"
    " AND n.product_type = l.product_type AND n.product_level = l.product_level"
    " AND NOT n.withdrawn AND n.version_order > l.version_order)"
)
"""The latest version among those the caller may see: the subquery obeys the policies too."""

DATA_RIGHTS = "CASE WHEN vo.is_released(l.release_date) THEN 'public' ELSE 'proprietary' END"

_IDENTITY = (
    _text(
        "publisher_did",
        "Publisher's identifier of this version of the product, as in ObsCore and SSA",
        "meta.ref.ivoid",
        expression="vo.publisher_did(l.key)",
        principal=True,
        nullable=False,
    ),
    replace(COROT_ID, ucd="meta.id;src"),
    _text(
        "run_code",
        "Run the light curve was observed in",
        "meta.id;obs",
        legacy_name="run_code",
        legacy_number=2,
        principal=True,
        indexed=True,
        nullable=False,
    ),
    _text(
        "product_type",
        "Kind of product: EN2_STAR_CHR (three colours), EN2_STAR_MON, EN2_STAR_IMAG, AN2_STAR",
        "meta.code.class",
        principal=True,
        nullable=False,
    ),
    _text(
        "product_level",
        "Level of processing: N1A (Exo Alert), N1 or N2",
        "meta.code;obs.calib",
        nullable=False,
    ),
    _text(
        "channel",
        "exoplanet (faint stars) or seismology (bright stars)",
        "meta.id;instr",
        principal=True,
        nullable=False,
    ),
    _text(
        "version",
        "Version of the processing, named by its release; N2-4.4, say",
        "meta.version",
        legacy_name="version_dir",
        legacy_number=45,
        principal=True,
        nullable=False,
    ),
    Column(
        name="is_latest",
        datatype="short",
        ucd="meta.code",
        description="1 for the latest version of the product that you may see, else 0",
        expression=f"CASE WHEN {IS_LATEST} THEN 1 ELSE 0 END::smallint",
        principal=True,
        nullable=False,
    ),
)

_OBSERVATION = (
    _text(
        "ccd_half",
        "Half of the CCD the star was read from",
        "meta.id;instr.det",
        legacy_name="hlfccdid",
        legacy_number=3,
    ),
    Column(
        name="start_utc",
        datatype="char",
        arraysize="*",
        xtype="timestamp",
        ucd="time.start;obs",
        description="Start of the light curve, as its file is named (UTC)",
        time_system=UTC,
        legacy_name="start_date",
        legacy_number=6,
        principal=True,
        nullable=False,
    ),
    Column(
        name="end_utc",
        datatype="char",
        arraysize="*",
        xtype="timestamp",
        ucd="time.end;obs",
        description="End of the light curve, as its file is named (UTC)",
        time_system=UTC,
        legacy_name="end_date",
        legacy_number=7,
        principal=True,
        nullable=False,
    ),
    Column(
        name="exposure_time",
        datatype="float",
        unit="s",
        ucd="time.duration;obs.exposure",
        description="Exposure of one point: 32 or 512; NULL where the light curve has both",
        legacy_name="exptime",
        legacy_number=20,
    ),
    Column(
        name="degree_chrom",
        datatype="float",
        ucd="meta.code",
        description="Degree of chromaticity, as the product's header gives it",
        legacy_name="degree_chrom",
        legacy_number=21,
    ),
    Column(
        name="contamination",
        datatype="float",
        ucd="stat.value",
        description="Fraction of the flux in the mask that comes from other stars",
        legacy_name="contam_factor",
        legacy_number=23,
    ),
    Column(
        name="n_hot_pixels",
        datatype="int",
        ucd="meta.number;instr.pixel",
        description="Hot pixels in the mask",
        legacy_name="num_hot_pix",
        legacy_number=34,
    ),
    *(
        Column(
            name=name,
            datatype="float",
            unit="pixel",
            ucd=f"pos.cartesian.{name[0]};instr.det",
            description=description,
            legacy_name=legacy,
            legacy_number=number,
        )
        for number, name, legacy, description in (
            (35, "x_ccd", "X_ccd", "Position of the star on the CCD, along x"),
            (36, "y_ccd", "Y_ccd", "Position of the star on the CCD, along y"),
            (37, "x_window", "X_win_ccd", "Position of the star's window on the CCD, along x"),
            (38, "y_window", "Y_win_ccd", "Position of the star's window on the CCD, along y"),
        )
    ),
)

_SERIES = (
    Column(
        name="n_points",
        datatype="long",
        ucd="meta.number",
        description="Points of the light curve at its native sampling",
        principal=True,
        nullable=False,
    ),
    Column(
        name="cadence",
        datatype="double",
        unit="s",
        ucd="time.interval",
        description="Median time between two points",
        nullable=False,
    ),
    Column(
        name="total_exposure",
        datatype="double",
        unit="s",
        ucd="time.duration;obs.exposure",
        description="Exposure times of all points, added up",
        nullable=False,
    ),
    *(
        Column(
            name=f"t_{end}",
            datatype="double",
            unit="d",
            ucd=f"time.{what};obs.exposure",
            utype=f"obscore:Char.TimeAxis.Coverage.Bounds.Limits.{utype}",
            description=f"{text} at the satellite, as MJD in UTC",
            time_system=MJD_UTC,
            principal=True,
            indexed=end == "min",
            nullable=False,
        )
        for end, what, utype, text in (
            ("min", "start", "StartTime", "Start of the first exposure"),
            ("max", "end", "StopTime", "End of the last exposure"),
        )
    ),
    *(
        Column(
            name=f"bjd_tt_{end}",
            datatype="double",
            unit="d",
            ucd=f"time.{what};obs.exposure",
            description=f"Middle of the {text} exposure at the barycentre, as Julian Date in TT",
            time_system=BJD_TT,
            nullable=False,
        )
        for end, what, text in (("min", "start", "first"), ("max", "end", "last"))
    ),
    Column(
        name="time_span",
        datatype="double",
        unit="d",
        ucd="time.duration",
        description="Time between the start of the first and the end of the last exposure",
        expression="l.t_max - l.t_min",
        nullable=False,
    ),
)

_PRESENCE = (
    _flag(
        "has_mon",
        "1 if the star has a one-colour light curve in this run",
        "EN2_STAR_MON",
        "flag_MON",
        39,
    ),
    _flag(
        "has_chr",
        "1 if the star has a three-colour light curve in this run",
        "EN2_STAR_CHR",
        "flag_CHR",
        40,
    ),
    _flag(
        "has_exo_window",
        "1 if the star's window in this run is described (faint stars)",
        "EN2_WINDESCRIPTOR",
        "ewindescriptor",
        41,
    ),
    _flag(
        "has_seismo",
        "1 if the star has a bright-star light curve in this run",
        "AN2_STAR",
        "an2_star",
        42,
    ),
    _flag(
        "has_seismo_window",
        "1 if the star's window in this run is described (bright stars)",
        "AN2_WINDESCRIPTOR",
        "awindescriptor",
        43,
    ),
)

_ACCESS = (
    _text(
        "obs_collection",
        "Collection the product belongs to; says so if it is simulated",
        "meta.id",
        nullable=False,
    ),
    Column(
        name="release_date",
        datatype="char",
        arraysize="*",
        xtype="timestamp",
        ucd="time.release",
        utype="obscore:Curation.releaseDate",
        description="When the data become public (UTC)",
        time_system=UTC,
        principal=True,
        nullable=False,
    ),
    _text(
        "data_rights",
        "public or proprietary, now",
        "meta.code",
        expression=DATA_RIGHTS,
        principal=True,
        nullable=False,
    ),
    _text(
        "access_url",
        "Where the product is downloaded from",
        "meta.ref.url",
        expression="vo.product_url(l.key, l.file_name)",
        principal=True,
        nullable=False,
    ),
    _text(
        "file_name",
        "Name of the product's file",
        "meta.id;meta.file",
        legacy_name="file_name",
        legacy_number=44,
        nullable=False,
    ),
    Column(
        name="file_size",
        datatype="long",
        unit="byte",
        ucd="phys.size;meta.file",
        description="Size of the product's file",
        nullable=False,
    ),
    _text(
        "checksum", "SHA-256 of the product's file, in hexadecimal", "meta.checksum", nullable=False
    ),
    _text(
        "withdrawn_reason",
        "Why this version was withdrawn; only the data centre's staff sees such a version",
        "meta.note",
    ),
)

PRODUCTS = Table(
    name="corot.products",
    kind="view",
    title="CoRoT products",
    description="Every version of every light curve you may see. Where the data are not yours "
    "before their release, what is computed from the flux is NULL.",
    primary_key=("publisher_did",),
    positions=(Position("ra", "dec", "pos"),),
    foreign_keys=(
        ForeignKey("corot.runs", (("run_code", "run_code"),), "The run of the product"),
        ForeignKey("corot.stars", (("corot_id", "corot_id"),), "The star of the product"),
    ),
    columns=(
        *_IDENTITY,
        *STAR_COLUMNS,
        *_OBSERVATION,
        *_SERIES,
        *FLUX_COLUMNS,
        *_PRESENCE,
        *_ACCESS,
    ),
)
