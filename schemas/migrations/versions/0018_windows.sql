-- Policies look at numbers of fixed width for level, channel and run, in place of the texts: a product
-- that is not released costs less, and what a count or join reads of the listing is half as large.

CREATE TABLE corot.levels (
    level_id SMALLINT GENERATED ALWAYS AS IDENTITY,
    product_level TEXT NOT NULL,
    CONSTRAINT levels_pkey PRIMARY KEY (level_id),
    CONSTRAINT levels_level_id_product_level_key UNIQUE (level_id, product_level),
    CONSTRAINT levels_product_level_key UNIQUE (product_level)
);

CREATE TABLE corot.windows (
    window_id SMALLINT GENERATED ALWAYS AS IDENTITY,
    level_id SMALLINT NOT NULL,
    product_level TEXT NOT NULL,
    channel TEXT NOT NULL,
    run_code TEXT NOT NULL,
    CONSTRAINT windows_pkey PRIMARY KEY (window_id),
    CONSTRAINT windows_level_id_product_level_fkey FOREIGN KEY(level_id, product_level) REFERENCES corot.levels (level_id, product_level),
    CONSTRAINT windows_product_level_channel_run_code_key UNIQUE (product_level, channel, run_code),
    CONSTRAINT windows_numbers_key UNIQUE (window_id, level_id, product_level, channel, run_code)
);

INSERT INTO corot.levels (product_level)
SELECT DISTINCT product_level FROM corot.product_listing ORDER BY product_level;

INSERT INTO corot.windows (level_id, product_level, channel, run_code)
SELECT l.level_id, p.product_level, p.channel, p.run_code
FROM (SELECT DISTINCT product_level, channel, run_code FROM corot.product_listing) p
JOIN corot.levels l USING (product_level) ORDER BY 1, 2, 3, 4;

CREATE OR REPLACE FUNCTION corot.window_of(product_level text, channel text, run_code text)
RETURNS corot.windows
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    found_window corot.windows;
BEGIN
    LOOP
        SELECT * INTO found_window FROM corot.windows w
        WHERE w.product_level = $1 AND w.channel = $2 AND w.run_code = $3;
        IF FOUND THEN
            RETURN found_window;
        END IF;
        INSERT INTO corot.levels (product_level) VALUES ($1) ON CONFLICT DO NOTHING;
        INSERT INTO corot.windows (level_id, product_level, channel, run_code)
        SELECT l.level_id, $1, $2, $3 FROM corot.levels l WHERE l.product_level = $1
        ON CONFLICT DO NOTHING;
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION corot.number_product() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT w.level_id, w.window_id INTO NEW.level_id, NEW.window_id
    FROM corot.window_of(NEW.product_level, NEW.channel, NEW.run_code) w;
    RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION corot.copy_rights() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT l.open_from, l.corot_id, l.level_id, l.window_id
    INTO NEW.open_from, NEW.corot_id, NEW.level_id, NEW.window_id
    FROM corot.product_listing l WHERE l.product_id = NEW.product_id;
    RETURN NEW;
END
$$;

-- The views are made anew after all migrations, and what is granted on them and on the tables.

DROP VIEW IF EXISTS corot.products, corot.stars, ivoa.obscore, vo.listed_files, vo.stored_files;

ALTER TABLE corot.product_listing RENAME TO product_listing_old;
ALTER TABLE corot.product_data RENAME TO product_data_old;

CREATE TABLE corot.product_listing (
    product_id BIGINT GENERATED ALWAYS AS IDENTITY,
    open_from TIMESTAMP WITHOUT TIME ZONE GENERATED ALWAYS AS (CASE WHEN withdrawn THEN 'infinity'::timestamp ELSE release_date END) STORED NOT NULL,
    corot_id BIGINT NOT NULL,
    level_id SMALLINT NOT NULL,
    window_id SMALLINT NOT NULL,
    release_date TIMESTAMP WITHOUT TIME ZONE NOT NULL,
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
    level_id, window_id,
    product_id, release_date, corot_id, withdrawn, product_level, channel, run_code,
    product_type, version, ra, dec, mag_b, mag_v, mag_r, mag_i, b_v, spectral_type,
    luminosity_class, teff, ccd_half, start_utc, end_utc, exposure_time, degree_chrom,
    contamination, n_hot_pixels, x_ccd, y_ccd, x_window, y_window, n_points, cadence,
    total_exposure, t_min, t_max, bjd_tt_min, bjd_tt_max, obs_collection, file_name, file_size,
    checksum, withdrawn_reason, star_name, delivery_id, published_at
) OVERRIDING SYSTEM VALUE
SELECT
    w.level_id, w.window_id,
    o.product_id, o.release_date, o.corot_id, o.withdrawn, o.product_level, o.channel,
    o.run_code, o.product_type, o.version, o.ra, o.dec, o.mag_b, o.mag_v, o.mag_r, o.mag_i,
    o.b_v, o.spectral_type, o.luminosity_class, o.teff, o.ccd_half, o.start_utc, o.end_utc,
    o.exposure_time, o.degree_chrom, o.contamination, o.n_hot_pixels, o.x_ccd, o.y_ccd,
    o.x_window, o.y_window, o.n_points, o.cadence, o.total_exposure, o.t_min, o.t_max,
    o.bjd_tt_min, o.bjd_tt_max, o.obs_collection, o.file_name, o.file_size, o.checksum,
    o.withdrawn_reason, o.star_name, o.delivery_id, o.published_at
