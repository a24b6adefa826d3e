-- Functions that translated queries call by their qualified names: HEALPix, astrometry, times,
-- words and statistics. A position is an array {longitude, latitude} in degrees, a circle
-- {longitude, latitude, radius}, a polygon the coordinates of its vertices one after the other.
-- They read no table and call nothing but PostgreSQL's own functions and each other.

CREATE SCHEMA IF NOT EXISTS adql;

-- PostgreSQL takes underflow for an error: numbers that small are 0 here. (Not STRICT, or it
-- would not be inlined.)
CREATE OR REPLACE FUNCTION adql.settled(value float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN abs(value) < 1e-50 THEN 0 ELSE value END;

-- HEALPix (Górski et al. 2005, ApJ 622, 759) in the nested scheme, orders 0 to 29.

-- The long constants are the usual masks of bit interleaving: 0x0000FFFF0000FFFF,
-- 0x00FF00FF00FF00FF, 0x0F0F0F0F0F0F0F0F, 0x3333333333333333 and 0x5555555555555555.

CREATE OR REPLACE FUNCTION adql.healpix_index(
    healpix_order integer, longitude float8, latitude float8
) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 100 AS $$
DECLARE
    nside bigint;
    turn float8;      -- longitude in quarters of a turn, from 0 to below 4
    height float8;    -- sine of the latitude
    slope float8;
    quarter integer;
    up bigint;        -- index of the line going up to the right, and down
    down bigint;
    face integer;
    x bigint;
    y bigint;
BEGIN
    IF healpix_order NOT BETWEEN 0 AND 29 THEN
        RAISE EXCEPTION 'the HEALPix order is 0 to 29' USING ERRCODE = '22023';
    END IF;
    IF latitude NOT BETWEEN -90 AND 90 OR longitude NOT BETWEEN -1e9 AND 1e9 THEN
        RETURN NULL;  -- NaN and infinities are here too
    END IF;
    nside := 1::bigint << healpix_order;
    longitude := adql.settled(longitude);
    turn := longitude / 90 - 4 * floor(longitude / 360);
    IF turn >= 4 THEN
        turn := 0;
    END IF;
    height := sind(adql.settled(latitude));
    IF 3 * abs(height) <= 2 THEN
        slope := nside * (height * 0.75);
        turn := nside * (0.5 + turn);
        up := floor(turn - slope)::bigint;
        down := floor(turn + slope)::bigint;
        x := up >> healpix_order;
        y := down >> healpix_order;
        face := CASE WHEN x = y THEN x | 4 WHEN x < y THEN x ELSE y + 8 END;
        x := down & (nside - 1);
        y := nside - (up & (nside - 1)) - 1;
    ELSE
        quarter := least(floor(turn)::integer, 3);
        turn := turn - quarter;
        -- nside * sqrt(3 * (1 - |height|)), exact near the poles too
        slope := nside * cosd(latitude) / sqrt((1 + abs(height)) / 3);
        up := least(floor(turn * slope)::bigint, nside - 1);
        down := least(floor((1 - turn) * slope)::bigint, nside - 1);
        IF height >= 0 THEN
            face := quarter;
            x := nside - down - 1;
            y := nside - up - 1;
        ELSE
            face := quarter + 8;
            x := up;
            y := down;
        END IF;
    END IF;
    x := (x | (x << 16)) & 281470681808895;
    x := (x | (x << 8)) & 71777214294589695;
    x := (x | (x << 4)) & 1085102592571150095;
    x := (x | (x << 2)) & 3689348814741910323;
    x := (x | (x << 1)) & 6148914691236517205;
    y := (y | (y << 16)) & 281470681808895;
    y := (y | (y << 8)) & 71777214294589695;
    y := (y | (y << 4)) & 1085102592571150095;
    y := (y | (y << 2)) & 3689348814741910323;
    y := (y | (y << 1)) & 6148914691236517205;
    RETURN (face::bigint << (2 * healpix_order)) | x | (y << 1);
END
$$;

CREATE OR REPLACE FUNCTION adql.healpix_index(healpix_order integer, place float8[])
RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN adql.healpix_index(healpix_order, place[1], place[2]);

CREATE OR REPLACE FUNCTION adql.healpix_center(healpix_order integer, cell bigint)
RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 100 AS $$
DECLARE
    nside bigint;
    face integer;
    x bigint;
    y bigint;
    ring bigint;      -- number of the ring from the north pole
    width bigint;     -- cells of the ring in a quarter of a turn
    latitude float8;
    place bigint;     -- place on the ring, in half cells
BEGIN
    IF healpix_order NOT BETWEEN 0 AND 29 THEN
        RAISE EXCEPTION 'the HEALPix order is 0 to 29' USING ERRCODE = '22023';
    END IF;
    nside := 1::bigint << healpix_order;
    IF cell NOT BETWEEN 0 AND 12 * nside * nside - 1 THEN
        RETURN NULL;
    END IF;
    face := cell >> (2 * healpix_order);
    x := cell & (nside * nside - 1);
    y := (x >> 1) & 6148914691236517205;
    x := x & 6148914691236517205;
    x := (x | (x >> 1)) & 3689348814741910323;
    x := (x | (x >> 2)) & 1085102592571150095;
    x := (x | (x >> 4)) & 71777214294589695;
    x := (x | (x >> 8)) & 281470681808895;
    x := (x | (x >> 16)) & 4294967295;
    y := (y | (y >> 1)) & 3689348814741910323;
    y := (y | (y >> 2)) & 1085102592571150095;
    y := (y | (y >> 4)) & 71777214294589695;
    y := (y | (y >> 8)) & 281470681808895;
    y := (y | (y >> 16)) & 4294967295;
    ring := (2 + face / 4) * nside - x - y - 1;
    IF ring < nside THEN
        width := ring;
        latitude := 90 - 2 * asind(width / (nside * sqrt(6::float8)));
    ELSIF ring > 3 * nside THEN
        width := 4 * nside - ring;
        latitude := 2 * asind(width / (nside * sqrt(6::float8))) - 90;
    ELSE
        width := nside;
        latitude := asind((2 * nside - ring) * 2 / (3 * nside)::float8);
    END IF;
    place := (2 * (face % 4) + (face / 4 + 1) % 2) * width + x - y;
    IF place < 0 THEN
        place := place + 8 * width;
    END IF;
    RETURN ARRAY[45 * place / width::float8, latitude];
END
$$;

-- Astrometry.

-- Linear motion in space without relativistic corrections (ESA SP-1200, section 1.5.5). Angles
-- in degrees, parallax in mas, proper motions (of longitude: times cosine of latitude) in
-- mas/yr, radial velocity in km/s, epochs in Julian years. Without parallax the object is
-- infinitely far; other missing motions are 0; a place or epoch must be there.
CREATE OR REPLACE FUNCTION adql.epoch_prop_pos(
    longitude float8, latitude float8, parallax float8, pm_longitude float8,
    pm_latitude float8, radial_velocity float8, ref_epoch float8, out_epoch float8
) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 100 AS $$
DECLARE
    years float8;     -- times radians in a mas
    away float8;      -- the new place in units of the old distance: outwards, east, north
    east float8;
    north float8;
    across float8;
    turned float8;
BEGIN
    IF longitude IS NULL OR latitude IS NULL OR ref_epoch IS NULL OR out_epoch IS NULL THEN
        RAISE EXCEPTION 'ivo_epoch_prop_pos needs ra, dec and both epochs'
            USING ERRCODE = '22004';
    END IF;
    years := adql.settled(out_epoch - ref_epoch) * radians(1.0) / 3600000;
    longitude := adql.settled(longitude);
    latitude := adql.settled(latitude);
    -- 4.74... is an astronomical unit per Julian year in km/s.
    away := 1 + years * coalesce(
        adql.settled(radial_velocity) * adql.settled(parallax) / 4.740470463533349, 0);
    east := years * coalesce(adql.settled(pm_longitude), 0);
    north := years * coalesce(adql.settled(pm_latitude), 0);
    across := away * cosd(latitude) - north * sind(latitude);
    turned := longitude + degrees(atan2(east, across));
    turned := turned - 360 * floor(turned / 360);
    RETURN ARRAY[
        CASE WHEN turned >= 360 THEN 0 ELSE turned END,
        degrees(atan2(
            away * sind(latitude) + north * cosd(latitude), sqrt(east * east + across * across)
        ))
    ];
END
$$;

-- The rotation from ICRS to a frame, row by row; NULL for a frame that is not known. GALACTIC
-- and FK4 (B1950, without E-terms) are those of the IAU's galactic system as astropy and the
-- catalogue of ADQL functions 1.2 have them, SUPER_GALACTIC is de Vaucouleurs's, ECLIPTIC that
-- of J2000 (IAU 2006). FK5 (J2000) is taken as ICRS, from which it is 0.02 arcsec off.
CREATE OR REPLACE FUNCTION adql.frame(name text) RETURNS float8[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE name
    WHEN 'ICRS' THEN '{1, 0, 0, 0, 1, 0, 0, 0, 1}'::float8[]
    WHEN 'FK5' THEN '{1, 0, 0, 0, 1, 0, 0, 0, 1}'::float8[]
    WHEN 'GALACTIC' THEN '{
        -0.05487565771259173, -0.8734370519556164, -0.48383507361671546,
        0.49410943719272743, -0.44482972122329506, 0.7469821839866673,
        -0.8676661375596587, -0.1980763372730005, 0.4559838136873017}'::float8[]
    WHEN 'SUPER_GALACTIC' THEN '{
        0.37501555570303263, 0.34135887185624764, 0.861880185168319,
        -0.8983204377276135, -0.0957271002488515, 0.42878516000301986,
        0.22887490937543806, -0.9350456902649069, 0.27075049949244534}'::float8[]
    WHEN 'FK4' THEN '{
        0.9999256809514505, 0.011181371753885278, 0.004858960740738092,
        -0.01118137220385006, 0.9999374861373451, -2.707332853455144e-05,
        -0.004858959705284528, -2.725853209532367e-05, 0.9999881948140961}'::float8[]
    WHEN 'ECLIPTIC' THEN '{
        0.9999999999999941, -7.078368960971556e-08, 8.056213977613186e-08,
        3.2897004077419646e-08, 0.9174821299149584, 0.39777699944404793,
        -1.0207044725484355e-07, -0.39777699944404304, 0.9174821299149556}'::float8[]
