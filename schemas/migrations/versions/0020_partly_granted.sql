-- A row of a level of which no part is granted is not looked up among granted stars.

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
