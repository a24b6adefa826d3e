CREATE SCHEMA IF NOT EXISTS adql;

CREATE SCHEMA IF NOT EXISTS corot;

CREATE SCHEMA IF NOT EXISTS ingest;

CREATE SCHEMA IF NOT EXISTS ivoa;

CREATE SCHEMA IF NOT EXISTS tap_schema;

CREATE SCHEMA IF NOT EXISTS vo;

-- Bodies are strings, whose text `db check` can compare whatever the version of PostgreSQL.

-- Who asks, and who answers: settings of the reader's transaction.

CREATE OR REPLACE FUNCTION vo.principal() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce(current_setting('vo.principal', true), '') $$;

-- STABLE, never IMMUTABLE: a cached plan would carry one caller's setting to the next.

CREATE OR REPLACE FUNCTION vo.base_url() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT current_setting('vo.base_url', true) $$;

CREATE OR REPLACE FUNCTION vo.publisher_did(key text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT 'ivo://' || current_setting('vo.authority', true) || '/lightcurves?' || key $$;

CREATE OR REPLACE FUNCTION vo.product_url(key text, file_name text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT vo.base_url() || '/products/' || key || '/' || file_name $$;

CREATE OR REPLACE FUNCTION vo.is_released(release_date timestamp) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT release_date <= (now() AT TIME ZONE 'UTC') $$;

-- The two rights. The public is the empty principal; a name nobody has sees nothing.

CREATE OR REPLACE FUNCTION corot.may_see(level text, release_date timestamp) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT vo.principal() = '' AND (level = 'N2' OR vo.is_released(release_date)) $$;

CREATE OR REPLACE FUNCTION corot.may_get(level text, release_date timestamp) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT vo.principal() = '' AND vo.is_released(release_date) $$;

CREATE TABLE corot.runs (
	run_code TEXT NOT NULL, 
	run_type TEXT NOT NULL, 
	direction TEXT NOT NULL, 
	run_number SMALLINT NOT NULL, 
	exo_start TIMESTAMP WITHOUT TIME ZONE, 
	exo_end TIMESTAMP WITHOUT TIME ZONE, 
	seismo_start TIMESTAMP WITHOUT TIME ZONE, 
	seismo_end TIMESTAMP WITHOUT TIME ZONE, 
	CONSTRAINT runs_pkey PRIMARY KEY (run_code)
);

CREATE TABLE corot.stars (
	corot_id BIGINT NOT NULL, 
	star_name TEXT, 
	ra DOUBLE PRECISION NOT NULL, 
	dec DOUBLE PRECISION NOT NULL, 
	mag_b REAL, 
	mag_v REAL, 
	mag_r REAL, 
	mag_i REAL, 
	b_v REAL, 
	spectral_type TEXT, 
	luminosity_class TEXT, 
	teff REAL, 
	pos cube GENERATED ALWAYS AS (cube(ARRAY[cos(radians(dec)) * cos(radians(ra)), cos(radians(dec)) * sin(radians(ra)), sin(radians(dec))])) STORED, 
	described_by INTEGER[] NOT NULL, 
	CONSTRAINT stars_pkey PRIMARY KEY (corot_id)
);

CREATE TABLE ingest.deliveries (
	delivery_id TEXT NOT NULL, 
	level TEXT NOT NULL, 
	version TEXT NOT NULL, 
	source TEXT NOT NULL, 
	delivered TIMESTAMP WITHOUT TIME ZONE NOT NULL, 
	release_date TIMESTAMP WITHOUT TIME ZONE NOT NULL, 
	registered_at TIMESTAMP WITHOUT TIME ZONE DEFAULT timezone('UTC', now()) NOT NULL, 
	CONSTRAINT deliveries_pkey PRIMARY KEY (delivery_id)
);

CREATE TABLE tap_schema.columns (
	table_name TEXT NOT NULL, 
	column_name TEXT NOT NULL, 
	datatype TEXT NOT NULL, 
	arraysize TEXT, 
	xtype TEXT, 
	size INTEGER, 
	description TEXT, 
	utype TEXT, 
	unit TEXT, 
	ucd TEXT, 
	indexed INTEGER NOT NULL, 
	principal INTEGER NOT NULL, 
	std INTEGER NOT NULL, 
	column_index INTEGER, 
	CONSTRAINT columns_pkey PRIMARY KEY (table_name, column_name)
);

CREATE TABLE tap_schema.key_columns (
	key_id TEXT NOT NULL, 
	from_column TEXT NOT NULL, 
	target_column TEXT NOT NULL, 
	CONSTRAINT key_columns_pkey PRIMARY KEY (key_id, from_column)
);

CREATE TABLE tap_schema.keys (
	key_id TEXT NOT NULL, 
	from_table TEXT NOT NULL, 
	target_table TEXT NOT NULL, 
	description TEXT, 
	utype TEXT, 
	CONSTRAINT keys_pkey PRIMARY KEY (key_id)
);

CREATE TABLE tap_schema.schemas (
	schema_name TEXT NOT NULL, 
	utype TEXT, 
	description TEXT, 
	schema_index INTEGER, 
	CONSTRAINT schemas_pkey PRIMARY KEY (schema_name)
);

CREATE TABLE tap_schema.tables (
	schema_name TEXT NOT NULL, 
	table_name TEXT NOT NULL, 
	table_type TEXT NOT NULL, 
	utype TEXT, 
	description TEXT, 
	table_index INTEGER, 
	CONSTRAINT tables_pkey PRIMARY KEY (table_name)
);

CREATE TABLE corot.product_listing (
	product_id BIGINT GENERATED ALWAYS AS IDENTITY, 
	key TEXT GENERATED ALWAYS AS (lpad(corot_id::text, 10, '0') || '/' || run_code || '/' || product_type || '/' || version) STORED NOT NULL, 
	version_order INTEGER[] GENERATED ALWAYS AS (string_to_array(split_part(version, '-', 2), '.')::integer[]) STORED NOT NULL, 
	corot_id BIGINT NOT NULL, 
	run_code TEXT NOT NULL, 
	product_type TEXT NOT NULL, 
	product_level TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	version TEXT NOT NULL, 
	ra DOUBLE PRECISION NOT NULL, 
	dec DOUBLE PRECISION NOT NULL, 
	mag_b REAL, 
	mag_v REAL, 
	mag_r REAL, 
	mag_i REAL, 
	b_v REAL, 
	spectral_type TEXT, 
	luminosity_class TEXT, 
	teff REAL, 
	ccd_half TEXT, 
	start_utc TIMESTAMP WITHOUT TIME ZONE NOT NULL, 
	end_utc TIMESTAMP WITHOUT TIME ZONE NOT NULL, 
	exposure_time REAL, 
	degree_chrom REAL, 
	contamination REAL, 
	n_hot_pixels INTEGER, 
	x_ccd REAL, 
	y_ccd REAL, 
	x_window REAL, 
	y_window REAL, 
	n_points BIGINT NOT NULL, 
	cadence DOUBLE PRECISION NOT NULL, 
	total_exposure DOUBLE PRECISION NOT NULL, 
	t_min DOUBLE PRECISION NOT NULL, 
	t_max DOUBLE PRECISION NOT NULL, 
	bjd_tt_min DOUBLE PRECISION NOT NULL, 
	bjd_tt_max DOUBLE PRECISION NOT NULL, 
	obs_collection TEXT NOT NULL, 
	release_date TIMESTAMP WITHOUT TIME ZONE NOT NULL, 
	file_name TEXT NOT NULL, 
	file_size BIGINT NOT NULL, 
	checksum TEXT NOT NULL, 
	star_name TEXT, 
	region_array DOUBLE PRECISION[] GENERATED ALWAYS AS (ARRAY[ra, dec, CASE channel WHEN 'seismology' THEN 0.02::float8 ELSE 0.0083::float8 END / 2]) STORED, 
	region_index cube GENERATED ALWAYS AS (adql.region_bounds(ARRAY[ra, dec, CASE channel WHEN 'seismology' THEN 0.02::float8 ELSE 0.0083::float8 END / 2])) STORED, 
	pos cube GENERATED ALWAYS AS (cube(ARRAY[cos(radians(dec)) * cos(radians(ra)), cos(radians(dec)) * sin(radians(ra)), sin(radians(dec))])) STORED, 
	delivery_id TEXT NOT NULL, 
	published_at TIMESTAMP WITHOUT TIME ZONE DEFAULT timezone('UTC', now()) NOT NULL, 
	CONSTRAINT product_listing_pkey PRIMARY KEY (product_id), 
	CONSTRAINT product_listing_run_code_fkey FOREIGN KEY(run_code) REFERENCES corot.runs (run_code), 
	CONSTRAINT product_listing_corot_id_fkey FOREIGN KEY(corot_id) REFERENCES corot.stars (corot_id), 
	CONSTRAINT product_listing_corot_id_run_code_product_type_product__bb0c UNIQUE (corot_id, run_code, product_type, product_level, version), 
	CONSTRAINT product_listing_product_id_product_level_release_date_key UNIQUE (product_id, product_level, release_date), 
	CONSTRAINT product_listing_version_of_level_check CHECK (starts_with(version, product_level || '-')), 
	CONSTRAINT product_listing_version_check CHECK (version ~ '^[A-Z0-9]+-[0-9]+(\.[0-9]+)*$'), 
	CONSTRAINT product_listing_product_type_check CHECK (product_type ~ '^[A-Z0-9_]+$'), 
	CONSTRAINT product_listing_file_name_check CHECK (file_name ~ '^[A-Za-z0-9_][A-Za-z0-9_.-]*$'), 
	CONSTRAINT product_listing_corot_id_check CHECK (corot_id BETWEEN 0 AND 9999999999), 
	CONSTRAINT product_listing_channel_check CHECK (channel IN ('exoplanet', 'seismology')), 
	CONSTRAINT product_listing_position_check CHECK (ra >= 0 AND ra < 360 AND dec BETWEEN -90 AND 90), 
	CONSTRAINT product_listing_key_key UNIQUE (key), 
	CONSTRAINT product_listing_delivery_id_fkey FOREIGN KEY(delivery_id) REFERENCES ingest.deliveries (delivery_id)
);

CREATE TABLE ingest.delivered_files (
	delivery_id TEXT NOT NULL, 
	path TEXT NOT NULL, 
	file_size BIGINT NOT NULL, 
	checksum TEXT NOT NULL, 
	state TEXT NOT NULL CONSTRAINT delivered_files_state_check CHECK (state IN ('published', 'duplicate', 'rejected')), 
	reason TEXT, 
	key TEXT, 
	recorded_at TIMESTAMP WITHOUT TIME ZONE DEFAULT timezone('UTC', now()) NOT NULL, 
	CONSTRAINT delivered_files_pkey PRIMARY KEY (delivery_id, path), 
	CONSTRAINT delivered_files_reason_check CHECK ((state = 'published') = (reason IS NULL)), 
	CONSTRAINT delivered_files_delivery_id_fkey FOREIGN KEY(delivery_id) REFERENCES ingest.deliveries (delivery_id)
);

CREATE TABLE corot.product_data (
	product_id BIGINT NOT NULL, 
	product_level TEXT NOT NULL, 
	release_date TIMESTAMP WITHOUT TIME ZONE NOT NULL, 
	lc_mean_b REAL, 
	lc_rms_b REAL, 
	lc_mean_g REAL, 
	lc_rms_g REAL, 
	lc_mean_r REAL, 
	lc_rms_r REAL, 
	lc_mean_white REAL, 
	lc_rms_white REAL, 
	activity_level REAL, 
	var_class1 TEXT, 
	prob_var1 REAL, 
	var_class2 TEXT, 
	prob_var2 REAL, 
	var_class3 TEXT, 
	prob_var3 REAL, 
	storage_path TEXT NOT NULL, 
	media_type TEXT NOT NULL, 
	CONSTRAINT product_data_pkey PRIMARY KEY (product_id), 
	CONSTRAINT product_data_product_id_product_level_release_date_fkey FOREIGN KEY(product_id, product_level, release_date) REFERENCES corot.product_listing (product_id, product_level, release_date) ON DELETE CASCADE ON UPDATE CASCADE, 
	CONSTRAINT product_data_storage_path_key UNIQUE (storage_path)
);

CREATE INDEX product_listing_pos_idx ON corot.product_listing USING gist (pos);

CREATE INDEX product_listing_region_index_idx ON corot.product_listing USING gist (region_index);

CREATE INDEX product_listing_run_code_idx ON corot.product_listing (run_code);

CREATE INDEX product_listing_t_min_idx ON corot.product_listing (t_min);

CREATE INDEX stars_pos_idx ON corot.stars USING gist (pos);

CREATE OR REPLACE VIEW corot.products WITH (security_invoker = true) AS
SELECT
    vo.publisher_did(l.key) AS publisher_did,
    l.corot_id AS corot_id,
    l.run_code AS run_code,
    l.product_type AS product_type,
    l.product_level AS product_level,
    l.channel AS channel,
    l.version AS version,
    CASE WHEN NOT EXISTS (SELECT FROM corot.product_listing n WHERE n.corot_id = l.corot_id AND n.run_code = l.run_code AND n.product_type = l.product_type AND n.product_level = l.product_level AND n.version_order > l.version_order) THEN 1 ELSE 0 END::smallint AS is_latest,
    l.ra AS ra,
    l.dec AS dec,
    l.mag_b AS mag_b,
    l.mag_v AS mag_v,
    l.mag_r AS mag_r,
    l.mag_i AS mag_i,
    l.b_v AS b_v,
    l.spectral_type AS spectral_type,
    l.luminosity_class AS luminosity_class,
    l.teff AS teff,
    l.ccd_half AS ccd_half,
    l.start_utc AS start_utc,
    l.end_utc AS end_utc,
    l.exposure_time AS exposure_time,
    l.degree_chrom AS degree_chrom,
    l.contamination AS contamination,
    l.n_hot_pixels AS n_hot_pixels,
    l.x_ccd AS x_ccd,
    l.y_ccd AS y_ccd,
    l.x_window AS x_window,
    l.y_window AS y_window,
    l.n_points AS n_points,
    l.cadence AS cadence,
    l.total_exposure AS total_exposure,
    l.t_min AS t_min,
    l.t_max AS t_max,
    l.bjd_tt_min AS bjd_tt_min,
    l.bjd_tt_max AS bjd_tt_max,
    l.t_max - l.t_min AS time_span,
    d.lc_mean_b AS lc_mean_b,
    d.lc_rms_b AS lc_rms_b,
    d.lc_mean_g AS lc_mean_g,
    d.lc_rms_g AS lc_rms_g,
    d.lc_mean_r AS lc_mean_r,
    d.lc_rms_r AS lc_rms_r,
    d.lc_mean_white AS lc_mean_white,
    d.lc_rms_white AS lc_rms_white,
    d.activity_level AS activity_level,
    d.var_class1 AS var_class1,
    d.prob_var1 AS prob_var1,
    d.var_class2 AS var_class2,
    d.prob_var2 AS prob_var2,
    d.var_class3 AS var_class3,
    d.prob_var3 AS prob_var3,
    CASE WHEN EXISTS (SELECT FROM corot.product_listing o WHERE o.corot_id = l.corot_id AND o.run_code = l.run_code AND o.product_type = 'EN2_STAR_MON') THEN 1 ELSE 0 END::smallint AS has_mon,
    CASE WHEN EXISTS (SELECT FROM corot.product_listing o WHERE o.corot_id = l.corot_id AND o.run_code = l.run_code AND o.product_type = 'EN2_STAR_CHR') THEN 1 ELSE 0 END::smallint AS has_chr,
    CASE WHEN EXISTS (SELECT FROM corot.product_listing o WHERE o.corot_id = l.corot_id AND o.run_code = l.run_code AND o.product_type = 'EN2_WINDESCRIPTOR') THEN 1 ELSE 0 END::smallint AS has_exo_window,
    CASE WHEN EXISTS (SELECT FROM corot.product_listing o WHERE o.corot_id = l.corot_id AND o.run_code = l.run_code AND o.product_type = 'AN2_STAR') THEN 1 ELSE 0 END::smallint AS has_seismo,
    CASE WHEN EXISTS (SELECT FROM corot.product_listing o WHERE o.corot_id = l.corot_id AND o.run_code = l.run_code AND o.product_type = 'AN2_WINDESCRIPTOR') THEN 1 ELSE 0 END::smallint AS has_seismo_window,
    l.obs_collection AS obs_collection,
    l.release_date AS release_date,
    CASE WHEN vo.is_released(l.release_date) THEN 'public' ELSE 'proprietary' END AS data_rights,
    vo.product_url(l.key, l.file_name) AS access_url,
    l.file_name AS file_name,
    l.file_size AS file_size,
    l.checksum AS checksum,
    l.pos
FROM corot.product_listing l
LEFT JOIN corot.product_data d ON d.product_id = l.product_id;

CREATE OR REPLACE VIEW ivoa.obscore WITH (security_invoker = true) AS
SELECT
    'timeseries' AS dataproduct_type,
    'light-curve' AS dataproduct_subtype,
    CASE l.product_level WHEN 'N2' THEN 2 ELSE 1 END AS calib_level,
    l.obs_collection AS obs_collection,
    l.run_code || '/' || lpad(l.corot_id::text, 10, '0') AS obs_id,
    'CoRoT ' || l.corot_id || ', ' || l.channel || ' light curve of run ' || l.run_code || ', ' || l.version AS obs_title,
    vo.publisher_did(l.key) AS obs_publisher_did,
    CASE WHEN vo.is_released(l.release_date) THEN 'public' ELSE 'proprietary' END AS data_rights,
    l.release_date AS obs_release_date,
    vo.product_url(l.key, l.file_name) AS access_url,
    'application/fits' AS access_format,
    (l.file_size + 1023) / 1024 AS access_estsize,
    coalesce(l.star_name, 'CoRoT ' || l.corot_id) AS target_name,
    'Star' AS target_class,
    l.ra AS s_ra,
    l.dec AS s_dec,
    2 * l.region_array[3] AS s_fov,
    'Circle ICRS ' || l.ra || ' ' || l.dec || ' ' || l.region_array[3] AS s_region,
    NULL::float8 AS s_resolution,
    NULL::bigint AS s_xel1,
    NULL::bigint AS s_xel2,
    l.t_min AS t_min,
    l.t_max AS t_max,
    l.total_exposure AS t_exptime,
    l.cadence AS t_resolution,
    l.n_points AS t_xel,
    3.7e-07::float8 AS em_min,
    1e-06::float8 AS em_max,
    NULL::float8 AS em_res_power,
    CASE WHEN l.product_type = 'EN2_STAR_CHR' THEN 3 ELSE 1 END::bigint AS em_xel,
    'phot.count;em.opt' AS o_ucd,
    NULL::text AS pol_states,
    NULL::bigint AS pol_xel,
    'CoRoT' AS facility_name,
    CASE l.channel WHEN 'seismology' THEN 'CoRoT seismology channel' ELSE 'CoRoT exoplanet channel' END AS instrument_name,
    l.pos,
    l.region_array,
    l.region_index
FROM corot.product_listing l
WHERE NOT EXISTS (SELECT FROM corot.product_listing n WHERE n.corot_id = l.corot_id AND n.run_code = l.run_code AND n.product_type = l.product_type AND n.product_level = l.product_level AND n.version_order > l.version_order);

CREATE OR REPLACE VIEW vo.listed_files WITH (security_invoker = true) AS
SELECT l.key, l.file_name, l.release_date
FROM corot.product_listing l;

CREATE OR REPLACE VIEW vo.stored_files WITH (security_invoker = true) AS
SELECT l.key, l.file_name, d.storage_path, d.media_type, l.file_size AS size,
    l.checksum AS sha256, l.published_at
FROM corot.product_listing l
JOIN corot.product_data d ON d.product_id = l.product_id;

-- Row-level security. The owner migrates and ingests and is not bound by it.

ALTER TABLE corot.product_listing ENABLE ROW LEVEL SECURITY;
ALTER TABLE corot.product_data ENABLE ROW LEVEL SECURITY;
ALTER TABLE corot.stars ENABLE ROW LEVEL SECURITY;

CREATE POLICY see ON corot.product_listing FOR SELECT TO vo_reader
USING (corot.may_see(product_level, release_date));

CREATE POLICY get ON corot.product_data FOR SELECT TO vo_reader
USING (corot.may_get(product_level, release_date));

-- A star is known as soon as one of its products is; the subquery obeys the policy above.
CREATE POLICY see ON corot.stars FOR SELECT TO vo_reader
USING (EXISTS (SELECT FROM corot.product_listing l WHERE l.corot_id = stars.corot_id));

-- The reader selects what is published and nothing else; the app has no right here.

GRANT USAGE ON SCHEMA corot, ivoa, tap_schema, vo TO vo_reader;

GRANT SELECT ON
    corot.runs, corot.stars, corot.product_listing, corot.product_data, corot.products,
    ivoa.obscore,
    tap_schema.schemas, tap_schema.tables, tap_schema.columns,
    tap_schema.keys, tap_schema.key_columns,
    vo.listed_files, vo.stored_files
TO vo_reader;
