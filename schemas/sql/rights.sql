-- What the caller of the present transaction is entitled to. The policies ask once for each query,
-- in subqueries that no row is part of. The tables behind are nobody's but the owner's and the
-- app's, so these functions are the owner's (SECURITY DEFINER) and tell the caller's own rights only.
-- They are PL/pgSQL, whose plans a session keeps: those of SQL are made anew at each call before
-- PostgreSQL 18, which took longer than a cone search. One plan is kept for all callers: PostgreSQL
-- would plan for each array anew.

CREATE OR REPLACE FUNCTION vo.utc_now() RETURNS timestamp
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT now() AT TIME ZONE 'UTC' $$;

-- In whose name grants count: somebody's account and groups. Nobody's where the name is unknown
-- or its account disabled; the public is the empty name.

CREATE OR REPLACE FUNCTION auth.holders_of(principal text) RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    IF principal = '' THEN
        RETURN '{group:public}';
    END IF;
    RETURN coalesce((
        SELECT ARRAY['group:public', 'group:registered', 'account:' || a.name]
            || ARRAY(SELECT 'group:' || g FROM pg_catalog.unnest(a.groups) AS g)
        FROM auth.accounts a WHERE a.name = principal AND a.disabled_at IS NULL
    ), '{}');
END
$$;

CREATE OR REPLACE FUNCTION vo.holders() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$ BEGIN RETURN auth.holders_of(vo.principal()); END $$;

-- Releases until when are the caller's: now, and for who is not known none at all.

CREATE OR REPLACE FUNCTION vo.released_until() RETURNS timestamp
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$ BEGIN RETURN CASE WHEN vo.holders() <> '{}' THEN vo.utc_now() END; END $$;

-- The data centre's staff sees everything there is.