FROM corot.product_listing_old o JOIN corot.windows w USING (product_level, channel, run_code)
ORDER BY o.product_id;

CREATE TABLE corot.product_data (
    product_id BIGINT NOT NULL,
    open_from TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    corot_id BIGINT NOT NULL,
    level_id SMALLINT NOT NULL,
    window_id SMALLINT NOT NULL,
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
    product_id, open_from, corot_id, level_id, window_id,
    lc_mean_b, lc_rms_b, lc_mean_g, lc_rms_g, lc_mean_r, lc_rms_r, lc_mean_white, lc_rms_white,
    activity_level, var_class1, prob_var1, var_class2, prob_var2, var_class3, prob_var3,
    storage_path, media_type
)
SELECT
    l.product_id, l.open_from, l.corot_id, l.level_id, l.window_id,
    o.lc_mean_b, o.lc_rms_b, o.lc_mean_g, o.lc_rms_g, o.lc_mean_r, o.lc_rms_r, o.lc_mean_white,
    o.lc_rms_white, o.activity_level, o.var_class1, o.prob_var1, o.var_class2, o.prob_var2,
    o.var_class3, o.prob_var3, o.storage_path, o.media_type
FROM corot.product_data_old o JOIN corot.product_listing l USING (product_id)
ORDER BY o.product_id;

SELECT setval(
    pg_get_serial_sequence('corot.product_listing', 'product_id'),
    nextval(pg_get_serial_sequence('corot.product_listing_old', 'product_id'))
);

DROP TABLE corot.product_data_old, corot.product_listing_old;

ALTER SEQUENCE corot.product_listing_product_id_seq1 RENAME TO product_listing_product_id_seq;

ALTER TABLE corot.product_listing
    ADD CONSTRAINT product_listing_pkey PRIMARY KEY (product_id),
    ADD CONSTRAINT product_listing_run_code_fkey FOREIGN KEY(run_code) REFERENCES corot.runs (run_code),
    ADD CONSTRAINT product_listing_window_fkey FOREIGN KEY(window_id, level_id, product_level, channel, run_code) REFERENCES corot.windows (window_id, level_id, product_level, channel, run_code),
    ADD CONSTRAINT product_listing_corot_id_run_code_product_type_product__bb0c UNIQUE (corot_id, run_code, product_type, product_level, version),
    ADD CONSTRAINT product_listing_rights_key UNIQUE (product_id, open_from, corot_id, level_id, window_id),
    ADD CONSTRAINT product_listing_release_date_check CHECK (isfinite(release_date)),
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
    ADD CONSTRAINT product_data_rights_fkey FOREIGN KEY(product_id, open_from, corot_id, level_id, window_id) REFERENCES corot.product_listing (product_id, open_from, corot_id, level_id, window_id) ON DELETE CASCADE ON UPDATE CASCADE,
    ADD CONSTRAINT product_data_storage_path_key UNIQUE (storage_path);

CREATE INDEX product_listing_pos_idx ON corot.product_listing USING gist (pos);

CREATE INDEX product_listing_region_index_idx ON corot.product_listing USING gist (region_index);

CREATE INDEX product_listing_run_code_idx ON corot.product_listing (run_code);

CREATE INDEX product_listing_t_min_idx ON corot.product_listing (t_min);

CREATE TRIGGER noted AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON corot.product_listing
    FOR EACH STATEMENT EXECUTE FUNCTION exports.note_change();

CREATE TRIGGER noted AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON corot.product_data
    FOR EACH STATEMENT EXECUTE FUNCTION exports.note_change();

CREATE TRIGGER numbered BEFORE INSERT OR UPDATE OF product_level, channel, run_code
    ON corot.product_listing FOR EACH ROW EXECUTE FUNCTION corot.number_product();

CREATE TRIGGER copied BEFORE INSERT ON corot.product_data
    FOR EACH ROW EXECUTE FUNCTION corot.copy_rights();

