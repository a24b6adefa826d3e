"""The columns and parameters of an SSA answer (SSA 1.1, section 4.2).

Every column says in its ``expression`` how it comes from the columns of an
ObsCore table, so the store selects an answer as it is written. Utypes and
UCDs are the standard's; what is the same for all data products is a PARAM.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from schemas.declaration import Column
from schemas.obscore import MJD_UTC
from tap.votable import Info, Param

if TYPE_CHECKING:
    from schemas.declaration import Datatype, Table

INFOS: Final = (
    Info("SERVICE_PROTOCOL", "1.1", "SSAP"),
    Info("standardID", "ivo://ivoa.net/std/SSA"),
)
"""What every answer says about the protocol (SSA 1.1, section 8.10.2)."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is the same for all data products of a service.

    The values of ``creation_type`` and ``*_calibration`` are SSA's
    (section 4.2.5).
    """

    publisher: str
    creator: str
    product_types: tuple[str, ...] = ("timeseries",)
    """Values of ObsCore's dataproduct_type that this service gives out."""
    data_model: str = "TimeSeries"
    registered_types: tuple[str, ...] = ("timeseries", "light-curve")
    """What the registry is told they are (http://www.ivoa.net/rdf/product-type)."""
    data_source: str = "'survey'"
    """SQL over the ObsCore columns: survey, pointed, custom, theory or artificial."""
    data_sources: tuple[str, ...] = ("survey",)
    """Every value that ``data_source`` takes."""
    creation_type: str = "archival"
    reference: str | None = None
    """Bibcode or DOI to cite."""
    flux_calibration: str = "UNCALIBRATED"
    spectral_calibration: str = "CALIBRATED"
    spatial_calibration: str = "CALIBRATED"
    test_query: str = "MAXREC=1"
    """Parameters that find something, as the query part of a URL."""


SCORE: Final = Column(
    name="score",
    datatype="float",
    description="How well the data product fits the query: 1 in the centre of POS, 0 at the rim",
    utype="ssa:Query.Score",
)
"""Its value depends on the query, so the store computes it."""


def _text(name: str, utype: str, ucd: str | None, description: str, expression: str) -> Column:
    """Declare a column of text."""
    return Column(
        name=name,
        datatype="char",
        arraysize="*",
        description=description,
        ucd=ucd,
        utype=f"ssa:{utype}",
        expression=expression,
    )


_DATASET: Final = (
    _text("access_url", "Access.Reference", "meta.ref.url", "URL of the data", "access_url"),
    _text("access_format", "Access.Format", "meta.code.mime", "Media type", "access_format"),
    Column(
        name="access_estsize",
        datatype="long",
        description="Size of the data",
        unit="kbyte",
        ucd="phys.size;meta.file",
        utype="ssa:Access.Size",
        expression="access_estsize",
    ),
    _text("dataset_type", "Dataset.Type", None, "Kind of data product", "dataproduct_type"),
    Column(
        name="dataset_length",
        datatype="long",
        description="Number of points",
        ucd="meta.number",
        utype="ssa:Dataset.Length",
        expression="t_xel",
    ),
    _text("collection", "DataID.Collection", None, "Collection it belongs to", "obs_collection"),
    _text(
        "dataset_id",
        "DataID.DatasetID",
        "meta.id;meta.dataset",
        "Identifier of the observation",
        "obs_id",
    ),
    _text(
        "date_obs",
        "DataID.Date",
        "time;meta.dataset",
        "Middle of the observation, UTC",
        "to_char(timestamp '1858-11-17' + (t_min + t_max) / 2 * interval '1 day',"
        " 'YYYY-MM-DD HH24:MI:SS')",
    ),
    _text(
        "instrument",
        "DataID.Instrument",
        "meta.id;instr",
        "Instrument, or the facility where it has but one",
        "coalesce(instrument_name, facility_name)",
    ),
    _text(
        "publisher_did",
        "Curation.PublisherDID",
        "meta.ref.url;meta.curation",
        "Identifier of this version of the data product; ObsCore's obs_publisher_did",
        "obs_publisher_did",
    ),
    _text("target_name", "Target.Name", "meta.id;src", "Name of the target", "target_name"),
)

