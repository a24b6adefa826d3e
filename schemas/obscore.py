"""The declared columns of ``ivoa.obscore`` (ObsCore 1.1).

Names, types, units, UCDs and utypes are the standard's (ObsCore 1.1, tables
1 and 6); the descriptions are our own. Nothing here knows what the data
are: whoever publishes them says, column by column, which SQL gives the value.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from schemas.declaration import Column, Position, Table, TimeSystem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.declaration import Region

OBSCORE_UTYPE: Final = "ivo://ivoa.net/std/ObsCore#core-1.1"
"""Identifies the data model, of the table (as its utype) and of the TAP service."""

MJD_UTC: Final = TimeSystem(
    name="mjd_utc", timescale="UTC", refposition="TOPOCENTER", origin=2400000.5
)
"""ObsCore asks for MJD (section 4.10) and leaves the scale to the TIMESYS."""


_DATASET: Final = (
    Column(
        name="dataproduct_type",
        datatype="char",
        arraysize="*",
        description="Kind of data product in the words of ObsCore; timeseries for light curves",
        ucd="meta.code.class",
        utype="ObsDataset.dataProductType",
    ),
    Column(
        name="dataproduct_subtype",
        datatype="char",
        arraysize="*",
        description="Narrower kind of data product, in the words of the archive",
        ucd="meta.code.class",
        utype="ObsDataset.dataProductSubtype",
    ),
    Column(
        name="calib_level",
        datatype="int",
        description="Calibration: 0 raw, 1 instrumental, 2 science ready, 3 enhanced, 4 analysis",
        ucd="meta.code;obs.calib",
        utype="ObsDataset.calibLevel",
        nullable=False,
    ),
    Column(
        name="obs_collection",
        datatype="char",
        arraysize="*",
        description="Name of the collection the data product belongs to",
        ucd="meta.id",
        utype="DataID.collection",
        nullable=False,
    ),
    Column(
        name="obs_id",
        datatype="char",
        arraysize="*",
        description="Identifier of the observation; products of one observation share it",
        ucd="meta.id",
        utype="DataID.observationID",
        nullable=False,
    ),
    Column(
        name="obs_title",
        datatype="char",
        arraysize="*",
        description="Title of the data product in a line",
        ucd="meta.title;obs",
        utype="DataID.title",
    ),
    Column(
        name="obs_publisher_did",
        datatype="char",
        arraysize="*",
        description="IVOA identifier of this version of the data product, given by its publisher",
        ucd="meta.ref.ivoid",
        utype="Curation.publisherDID",
        nullable=False,
    ),
    Column(
        name="data_rights",
        datatype="char",
        arraysize="*",
        description="Who may download the data product: public, secure or proprietary",
        ucd="meta.code",
        utype="Curation.rights",
    ),
    Column(
        name="obs_release_date",
        datatype="char",
        arraysize="*",
        xtype="timestamp",
        description="Date from which the data product is public",
        ucd="time.release",
        utype="Curation.releaseDate",
    ),
)

_ACCESS: Final = (
    Column(
        name="access_url",
        datatype="char",
        arraysize="*",
        description="URL that gives the data product",
        ucd="meta.ref.url",
        utype="Access.reference",
    ),
    Column(
        name="access_format",
        datatype="char",
        arraysize="*",
        description="Media type behind access_url",
        ucd="meta.code.mime",
        utype="Access.format",
    ),
    Column(
        name="access_estsize",
        datatype="long",
        description="Size of the data product, estimated",
        unit="kbyte",
        ucd="phys.size;meta.file",
        utype="Access.size",
    ),
    Column(
        name="target_name",
        datatype="char",
        arraysize="*",
        description="Name of the object observed",
        ucd="meta.id;src",
        utype="Target.name",
    ),
    Column(
        name="target_class",
        datatype="char",
        arraysize="*",
        description="Kind of the object observed, when known",
        ucd="src.class",
        utype="Target.class",
    ),
)

_SPACE: Final = (
    Column(
        name="s_ra",
        datatype="double",
        description="Right ascension of the centre of the observation, ICRS",
        unit="deg",
        ucd="pos.eq.ra",
        utype="Char.SpatialAxis.Coverage.Location.Coord.Position2D.Value2.C1",
    ),
    Column(
        name="s_dec",
        datatype="double",
        description="Declination of the centre of the observation, ICRS",
        unit="deg",
        ucd="pos.eq.dec",
        utype="Char.SpatialAxis.Coverage.Location.Coord.Position2D.Value2.C2",
    ),
    Column(
        name="s_fov",
        datatype="double",
        description="Diameter of the region of the sky the data product covers",
        unit="deg",
        ucd="phys.angSize;instr.fov",
        utype="Char.SpatialAxis.Coverage.Bounds.Extent.diameter",
    ),
    Column(
        name="s_region",
        datatype="char",
        arraysize="*",
        xtype="adql:REGION",
        description="Region of the sky covered, in STC-S: Circle ICRS, centre, radius in degrees",
        ucd="pos.outline;obs.field",
        utype="Char.SpatialAxis.Coverage.Support.Area",
    ),
    Column(
        name="s_resolution",
        datatype="double",
        description="Smallest angle the instrument resolves",
        unit="arcsec",
        ucd="pos.angResolution",
        utype="Char.SpatialAxis.Resolution.Refval.value",
    ),
    Column(
        name="s_xel1",
        datatype="long",
        description="Number of samples along the first spatial axis",
        ucd="meta.number",
        utype="Char.SpatialAxis.numBins1",
    ),
    Column(
        name="s_xel2",
        datatype="long",
        description="Number of samples along the second spatial axis",
        ucd="meta.number",
        utype="Char.SpatialAxis.numBins2",
    ),
)

_TIME: Final = (
    Column(
        name="t_min",
        datatype="double",
        description="Start of the observation, MJD",
        unit="d",
        ucd="time.start;obs.exposure",
        utype="Char.TimeAxis.Coverage.Bounds.Limits.StartTime",
        time_system=MJD_UTC,
    ),
    Column(
        name="t_max",
        datatype="double",
        description="End of the observation, MJD",
        unit="d",
        ucd="time.end;obs.exposure",
        utype="Char.TimeAxis.Coverage.Bounds.Limits.StopTime",
        time_system=MJD_UTC,
    ),
    Column(
        name="t_exptime",
        datatype="double",
        description="Total exposure time",
        unit="s",
        ucd="time.duration;obs.exposure",
        utype="Char.TimeAxis.Coverage.Support.Extent",
    ),
    Column(
        name="t_resolution",
        datatype="double",
        description="Shortest interval between two samples",
        unit="s",
        ucd="time.resolution",
        utype="Char.TimeAxis.Resolution.Refval.value",
    ),
    Column(
        name="t_xel",
        datatype="long",
        description="Number of samples along the time axis",
        ucd="meta.number",
        utype="Char.TimeAxis.numBins",
    ),
)

_SPECTRUM: Final = (
    Column(
        name="em_min",
        datatype="double",
        description="Shortest vacuum wavelength of the passband",
        unit="m",
        ucd="em.wl;stat.min",
        utype="Char.SpectralAxis.Coverage.Bounds.Limits.LoLimit",
    ),
    Column(
        name="em_max",
        datatype="double",
        description="Longest vacuum wavelength of the passband",
        unit="m",
        ucd="em.wl;stat.max",
        utype="Char.SpectralAxis.Coverage.Bounds.Limits.HiLimit",
    ),
    Column(
        name="em_res_power",
        datatype="double",
        description="Spectral resolving power",
        ucd="spect.resolution",
        utype="Char.SpectralAxis.Resolution.ResolPower.refVal",
    ),
    Column(
        name="em_xel",
        datatype="long",
        description="Number of samples along the spectral axis",
        ucd="meta.number",
        utype="Char.SpectralAxis.numBins",
    ),
    Column(
        name="o_ucd",
        datatype="char",
        arraysize="*",
        description="UCD of the quantity measured",
        ucd="meta.ucd",
        utype="Char.ObservableAxis.ucd",
    ),
    Column(
        name="pol_states",
        datatype="char",
        arraysize="*",
        description="Polarization states measured, between slashes; NULL where none was",
        ucd="meta.code;phys.polarization",
        utype="Char.PolarizationAxis.stateList",
    ),
    Column(
        name="pol_xel",
        datatype="long",
        description="Number of polarization states",
        ucd="meta.number",
        utype="Char.PolarizationAxis.numBins",
    ),
    Column(
        name="facility_name",
        datatype="char",
        arraysize="*",
        description="Name of the telescope or spacecraft",
        ucd="meta.id;instr.tel",
        utype="Provenance.ObsConfig.Facility.name",
    ),
    Column(
        name="instrument_name",
        datatype="char",
        arraysize="*",
        description="Name of the instrument",
        ucd="meta.id;instr",
        utype="Provenance.ObsConfig.Instrument.name",
    ),
)

_OPTIONAL: Final = frozenset(
    ("dataproduct_subtype", "obs_title", "data_rights", "obs_release_date", "target_class")
)

OBSCORE_COLUMNS: Final[tuple[Column, ...]] = tuple(
    replace(
        column,
        utype=f"obscore:{column.utype}",
        std=True,
        principal=column.name not in _OPTIONAL,
    )
    for column in _DATASET + _ACCESS + _SPACE + _TIME + _SPECTRUM
)
"""The 30 mandatory columns and five optional ones."""


def obscore_table(expressions: Mapping[str, str], region: Region | None = None) -> Table:
    """Declare the view ``ivoa.obscore``.

    Parameters
    ----------
    expressions
        The SQL expression of every column of `OBSCORE_COLUMNS`, by its name.
    region
        The stored columns behind s_region, where there are any.

    Raises
    ------
    ValueError
        If the expression of a column is missing, or a name is none of ObsCore's.
    """
    names = {column.name for column in OBSCORE_COLUMNS}
    if missing := sorted(names - expressions.keys()):
        raise ValueError(f"ivoa.obscore lacks the expressions of {', '.join(missing)}")
    if unknown := sorted(expressions.keys() - names):
        raise ValueError(f"ivoa.obscore has no columns {', '.join(unknown)}")
    return Table(
        name="ivoa.obscore",
        title="ObsCore",
        description="Every data product of this server in the terms of the ObsCore data model",
        columns=tuple(
            replace(column, expression=expressions[column.name]) for column in OBSCORE_COLUMNS
        ),
        kind="view",
        utype=OBSCORE_UTYPE,
        positions=(Position("s_ra", "s_dec", "pos"),),
        regions=() if region is None else (region,),
    )