END;

-- The rotation from one frame to another; with literal names it is worked out once.
CREATE OR REPLACE FUNCTION adql.rotation(source text, target text) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    back float8[] := adql.frame(source);
    forth float8[] := adql.frame(target);
    product float8[] := '{}';
BEGIN
    FOR line IN 0..2 LOOP
        FOR place IN 1..3 LOOP
            product := product || (
                forth[3 * line + 1] * back[3 * place - 2]
                + forth[3 * line + 2] * back[3 * place - 1]
                + forth[3 * line + 3] * back[3 * place]
            );
        END LOOP;
    END LOOP;
    RETURN product;
END
$$;

-- Rotate every pair of longitude and latitude; a last single number, a radius, stays.
CREATE OR REPLACE FUNCTION adql.rotated(rotation float8[], geometry float8[]) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 100 AS $$
DECLARE
    made float8[] := geometry;
    longitude float8;
    latitude float8;
    x float8;
    y float8;
    z float8;
    new_x float8;
    new_y float8;
    turned float8;
BEGIN
    FOR pair IN 0..cardinality(geometry) / 2 - 1 LOOP
        longitude := adql.settled(geometry[2 * pair + 1]);
        latitude := adql.settled(geometry[2 * pair + 2]);
        x := cosd(latitude) * cosd(longitude);
        y := cosd(latitude) * sind(longitude);
        z := sind(latitude);
        new_x := rotation[1] * x + rotation[2] * y + rotation[3] * z;
        new_y := rotation[4] * x + rotation[5] * y + rotation[6] * z;
        z := rotation[7] * x + rotation[8] * y + rotation[9] * z;
        turned := degrees(atan2(new_y, new_x));
        made[2 * pair + 1] := CASE WHEN turned < 0 THEN turned + 360 ELSE turned END;
        made[2 * pair + 2] := degrees(atan2(z, sqrt(new_x * new_x + new_y * new_y)));
    END LOOP;
    RETURN made;
