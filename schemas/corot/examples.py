"""Queries to begin with. The first three are the front page's.

They name the frame of positions, which ADQL 2.1 does without: clients that
check ADQL 2.0 mark it as an error otherwise.
"""

from __future__ import annotations

from typing import Final

from schemas.examples import QueryExample

EXAMPLES: Final = (
    QueryExample(
        "cone",
        "Cone search",
        "Light curves within 5° of a point in the anticentre direction, near the run IRa01.",
        "SELECT TOP 100 obs_title, s_ra, s_dec, t_min, t_max, data_rights, access_url\n"
        "FROM ivoa.obscore\n"
        "WHERE 1 = CONTAINS(POINT('ICRS', s_ra, s_dec), CIRCLE('ICRS', 100.9, -0.9, 5))",
    ),
    QueryExample(
        "runs",
        "Products per run",
        "How many products each run has, and when they begin and end (MJD).",
        "SELECT run_code, COUNT(*) AS products, MIN(t_min) AS begins, MAX(t_max) AS ends\n"
        "FROM corot.products\n"
        "GROUP BY run_code\n"
        "ORDER BY run_code",
    ),
    QueryExample(
        "brightest",
        "Brightest stars",
        "The stars brightest in R, with their types.",
        "SELECT TOP 20 corot_id, star_name, ra, dec, mag_r, spectral_type, teff\n"
        "FROM corot.stars\n"
        "WHERE mag_r IS NOT NULL\n"
        "ORDER BY mag_r",
    ),
    QueryExample(
        "sun-like",
        "Light curves of Sun-like stars",
        "The latest light curves of dwarfs about as hot as the Sun, the quietest first.",
        "SELECT TOP 50 p.corot_id, s.spectral_type, s.teff, p.run_code,\n"
        "    p.lc_rms_white / p.lc_mean_white AS scatter, p.access_url\n"
        "FROM corot.products AS p\n"
        "JOIN corot.stars AS s ON s.corot_id = p.corot_id\n"
        "WHERE s.teff BETWEEN 5600 AND 5950 AND p.is_latest = 1 AND p.lc_mean_white > 0\n"
        "ORDER BY scatter",
    ),
    QueryExample(
        "again",
        "Stars observed more than once",
        "Stars with light curves from several runs, years apart in places.",
        "SELECT corot_id, COUNT(DISTINCT run_code) AS runs,\n"
        "    MAX(t_max) - MIN(t_min) AS days\n"
        "FROM corot.products\n"
        "GROUP BY corot_id\n"
        "HAVING COUNT(DISTINCT run_code) > 1\n"
        "ORDER BY days DESC",
    ),
    QueryExample(
        "when",
        "What was observed at a time",
        "Public light curves that cover the night of 10 February 2007.",
        "SELECT TOP 100 obs_title, target_name, t_min, t_max, access_url\n"
        "FROM ivoa.obscore\n"
        "WHERE dataproduct_type = 'timeseries' AND data_rights = 'public'\n"
        "    AND ivo_to_mjd('2007-02-10T00:00:00') BETWEEN t_min AND t_max",
    ),
    QueryExample(
        "columns",
        "Which columns hold magnitudes",
        "TAP_SCHEMA describes all tables, itself among them.",
        "SELECT table_name, column_name, unit, ucd, description\n"
        "FROM TAP_SCHEMA.columns\n"
        "WHERE ucd LIKE 'phot.mag%'\n"
        "ORDER BY table_name, column_name",
    ),
)
