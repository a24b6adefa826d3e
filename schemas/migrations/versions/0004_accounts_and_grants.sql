CREATE SCHEMA IF NOT EXISTS auth;

CREATE TABLE auth.accounts (
	name TEXT NOT NULL, 
	full_name TEXT DEFAULT '' NOT NULL, 
	email TEXT, 
	password_hash TEXT, 
	created_at TIMESTAMP WITHOUT TIME ZONE DEFAULT timezone('UTC', now()) NOT NULL, 
	disabled_at TIMESTAMP WITHOUT TIME ZONE, 
	CONSTRAINT accounts_pkey PRIMARY KEY (name), 
	CONSTRAINT accounts_name_check CHECK (name ~ '^[a-z][a-z0-9._-]{1,39}$'), 
	CONSTRAINT accounts_email_check CHECK (email = lower(email)), 
	CONSTRAINT accounts_email_key UNIQUE (email)
);

CREATE TABLE auth.attempts (
	subject TEXT NOT NULL, 
	failures INTEGER NOT NULL, 
	last_at TIMESTAMP WITHOUT TIME ZONE DEFAULT timezone('UTC', now()) NOT NULL, 
	CONSTRAINT attempts_pkey PRIMARY KEY (subject)
);

CREATE TABLE auth.audit (
	entry_id BIGINT GENERATED ALWAYS AS IDENTITY, 
	at TIMESTAMP WITHOUT TIME ZONE DEFAULT timezone('UTC', now()) NOT NULL, 
	actor TEXT NOT NULL, 
	action TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	details JSONB DEFAULT '{}' NOT NULL, 
	CONSTRAINT audit_pkey PRIMARY KEY (entry_id)
);

CREATE TABLE auth.groups (
	name TEXT NOT NULL, 
	description TEXT NOT NULL, 
	CONSTRAINT groups_pkey PRIMARY KEY (name), 
	CONSTRAINT groups_name_check CHECK (name ~ '^[a-z][a-z0-9._-]{1,39}$')
);

CREATE TABLE auth.levels (
	product_level TEXT NOT NULL, 
	listed BOOLEAN NOT NULL, 
	description TEXT NOT NULL, 
	CONSTRAINT levels_pkey PRIMARY KEY (product_level)
);

CREATE TABLE auth.grants (
	grant_id BIGINT GENERATED ALWAYS AS IDENTITY, 
	account TEXT, 
	group_name TEXT, 
	holder TEXT GENERATED ALWAYS AS (CASE WHEN account IS NULL THEN 'group:' || group_name ELSE 'account:' || account END) STORED NOT NULL, 
	product_level TEXT NOT NULL, 
	channel TEXT, 
	run_code TEXT, 
	star_count INTEGER DEFAULT '0' NOT NULL, 
	valid_from TIMESTAMP WITHOUT TIME ZONE DEFAULT timezone('UTC', now()) NOT NULL, 
	valid_until TIMESTAMP WITHOUT TIME ZONE, 
	note TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT grants_pkey PRIMARY KEY (grant_id), 
	CONSTRAINT grants_holder_check CHECK ((account IS NULL) <> (group_name IS NULL)), 
	CONSTRAINT grants_channel_check CHECK (channel IN ('exoplanet', 'seismology')), 
	CONSTRAINT grants_account_fkey FOREIGN KEY(account) REFERENCES auth.accounts (name), 
	CONSTRAINT grants_group_name_fkey FOREIGN KEY(group_name) REFERENCES auth.groups (name), 
	CONSTRAINT grants_product_level_fkey FOREIGN KEY(product_level) REFERENCES auth.levels (product_level)
);

CREATE TABLE auth.identities (
	provider TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	account TEXT NOT NULL, 
	linked_at TIMESTAMP WITHOUT TIME ZONE DEFAULT timezone('UTC', now()) NOT NULL, 
	CONSTRAINT identities_pkey PRIMARY KEY (provider, subject), 
	CONSTRAINT identities_account_fkey FOREIGN KEY(account) REFERENCES auth.accounts (name)
);

