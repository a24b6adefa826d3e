-- Geometry over the extension pg_sphere: what index conditions need. pgSphere takes places within
-- 1e-9 rad for one, so that its conditions hold a little more than the exact tests after them.
-- None of these may raise an error or be written in SQL: they are marked LEAKPROOF, which a
-- function that the planner unfolds would not keep.

CREATE OR REPLACE FUNCTION adql.spot(lon float8, lat float8) RETURNS public.spoint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF lon BETWEEN -1e6 AND 1e6 AND lat BETWEEN -90 AND 90 THEN
        RETURN public.spoint(adql.radians(lon), adql.radians(lat));
    END IF;
    RETURN NULL;
END
$$;

-- The circle of a radius in degrees, cut at the 90 degrees that pgSphere knows.
CREATE OR REPLACE FUNCTION adql.near(centre public.spoint, radius float8) RETURNS public.scircle
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF radius >= 0 THEN
        RETURN public.scircle(centre, adql.radians(least(radius, 90)));
    END IF;
    RETURN NULL;
END
$$;

-- The other half of the sky, where a radius is beyond 90 degrees: then both halves are searched.
CREATE OR REPLACE FUNCTION adql.far(centre public.spoint, radius float8) RETURNS public.scircle
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF radius > 90 THEN
        RETURN public.scircle(
            public.spoint(public.long(centre) + pi(), -public.lat(centre)), pi() / 2);
    END IF;
    RETURN NULL;
END
$$;

-- A circle around a shape, cut at 90 degrees, and the other half of the sky where it is larger.
CREATE OR REPLACE FUNCTION adql.bounds(shape float8[]) RETURNS public.scircle
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    cap float8[] := adql.cap(shape);
BEGIN
    IF cap IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN public.scircle(
        public.spoint(atan2(cap[2], cap[1]), atan2(cap[3], sqrt(cap[1] * cap[1] + cap[2] * cap[2]))),
        least(cap[4], pi() / 2));
END
$$;

CREATE OR REPLACE FUNCTION adql.far_bounds(shape float8[]) RETURNS public.scircle
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    cap float8[] := adql.cap(shape);
BEGIN
    IF cap[4] > pi() / 2 THEN
        RETURN public.scircle(
            public.spoint(
                atan2(-cap[2], -cap[1]), atan2(-cap[3], sqrt(cap[1] * cap[1] + cap[2] * cap[2]))),
            pi() / 2);
    END IF;
    RETURN NULL;
END
$$;

-- The circle around a declared region, which is at most half the sky: NULL where it is no region.
CREATE OR REPLACE FUNCTION adql.region_bounds(shape float8[]) RETURNS public.scircle
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF array_length(shape, 1) = 3 AND shape[3] > 90 THEN
        RETURN NULL;
    END IF;
    RETURN adql.bounds(adql.shape(shape));
END
$$;
