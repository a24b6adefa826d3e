-- Policies are told levels as bits, all of them for the staff. A short array was packed where a
-- subquery's value is kept, and unpacked again for each row. Stars are copied less often.

ALTER TABLE corot.levels ADD CONSTRAINT levels_level_id_check CHECK (level_id >= 0);

DROP POLICY see ON corot.product_listing;

DROP POLICY get ON corot.product_data;

DROP FUNCTION vo.granted_level_ids(), vo.seen_level_ids(), vo.partly_granted_level_ids();

CREATE FUNCTION auth.marked(level_ids smallint[]) RETURNS bytea
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

CREATE FUNCTION vo.are_staff(holders text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT holders && '{group:staff,group:admin}' $$;

CREATE OR REPLACE FUNCTION vo.sees_all() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT vo.are_staff(vo.holders()) $$;

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

CREATE FUNCTION vo.granted_levels() RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$ BEGIN RETURN auth.marked(auth.level_ids_of(vo.holders())); END $$;

CREATE FUNCTION vo.seen_levels() RETURNS bytea
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

CREATE FUNCTION vo.partly_granted_levels() RETURNS bytea
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

CREATE POLICY see ON corot.product_listing FOR SELECT TO vo_reader, vo_partner
USING (
    open_from <= (SELECT vo.released_until())
    OR open_from < 'infinity' AND (
        get_bit((SELECT vo.seen_levels()), level_id) = 1
        OR get_bit((SELECT vo.partly_granted_levels()), level_id) = 1
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
        get_bit((SELECT vo.granted_levels()), level_id) = 1
        OR get_bit((SELECT vo.partly_granted_levels()), level_id) = 1
        AND corot_id <@ (SELECT vo.granted_stars()) AND (
            corot_id <@ ((SELECT vo.stars_by_level())::int8multirange[])[level_id]
            OR corot_id <@ ((SELECT vo.stars_by_window())::int8multirange[])[window_id]
        )
    )
    OR (SELECT vo.sees_all())
);