END
$$;

-- Degrees of 'a:m:s', 'a m s', 'a<letter>m<m>s<s>' or 'aamms.s', with seconds that may have
-- decimals; a sign where it is allowed. NULL for anything else.
CREATE OR REPLACE FUNCTION adql.sexagesimal(value text, letter text, signed boolean, most integer)
RETURNS float8
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 100 AS $$
DECLARE
    trimmed constant text := lower(btrim(value));
    parts text[];
    total float8;
BEGIN
    parts := regexp_match(trimmed, '^([+-]?)(\d{1,3}):(\d{1,2}):(\d{1,2}(?:\.\d*)?)$');
    IF parts IS NULL THEN
        parts := regexp_match(trimmed, '^([+-]?)(\d{1,3}) +(\d{1,2}) +(\d{1,2}(?:\.\d*)?)$');
    END IF;
    IF parts IS NULL THEN
        parts := regexp_match(
            trimmed, '^([+-]?)(\d{1,3})' || letter || ' *(\d{1,2})m *(\d{1,2}(?:\.\d*)?)s$');
    END IF;
    IF parts IS NULL THEN
        parts := regexp_match(trimmed, '^([+-]?)(\d{2,3})(\d\d)(\d\d(?:\.\d*)?)$');
    END IF;
    IF parts IS NULL OR (parts[1] <> '' AND NOT signed) THEN
        RETURN NULL;
    END IF;
    total := parts[2]::float8 * 3600 + parts[3]::float8 * 60 + parts[4]::float8;
    IF parts[3]::integer >= 60 OR parts[4]::float8 >= 60 OR total > most * 3600 THEN
        RETURN NULL;
    END IF;
    RETURN CASE parts[1] WHEN '-' THEN -total ELSE total END / 3600;
