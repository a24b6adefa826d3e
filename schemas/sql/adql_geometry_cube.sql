-- Geometry over the extension cube: what index conditions need. Places are unit vectors.
-- None of these may raise an error or be written in SQL: they are marked LEAKPROOF, which a
-- function that the planner unfolds would not keep.

CREATE OR REPLACE FUNCTION adql.unit_vector(lon float8, lat float8) RETURNS public.cube
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF lon BETWEEN -1e6 AND 1e6 AND lat BETWEEN -1e6 AND 1e6 THEN
        RETURN public.cube(ARRAY[
            cos(adql.radians(lat)) * cos(adql.radians(lon)),
            cos(adql.radians(lat)) * sin(adql.radians(lon)),
            sin(adql.radians(lat))]);
    END IF;
    RETURN NULL;
END
$$;

-- A cube that holds all within a radius in degrees; beyond 90 degrees it holds everything.
CREATE OR REPLACE FUNCTION adql.reach(centre public.cube, radius float8) RETURNS public.cube
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF radius > 90 THEN
        RETURN public.cube(ARRAY[-1.1, -1.1, -1.1], ARRAY[1.1, 1.1, 1.1]);
    ELSIF radius >= 0 THEN
        RETURN public.cube_enlarge(centre, 2 * sin(adql.radians(radius) / 2) + 1e-15, 3);
    END IF;
    RETURN NULL;
END
$$;

-- A cube around a shape: the least around its cap.
CREATE OR REPLACE FUNCTION adql.bounds(shape float8[]) RETURNS public.cube
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    cap float8[] := adql.cap(shape);
    low float8[] := ARRAY[0, 0, 0];
    high float8[] := ARRAY[0, 0, 0];
    latitude float8;
BEGIN
    IF cap IS NULL THEN
        RETURN NULL;
    END IF;
    FOR i IN 1 .. 3 LOOP
        latitude := atan2(cap[i], sqrt(power(cap[i % 3 + 1], 2) + power(cap[(i + 1) % 3 + 1], 2)));
        low[i] := CASE WHEN latitude - cap[4] <= -pi() / 2 THEN -1
            ELSE sin(latitude - cap[4]) END - 1e-14;
        high[i] := CASE WHEN latitude + cap[4] >= pi() / 2 THEN 1
            ELSE sin(latitude + cap[4]) END + 1e-14;
    END LOOP;
    RETURN public.cube(low, high);
END
$$;

-- The same around a declared region, which is at most half the sky: NULL where it is no region.
CREATE OR REPLACE FUNCTION adql.region_bounds(shape float8[]) RETURNS public.cube
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF array_length(shape, 1) = 3 AND shape[3] > 90 THEN
        RETURN NULL;
    END IF;
    RETURN adql.bounds(adql.shape(shape));
END
$$;
