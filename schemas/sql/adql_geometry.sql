-- Geometry that every back end shares. Shapes are DALI arrays of degrees, told apart by their
-- length: a point {lon, lat}, a circle {lon, lat, radius}, a polygon {lon1, lat1, …} of three or
-- more vertices. Sides are parts of great circles; a polygon is the smaller of the two regions its
-- sides part, whichever way they run. What lies on a border belongs to the region.
--
-- An array that is no shape gives NULL, never an error: these functions stand in index conditions,
-- where an error would tell of rows the reader may not see. 1e-14 rad is what rounding may do to a
-- place on the sphere, 1e-9 rad the least a polygon's vertices and sides keep apart.

CREATE SCHEMA IF NOT EXISTS adql;

-- PostgreSQL raises an error where a product of tiny numbers is too small for a double: hence 1e-30.

-- Angular distance in degrees. Both the sine and the cosine of the half angle are sums of positive
-- terms, so that no angle from 0 to 180 degrees loses digits.
CREATE OR REPLACE FUNCTION adql.separation(lon1 float8, lat1 float8, lon2 float8, lat2 float8)
RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN degrees(2 * atan2(
    sqrt(CASE WHEN abs(lat2 - lat1) < 1e-30 THEN 0 ELSE power(sin(radians(lat2 - lat1) / 2), 2) END
        + CASE WHEN abs(lon2 - lon1) < 1e-30 THEN 0
            ELSE cos(radians(lat1)) * cos(radians(lat2)) * power(sin(radians(lon2 - lon1) / 2), 2)
        END),
    sqrt(CASE WHEN abs(lat2 + lat1) < 1e-30 THEN 0 ELSE power(sin(radians(lat2 + lat1) / 2), 2) END
        + cos(radians(lat1)) * cos(radians(lat2)) * power(cos(radians(lon2 - lon1) / 2), 2))));

-- Whether an array holds numbers a place on the sky may have; anything else would make sin() fail.
CREATE OR REPLACE FUNCTION adql.is_place(shape float8[]) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    length integer := coalesce(array_length(shape, 1), 0);
BEGIN
    IF array_ndims(shape) <> 1 OR length < 2 OR array_lower(shape, 1) <> 1
        OR array_position(shape, NULL) IS NOT NULL
        OR (length = 3 AND NOT shape[3] BETWEEN 0 AND 180) OR (length % 2 = 1 AND length > 3)
        OR length = 4
    THEN
        RETURN false;
    END IF;
    FOR i IN 1 .. length - 1 BY 2 LOOP
        IF NOT (shape[i] BETWEEN -360 AND 360 AND shape[i + 1] BETWEEN -90 AND 90) THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END
$$;