END
$$;

-- Geometries from text, as DALI 1.1, section 3.3.5 to 3.3.7, writes them.

CREATE OR REPLACE FUNCTION adql.dali_geometry(value text, kind text) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    numbers constant float8[] := regexp_split_to_array(btrim(value, E' \t\r\n'), '\s+');
    amount constant integer := cardinality(numbers);
BEGIN
    IF (CASE kind
        WHEN 'point' THEN amount <> 2
        WHEN 'circle' THEN amount <> 3 OR numbers[3] NOT BETWEEN 0 AND 180
        ELSE amount < 6 OR amount % 2 = 1
    END) THEN
        RAISE EXCEPTION 'this text is no %', kind USING ERRCODE = '22P02';
    END IF;
    FOR place IN 1..amount - amount % 2 LOOP
        IF abs(numbers[place]) > (CASE place % 2 WHEN 1 THEN 360 ELSE 90 END) THEN
            RAISE EXCEPTION 'this text is no %', kind USING ERRCODE = '22P02';
        END IF;
    END LOOP;
    RETURN numbers;
END
$$;

-- Numbers.

-- The part after the point, from 0 to below 1, also of negative numbers: the next number below
-- 1 where rounding would give 1.
CREATE OR REPLACE FUNCTION adql.fraction(value float8) RETURNS float8
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN least(value - floor(value), 0.9999999999999999::float8);

