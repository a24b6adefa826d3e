"""Questions that would tell of hidden rows, if anything did."""

from __future__ import annotations

from tests.rights.twins import NUMBER, STAR, TEXT

PRODUCTS, STARS, OBSCORE = "corot.products", "corot.stars", "ivoa.obscore"
HIDDEN = STAR + 1
"""A star that hidden rows alone have."""

QUERIES = {
    # Counts and aggregates
    "count": f"SELECT COUNT(*) FROM {PRODUCTS}",
    "count of stars": f"SELECT COUNT(*) FROM {STARS}",
    "count of obscore": f"SELECT COUNT(*) FROM {OBSCORE}",
    "count of flux": f"SELECT COUNT(lc_mean_white) FROM {PRODUCTS}",
    "distinct": f"SELECT COUNT(DISTINCT version) FROM {PRODUCTS}",
    "sum": f"SELECT SUM(mag_r), AVG(teff) FROM {PRODUCTS}",
    "extremes": f"SELECT MIN(dec), MAX(mag_v), MAX(file_name) FROM {PRODUCTS}",
    "extremes of flux": f"SELECT MAX(lc_mean_white), MAX(var_class1) FROM {PRODUCTS}",
    "extremes of obscore": f"SELECT MAX(t_max), MAX(access_estsize) FROM {OBSCORE}",
    "groups": f"SELECT product_level, COUNT(*) AS n FROM {PRODUCTS} GROUP BY product_level"
    " ORDER BY n, product_level",
    "having": f"SELECT run_code FROM {PRODUCTS} GROUP BY run_code HAVING COUNT(*) > 6",
    "having an extreme": f"SELECT run_code FROM {PRODUCTS} GROUP BY run_code"
    " HAVING MAX(mag_r) > 1000 ORDER BY run_code",
    "histogram": f"SELECT ivo_histogram(mag_r, 0, 1e7, 10) FROM {PRODUCTS}",
    "texts together": f"SELECT ivo_string_agg(spectral_type, ',') FROM {STARS}",
    # Order
    "order": f"SELECT TOP 3 corot_id FROM {PRODUCTS} ORDER BY mag_r DESC, version DESC",
    "order by flux": f"SELECT corot_id FROM {PRODUCTS} WHERE product_level = 'N2'"
    " ORDER BY lc_mean_white DESC, corot_id",
    "offset": f"SELECT corot_id FROM {PRODUCTS} ORDER BY corot_id DESC OFFSET 11",
    "order of a subquery": "SELECT MAX(n) FROM"
    f" (SELECT TOP 1 n_points AS n FROM {PRODUCTS} ORDER BY n_points DESC) AS s",
    # Errors that a hidden row would cause
    "division": f"SELECT COUNT(*) FROM {PRODUCTS} WHERE 1 / (mag_r - {NUMBER}) < 9",
    "division in a list": f"SELECT 1 / (n_points - {NUMBER}) AS x FROM {PRODUCTS}",
    "division in an order": f"SELECT corot_id FROM {PRODUCTS}"
    f" ORDER BY 1 / (n_points - {NUMBER}), corot_id",
    "division of flux": f"SELECT COUNT(*) FROM {PRODUCTS} WHERE 1 / (lc_mean_white - {NUMBER}) < 9",
    "division in a case": f"SELECT SUM(CASE WHEN 1 / (teff - {NUMBER}) < 9 THEN 1 ELSE 0 END)"
    f" FROM {STARS}",
    "division in a join": f"SELECT COUNT(*) FROM {STARS} AS s JOIN {PRODUCTS} AS p"
    f" ON s.corot_id = p.corot_id AND 1 / (p.cadence - {NUMBER}) < 9",
    "division in an outer join": f"SELECT COUNT(*) FROM corot.runs AS r LEFT JOIN {PRODUCTS} AS p"
    f" ON r.run_code = p.run_code AND 1 / (p.cadence - {NUMBER}) < 9",
    "division in having": f"SELECT run_code FROM {PRODUCTS} GROUP BY run_code, n_points"
    f" HAVING 1 / (n_points - {NUMBER}) < 9 ORDER BY run_code",
    "division of obscore": f"SELECT COUNT(*) FROM {OBSCORE} WHERE 1 / (t_xel - {NUMBER}) < 9",
    "modulus": f"SELECT COUNT(*) FROM {PRODUCTS} WHERE MOD(7, n_hot_pixels - {NUMBER}) < 9",
    "integer": f"SELECT COUNT(*) FROM {STARS} WHERE CAST(spectral_type AS INTEGER) < 99",
    "integer of a class": f"SELECT COUNT(*) FROM {PRODUCTS} WHERE CAST(var_class1 AS INTEGER) < 99",
    "number": f"SELECT MAX(CAST(ccd_half || '1' AS VARCHAR)) FROM {PRODUCTS}"
    " WHERE CAST(spectral_type AS DOUBLE PRECISION) < 99",
    "time": f"SELECT COUNT(*) FROM {PRODUCTS}"
    " WHERE CAST('200' || spectral_type || '-01-01' AS TIMESTAMP) > '1999-01-01'",
    "small integer": f"SELECT SUM(CAST(n_points AS SMALLINT)) FROM {PRODUCTS}",
    "root": f"SELECT COUNT(*) FROM {PRODUCTS} WHERE SQRT({NUMBER - 1} - mag_r) >= 0",
    "logarithm": f"SELECT COUNT(*) FROM {PRODUCTS} WHERE LOG({NUMBER} - teff) > 0",
    "exponential": f"SELECT COUNT(*) FROM {PRODUCTS} WHERE EXP(mag_r) > 0",
    "power": f"SELECT COUNT(*) FROM {PRODUCTS} WHERE POWER(mag_r, 100) > 0",
    "arc": f"SELECT COUNT(*) FROM {PRODUCTS} WHERE ACOS(mag_r / 1000) > 0",
    "overflow": f"SELECT SUM(n_points * n_points * n_points) FROM {PRODUCTS}",
    "one value": f"SELECT (SELECT corot_id FROM {PRODUCTS} WHERE mag_r > 1000) AS x FROM {STARS}",
    "point": f"SELECT COUNT(*) FROM {PRODUCTS} WHERE"
    " 1 = CONTAINS(POINT(ra, dec), CIRCLE(100, 0, SQRT(1000 - mag_r)))",
    # Conditions
    "not in": f"SELECT COUNT(*) FROM corot.runs WHERE {HIDDEN} NOT IN"
    f" (SELECT corot_id FROM {PRODUCTS})",
    "in": f"SELECT COUNT(*) FROM corot.runs WHERE {HIDDEN} IN (SELECT corot_id FROM {STARS})",
    "exists": "SELECT run_code FROM corot.runs AS r WHERE EXISTS (SELECT 1 FROM"
    f" {PRODUCTS} AS p WHERE p.mag_r > 1000 AND p.run_code = r.run_code) ORDER BY run_code",
    "not exists": "SELECT run_code FROM corot.runs AS r WHERE NOT EXISTS (SELECT 1 FROM"
    f" {PRODUCTS} AS p WHERE p.product_level = 'N1A' AND p.run_code = r.run_code)"
    " ORDER BY run_code",
    "by identifier": f"SELECT COUNT(*) FROM {STARS} WHERE corot_id = {HIDDEN}",
    "by did": f"SELECT COUNT(*) FROM {PRODUCTS} WHERE publisher_did LIKE '%{HIDDEN}%'",
    "by pattern": f"SELECT COUNT(*) FROM {PRODUCTS} WHERE file_name LIKE 'CANARY%'",
    "by word": f"SELECT COUNT(*) FROM {STARS} WHERE ivo_hasword(star_name, '{TEXT}') = 1",
    "null": f"SELECT COUNT(*) FROM {PRODUCTS} WHERE var_class1 IS NULL AND withdrawn_reason IS NULL"
    " AND lc_mean_white IS NULL",
    "not null": f"SELECT COUNT(*) FROM {PRODUCTS} WHERE withdrawn_reason IS NOT NULL",
    "cone": f"SELECT COUNT(*) FROM {PRODUCTS} WHERE"
    " 1 = CONTAINS(POINT(ra, dec), CIRCLE(176.5, -76.5, 1))",
    "distance": f"SELECT MAX(DISTANCE(POINT(ra, dec), POINT(100, 0))) FROM {STARS}",
    "region": f"SELECT COUNT(*) FROM {OBSCORE} WHERE"
    " 1 = INTERSECTS(s_region, CIRCLE(176.5, -76.5, 1))",
    # Joins and sets
    "join": f"SELECT COUNT(*) FROM {STARS} NATURAL JOIN {PRODUCTS}",
    "full join of ObsCore": "SELECT COUNT(*) FROM ivoa.obscore AS a FULL JOIN ivoa.obscore AS b"
    " ON a.s_ra > b.s_ra + 1000",
    "full join": f"SELECT COUNT(*) FROM {PRODUCTS} AS a FULL JOIN {PRODUCTS} AS b"
    " ON a.mag_r = b.mag_v",
    "self join": f"SELECT COUNT(*) FROM {PRODUCTS} AS a JOIN {PRODUCTS} AS b"
    " ON a.corot_id = b.corot_id AND a.version <> b.version",
    "except": f"SELECT corot_id FROM {PRODUCTS} EXCEPT SELECT corot_id FROM {STARS}"
    f" UNION SELECT MAX(corot_id) FROM {STARS} ORDER BY 1",
    "intersect": f"SELECT mag_r FROM {PRODUCTS} INTERSECT SELECT mag_v FROM {PRODUCTS}",
    "with": f"WITH w AS (SELECT mag_r AS m FROM {STARS}) SELECT COUNT(*) FROM w WHERE m > 1000",
    # What one row says of others
    "latest": f"SELECT corot_id, version, is_latest FROM {PRODUCTS} WHERE corot_id < {STAR}"
    " ORDER BY corot_id, version",
    "flags": "SELECT corot_id, MAX(has_mon), MAX(has_chr), MAX(has_seismo), MAX(has_exo_window)"
    f" FROM {PRODUCTS} GROUP BY corot_id ORDER BY corot_id",
    "best": f"SELECT corot_id, mag_r, ra, spectral_type, star_name FROM {STARS} ORDER BY corot_id",
    "rows of obscore": f"SELECT * FROM {OBSCORE} ORDER BY obs_publisher_did",
    "rows": f"SELECT * FROM {PRODUCTS} ORDER BY publisher_did",
}  # fmt: skip