CREATE OR REPLACE FUNCTION auth.level_ids_of(holders text[]) RETURNS smallint[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    RETURN ARRAY(
        SELECT l.level_id FROM auth.grants g JOIN corot.levels l USING (product_level)
        WHERE g.holder = ANY (holders) AND g.star_count = 0
            AND g.channel IS NULL AND g.run_code IS NULL
            AND vo.is_valid(g.valid_from, g.valid_until)
    );
END
$$;

CREATE OR REPLACE FUNCTION vo.granted_level_ids() RETURNS smallint[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$ BEGIN RETURN auth.level_ids_of(vo.holders()); END $$;

CREATE OR REPLACE FUNCTION vo.seen_level_ids() RETURNS smallint[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    holders text[] := vo.holders();
BEGIN
    IF holders = '{}' THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(
        SELECT l.level_id FROM auth.levels p JOIN corot.levels l USING (product_level)
        WHERE p.listed
    ) || auth.level_ids_of(holders);
END
$$;

CREATE OR REPLACE FUNCTION vo.starred_level_ids() RETURNS smallint[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    holders text[] := vo.holders();
BEGIN
    RETURN ARRAY(
        SELECT DISTINCT l.level_id
        FROM auth.granted_stars g JOIN corot.levels l USING (product_level)
        WHERE g.holder = ANY (holders) AND g.channel IS NULL AND g.run_code IS NULL
            AND vo.is_valid(g.valid_from, g.valid_until)
        ORDER BY l.level_id
    );
END
$$;

CREATE OR REPLACE FUNCTION vo.stars_by_level() RETURNS int8multirange[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    holders text[] := vo.holders();
BEGIN
    RETURN ARRAY(
        SELECT auth.united(array_agg(g.stars))
        FROM auth.granted_stars g JOIN corot.levels l USING (product_level)
        WHERE g.holder = ANY (holders) AND g.channel IS NULL AND g.run_code IS NULL
            AND vo.is_valid(g.valid_from, g.valid_until)
        GROUP BY l.level_id ORDER BY l.level_id
    );
END
$$;

CREATE OR REPLACE FUNCTION auth.granted_windows_of(holders text[])
RETURNS TABLE (window_id smallint, stars int8multirange)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    RETURN QUERY
    SELECT n.window_id, auth.united(array_agg(g.stars))
    FROM (
        SELECT s.product_level, s.channel, s.run_code, s.stars
        FROM auth.granted_stars s
        WHERE s.holder = ANY (holders) AND (s.channel IS NOT NULL OR s.run_code IS NOT NULL)
            AND vo.is_valid(s.valid_from, s.valid_until)
        UNION ALL
        SELECT w.product_level, w.channel, w.run_code, '{(,)}'
        FROM auth.grants w
        WHERE w.holder = ANY (holders) AND w.star_count = 0
            AND (w.channel IS NOT NULL OR w.run_code IS NOT NULL)
            AND vo.is_valid(w.valid_from, w.valid_until)
    ) g
    JOIN corot.windows n ON n.product_level = g.product_level
        AND (g.channel IS NULL OR g.channel = n.channel)
        AND (g.run_code IS NULL OR g.run_code = n.run_code)
    GROUP BY n.window_id ORDER BY n.window_id;
END
$$;

CREATE OR REPLACE FUNCTION vo.granted_window_ids() RETURNS smallint[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$ BEGIN RETURN ARRAY(SELECT w.window_id FROM auth.granted_windows_of(vo.holders()) w); END $$;

CREATE OR REPLACE FUNCTION vo.stars_by_window() RETURNS int8multirange[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$ BEGIN RETURN ARRAY(SELECT w.stars FROM auth.granted_windows_of(vo.holders()) w); END $$;

DROP FUNCTION
    vo.seen_levels(), vo.granted_levels(), vo.starred_levels(), vo.granted_windows(),
    vo.window_key(text, text, text), auth.levels_of(text[]), auth.windows_of(text[]);

ALTER TABLE corot.product_listing ENABLE ROW LEVEL SECURITY;
CREATE POLICY see ON corot.product_listing FOR SELECT TO vo_reader, vo_partner
USING (
    open_from <= (SELECT vo.released_until())
    OR open_from < 'infinity' AND (
        level_id = ANY ((SELECT vo.seen_level_ids())::smallint[])
        OR corot_id <@ (SELECT vo.granted_stars()) AND (
            corot_id <@ ((SELECT vo.stars_by_level())::int8multirange[])[
                array_position((SELECT vo.starred_level_ids()), level_id)]
            OR corot_id <@ ((SELECT vo.stars_by_window())::int8multirange[])[
                array_position((SELECT vo.granted_window_ids()), window_id)]
        )
    )
    OR (SELECT vo.sees_all())
);

ALTER TABLE corot.product_data ENABLE ROW LEVEL SECURITY;
CREATE POLICY get ON corot.product_data FOR SELECT TO vo_reader, vo_partner
USING (
    open_from <= (SELECT vo.released_until())
    OR open_from < 'infinity' AND (
        level_id = ANY ((SELECT vo.granted_level_ids())::smallint[])
        OR corot_id <@ (SELECT vo.granted_stars()) AND (
            corot_id <@ ((SELECT vo.stars_by_level())::int8multirange[])[
                array_position((SELECT vo.starred_level_ids()), level_id)]
            OR corot_id <@ ((SELECT vo.stars_by_window())::int8multirange[])[
                array_position((SELECT vo.granted_window_ids()), window_id)]
        )
    )
    OR (SELECT vo.sees_all())
);

ANALYZE corot.product_listing, corot.product_data;