-- An angle in degrees as radians, where those that would underflow are 0.
CREATE OR REPLACE FUNCTION adql.radians(angle float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN abs(angle) < 1e-30 THEN 0 ELSE radians(angle) END;

-- The unit vectors of a shape's places, x, y and z after each other.
CREATE OR REPLACE FUNCTION adql.vectors(shape float8[]) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    places integer := array_length(shape, 1) / 2;
    made float8[] := array_fill(0::float8, ARRAY[3 * places]);
    lon float8;
    lat float8;
BEGIN
    FOR i IN 0 .. places - 1 LOOP
        lon := adql.radians(shape[2 * i + 1]);
        lat := adql.radians(shape[2 * i + 2]);
        made[3 * i + 1] := cos(lat) * cos(lon);
        made[3 * i + 2] := cos(lat) * sin(lon);
        made[3 * i + 3] := sin(lat);
    END LOOP;
    RETURN made;
END
$$;

-- The direction of the mean of a polygon's vertices, which are all less than 90 degrees from it;
-- NULL where there is no such direction.
CREATE OR REPLACE FUNCTION adql.middle(v float8[]) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    x float8 := 0;
    y float8 := 0;
    z float8 := 0;
    norm float8;
BEGIN
    FOR i IN 1 .. array_length(v, 1) BY 3 LOOP
        x := x + v[i];
        y := y + v[i + 1];
        z := z + v[i + 2];
    END LOOP;
    norm := sqrt(x * x + y * y + z * z);
    IF norm < 1e-9 THEN
        RETURN NULL;
    END IF;
    RETURN ARRAY[x / norm, y / norm, z / norm];
END
$$;

-- The angle in radians between two unit vectors: a of array v from place i, b of array w from j.
CREATE OR REPLACE FUNCTION adql.angle(v float8[], i integer, w float8[], j integer) RETURNS float8
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    RETURN 2 * atan2(
        sqrt(power(v[i] - w[j], 2) + power(v[i + 1] - w[j + 1], 2) + power(v[i + 2] - w[j + 2], 2)),
        sqrt(power(v[i] + w[j], 2) + power(v[i + 1] + w[j + 1], 2) + power(v[i + 2] + w[j + 2], 2)));
END
$$;

-- The angle in radians from place p[i] to the nearest point of the arc from v[a] to v[b].
CREATE OR REPLACE FUNCTION adql.arc_distance(
    p float8[], i integer, v float8[], a integer, b integer
) RETURNS float8
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    -- a × (b - a), which keeps its digits when a and b are close
    dx float8 := v[b] - v[a];
    dy float8 := v[b + 1] - v[a + 1];
    dz float8 := v[b + 2] - v[a + 2];
    nx float8 := v[a + 1] * dz - v[a + 2] * dy;
    ny float8 := v[a + 2] * dx - v[a] * dz;
    nz float8 := v[a] * dy - v[a + 1] * dx;
    norm float8 := sqrt(nx * nx + ny * ny + nz * nz);
    height float8;
BEGIN
    IF norm > 0
        AND p[i] * (ny * v[a + 2] - nz * v[a + 1]) + p[i + 1] * (nz * v[a] - nx * v[a + 2])
            + p[i + 2] * (nx * v[a + 1] - ny * v[a]) >= 0
        AND p[i] * (ny * v[b + 2] - nz * v[b + 1]) + p[i + 1] * (nz * v[b] - nx * v[b + 2])
            + p[i + 2] * (nx * v[b + 1] - ny * v[b]) <= 0
    THEN
        height := abs((p[i] - v[a]) * nx + (p[i + 1] - v[a + 1]) * ny + (p[i + 2] - v[a + 2]) * nz)
            / norm;
        RETURN asin(least(height, 1));
    END IF;
    RETURN least(adql.angle(p, i, v, a), adql.angle(p, i, v, b));
END
$$;

-- The angle in radians from place p[i] to the nearest side of the polygon v.
CREATE OR REPLACE FUNCTION adql.border_distance(p float8[], i integer, v float8[]) RETURNS float8
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    last integer := array_length(v, 1) - 2;
    a integer := last;
    nearest float8 := 4;
BEGIN
    FOR b IN 1 .. last BY 3 LOOP
        nearest := least(nearest, adql.arc_distance(p, i, v, a, b));
        a := b;
    END LOOP;
    RETURN nearest;
END
$$;

-- Whether the arcs from v[a] to v[b] and from w[c] to w[d] cross.
CREATE OR REPLACE FUNCTION adql.arcs_cross(
    v float8[], a integer, b integer, w float8[], c integer, d integer
) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    dx float8 := v[b] - v[a];
    dy float8 := v[b + 1] - v[a + 1];
    dz float8 := v[b + 2] - v[a + 2];
    nx float8 := v[a + 1] * dz - v[a + 2] * dy;
    ny float8 := v[a + 2] * dx - v[a] * dz;
    nz float8 := v[a] * dy - v[a + 1] * dx;
    at_c float8 := (w[c] - v[a]) * nx + (w[c + 1] - v[a + 1]) * ny + (w[c + 2] - v[a + 2]) * nz;
    at_d float8 := (w[d] - v[a]) * nx + (w[d + 1] - v[a + 1]) * ny + (w[d + 2] - v[a + 2]) * nz;
    at_a float8;
    at_b float8;
BEGIN
    IF sign(at_c) * sign(at_d) >= 0 THEN
        RETURN false;
    END IF;
    dx := w[d] - w[c];
    dy := w[d + 1] - w[c + 1];
    dz := w[d + 2] - w[c + 2];
    nx := w[c + 1] * dz - w[c + 2] * dy;
    ny := w[c + 2] * dx - w[c] * dz;
    nz := w[c] * dy - w[c + 1] * dx;
    at_a := (v[a] - w[c]) * nx + (v[a + 1] - w[c + 1]) * ny + (v[a + 2] - w[c + 2]) * nz;
    at_b := (v[b] - w[c]) * nx + (v[b + 1] - w[c + 1]) * ny + (v[b + 2] - w[c + 2]) * nz;
    -- The last sign tells a crossing from one of the antipodal arc.
    RETURN sign(at_a) * sign(at_b) < 0 AND sign(at_c) = sign(at_b);
END
$$;

-- 1 where place p[i] is within the polygon v, 0 on its border, -1 outside: counts the sides that a
-- half circle from the place to its antipode crosses. The antipode of what is inside is outside.
CREATE OR REPLACE FUNCTION adql.polygon_side(v float8[], middle float8[], p float8[], i integer)
RETURNS integer
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    x float8 := p[i];
    y float8 := p[i + 1];
    z float8 := p[i + 2];
    last integer := array_length(v, 1) - 2;
    a integer := last;
    -- n is across the half circle, t along it: n = p × e, t = e - (p·e) p, e an axis far from p
    nx float8; ny float8; nz float8;
    tx float8; ty float8; tz float8;
    n_a float8; t_a float8; n_b float8; t_b float8;
    area float8;
    square float8;
    dx float8; dy float8; dz float8;
    side integer := -1;
BEGIN
    IF x * middle[1] + y * middle[2] + z * middle[3] <= 0 THEN
        RETURN -1;
    END IF;
    IF abs(z) < 0.8 THEN
        nx := y; ny := -x; nz := 0;
        tx := -z * x; ty := -z * y; tz := 1 - z * z;
        square := tz;
    ELSE
        nx := 0; ny := z; nz := -y;
        tx := 1 - x * x; ty := -x * y; tz := -x * z;
        square := tx;
    END IF;
    n_a := nx * (v[a] - x) + ny * (v[a + 1] - y) + nz * (v[a + 2] - z);
    t_a := tx * (v[a] - x) + ty * (v[a + 1] - y) + tz * (v[a + 2] - z);
    FOR b IN 1 .. last BY 3 LOOP
        n_b := nx * (v[b] - x) + ny * (v[b + 1] - y) + nz * (v[b + 2] - z);
        t_b := tx * (v[b] - x) + ty * (v[b + 1] - y) + tz * (v[b + 2] - z);
        area := n_a * t_b - n_b * t_a;
        dx := v[b] - v[a];
        dy := v[b + 1] - v[a + 1];
        dz := v[b + 2] - v[a + 2];
        IF abs(area) <= 1e-14 * square * sqrt(dx * dx + dy * dy + dz * dz)
            AND (x - v[a]) * dx + (y - v[a + 1]) * dy + (z - v[a + 2]) * dz >= -1e-14
            AND (v[b] - x) * dx + (v[b + 1] - y) * dy + (v[b + 2] - z) * dz >= -1e-14
            AND adql.arc_distance(p, i, v, a, b) <= 1e-14
        THEN
            RETURN 0;
        END IF;
        IF (n_a >= 0) <> (n_b >= 0) AND (area > 0) = (n_a >= 0) THEN
            side := -side;
        END IF;
        n_a := n_b;
        t_a := t_b;
        a := b;
    END LOOP;
    RETURN side;
END
$$;

-- The polygon itself, or NULL where it is none: a vertex touches another vertex or a side not its
-- own, two sides cross, or no vertex-centred hemisphere holds it.
CREATE OR REPLACE FUNCTION adql.polygon(shape float8[]) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    v float8[];
    c float8[];
    last integer;
    a integer;
    d integer;
BEGIN
    IF coalesce(array_length(shape, 1), 0) < 6 OR NOT adql.is_place(shape) THEN
        RETURN NULL;
    END IF;
    v := adql.vectors(shape);
    c := adql.middle(v);
    IF c IS NULL THEN
        RETURN NULL;
    END IF;
    last := array_length(v, 1) - 2;
    FOR i IN 1 .. last BY 3 LOOP
        IF v[i] * c[1] + v[i + 1] * c[2] + v[i + 2] * c[3] < 1e-9 THEN
            RETURN NULL;
        END IF;
    END LOOP;
    a := last;
    FOR b IN 1 .. last BY 3 LOOP
        d := last;
        FOR e IN 1 .. last BY 3 LOOP
            IF e <> a AND e <> b AND adql.arc_distance(v, e, v, a, b) < 1e-9 THEN
                RETURN NULL;
            END IF;
            IF e < b AND d <> b AND e <> a AND d <> a AND adql.arcs_cross(v, a, b, v, d, e) THEN
                RETURN NULL;
            END IF;
            d := e;
        END LOOP;
        a := b;
    END LOOP;
    RETURN shape;
END
$$;

-- A shape of a column: itself, or NULL where it is none.
CREATE OR REPLACE FUNCTION adql.shape(shape float8[]) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF array_length(shape, 1) > 3 THEN
        RETURN adql.polygon(shape);
    END IF;
    IF adql.is_place(shape) THEN
        RETURN shape;
    END IF;
    RETURN NULL;
END
$$;

-- The polygon of ADQL's BOX. What would reach over a pole is cut there, where two corners are one.
CREATE OR REPLACE FUNCTION adql.box(lon float8, lat float8, width float8, height float8)
RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    west float8;
    east float8;
    south float8;
    north float8;
    made float8[] := ARRAY[]::float8[];
BEGIN
    IF NOT (lon BETWEEN -360 AND 360 AND lat BETWEEN -90 AND 90
        AND width BETWEEN 0 AND 180 AND height BETWEEN 0 AND 360)
    THEN
        RETURN NULL;
    END IF;
    west := lon - width / 2;
    east := lon + width / 2;
    IF west < 0 THEN
        west := west + 360;
    END IF;
    IF east >= 360 THEN
        east := east - 360;
    ELSIF east < 0 THEN
        east := east + 360;
    END IF;
    south := greatest(lat - height / 2, -90);
    north := least(lat + height / 2, 90);
    made := CASE WHEN south > -90 THEN ARRAY[west, south, east, south] ELSE ARRAY[lon, -90] END;
    made := made
        || CASE WHEN north < 90 THEN ARRAY[east, north, west, north] ELSE ARRAY[lon, 90] END;
    RETURN adql.polygon(made);
END
$$;

-- Whether the first shape lies within the second; both are shapes.
CREATE OR REPLACE FUNCTION adql.contained(inner_shape float8[], outer_shape float8[])
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    inner_length integer := array_length(inner_shape, 1);
    outer_length integer := array_length(outer_shape, 1);
    p float8[] := adql.vectors(inner_shape[: inner_length - inner_length % 2]);
    v float8[] := adql.vectors(outer_shape[: outer_length - outer_length % 2]);
    c float8[];
    radius float8;
BEGIN
    IF outer_length = 3 THEN
        radius := adql.radians(outer_shape[3]) + 1e-14;
        IF radius >= pi() THEN
            RETURN true;
        ELSIF inner_length = 2 THEN
            RETURN adql.angle(p, 1, v, 1) <= radius;
        ELSIF inner_length = 3 THEN
            RETURN adql.angle(p, 1, v, 1) + adql.radians(inner_shape[3]) <= radius;
        ELSIF radius > pi() / 2 + 1e-9 THEN
            v := ARRAY[-v[1], -v[2], -v[3]];
            RETURN adql.polygon_side(p, adql.middle(p), v, 1) < 0
                AND adql.border_distance(v, 1, p) >= pi() - radius;
        END IF;
        FOR i IN 1 .. array_length(p, 1) BY 3 LOOP
            IF adql.angle(p, i, v, 1) > radius THEN
                RETURN false;
            END IF;
        END LOOP;
        RETURN true;
    ELSIF outer_length < 6 THEN
        RETURN NULL;
    END IF;
    c := adql.middle(v);
    FOR i IN 1 .. array_length(p, 1) BY 3 LOOP
        IF adql.polygon_side(v, c, p, i) < 0 THEN
            RETURN false;
        END IF;
    END LOOP;
    IF inner_length = 3 THEN
        radius := adql.radians(inner_shape[3]) - 1e-14;
        RETURN adql.border_distance(p, 1, v) >= radius;
    END IF;
    RETURN inner_length = 2 OR adql.border_within(p, v, c);
END
$$;

-- Whether all sides of the polygon p, whose vertices are in the polygon v, are: cuts each where
-- sides of v meet it, and looks where the middles of the pieces are.
CREATE OR REPLACE FUNCTION adql.border_within(p float8[], v float8[], middle float8[])
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    last_p integer := array_length(p, 1) - 2;
    last_v integer := array_length(v, 1) - 2;
    a integer := last_p;
    c integer;
    dx float8; dy float8; dz float8;
    nx float8; ny float8; nz float8;
    at_c float8; at_d float8;
    cuts float8[];
    before float8;
    cut float8;
    share float8;
    place float8[];
    norm float8;
BEGIN
    FOR b IN 1 .. last_p BY 3 LOOP
        dx := p[b] - p[a];
        dy := p[b + 1] - p[a + 1];
        dz := p[b + 2] - p[a + 2];
        nx := p[a + 1] * dz - p[a + 2] * dy;
        ny := p[a + 2] * dx - p[a] * dz;
        nz := p[a] * dy - p[a + 1] * dx;
        norm := sqrt(nx * nx + ny * ny + nz * nz);
        cuts := ARRAY[1::float8];
        c := last_v;
        at_c := (v[c] - p[a]) * nx + (v[c + 1] - p[a + 1]) * ny + (v[c + 2] - p[a + 2]) * nz;
        FOR d IN 1 .. last_v BY 3 LOOP
            at_d := (v[d] - p[a]) * nx + (v[d + 1] - p[a + 1]) * ny + (v[d + 2] - p[a + 2]) * nz;
            -- Where the side from c to d meets the great circle through a and b, and the chord's
            -- part up to there: the meeting place q is a + share (b - a), up to its length.
            IF abs(at_c - at_d) > 0
                AND least(at_c, at_d) <= 1e-12 * norm AND greatest(at_c, at_d) >= -1e-12 * norm
            THEN
                share := at_c / (at_c - at_d);
                place := ARRAY[
                    v[c] + share * (v[d] - v[c]),
                    v[c + 1] + share * (v[d + 1] - v[c + 1]),
                    v[c + 2] + share * (v[d + 2] - v[c + 2])];
                share := (place[1] * (ny * p[a + 2] - nz * p[a + 1])
                    + place[2] * (nz * p[a] - nx * p[a + 2])
                    + place[3] * (nx * p[a + 1] - ny * p[a]));
                cut := (place[1] * (ny * p[b + 2] - nz * p[b + 1])
                    + place[2] * (nz * p[b] - nx * p[b + 2])
                    + place[3] * (nx * p[b + 1] - ny * p[b]));
                IF share > 0 AND cut < 0 THEN
                    cuts := cuts || share / (share - cut);
                END IF;
            END IF;
            c := d;
            at_c := at_d;
        END LOOP;
        IF array_length(cuts, 1) > 1 THEN
            before := 0;
            FOR cut IN SELECT one FROM unnest(cuts) AS one ORDER BY one LOOP
                share := (before + cut) / 2;
                place := ARRAY[p[a] + share * dx, p[a + 1] + share * dy, p[a + 2] + share * dz];
                norm := sqrt(place[1] * place[1] + place[2] * place[2] + place[3] * place[3]);
                place := ARRAY[place[1] / norm, place[2] / norm, place[3] / norm];
                IF adql.polygon_side(v, middle, place, 1) < 0 THEN
                    RETURN false;
                END IF;
                before := cut;
            END LOOP;
        END IF;
        a := b;
    END LOOP;
    RETURN true;
END
$$;

-- Whether two shapes have a place in common; both are shapes.
CREATE OR REPLACE FUNCTION adql.overlapping(first_shape float8[], second_shape float8[])
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    one float8[] := first_shape;
    other float8[] := second_shape;
    p float8[];
    v float8[];
    length integer;
    a integer;
    c integer;
    last_p integer;
    last_v integer;
    dx float8; dy float8; dz float8;
    nx float8; ny float8; nz float8;
    at_c float8; at_d float8;
    reach float8;
BEGIN
    IF array_length(one, 1) > array_length(other, 1) THEN
        one := second_shape;
        other := first_shape;
    END IF;
    length := array_length(one, 1);
    p := adql.vectors(one[: length - length % 2]);
    IF array_length(other, 1) <= 3 THEN
        v := adql.vectors(other[:2]);
        RETURN adql.angle(p, 1, v, 1) <= adql.radians(coalesce(one[3], 0) + coalesce(other[3], 0)) + 1e-14;
    END IF;
    v := adql.vectors(other);
    IF adql.polygon_side(v, adql.middle(v), p, 1) >= 0 THEN
        RETURN true;
    ELSIF length <= 3 THEN
        RETURN length = 3 AND adql.border_distance(p, 1, v) <= adql.radians(one[3]) + 1e-14;
    ELSIF adql.polygon_side(p, adql.middle(p), v, 1) >= 0 THEN
        RETURN true;
    END IF;
    last_p := array_length(p, 1) - 2;
    last_v := array_length(v, 1) - 2;
    a := last_p;
    FOR b IN 1 .. last_p BY 3 LOOP
        dx := p[b] - p[a];
        dy := p[b + 1] - p[a + 1];
        dz := p[b + 2] - p[a + 2];
        nx := p[a + 1] * dz - p[a + 2] * dy;
        ny := p[a + 2] * dx - p[a] * dz;
        nz := p[a] * dy - p[a + 1] * dx;
        reach := 1e-14 * sqrt(nx * nx + ny * ny + nz * nz);
        c := last_v;
        at_c := (v[c] - p[a]) * nx + (v[c + 1] - p[a + 1]) * ny + (v[c + 2] - p[a + 2]) * nz;
        FOR d IN 1 .. last_v BY 3 LOOP
            at_d := (v[d] - p[a]) * nx + (v[d + 1] - p[a + 1]) * ny + (v[d + 2] - p[a + 2]) * nz;
            IF least(at_c, at_d) <= reach AND greatest(at_c, at_d) >= -reach
                AND (adql.arcs_cross(p, a, b, v, c, d)
                    OR adql.arc_distance(p, b, v, c, d) <= 1e-14
                    OR adql.arc_distance(v, d, p, a, b) <= 1e-14)
            THEN
                RETURN true;
            END IF;
            c := d;
            at_c := at_d;
        END LOOP;
        a := b;
    END LOOP;
    RETURN false;
END
$$;

-- The area in square degrees.
CREATE OR REPLACE FUNCTION adql.area(shape float8[]) RETURNS float8
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    length integer := array_length(shape, 1);
    v float8[];
    m float8[];
    a integer;
    ax float8; ay float8; az float8;
    bx float8; by_ float8; bz float8;
    total float8 := 0;
BEGIN
    IF length = 2 THEN
        RETURN 0;
    ELSIF length = 3 THEN
        RETURN 41252.96124941928 * power(sin(adql.radians(shape[3]) / 2), 2);
    END IF;
    v := adql.vectors(shape);
    m := adql.middle(v);
    a := array_length(v, 1) - 2;
    -- The sum of the triangles from the middle to each side, by their signs; the solid angle of a
    -- triangle: van Oosterom and Strackee (1983).
    FOR b IN 1 .. array_length(v, 1) BY 3 LOOP
        ax := v[a] - m[1]; ay := v[a + 1] - m[2]; az := v[a + 2] - m[3];
        bx := v[b] - m[1]; by_ := v[b + 1] - m[2]; bz := v[b + 2] - m[3];
        total := total + 2 * atan2(
            m[1] * (ay * bz - az * by_) + m[2] * (az * bx - ax * bz) + m[3] * (ax * by_ - ay * bx),
            1 + m[1] * (v[a] + v[b]) + m[2] * (v[a + 1] + v[b + 1]) + m[3] * (v[a + 2] + v[b + 2])
                + v[a] * v[b] + v[a + 1] * v[b + 1] + v[a + 2] * v[b + 2]);
        a := b;
    END LOOP;
    RETURN abs(total) * 3282.806350011744;
END
$$;

-- The point a shape would balance on.
CREATE OR REPLACE FUNCTION adql.centroid(shape float8[]) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    v float8[];
    m float8[];
    a integer;
    ax float8; ay float8; az float8;
    bx float8; by_ float8; bz float8;
    nx float8; ny float8; nz float8;
    theta float8;
    weight float8;
    x float8 := 0; y float8 := 0; z float8 := 0;
    total float8 := 0;
    flat_x float8 := 0; flat_y float8 := 0; flat_z float8 := 0;
    widest float8 := 0;
    norm float8;
BEGIN
    IF array_length(shape, 1) <= 3 THEN
        RETURN shape[:2];
    END IF;
    v := adql.vectors(shape);
    m := adql.middle(v);
    a := array_length(v, 1) - 2;
    FOR b IN 1 .. array_length(v, 1) BY 3 LOOP
        ax := v[a] - m[1]; ay := v[a + 1] - m[2]; az := v[a + 2] - m[3];
        bx := v[b] - m[1]; by_ := v[b + 1] - m[2]; bz := v[b + 2] - m[3];
        nx := ay * bz - az * by_; ny := az * bx - ax * bz; nz := ax * by_ - ay * bx;
        -- Below 20 arc seconds the sphere is flat enough for the mean of flat triangles.
        widest := greatest(widest, bx * bx + by_ * by_ + bz * bz);
        weight := m[1] * nx + m[2] * ny + m[3] * nz;
        total := total + weight;
        flat_x := flat_x + weight * (ax + bx) / 3;
        flat_y := flat_y + weight * (ay + by_) / 3;
        flat_z := flat_z + weight * (az + bz) / 3;
        -- Beyond, the integral of the vector over the region: half the sum of angle times normal
        -- over all sides; the sum of the cross products themselves is taken about the middle.
        x := x + nx; y := y + ny; z := z + nz;
        bx := v[b] - v[a]; by_ := v[b + 1] - v[a + 1]; bz := v[b + 2] - v[a + 2];
        theta := 2 * asin(least(sqrt(bx * bx + by_ * by_ + bz * bz) / 2, 1));
        weight := CASE WHEN theta < 1e-3 THEN theta * theta / 6 + 7 * power(theta, 4) / 360
            ELSE theta / sin(theta) - 1 END;
        x := x + weight * (v[a + 1] * bz - v[a + 2] * by_);
        y := y + weight * (v[a + 2] * bx - v[a] * bz);
        z := z + weight * (v[a] * by_ - v[a + 1] * bx);
        a := b;
    END LOOP;
    IF widest < 1e-8 THEN
        x := m[1] + flat_x / total; y := m[2] + flat_y / total; z := m[3] + flat_z / total;
    ELSIF total < 0 THEN
        x := -x; y := -y; z := -z;
    END IF;
    norm := degrees(atan2(y, x));
    IF sqrt(x * x + y * y) < 1e-14 * abs(z) THEN
        norm := 0;
    ELSIF norm < 0 THEN
        norm := norm + 360;
    END IF;
    RETURN ARRAY[norm, degrees(atan2(z, sqrt(x * x + y * y)))];
END
$$;

-- Centre (a unit vector) and radius in radians of a cap around a shape, for index conditions.
CREATE OR REPLACE FUNCTION adql.cap(shape float8[]) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    length integer := array_length(shape, 1);
    v float8[];
    m float8[];
    radius float8 := 0;
BEGIN
    IF NOT adql.is_place(shape) THEN
        RETURN NULL;
    END IF;
    v := adql.vectors(shape[: length - length % 2]);
    IF length <= 3 THEN
        RETURN v || adql.radians(coalesce(shape[3], 0)) + 1e-12;
    END IF;
    m := adql.middle(v);
    IF m IS NULL THEN
        RETURN NULL;
    END IF;
    FOR i IN 1 .. array_length(v, 1) BY 3 LOOP
        radius := greatest(radius, adql.angle(m, 1, v, i));
    END LOOP;
    RETURN m || radius + 1e-12;
END
$$;

-- Whether a place lies within a shape.
CREATE OR REPLACE FUNCTION adql.holds(shape float8[], lon float8, lat float8) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF lon BETWEEN -1e6 AND 1e6 AND lat BETWEEN -90 AND 90 THEN
        RETURN adql.contained(ARRAY[lon, lat], shape);
    END IF;
    RETURN NULL;
END
$$;

-- The square of the sine of half the angular distance: cheaper, for distances up to 90 degrees.
CREATE OR REPLACE FUNCTION adql.haversine(lon1 float8, lat1 float8, lon2 float8, lat2 float8)
RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN abs(lat2 - lat1) < 1e-30 THEN 0 ELSE power(sin(radians(lat2 - lat1) / 2), 2) END
    + CASE WHEN abs(lon2 - lon1) < 1e-30 THEN 0
        ELSE cos(radians(lat1)) * cos(radians(lat2)) * power(sin(radians(lon2 - lon1) / 2), 2) END;