-- Words.

-- Whether all words of a text are in another, after English stemming. Where the words are
-- only such as "the", which stemming drops, they are compared as they are.
CREATE OR REPLACE FUNCTION adql.has_words(haystack text, needle text) RETURNS integer
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
DECLARE
    hay constant text := regexp_replace(haystack, '[^[:alnum:]]+', ' ', 'g');
    sought constant text := regexp_replace(needle, '[^[:alnum:]]+', ' ', 'g');
    stems text[] := tsvector_to_array(to_tsvector('pg_catalog.english', sought));
BEGIN
    IF cardinality(stems) > 0 THEN
        RETURN (stems <@ tsvector_to_array(to_tsvector('pg_catalog.english', hay)))::integer;
    END IF;
    stems := tsvector_to_array(to_tsvector('pg_catalog.simple', sought));
    RETURN (stems <@ tsvector_to_array(to_tsvector('pg_catalog.simple', hay)))::integer;
END
$$;

CREATE OR REPLACE FUNCTION adql.hash_list_has(list text, item text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    position('#' IN item) = 0 AND lower(item) = ANY (string_to_array(lower(list), '#'))
)::integer;

-- Texts joined, sorted by their code points; those that are NULL leave no trace.
CREATE OR REPLACE FUNCTION adql.joined(texts text[], delimiter text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT string_agg(value, delimiter ORDER BY value COLLATE "C")
    FROM unnest(texts) AS list (value)
);

-- Whether two intervals, ends included, have a value in common. Whole numbers, such as numbers
-- of HEALPix cells, are not rounded.

CREATE OR REPLACE FUNCTION adql.interval_overlaps(a1 float8, b1 float8, a2 float8, b2 float8)
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (a1 <= b1 AND a2 <= b2 AND a1 <= b2 AND a2 <= b1)::integer;

CREATE OR REPLACE FUNCTION adql.interval_overlaps(a1 bigint, b1 bigint, a2 bigint, b2 bigint)
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (a1 <= b1 AND a2 <= b2 AND a1 <= b2 AND a2 <= b1)::integer;

-- Histograms: counts below, in equal bins from lower to upper, and above. NULL is below, the
-- upper bound belongs to the last bin.

CREATE OR REPLACE FUNCTION adql.histogram_count(
    counts integer[], value float8, lower_bound float8, upper_bound float8, bins integer
) RETURNS integer[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    bin integer;
BEGIN
    IF counts IS NULL THEN
        IF bins NOT BETWEEN 1 AND 10000 OR (lower_bound < upper_bound) IS NOT TRUE THEN
            RAISE EXCEPTION 'ivo_histogram needs lower < upper and 1 to 10000 bins'
                USING ERRCODE = '22023';
        END IF;
        counts := array_fill(0, ARRAY[bins + 2]);
    END IF;
    IF value IS NULL OR value < lower_bound THEN
        bin := 1;
    ELSIF value > upper_bound THEN
        bin := bins + 2;
    ELSE
        bin := 2 + least(
            floor((value - lower_bound) / (upper_bound - lower_bound) * bins)::integer, bins - 1);
    END IF;
    counts[bin] := counts[bin] + 1;
    RETURN counts;
END
$$;

CREATE OR REPLACE FUNCTION adql.histogram_sum(one integer[], other integer[]) RETURNS integer[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN one IS NULL THEN other
    WHEN other IS NULL THEN one
    ELSE ARRAY(SELECT a + b FROM unnest(one, other) AS both_sides (a, b))
END;

CREATE OR REPLACE AGGREGATE adql.histogram(float8, float8, float8, integer) (
    SFUNC = adql.histogram_count,
    STYPE = integer[],
    COMBINEFUNC = adql.histogram_sum,
    PARALLEL = SAFE
);
