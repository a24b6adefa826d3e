-- A row of a level of which no part is granted is not looked up among granted stars, which stand at the
-- numbers of levels and windows. A level's number is used up by a level alone.

CREATE OR REPLACE FUNCTION vo.partly_granted_level_ids() RETURNS smallint[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    holders text[] := vo.holders();
BEGIN
    RETURN ARRAY(
        SELECT l.level_id FROM corot.levels l
        WHERE l.product_level IN (
            SELECT s.product_level FROM auth.granted_stars s WHERE s.holder = ANY (holders)
            UNION ALL
            SELECT g.product_level FROM auth.grants g
            WHERE g.holder = ANY (holders) AND g.star_count = 0
                AND (g.channel IS NOT NULL OR g.run_code IS NOT NULL)
        )
    );
END
$$;

DROP POLICY see ON corot.product_listing;

DROP POLICY get ON corot.product_data;

-- Some are not there where 0018 was run before it was restored to what it first was.

DROP FUNCTION IF EXISTS
    vo.starred_level_ids(), vo.granted_window_ids(), auth.granted_windows_of(text[]);

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
        -- A conflict would use a number up.
        INSERT INTO corot.levels (product_level)
        SELECT $1 WHERE NOT EXISTS (SELECT FROM corot.levels l WHERE l.product_level = $1)
        ON CONFLICT DO NOTHING;
        INSERT INTO corot.windows (level_id, product_level, channel, run_code)
        SELECT l.level_id, $1, $2, $3 FROM corot.levels l WHERE l.product_level = $1
        ON CONFLICT DO NOTHING;
    END LOOP;
END
$$;

CREATE POLICY see ON corot.product_listing FOR SELECT TO vo_reader, vo_partner
USING (
    open_from <= (SELECT vo.released_until())
    OR open_from < 'infinity' AND (
        level_id = ANY ((SELECT vo.seen_level_ids())::smallint[])
        OR level_id = ANY ((SELECT vo.partly_granted_level_ids())::smallint[])
        AND corot_id <@ (SELECT vo.granted_stars()) AND (
            corot_id <@ ((SELECT vo.stars_by_level())::int8multirange[])[level_id]
            OR corot_id <@ ((SELECT vo.stars_by_window())::int8multirange[])[window_id]
        )
    )
    OR (SELECT vo.sees_all())
);

CREATE POLICY get ON corot.product_data FOR SELECT TO vo_reader, vo_partner
USING (
    open_from <= (SELECT vo.released_until())
    OR open_from < 'infinity' AND (
        level_id = ANY ((SELECT vo.granted_level_ids())::smallint[])
        OR level_id = ANY ((SELECT vo.partly_granted_level_ids())::smallint[])
        AND corot_id <@ (SELECT vo.granted_stars()) AND (
            corot_id <@ ((SELECT vo.stars_by_level())::int8multirange[])[level_id]
            OR corot_id <@ ((SELECT vo.stars_by_window())::int8multirange[])[window_id]
        )
    )
    OR (SELECT vo.sees_all())
);
