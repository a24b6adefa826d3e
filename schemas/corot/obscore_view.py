"""``ivoa.obscore`` over the CoRoT products: which SQL gives each ObsCore column.

``l`` is a row of ``corot.product_listing``. Only latest versions are listed.
"""

from typing import Final

from schemas.corot.products_table import DATA_RIGHTS
from schemas.declaration import Region
from schemas.obscore import obscore_table

PASSBAND: Final = (3.7e-7, 1.0e-6)
"""Ends of the passband in metres: the filterless CCD behind a dioptric telescope."""

_EXPRESSIONS = {
    "dataproduct_type": "'timeseries'",
    "dataproduct_subtype": "'light-curve'",
    "calib_level": "CASE l.product_level WHEN 'N2' THEN 2 ELSE 1 END",
    "obs_collection": "l.obs_collection",
    "obs_id": "l.run_code || '/' || lpad(l.corot_id::text, 10, '0')",
    "obs_title": "'CoRoT ' || l.corot_id || ', ' || l.channel || ' light curve of run '"
    " || l.run_code || ', ' || l.version",
    "obs_publisher_did": "vo.publisher_did(l.key)",
    "data_rights": DATA_RIGHTS,
    "obs_release_date": "l.release_date",
    "access_url": "vo.product_url(l.key, l.file_name)",
    "access_format": "'application/fits'",
    "access_estsize": "(l.file_size + 1023) / 1024",
    "target_name": "coalesce(l.star_name, 'CoRoT ' || l.corot_id)",
    "target_class": "'Star'",
    "s_ra": "l.ra",
    "s_dec": "l.dec",
    "s_fov": "2 * l.region_array[3]",
    "s_region": "'Circle ICRS ' || l.ra || ' ' || l.dec || ' ' || l.region_array[3]",
    "s_resolution": "NULL::float8",
    "s_xel1": "NULL::bigint",
    "s_xel2": "NULL::bigint",
    "t_min": "l.t_min",
    "t_max": "l.t_max",
    "t_exptime": "l.total_exposure",
    "t_resolution": "l.cadence",
    "t_xel": "l.n_points",
    "em_min": f"{PASSBAND[0]!r}::float8",
    "em_max": f"{PASSBAND[1]!r}::float8",
    "em_res_power": "NULL::float8",
    "em_xel": "CASE WHEN l.product_type = 'EN2_STAR_CHR' THEN 3 ELSE 1 END::bigint",
    "o_ucd": "'phot.count;em.opt'",
    "pol_states": "NULL::text",
    "pol_xel": "NULL::bigint",
    "facility_name": "'CoRoT'",
    "instrument_name": "CASE l.channel WHEN 'seismology' THEN 'CoRoT seismology channel'"
    " ELSE 'CoRoT exoplanet channel' END",
}

OBSCORE: Final = obscore_table(
    _EXPRESSIONS, Region("s_region", "circle", "region_array", "region_index")
)
