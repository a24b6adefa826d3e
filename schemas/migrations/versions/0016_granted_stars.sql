CREATE TABLE auth.granted_stars (
    holder TEXT NOT NULL,
    product_level TEXT,
    channel TEXT,
    run_code TEXT,
    valid_from TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    valid_until TIMESTAMP WITHOUT TIME ZONE,
    stars INT8MULTIRANGE NOT NULL
);

CREATE INDEX granted_stars_holder_idx ON auth.granted_stars (holder);

DROP POLICY see ON corot.product_listing;
DROP POLICY get ON corot.product_data;

DROP FUNCTION corot.granted_runs(), corot.granted_stars(), corot.granted_windows(),
    vo.partly_granted_levels();

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
            || ARRAY(SELECT 'group:' || m.group_name FROM auth.members m WHERE m.account = a.name)
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

CREATE OR REPLACE FUNCTION vo.sees_all() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT vo.holders() && '{group:staff,group:admin}' $$;

-- Whether a grant holds now.

CREATE OR REPLACE FUNCTION vo.is_valid(since timestamp, until timestamp) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT since <= vo.utc_now() AND (until IS NULL OR until > vo.utc_now()) $$;

-- Levels of which everything is granted; of those that are listed everybody known sees all rows.

CREATE OR REPLACE FUNCTION auth.levels_of(holders text[]) RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    RETURN ARRAY(
        SELECT g.product_level FROM auth.grants g
        WHERE g.holder = ANY (holders) AND g.star_count = 0
            AND g.channel IS NULL AND g.run_code IS NULL
            AND vo.is_valid(g.valid_from, g.valid_until)
    );
END
$$;

CREATE OR REPLACE FUNCTION vo.granted_levels() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$ BEGIN RETURN auth.levels_of(vo.holders()); END $$;

CREATE OR REPLACE FUNCTION vo.seen_levels() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    holders text[] := vo.holders();
BEGIN
    IF holders = '{}' THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(SELECT l.product_level FROM auth.levels l WHERE l.listed)
        || auth.levels_of(holders);
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

-- All stars of which something may be granted, so that others need not be looked up further. Never
-- NULL, with which a row would be looked up nevertheless.

CREATE OR REPLACE FUNCTION vo.granted_stars() RETURNS int8multirange
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    holders text[] := vo.holders();
BEGIN
    IF EXISTS (
        SELECT FROM auth.grants g
        WHERE g.holder = ANY (holders) AND g.star_count = 0
            AND (g.channel IS NOT NULL OR g.run_code IS NOT NULL)
            AND vo.is_valid(g.valid_from, g.valid_until)
    ) THEN
        RETURN '{(,)}';
    END IF;
    RETURN coalesce(auth.united((
        SELECT array_agg(g.stars) FROM auth.granted_stars g
        WHERE g.holder = ANY (holders) AND g.product_level IS NULL
    )), '{}');
END
$$;

-- Stars, whatever the channel and run, by level: the levels, and of each its stars. A row finds its
-- level's place in the one array, and its star, by bisection, in that place of the other.

CREATE OR REPLACE FUNCTION vo.starred_levels() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    holders text[] := vo.holders();
BEGIN
    RETURN ARRAY(
        SELECT DISTINCT g.product_level FROM auth.granted_stars g
        WHERE g.holder = ANY (holders) AND g.channel IS NULL AND g.run_code IS NULL
            AND g.product_level IS NOT NULL AND vo.is_valid(g.valid_from, g.valid_until)
        ORDER BY g.product_level
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
        SELECT auth.united(array_agg(g.stars)) FROM auth.granted_stars g
        WHERE g.holder = ANY (holders) AND g.channel IS NULL AND g.run_code IS NULL
            AND g.product_level IS NOT NULL AND vo.is_valid(g.valid_from, g.valid_until)
        GROUP BY g.product_level ORDER BY g.product_level
    );
END
$$;

-- The same for stars in a channel or run, and for whole channels and runs, by windows: a level, a
-- channel and a run.