CREATE OR REPLACE FUNCTION vo.are_staff(holders text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT holders && '{group:staff,group:admin}' $$;

CREATE OR REPLACE FUNCTION vo.sees_all() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT vo.are_staff(vo.holders()) $$;

-- Whether a grant holds now.

CREATE OR REPLACE FUNCTION vo.is_valid(since timestamp, until timestamp) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT since <= vo.utc_now() AND (until IS NULL OR until > vo.utc_now()) $$;

-- Policies are told levels as bits, at the levels' numbers: one for each smallint from 0 on, so
-- that none is out of range. A short array would be packed where a subquery's value is kept, and
-- unpacked again for each row.

CREATE OR REPLACE FUNCTION auth.marked(level_ids smallint[]) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
DECLARE
    bits pg_catalog.bytea := pg_catalog.decode(pg_catalog.repeat('00', 4096), 'hex');
    level_id smallint;
BEGIN
    FOREACH level_id IN ARRAY level_ids LOOP
        bits := pg_catalog.set_bit(bits, level_id, 1);
    END LOOP;
    RETURN bits;
END
$$;

-- Levels of which everything is granted, for the staff all; of those that are listed everybody known
-- sees all rows.

CREATE OR REPLACE FUNCTION auth.level_ids_of(holders text[]) RETURNS smallint[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    IF vo.are_staff(holders) THEN
        RETURN ARRAY(SELECT l.level_id FROM corot.levels l);
    END IF;
    RETURN ARRAY(
        SELECT l.level_id FROM auth.grants g JOIN corot.levels l USING (product_level)
        WHERE g.holder = ANY (holders) AND g.star_count = 0
            AND g.channel IS NULL AND g.run_code IS NULL
            AND vo.is_valid(g.valid_from, g.valid_until)
    );
END
$$;

CREATE OR REPLACE FUNCTION vo.granted_levels() RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$ BEGIN RETURN auth.marked(auth.level_ids_of(vo.holders())); END $$;

CREATE OR REPLACE FUNCTION vo.seen_levels() RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    holders text[] := vo.holders();
BEGIN
    IF holders = '{}' THEN
        RETURN auth.marked('{}');
    END IF;
    RETURN auth.marked(ARRAY(
        SELECT l.level_id FROM auth.levels p JOIN corot.levels l USING (product_level)
        WHERE p.listed
    ) || auth.level_ids_of(holders));
END
$$;

CREATE OR REPLACE FUNCTION auth.united(parts int8multirange[]) RETURNS int8multirange
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
BEGIN
    -- One alone, which is usual, is not taken to pieces.
    IF cardinality(parts) = 1 THEN
        RETURN parts[1];
    END IF;
    RETURN (SELECT pg_catalog.range_agg(part) FROM pg_catalog.unnest(parts) AS part);
END
$$;

-- Levels of which a part may be granted: stars, channels or runs. A row of another level is not
-- looked up further.

CREATE OR REPLACE FUNCTION vo.partly_granted_levels() RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    holders text[] := vo.holders();
BEGIN
    RETURN auth.marked(ARRAY(
        SELECT l.level_id FROM corot.levels l
        WHERE l.product_level IN (
            SELECT s.product_level FROM auth.granted_stars s WHERE s.holder = ANY (holders)
            UNION ALL
            SELECT g.product_level FROM auth.grants g
            WHERE g.holder = ANY (holders) AND g.star_count = 0
                AND (g.channel IS NOT NULL OR g.run_code IS NOT NULL)
        )
    ));
END
$$;

-- All stars of which something may be granted, so that others need not be looked up further. Never
-- NULL, with which a row would be looked up nevertheless.

CREATE OR REPLACE FUNCTION vo.granted_stars() RETURNS int8multirange
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    holders text[] := vo.holders();
    found int8multirange := '{}';
    one record;
BEGIN
    IF EXISTS (
        SELECT FROM auth.grants g
        WHERE g.holder = ANY (holders) AND g.star_count = 0
            AND (g.channel IS NOT NULL OR g.run_code IS NOT NULL)
            AND vo.is_valid(g.valid_from, g.valid_until)
    ) THEN
        RETURN '{(,)}';
    END IF;
    FOR one IN
        SELECT g.stars FROM auth.granted_stars g
        WHERE g.holder = ANY (holders) AND g.product_level IS NULL
    LOOP
        -- An array of them would be copied once more at each step.
        found := found + one.stars;
    END LOOP;
    RETURN found;
END
$$;

-- Stars, whatever the channel and run, by level: each level's stand at its number. A row finds its
-- star there by bisection.

CREATE OR REPLACE FUNCTION vo.stars_by_level() RETURNS int8multirange[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    holders text[] := vo.holders();
    found int8multirange[] := '{}';
    one record;
BEGIN
    FOR one IN
        SELECT l.level_id, auth.united(array_agg(g.stars)) AS stars
        FROM auth.granted_stars g JOIN corot.levels l USING (product_level)
        WHERE g.holder = ANY (holders) AND g.channel IS NULL AND g.run_code IS NULL
            AND vo.is_valid(g.valid_from, g.valid_until)
        GROUP BY l.level_id ORDER BY l.level_id
    LOOP
        found[one.level_id] := one.stars;
    END LOOP;
    RETURN found;
END
$$;

-- The same for stars in a channel or run, and for whole channels and runs, by windows: a level, a
-- channel and a run.

CREATE OR REPLACE FUNCTION vo.stars_by_window() RETURNS int8multirange[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    holders text[] := vo.holders();
    found int8multirange[] := '{}';
    one record;
BEGIN
    FOR one IN
        SELECT n.window_id, auth.united(array_agg(g.stars)) AS stars
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
        GROUP BY n.window_id ORDER BY n.window_id
    LOOP
        found[one.window_id] := one.stars;
    END LOOP;
    RETURN found;
END
$$;

-- Gathers the stars granted to somebody, a row for each extent and validity, where grants have a row
-- for each star. A grant that has begun goes with all that have. A further row, of no level, has
-- them all.

CREATE OR REPLACE FUNCTION auth.gather_stars(holders text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    who text;
BEGIN
    FOR who IN SELECT DISTINCT h FROM unnest(holders) AS h ORDER BY h LOOP
        -- Who changes the same holder's grants waits here, and then sees what was committed.
        PERFORM pg_advisory_xact_lock(hashtext('auth.granted_stars'), hashtext(who));
        DELETE FROM auth.granted_stars WHERE holder = who;
        INSERT INTO auth.granted_stars
            (holder, product_level, channel, run_code, valid_from, valid_until, stars)
        SELECT who, g.product_level, g.channel, g.run_code,
            CASE WHEN g.valid_from <= vo.utc_now() THEN '-infinity' ELSE g.valid_from END AS since,
            g.valid_until, range_agg(int8range(s.corot_id, s.corot_id, '[]'))
        FROM auth.grants g JOIN auth.grant_stars s ON s.grant_id = g.grant_id
        WHERE g.holder = who AND (g.valid_until IS NULL OR g.valid_until > vo.utc_now())
        GROUP BY g.product_level, g.channel, g.run_code, since, g.valid_until;
        INSERT INTO auth.granted_stars (holder, valid_from, stars)
        SELECT who, '-infinity', range_agg(g.stars) FROM auth.granted_stars g
        WHERE g.holder = who HAVING count(*) > 0;
    END LOOP;
END
$$;

-- Everything that what somebody sees and gets depends on, one text each: who they are, their groups,
-- the grants that hold for these now, and the levels that are listed to everybody. What was made
-- under some of them may be read again only while all of them hold.

CREATE OR REPLACE FUNCTION auth.rights_of(principal text) RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    holders text[] := auth.holders_of(principal);
BEGIN
    IF holders = '{}' THEN
        RETURN holders;
    END IF;
    RETURN holders
        || ARRAY(SELECT 'grant:' || g.grant_id FROM auth.grants g
            WHERE g.holder = ANY (holders) AND vo.is_valid(g.valid_from, g.valid_until)
            ORDER BY g.grant_id)
        || ARRAY(SELECT 'listed:' || l.product_level FROM auth.levels l
            WHERE l.listed ORDER BY l.product_level);
END
$$;

CREATE OR REPLACE FUNCTION vo.rights() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$ BEGIN RETURN auth.rights_of(vo.principal()); END $$;

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