CREATE TABLE auth.links (
	digest BYTEA NOT NULL, 
	purpose TEXT NOT NULL, 
	account TEXT, 
	email TEXT, 
	group_names TEXT[] DEFAULT '{}' NOT NULL, 
	created_at TIMESTAMP WITHOUT TIME ZONE DEFAULT timezone('UTC', now()) NOT NULL, 
	expires_at TIMESTAMP WITHOUT TIME ZONE NOT NULL, 
	used_at TIMESTAMP WITHOUT TIME ZONE, 
	CONSTRAINT links_pkey PRIMARY KEY (digest), 
	CONSTRAINT links_purpose_check CHECK (purpose IN ('reset', 'invitation', 'registration')), 
	CONSTRAINT links_account_fkey FOREIGN KEY(account) REFERENCES auth.accounts (name)
);

CREATE TABLE auth.members (
	account TEXT NOT NULL, 
	group_name TEXT NOT NULL, 
	CONSTRAINT members_pkey PRIMARY KEY (account, group_name), 
	CONSTRAINT members_account_fkey FOREIGN KEY(account) REFERENCES auth.accounts (name), 
	CONSTRAINT members_group_name_fkey FOREIGN KEY(group_name) REFERENCES auth.groups (name)
);

CREATE TABLE auth.sessions (
	digest BYTEA NOT NULL, 
	account TEXT NOT NULL, 
	created_at TIMESTAMP WITHOUT TIME ZONE DEFAULT timezone('UTC', now()) NOT NULL, 
	seen_at TIMESTAMP WITHOUT TIME ZONE DEFAULT timezone('UTC', now()) NOT NULL, 
	expires_at TIMESTAMP WITHOUT TIME ZONE NOT NULL, 
	address TEXT DEFAULT '' NOT NULL, 
	agent TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT sessions_pkey PRIMARY KEY (digest), 
	CONSTRAINT sessions_account_fkey FOREIGN KEY(account) REFERENCES auth.accounts (name)
);

CREATE TABLE auth.tokens (
	token_id TEXT NOT NULL, 
	digest BYTEA NOT NULL, 
	account TEXT NOT NULL, 
	name TEXT NOT NULL, 
	scopes TEXT[] NOT NULL, 
	created_at TIMESTAMP WITHOUT TIME ZONE DEFAULT timezone('UTC', now()) NOT NULL, 
	expires_at TIMESTAMP WITHOUT TIME ZONE NOT NULL, 
	used_at TIMESTAMP WITHOUT TIME ZONE, 
	revoked_at TIMESTAMP WITHOUT TIME ZONE, 
	CONSTRAINT tokens_pkey PRIMARY KEY (token_id), 
	CONSTRAINT tokens_account_fkey FOREIGN KEY(account) REFERENCES auth.accounts (name)
);

CREATE TABLE auth.grant_stars (
	grant_id BIGINT NOT NULL, 
	corot_id BIGINT NOT NULL, 
	CONSTRAINT grant_stars_pkey PRIMARY KEY (grant_id, corot_id), 
	CONSTRAINT grant_stars_grant_id_fkey FOREIGN KEY(grant_id) REFERENCES auth.grants (grant_id)
);

CREATE INDEX audit_at_idx ON auth.audit (at);

CREATE INDEX grants_holder_idx ON auth.grants (holder);

CREATE INDEX sessions_account_idx ON auth.sessions (account);

CREATE INDEX tokens_account_idx ON auth.tokens (account);

INSERT INTO auth.levels (product_level, listed, description) VALUES
    ('N1A', false, 'Exo Alert: preliminary light curves for the choice of stars to oversample'),
    ('N1', false, 'Light curves with routine corrections'),
    ('N2', true, 'Light curves ready for science');