_SPACE: Final = (
    Column(
        name="location",
        datatype="double",
        arraysize="2",
        description="Right ascension and declination of the observation, ICRS",
        unit="deg",
        ucd="pos.eq",
        utype="ssa:Char.SpatialAxis.Coverage.Location.Value",
        expression="CASE WHEN s_ra IS NOT NULL THEN ARRAY[s_ra, s_dec] END",
    ),
    Column(
        name="target_pos",
        datatype="double",
        arraysize="2",
        description="Right ascension and declination of the target, ICRS",
        unit="deg",
        ucd="pos.eq;src",
        utype="ssa:Target.Pos",
        expression="CASE WHEN s_ra IS NOT NULL THEN ARRAY[s_ra, s_dec] END",
    ),
)


def _double(name: str, unit: str, utype: str, ucd: str, expression: str) -> Column:
    """Declare a characterization of the data product: a number whose name says it all."""
    return Column(
        name=name,
        datatype="double",
        description=_DESCRIPTIONS[name],
        unit=unit,
        ucd=ucd,
        utype=f"ssa:Char.{utype}",
        expression=expression,
        time_system=MJD_UTC if unit == "d" else None,
    )


_DESCRIPTIONS: Final = {
    "aperture": "Diameter of the region of the sky observed",
    "angular_resolution": "Smallest angle the instrument resolves",
    "band_centre": "Middle of the passband (vacuum wavelength)",
    "band_width": "Width of the passband",
    "band_min": "Shortest wavelength of the passband",
    "band_max": "Longest wavelength of the passband",
    "band_resolution": "Spectral resolution at the middle of the passband",
    "time_centre": "Middle of the observation, MJD",
    "time_extent": "Time from the start to the end of the observation",
    "time_start": "Start of the observation, MJD",
    "time_stop": "End of the observation, MJD",
    "exposure": "Total exposure time",
    "time_resolution": "Shortest interval between two points",
}

_CHARACTERIZATION: Final = (
    _double("aperture", "deg", "SpatialAxis.Coverage.Bounds.Extent", "instr.fov", "s_fov"),
    _double(
        "angular_resolution",
        "deg",
        "SpatialAxis.Resolution",
        "pos.angResolution",
        "s_resolution / 3600",
    ),
    _double(
        "band_centre",
        "m",
        "SpectralAxis.Coverage.Location.Value",
        "em.wl;instr.bandpass",
        "(em_min + em_max) / 2",
    ),
    _double(
        "band_width",
        "m",
        "SpectralAxis.Coverage.Bounds.Extent",
        "em.wl;instr.bandwidth",
        "em_max - em_min",
    ),
    _double("band_min", "m", "SpectralAxis.Coverage.Bounds.Start", "em.wl;stat.min", "em_min"),
    _double("band_max", "m", "SpectralAxis.Coverage.Bounds.Stop", "em.wl;stat.max", "em_max"),
    _double(
        "band_resolution",
        "m",
        "SpectralAxis.Resolution",
        "spect.resolution;em.wl",
        "(em_min + em_max) / 2 / nullif(em_res_power, 0)",
    ),
    _double(
        "time_centre",
        "d",
        "TimeAxis.Coverage.Location.Value",
        "time.epoch",
        "(t_min + t_max) / 2",
    ),
    _double(
        "time_extent",
        "s",
        "TimeAxis.Coverage.Bounds.Extent",
        "time.duration",
        "(t_max - t_min) * 86400",
    ),
    _double(
        "time_start", "d", "TimeAxis.Coverage.Bounds.Start", "time.start;obs.exposure", "t_min"
    ),
    _double("time_stop", "d", "TimeAxis.Coverage.Bounds.Stop", "time.stop;obs.exposure", "t_max"),
    _double(
        "exposure",
        "s",
        "TimeAxis.Coverage.Support.Extent",
        "time.duration;obs.exposure",
        "t_exptime",
    ),
    _double("time_resolution", "s", "TimeAxis.Resolution", "time.resolution", "t_resolution"),
    _text("flux_ucd", "Char.FluxAxis.Ucd", "meta.ucd", "UCD of the quantity measured", "o_ucd"),
)