SAME = {
    "no such table": "SELECT * FROM corot.product_listing",
    "no such table of rights": "SELECT * FROM auth.grants",
    "no such column": "SELECT product_id, withdrawn FROM corot.products",
    "explain": "EXPLAIN SELECT * FROM corot.products",
    "explain analyze": "EXPLAIN ANALYZE SELECT * FROM corot.products",
    "explain in a subquery": "SELECT * FROM (EXPLAIN SELECT * FROM corot.products) AS s",
    "statistics": "SELECT * FROM pg_catalog.pg_stats",
    "row counts": "SELECT * FROM pg_catalog.pg_class",
    "tables": "SELECT * FROM tap_schema.tables ORDER BY table_name",
    "columns": "SELECT * FROM tap_schema.columns ORDER BY table_name, column_name",
}
"""What tells nobody anything of rows."""

SEARCHES = {
    "everything": "REQUEST=queryData&MAXREC=100",
    "position": "REQUEST=queryData&POS=176.54321,-76.54321&SIZE=1",
    "time": "REQUEST=queryData&TIME=2100/",
    "target": f"REQUEST=queryData&TARGETNAME={TEXT}",
    "top": "REQUEST=queryData&TOP=5",
    "overflow": "REQUEST=queryData&MAXREC=12",
    "did": f"REQUEST=queryData&PUBDID=ivo://org.corot/lightcurves?{HIDDEN}/IRa01/EN2_STAR_CHR/"
    "N1-7.654321",
}

