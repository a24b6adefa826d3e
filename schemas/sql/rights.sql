-- What the caller of the present transaction is entitled to. The policies ask once for each query,
-- in subqueries that no row is part of. The tables behind are nobody's but the owner's and the
-- app's, so these functions are the owner's (SECURITY DEFINER) and tell the caller's own rights only.

CREATE OR REPLACE FUNCTION vo.utc_now() RETURNS timestamp
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT now() AT TIME ZONE 'UTC' $$;

-- In whose name grants count: somebody's account and groups. Nobody's where the name is unknown
-- or its account disabled; the public is the empty name.

CREATE OR REPLACE FUNCTION auth.holders_of(principal text) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN principal = '' THEN '{group:public}'::text[] ELSE coalesce((
        SELECT ARRAY['group:public', 'group:registered', 'account:' || a.name]
            || ARRAY(SELECT 'group:' || m.group_name FROM auth.members m WHERE m.account = a.name)
        FROM auth.accounts a WHERE a.name = principal AND a.disabled_at IS NULL
    ), '{}') END
$$;

CREATE OR REPLACE FUNCTION vo.holders() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT auth.holders_of(vo.principal()) $$;

-- Releases until when are the caller's: now, and for who is not known none at all.

CREATE OR REPLACE FUNCTION vo.released_until() RETURNS timestamp
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE WHEN vo.holders() <> '{}' THEN vo.utc_now() END $$;

-- The data centre's staff sees everything there is.

CREATE OR REPLACE FUNCTION vo.sees_all() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT vo.holders() && '{group:staff,group:admin}' $$;

-- Whether a grant holds now.

CREATE OR REPLACE FUNCTION vo.is_valid(since timestamp, until timestamp) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT since <= vo.utc_now() AND (until IS NULL OR until > vo.utc_now()) $$;

-- Levels of which everything is granted; of those that are listed everybody known sees all rows.

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

CREATE OR REPLACE FUNCTION vo.seen_levels() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN holders = '{}' THEN '{}' ELSE ARRAY(
        SELECT product_level FROM auth.levels WHERE listed
        UNION ALL
        SELECT product_level FROM auth.grants
        WHERE holder = ANY (holders) AND star_count = 0
            AND channel IS NULL AND run_code IS NULL
            AND vo.is_valid(valid_from, valid_until)
    ) END
    FROM vo.holders() AS holders
$$;

-- Levels of which something is granted: rows of others need not be looked up below.

CREATE OR REPLACE FUNCTION vo.partly_granted_levels() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY(
        SELECT l.product_level FROM auth.levels l
        WHERE EXISTS (
            SELECT FROM auth.grants g
            WHERE g.holder = ANY (holders) AND g.product_level = l.product_level
                AND (g.star_count > 0 OR g.channel IS NOT NULL OR g.run_code IS NOT NULL)
                AND vo.is_valid(g.valid_from, g.valid_until)
        )
    )
    FROM vo.holders() AS holders
$$;

-- Whole channels or runs, each combination by itself, so that a row is looked up in a hash. Where
-- PostgreSQL can compile queries, it would take these for large ones, and a tenth of a second for it.

CREATE OR REPLACE FUNCTION corot.granted_runs()
RETURNS TABLE (product_level text, channel text, run_code text)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 50
SET search_path = pg_catalog, pg_temp SET jit = off
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
-- OFFSET 0 has each holder's grants and each grant's stars looked up, where those of everybody
-- would be read.

CREATE OR REPLACE FUNCTION corot.granted_stars()
RETURNS TABLE (corot_id bigint, product_level text)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 1000
SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
    SELECT s.corot_id, g.product_level
    FROM unnest(vo.holders()) AS h (holder)
    CROSS JOIN LATERAL (
        SELECT grant_id, product_level FROM auth.grants
        WHERE holder = h.holder AND star_count > 0 AND channel IS NULL AND run_code IS NULL
            AND vo.is_valid(valid_from, valid_until)
        OFFSET 0
    ) g
    CROSS JOIN LATERAL (
        SELECT corot_id FROM auth.grant_stars WHERE grant_id = g.grant_id OFFSET 0
    ) s
$$;

CREATE OR REPLACE FUNCTION corot.granted_windows()
RETURNS TABLE (corot_id bigint, product_level text, channel text, run_code text)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 1000
SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
    SELECT s.corot_id, g.product_level, g.channel, g.run_code
    FROM (
        SELECT g.grant_id, g.product_level, c.channel, r.run_code
        FROM unnest(vo.holders()) AS h (holder)
        CROSS JOIN LATERAL (
            SELECT grant_id, product_level, channel, run_code FROM auth.grants
            WHERE holder = h.holder AND star_count > 0
                AND (channel IS NOT NULL OR run_code IS NOT NULL)
                AND vo.is_valid(valid_from, valid_until)
            OFFSET 0
        ) g
        JOIN (VALUES ('exoplanet'), ('seismology')) c (channel)
            ON g.channel IS NULL OR g.channel = c.channel
        CROSS JOIN LATERAL (
            SELECT g.run_code WHERE g.run_code IS NOT NULL
            UNION ALL
            SELECT run_code FROM corot.runs WHERE g.run_code IS NULL
        ) r
        OFFSET 0
    ) g
    CROSS JOIN LATERAL (
        SELECT corot_id FROM auth.grant_stars WHERE grant_id = g.grant_id OFFSET 0
    ) s
$$;

-- Everything that what somebody sees and gets depends on, one text each: who they are, their groups,
-- the grants that hold for these now, and the levels that are listed to everybody. What was made
-- under some of them may be read again only while all of them hold.

CREATE OR REPLACE FUNCTION auth.rights_of(principal text) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN holders = '{}' THEN holders ELSE holders
        || ARRAY(SELECT 'grant:' || g.grant_id FROM auth.grants g
            WHERE g.holder = ANY (holders) AND vo.is_valid(g.valid_from, g.valid_until)
            ORDER BY g.grant_id)
        || ARRAY(SELECT 'listed:' || l.product_level FROM auth.levels l
            WHERE l.listed ORDER BY l.product_level) END
    FROM auth.holders_of(principal) AS holders
$$;

CREATE OR REPLACE FUNCTION vo.rights() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT auth.rights_of(vo.principal()) $$;

-- When the next product becomes public. That is nobody's business but the app's, which makes exports
-- anew then: it tells of hidden rows.

CREATE OR REPLACE FUNCTION exports.next_release() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT min(release_date) AT TIME ZONE 'UTC' FROM corot.product_listing
    WHERE NOT withdrawn AND release_date > vo.utc_now()
$$;

REVOKE EXECUTE ON FUNCTION exports.next_release() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION exports.next_release() TO vo_app;