INSERT INTO auth.groups (name, description) VALUES
    ('public', 'Everybody, whether logged in or not'),
    ('registered', 'Everybody with an account'),
    ('guest', 'Guest Investigators: what is granted to each of them'),
    ('alert', 'Alert team: all N1 Exo Alert products'),
    ('n1', 'N1 community: all N1 products'),
    ('coi', 'Co-Investigators: all N2 products'),
    ('staff', 'Staff of the data centre: everything, deliveries and what was withdrawn included'),
    ('admin', 'Administrators: accounts, groups and grants, and everything staff sees');

INSERT INTO auth.grants (group_name, product_level, note) VALUES
    ('alert', 'N1A', 'the tier'), ('n1', 'N1', 'the tier'), ('coi', 'N2', 'the tier');

ALTER TABLE ingest.deliveries RENAME COLUMN level TO product_level;

DROP POLICY see ON corot.product_listing;
DROP POLICY get ON corot.product_data;
DROP POLICY see ON corot.stars;
DROP VIEW corot.products, ivoa.obscore, vo.listed_files, vo.stored_files;
DROP FUNCTION corot.may_see(text, timestamp), corot.may_get(text, timestamp);

ALTER TABLE corot.product_listing
    ADD COLUMN withdrawn BOOLEAN DEFAULT false NOT NULL,
    ADD COLUMN withdrawn_reason TEXT,
    ADD CONSTRAINT product_listing_withdrawn_reason_check
        CHECK (withdrawn = (withdrawn_reason IS NOT NULL)),
    ADD CONSTRAINT product_listing_rights_key UNIQUE
        (product_id, product_level, release_date, channel, run_code, corot_id, withdrawn);

ALTER TABLE corot.product_data
    ADD COLUMN channel TEXT,
    ADD COLUMN run_code TEXT,
    ADD COLUMN corot_id BIGINT,
    ADD COLUMN withdrawn BOOLEAN DEFAULT false NOT NULL;
UPDATE corot.product_data d
SET channel = l.channel, run_code = l.run_code, corot_id = l.corot_id
FROM corot.product_listing l WHERE l.product_id = d.product_id;
ALTER TABLE corot.product_data
    ALTER COLUMN channel SET NOT NULL,
    ALTER COLUMN run_code SET NOT NULL,
    ALTER COLUMN corot_id SET NOT NULL,
    DROP CONSTRAINT product_data_product_id_product_level_release_date_fkey,
    ADD CONSTRAINT product_data_rights_fkey FOREIGN KEY
        (product_id, product_level, release_date, channel, run_code, corot_id, withdrawn)
        REFERENCES corot.product_listing
        (product_id, product_level, release_date, channel, run_code, corot_id, withdrawn)
        ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE corot.product_listing
    DROP CONSTRAINT product_listing_product_id_product_level_release_date_key;

-- What the caller of the present transaction is entitled to. The policies ask once for each query,
-- in subqueries that no row is part of. The tables behind are nobody's but the owner's and the
-- app's, so these functions are the owner's (SECURITY DEFINER) and tell the caller's own rights only.

CREATE OR REPLACE FUNCTION vo.utc_now() RETURNS timestamp
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT now() AT TIME ZONE 'UTC' $$;

-- In whose name grants count: the caller's account and groups. Nobody's where the name is unknown
-- or its account disabled; the public is the empty name.

CREATE OR REPLACE FUNCTION vo.holders() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN vo.principal() = '' THEN '{group:public}'::text[] ELSE coalesce((
        SELECT ARRAY['group:public', 'group:registered', 'account:' || a.name]
            || ARRAY(SELECT 'group:' || m.group_name FROM auth.members m WHERE m.account = a.name)
        FROM auth.accounts a WHERE a.name = vo.principal() AND a.disabled_at IS NULL
    ), '{}') END
$$;

CREATE OR REPLACE FUNCTION vo.is_known() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT vo.holders() <> '{}' $$;

-- The data centre's staff sees everything there is.

CREATE OR REPLACE FUNCTION vo.sees_all() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT vo.holders() && '{group:staff,group:admin}' $$;

