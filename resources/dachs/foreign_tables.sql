-- Written by `make generate` from the declared columns; docs/federation.md tells how to use it.
-- For a superuser in the database of DaCHS, once the server corot_vo has been made there.

BEGIN;

DROP SCHEMA IF EXISTS corot_remote CASCADE;
CREATE SCHEMA corot_remote;

CREATE FOREIGN TABLE corot_remote.runs (
    run_code TEXT NOT NULL,
    run_type TEXT NOT NULL,
    direction TEXT NOT NULL,
    run_number SMALLINT NOT NULL,
    exo_start TIMESTAMP WITHOUT TIME ZONE,
    exo_end TIMESTAMP WITHOUT TIME ZONE,
    seismo_start TIMESTAMP WITHOUT TIME ZONE,
    seismo_end TIMESTAMP WITHOUT TIME ZONE
)
SERVER corot_vo OPTIONS (schema_name 'corot', table_name 'runs');

CREATE FOREIGN TABLE corot_remote.stars (
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
    teff REAL
)
SERVER corot_vo OPTIONS (schema_name 'corot', table_name 'stars');

CREATE FOREIGN TABLE corot_remote.products (
    publisher_did TEXT NOT NULL,
    corot_id BIGINT NOT NULL,
    run_code TEXT NOT NULL,
    product_type TEXT NOT NULL,
    product_level TEXT NOT NULL,
    channel TEXT NOT NULL,
    version TEXT NOT NULL,
    is_latest SMALLINT NOT NULL,
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
    time_span DOUBLE PRECISION NOT NULL,
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
    has_mon SMALLINT,
    has_chr SMALLINT,
    has_exo_window SMALLINT,
    has_seismo SMALLINT,
    has_seismo_window SMALLINT,
    obs_collection TEXT NOT NULL,
    release_date TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    data_rights TEXT NOT NULL,
    access_url TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file_size BIGINT NOT NULL,
    checksum TEXT NOT NULL,
    withdrawn_reason TEXT
)
SERVER corot_vo OPTIONS (schema_name 'corot', table_name 'products');

CREATE FOREIGN TABLE corot_remote.obscore (
    dataproduct_type TEXT,
    dataproduct_subtype TEXT,
    calib_level INTEGER NOT NULL,
    obs_collection TEXT NOT NULL,
    obs_id TEXT NOT NULL,
    obs_title TEXT,
    obs_publisher_did TEXT NOT NULL,
    data_rights TEXT,
    obs_release_date TIMESTAMP WITHOUT TIME ZONE,
    access_url TEXT,
    access_format TEXT,
    access_estsize BIGINT,
    target_name TEXT,
    target_class TEXT,
    s_ra DOUBLE PRECISION,
    s_dec DOUBLE PRECISION,
    s_fov DOUBLE PRECISION,
    s_region TEXT,
    s_resolution DOUBLE PRECISION,
    s_xel1 BIGINT,
    s_xel2 BIGINT,
    t_min DOUBLE PRECISION,
    t_max DOUBLE PRECISION,
    t_exptime DOUBLE PRECISION,
    t_resolution DOUBLE PRECISION,
    t_xel BIGINT,
    em_min DOUBLE PRECISION,
    em_max DOUBLE PRECISION,
    em_res_power DOUBLE PRECISION,
    em_xel BIGINT,
    o_ucd TEXT,
    pol_states TEXT,
    pol_xel BIGINT,
    facility_name TEXT,
    instrument_name TEXT
)
SERVER corot_vo OPTIONS (schema_name 'ivoa', table_name 'obscore');

-- DaCHS owns its views as gavoadmin, in whose name PostgreSQL then asks.
GRANT USAGE ON SCHEMA corot_remote TO gavoadmin;
GRANT SELECT ON ALL TABLES IN SCHEMA corot_remote TO gavoadmin;

COMMIT;