UPLOADS = {
    "join": f"SELECT COUNT(*) FROM TAP_UPLOAD.t AS t JOIN {STARS} AS s ON s.corot_id = t.star",
    "left join": f"SELECT t.star FROM TAP_UPLOAD.t AS t LEFT JOIN {STARS} AS s"
    " ON s.corot_id = t.star WHERE s.corot_id IS NULL",
    "not in": "SELECT t.star FROM TAP_UPLOAD.t AS t WHERE t.star NOT IN"
    f" (SELECT corot_id FROM {PRODUCTS})",
    "extreme": f"SELECT MAX(p.mag_r) FROM TAP_UPLOAD.t AS t, {PRODUCTS} AS p"
    " WHERE p.mag_r > t.star - 10 OR p.corot_id <= t.star",
    "division": f"SELECT COUNT(*) FROM TAP_UPLOAD.t AS t, {PRODUCTS} AS p"
    " WHERE 1 / (p.n_points - t.number) < 9",
    "circle": f"SELECT COUNT(*) FROM TAP_UPLOAD.t AS t JOIN {PRODUCTS} AS p"
    " ON 1 = CONTAINS(POINT(t.ra, t.dec), CIRCLE(p.ra, p.dec, 0.1))",
    "distance": f"SELECT COUNT(*) FROM TAP_UPLOAD.t AS t JOIN {STARS} AS s"
    " ON DISTANCE(POINT(t.ra, t.dec), POINT(s.ra, s.dec)) < 0.1",
}
"""Of a table with the number and the place of a hidden star."""