CREATE OR REPLACE FUNCTION vo.window_key(product_level text, channel text, run_code text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT product_level || '/' || channel || '/' || run_code $$;

CREATE OR REPLACE FUNCTION auth.windows_of(holders text[])
RETURNS TABLE (window_key text, stars int8multirange)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    RETURN QUERY
    SELECT vo.window_key(g.product_level, c.channel, r.run_code), auth.united(array_agg(g.stars))
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
    JOIN (VALUES ('exoplanet'), ('seismology')) c (channel)
        ON g.channel IS NULL OR g.channel = c.channel
    JOIN corot.runs r ON g.run_code IS NULL OR g.run_code = r.run_code
    GROUP BY 1 ORDER BY 1;
END
$$;

CREATE OR REPLACE FUNCTION vo.granted_windows() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$ BEGIN RETURN ARRAY(SELECT w.window_key FROM auth.windows_of(vo.holders()) w); END $$;

CREATE OR REPLACE FUNCTION vo.stars_by_window() RETURNS int8multirange[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$ BEGIN RETURN ARRAY(SELECT w.stars FROM auth.windows_of(vo.holders()) w); END $$;

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

-- What policies look stars up in follows what is granted. It is stored as it is: taking it apart at
-- each query would cost more than its pages.

ALTER TABLE auth.granted_stars ALTER stars SET STORAGE EXTERNAL;

CREATE OR REPLACE FUNCTION auth.note_stars() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM auth.gather_stars(ARRAY(
        SELECT DISTINCT g.holder FROM auth.grants g
        WHERE g.grant_id IN (SELECT c.grant_id FROM changed c)
    ));
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION auth.note_grants() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM auth.gather_stars(ARRAY(SELECT DISTINCT c.holder FROM changed c WHERE c.star_count > 0));
    RETURN NULL;
END
$$;

CREATE TRIGGER noted AFTER INSERT ON auth.grant_stars REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION auth.note_stars();

CREATE TRIGGER noted_before AFTER UPDATE ON auth.grant_stars REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION auth.note_stars();

CREATE TRIGGER noted_after AFTER UPDATE ON auth.grant_stars REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION auth.note_stars();

CREATE TRIGGER noted_gone AFTER DELETE ON auth.grant_stars REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION auth.note_stars();

CREATE TRIGGER noted_before AFTER UPDATE ON auth.grants REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION auth.note_grants();

CREATE TRIGGER noted_after AFTER UPDATE ON auth.grants REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION auth.note_grants();

SELECT auth.gather_stars(ARRAY(SELECT DISTINCT holder FROM auth.grants WHERE star_count > 0));

CREATE POLICY see ON corot.product_listing FOR SELECT TO vo_reader, vo_partner
USING (
    (
        release_date <= (SELECT vo.released_until())
        OR product_level = ANY ((SELECT vo.seen_levels())::text[])
        OR corot_id <@ (SELECT vo.granted_stars()) AND (
            corot_id <@ ((SELECT vo.stars_by_level())::int8multirange[])[
                array_position((SELECT vo.starred_levels()), product_level)]
            OR corot_id <@ ((SELECT vo.stars_by_window())::int8multirange[])[
                array_position((SELECT vo.granted_windows()),
                    vo.window_key(product_level, channel, run_code))]
        )
    ) AND NOT withdrawn
    OR (SELECT vo.sees_all())
);

CREATE POLICY get ON corot.product_data FOR SELECT TO vo_reader, vo_partner
USING (
    (
        release_date <= (SELECT vo.released_until())
        OR product_level = ANY ((SELECT vo.granted_levels())::text[])
        OR corot_id <@ (SELECT vo.granted_stars()) AND (
            corot_id <@ ((SELECT vo.stars_by_level())::int8multirange[])[
                array_position((SELECT vo.starred_levels()), product_level)]
            OR corot_id <@ ((SELECT vo.stars_by_window())::int8multirange[])[
                array_position((SELECT vo.granted_windows()),
                    vo.window_key(product_level, channel, run_code))]
        )
    ) AND NOT withdrawn
    OR (SELECT vo.sees_all())
);