CREATE OR REPLACE FUNCTION vo.listed_levels() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT ARRAY(SELECT product_level FROM auth.levels WHERE listed) $$;

-- Whether a grant holds now.

CREATE OR REPLACE FUNCTION vo.is_valid(since timestamp, until timestamp) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT since <= vo.utc_now() AND (until IS NULL OR until > vo.utc_now()) $$;

-- Levels of which everything is granted.

CREATE OR REPLACE FUNCTION vo.granted_levels() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY(
        SELECT product_level FROM auth.grants
        WHERE holder = ANY ((SELECT vo.holders())::text[]) AND star_count = 0
            AND channel IS NULL AND run_code IS NULL
            AND vo.is_valid(valid_from, valid_until)
    )
$$;

-- Whole channels or runs, each combination by itself, so that a row is looked up in a hash.

CREATE OR REPLACE FUNCTION corot.granted_runs()
RETURNS TABLE (product_level text, channel text, run_code text)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp
AS $$
    SELECT g.product_level, c.channel, r.run_code
    FROM auth.grants g
    JOIN (VALUES ('exoplanet'), ('seismology')) c (channel)
        ON g.channel IS NULL OR g.channel = c.channel
    JOIN corot.runs r ON g.run_code IS NULL OR g.run_code = r.run_code
    WHERE g.holder = ANY ((SELECT vo.holders())::text[]) AND g.star_count = 0
        AND (g.channel IS NOT NULL OR g.run_code IS NOT NULL)
        AND vo.is_valid(g.valid_from, g.valid_until)
$$;

-- Stars, whatever the channel and run; and those in a channel or run, each combination by itself.

CREATE OR REPLACE FUNCTION corot.granted_stars()
RETURNS TABLE (corot_id bigint, product_level text)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 1000 SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.corot_id, g.product_level
    FROM auth.grants g JOIN auth.grant_stars s USING (grant_id)
    WHERE g.holder = ANY ((SELECT vo.holders())::text[])
        AND g.channel IS NULL AND g.run_code IS NULL
        AND vo.is_valid(g.valid_from, g.valid_until)
$$;

CREATE OR REPLACE FUNCTION corot.granted_windows()
RETURNS TABLE (corot_id bigint, product_level text, channel text, run_code text)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 1000 SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.corot_id, g.product_level, c.channel, r.run_code
    FROM auth.grants g
    JOIN auth.grant_stars s USING (grant_id)
    JOIN (VALUES ('exoplanet'), ('seismology')) c (channel)
        ON g.channel IS NULL OR g.channel = c.channel
    JOIN corot.runs r ON g.run_code IS NULL OR g.run_code = r.run_code
    WHERE g.holder = ANY ((SELECT vo.holders())::text[])
        AND (g.channel IS NOT NULL OR g.run_code IS NOT NULL)
        AND vo.is_valid(g.valid_from, g.valid_until)
$$;

CREATE OR REPLACE VIEW corot.products WITH (security_invoker = true) AS
SELECT
    vo.publisher_did(l.key) AS publisher_did,
    l.corot_id AS corot_id,
    l.run_code AS run_code,
    l.product_type AS product_type,
    l.product_level AS product_level,
    l.channel AS channel,
    l.version AS version,
    CASE WHEN NOT l.withdrawn AND NOT EXISTS (SELECT FROM corot.product_listing n WHERE n.corot_id = l.corot_id AND n.run_code = l.run_code AND n.product_type = l.product_type AND n.product_level = l.product_level AND NOT n.withdrawn AND n.version_order > l.version_order) THEN 1 ELSE 0 END::smallint AS is_latest,
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
    l.withdrawn_reason AS withdrawn_reason,
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
WHERE NOT l.withdrawn AND NOT EXISTS (SELECT FROM corot.product_listing n WHERE n.corot_id = l.corot_id AND n.run_code = l.run_code AND n.product_type = l.product_type AND n.product_level = l.product_level AND NOT n.withdrawn AND n.version_order > l.version_order);