_OPTIONAL: Final = {
    "target_class": _text(
        "target_class", "Target.Class", "src.class", "Kind of the target", "target_class"
    ),
    "data_rights": _text(
        "rights", "Curation.Rights", None, "Who may download the data", "data_rights"
    ),
    "obs_release_date": Column(
        name="release_date",
        datatype="char",
        arraysize="*",
        xtype="timestamp",
        description="Date from which the data are public",
        ucd="time.release",
        expression="obs_release_date",
    ),
}
"""Columns that an answer has when the ObsCore table has the key among its own."""


def response_columns(table: Table, holdings: Holdings) -> tuple[Column, ...]:
    """Give the columns of the answers of a service on an ObsCore table.

    The first is `SCORE`, the only one without an expression.
    """
    known = {column.name for column in table.columns}
    title = "coalesce(obs_title, obs_id)" if "obs_title" in known else "obs_id"
    return (
        SCORE,
        *_DATASET,
        _text("title", "DataID.Title", "meta.title;meta.dataset", "Title", title),
        _text(
            "data_source",
            "DataID.DataSource",
            None,
            "Where the data come from: survey, pointed, custom, theory or artificial",
            holdings.data_source,
        ),
        *(column for name, column in _OPTIONAL.items() if name in known),
        *_SPACE,
        *_CHARACTERIZATION,
    )


def response_params(holdings: Holdings) -> tuple[Param, ...]:
    """Give what all rows of an answer have in common."""
    values = (
        ("publisher", "Curation.Publisher", "meta.curation", holdings.publisher),
        ("creator", "DataID.Creator", None, holdings.creator),
        ("creation_type", "DataID.CreationType", None, holdings.creation_type),
        ("data_model", "Dataset.DataModel", None, holdings.data_model),
        ("reference", "Curation.Reference", "meta.bib.bibcode", holdings.reference),
        ("space_frame", "CoordSys.SpaceFrame.Name", None, "ICRS"),
        ("time_frame", "CoordSys.TimeFrame.Name", "time.scale", "UTC"),
        ("spectral_ucd", "Char.SpectralAxis.Ucd", "meta.ucd", "em.wl"),
        ("spatial_calibration", "Char.SpatialAxis.Calibration", "meta.code.qual",
         holdings.spatial_calibration),
        ("spectral_calibration", "Char.SpectralAxis.Calibration", "meta.code.qual",
         holdings.spectral_calibration),
        ("flux_calibration", "Char.FluxAxis.Calibration", None, holdings.flux_calibration),
    )  # fmt: skip
    return tuple(
        Param(_text(name, utype, ucd, "", ""), value)
        for name, utype, ucd, value in values
        if value is not None
    )


def _input(name: str, datatype: Datatype, description: str, unit: str | None = None) -> Column:
    """Declare an input parameter."""
    return Column(
        name=f"INPUT:{name}",
        datatype=datatype,
        arraysize="*" if datatype == "char" else None,
        unit=unit,
        description=description,
    )


def input_params(default_size: float, default_maxrec: int) -> tuple[Param, ...]:
    """Describe the input parameters for FORMAT=METADATA (SSA 1.1, section 4.1.1.5)."""
    return (
        Param(_input("POS", "char", "Centre of the search: ICRS ra,dec in degrees"), ""),
        Param(_input("SIZE", "double", "Diameter of the search", "deg"), default_size),
        Param(_input("BAND", "char", "Vacuum wavelengths in m: value, a/b, a/, /b or a list"), ""),
        Param(_input("TIME", "char", "UTC in ISO 8601: date, a/b, a/, /b or a list"), ""),
        Param(
            _input("FORMAT", "char", "all, compliant, native, graphic, votable, fits, xml,"
                   " metadata or media types"),
            "all",
        ),
        Param(_input("COLLECTION", "char", "Names of collections"), ""),
        Param(_input("TARGETNAME", "char", "Names of targets"), ""),
        Param(_input("PUBDID", "char", "Publisher identifiers of data products"), ""),
        Param(_input("TOP", "int", "Give the nearest data products only"), default_maxrec),
        Param(_input("MAXREC", "int", "Most rows in the answer"), default_maxrec),
    )  # fmt: skip
