-- From when on a product is everybody's is a column of its own, never for one that is withdrawn, and comes
-- first in tables that are written anew for it: a released row costs one comparison.

-- Where 0016 was run as it first was, the key is not there.

CREATE OR REPLACE FUNCTION vo.window_key(product_level text, channel text, run_code text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT product_level || '/' || channel || '/' || run_code $$;

-- The views are made anew after all migrations, and what is granted on them and on the tables.

DROP VIEW corot.products, corot.stars, ivoa.obscore, vo.listed_files, vo.stored_files;

ALTER TABLE corot.product_listing RENAME TO product_listing_old;
ALTER TABLE corot.product_data RENAME TO product_data_old;

CREATE TABLE corot.product_listing (
    product_id BIGINT GENERATED ALWAYS AS IDENTITY,
    open_from TIMESTAMP WITHOUT TIME ZONE GENERATED ALWAYS AS (CASE WHEN withdrawn THEN 'infinity'::timestamp ELSE release_date END) STORED NOT NULL,
    release_date TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    corot_id BIGINT NOT NULL,
    withdrawn BOOLEAN DEFAULT false NOT NULL,
    product_level TEXT NOT NULL,
    channel TEXT NOT NULL,
    run_code TEXT NOT NULL,
    key TEXT GENERATED ALWAYS AS (lpad(corot_id::text, 10, '0') || '/' || run_code || '/' || product_type || '/' || version) STORED NOT NULL,
    version_order INTEGER[] GENERATED ALWAYS AS (string_to_array(split_part(version, '-', 2), '.')::integer[]) STORED NOT NULL,
    product_type TEXT NOT NULL,
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
    file_name TEXT NOT NULL,
    file_size BIGINT NOT NULL,
    checksum TEXT NOT NULL,
    withdrawn_reason TEXT,
    star_name TEXT,
    region_array DOUBLE PRECISION[] GENERATED ALWAYS AS (ARRAY[ra, dec, CASE channel WHEN 'seismology' THEN 0.02::float8 ELSE 0.0083::float8 END / 2]) STORED,
    region_index cube GENERATED ALWAYS AS (adql.region_bounds(ARRAY[ra, dec, CASE channel WHEN 'seismology' THEN 0.02::float8 ELSE 0.0083::float8 END / 2])) STORED,
    pos cube GENERATED ALWAYS AS (cube(ARRAY[cos(radians(dec)) * cos(radians(ra)), cos(radians(dec)) * sin(radians(ra)), sin(radians(dec))])) STORED,
    delivery_id TEXT NOT NULL,
    published_at TIMESTAMP WITHOUT TIME ZONE DEFAULT timezone('UTC', now()) NOT NULL
);

INSERT INTO corot.product_listing (
    product_id, release_date, corot_id, withdrawn, product_level, channel, run_code,
    product_type, version, ra, dec, mag_b, mag_v, mag_r, mag_i, b_v, spectral_type,
    luminosity_class, teff, ccd_half, start_utc, end_utc, exposure_time, degree_chrom,
    contamination, n_hot_pixels, x_ccd, y_ccd, x_window, y_window, n_points, cadence,
    total_exposure, t_min, t_max, bjd_tt_min, bjd_tt_max, obs_collection, file_name, file_size,
    checksum, withdrawn_reason, star_name, delivery_id, published_at
) OVERRIDING SYSTEM VALUE
SELECT
    product_id, release_date, corot_id, withdrawn, product_level, channel, run_code,
    product_type, version, ra, dec, mag_b, mag_v, mag_r, mag_i, b_v, spectral_type,
    luminosity_class, teff, ccd_half, start_utc, end_utc, exposure_time, degree_chrom,
    contamination, n_hot_pixels, x_ccd, y_ccd, x_window, y_window, n_points, cadence,
    total_exposure, t_min, t_max, bjd_tt_min, bjd_tt_max, obs_collection, file_name, file_size,
    checksum, withdrawn_reason, star_name, delivery_id, published_at
FROM corot.product_listing_old ORDER BY product_id;

CREATE TABLE corot.product_data (
    product_id BIGINT NOT NULL,
    open_from TIMESTAMP WITHOUT TIME ZONE GENERATED ALWAYS AS (CASE WHEN withdrawn THEN 'infinity'::timestamp ELSE release_date END) STORED NOT NULL,
    release_date TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    corot_id BIGINT NOT NULL,
    withdrawn BOOLEAN DEFAULT false NOT NULL,
    product_level TEXT NOT NULL,
    channel TEXT NOT NULL,
    run_code TEXT NOT NULL,
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
    media_type TEXT NOT NULL
);

INSERT INTO corot.product_data (
    product_id, release_date, corot_id, withdrawn, product_level, channel, run_code, lc_mean_b,
    lc_rms_b, lc_mean_g, lc_rms_g, lc_mean_r, lc_rms_r, lc_mean_white, lc_rms_white,
    activity_level, var_class1, prob_var1, var_class2, prob_var2, var_class3, prob_var3,
    storage_path, media_type
)
SELECT
    product_id, release_date, corot_id, withdrawn, product_level, channel, run_code, lc_mean_b,
    lc_rms_b, lc_mean_g, lc_rms_g, lc_mean_r, lc_rms_r, lc_mean_white, lc_rms_white,
    activity_level, var_class1, prob_var1, var_class2, prob_var2, var_class3, prob_var3,
    storage_path, media_type
FROM corot.product_data_old ORDER BY product_id;

SELECT setval(
    pg_get_serial_sequence('corot.product_listing', 'product_id'),
    nextval(pg_get_serial_sequence('corot.product_listing_old', 'product_id'))
);

DROP TABLE corot.product_data_old, corot.product_listing_old;

ALTER SEQUENCE corot.product_listing_product_id_seq1 RENAME TO product_listing_product_id_seq;

ALTER TABLE corot.product_listing
    ADD CONSTRAINT product_listing_pkey PRIMARY KEY (product_id),
    ADD CONSTRAINT product_listing_run_code_fkey FOREIGN KEY(run_code) REFERENCES corot.runs (run_code),
    ADD CONSTRAINT product_listing_corot_id_run_code_product_type_product__bb0c UNIQUE (corot_id, run_code, product_type, product_level, version),
    ADD CONSTRAINT product_listing_rights_key UNIQUE (product_id, product_level, release_date, channel, run_code, corot_id, withdrawn) INCLUDE (open_from),
    ADD CONSTRAINT product_listing_withdrawn_reason_check CHECK (withdrawn = (withdrawn_reason IS NOT NULL)),
    ADD CONSTRAINT product_listing_version_of_level_check CHECK (starts_with(version, product_level || '-')),
    ADD CONSTRAINT product_listing_version_check CHECK (version ~ '^[A-Z0-9]+-[0-9]+(\.[0-9]+)*$'),
    ADD CONSTRAINT product_listing_product_type_check CHECK (product_type ~ '^[A-Z0-9_]+$'),
    ADD CONSTRAINT product_listing_file_name_check CHECK (file_name ~ '^[A-Za-z0-9_][A-Za-z0-9_.-]*$'),
    ADD CONSTRAINT product_listing_corot_id_check CHECK (corot_id BETWEEN 0 AND 9999999999),
    ADD CONSTRAINT product_listing_channel_check CHECK (channel IN ('exoplanet', 'seismology')),
    ADD CONSTRAINT product_listing_position_check CHECK (ra >= 0 AND ra < 360 AND dec BETWEEN -90 AND 90),
    ADD CONSTRAINT product_listing_key_key UNIQUE (key),
    ADD CONSTRAINT product_listing_delivery_id_fkey FOREIGN KEY(delivery_id) REFERENCES ingest.deliveries (delivery_id);

ALTER TABLE corot.product_data
    ADD CONSTRAINT product_data_pkey PRIMARY KEY (product_id),
    ADD CONSTRAINT product_data_rights_fkey FOREIGN KEY(product_id, product_level, release_date, channel, run_code, corot_id, withdrawn) REFERENCES corot.product_listing (product_id, product_level, release_date, channel, run_code, corot_id, withdrawn) ON DELETE CASCADE ON UPDATE CASCADE,
    ADD CONSTRAINT product_data_storage_path_key UNIQUE (storage_path);

CREATE INDEX product_listing_pos_idx ON corot.product_listing USING gist (pos);

CREATE INDEX product_listing_region_index_idx ON corot.product_listing USING gist (region_index);

CREATE INDEX product_listing_run_code_idx ON corot.product_listing (run_code);

CREATE INDEX product_listing_t_min_idx ON corot.product_listing (t_min);

CREATE TRIGGER noted AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON corot.product_listing
    FOR EACH STATEMENT EXECUTE FUNCTION exports.note_change();

CREATE TRIGGER noted AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON corot.product_data
    FOR EACH STATEMENT EXECUTE FUNCTION exports.note_change();

ALTER TABLE corot.product_listing ENABLE ROW LEVEL SECURITY;
CREATE POLICY see ON corot.product_listing FOR SELECT TO vo_reader, vo_partner
USING (
    open_from <= (SELECT vo.released_until())
    OR NOT withdrawn AND (
        product_level = ANY ((SELECT vo.seen_levels())::text[])
        OR corot_id <@ (SELECT vo.granted_stars()) AND (
            corot_id <@ ((SELECT vo.stars_by_level())::int8multirange[])[
                array_position((SELECT vo.starred_levels()), product_level)]
            OR corot_id <@ ((SELECT vo.stars_by_window())::int8multirange[])[
                array_position((SELECT vo.granted_windows()),
                    vo.window_key(product_level, channel, run_code))]
        )
    )
    OR (SELECT vo.sees_all())
);

ALTER TABLE corot.product_data ENABLE ROW LEVEL SECURITY;
CREATE POLICY get ON corot.product_data FOR SELECT TO vo_reader, vo_partner
USING (
    open_from <= (SELECT vo.released_until())
    OR NOT withdrawn AND (
        product_level = ANY ((SELECT vo.granted_levels())::text[])
        OR corot_id <@ (SELECT vo.granted_stars()) AND (
            corot_id <@ ((SELECT vo.stars_by_level())::int8multirange[])[
                array_position((SELECT vo.starred_levels()), product_level)]
            OR corot_id <@ ((SELECT vo.stars_by_window())::int8multirange[])[
                array_position((SELECT vo.granted_windows()),
                    vo.window_key(product_level, channel, run_code))]
        )
    )
    OR (SELECT vo.sees_all())
);

ANALYZE corot.product_listing, corot.product_data;