CREATE OR REPLACE VIEW vo.listed_files WITH (security_invoker = true) AS
SELECT l.key, l.file_name, l.release_date
FROM corot.product_listing l;

CREATE OR REPLACE VIEW vo.stored_files WITH (security_invoker = true) AS
SELECT l.key, l.file_name, d.storage_path, d.media_type, l.file_size AS size,
    l.checksum AS sha256, l.published_at
FROM corot.product_listing l
JOIN corot.product_data d ON d.product_id = l.product_id;

ALTER TABLE corot.product_listing ENABLE ROW LEVEL SECURITY;
CREATE POLICY see ON corot.product_listing FOR SELECT TO vo_reader
USING (
    NOT withdrawn AND (SELECT vo.is_known()) AND (
        release_date <= (SELECT vo.utc_now())
        OR product_level = ANY ((SELECT vo.listed_levels())::text[])
        OR product_level = ANY ((SELECT vo.granted_levels())::text[])
        OR (product_level, channel, run_code) IN (
            SELECT g.product_level, g.channel, g.run_code FROM corot.granted_runs() g)
        OR (corot_id, product_level) IN (
            SELECT g.corot_id, g.product_level FROM corot.granted_stars() g)
        OR (corot_id, product_level, channel, run_code) IN (
            SELECT g.corot_id, g.product_level, g.channel, g.run_code
            FROM corot.granted_windows() g)
    )
    OR (SELECT vo.sees_all())
);

ALTER TABLE corot.product_data ENABLE ROW LEVEL SECURITY;
CREATE POLICY get ON corot.product_data FOR SELECT TO vo_reader
USING (
    NOT withdrawn AND (SELECT vo.is_known()) AND (
        release_date <= (SELECT vo.utc_now())
        OR product_level = ANY ((SELECT vo.granted_levels())::text[])
        OR (product_level, channel, run_code) IN (
            SELECT g.product_level, g.channel, g.run_code FROM corot.granted_runs() g)
        OR (corot_id, product_level) IN (
            SELECT g.corot_id, g.product_level FROM corot.granted_stars() g)
        OR (corot_id, product_level, channel, run_code) IN (
            SELECT g.corot_id, g.product_level, g.channel, g.run_code
            FROM corot.granted_windows() g)
    )
    OR (SELECT vo.sees_all())
);

-- A star is known as soon as one of its products is; the subquery obeys the policy above.
ALTER TABLE corot.stars ENABLE ROW LEVEL SECURITY;
CREATE POLICY see ON corot.stars FOR SELECT TO vo_reader
USING (EXISTS (SELECT FROM corot.product_listing l WHERE l.corot_id = stars.corot_id));

-- What was delivered, and what became of it, is the staff's business.
ALTER TABLE ingest.deliveries ENABLE ROW LEVEL SECURITY;
CREATE POLICY see ON ingest.deliveries FOR SELECT TO vo_reader
USING ((SELECT vo.sees_all()));
ALTER TABLE ingest.delivered_files ENABLE ROW LEVEL SECURITY;
CREATE POLICY see ON ingest.delivered_files FOR SELECT TO vo_reader
USING ((SELECT vo.sees_all()));

GRANT SELECT ON corot.products, ivoa.obscore, vo.listed_files, vo.stored_files TO vo_reader;

GRANT USAGE ON SCHEMA ingest TO vo_reader;
GRANT SELECT ON ingest.deliveries, ingest.delivered_files TO vo_reader;

GRANT USAGE ON SCHEMA auth TO vo_app;

GRANT SELECT, INSERT, UPDATE ON
    auth.accounts, auth.grants, auth.grant_stars, auth.identities, auth.tokens, auth.sessions, auth.links,
    auth.attempts, auth.levels, auth.groups, auth.members
TO vo_app;

GRANT DELETE ON
    auth.members, auth.identities, auth.sessions, auth.links, auth.attempts
TO vo_app;

GRANT SELECT, INSERT ON auth.audit TO vo_app;
