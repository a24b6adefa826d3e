-- # ADQL, then "-- =>", then the PostgreSQL made of it. Run with UPDATE_PAIRS=1 to rewrite the
-- # second parts after a deliberate change, and read the difference.

-- # Cones
SELECT TOP 5 id FROM sky.stars WHERE 1=CONTAINS(POINT(ra, dec), CIRCLE(0, 90, 5))
-- =>
SELECT stars.id FROM sky.stars AS stars WHERE (stars.pos <@ cube_enlarge('(6.123233995736766e-17, 0.0, 1.0)'::cube, 0.087238774730673, 3) AND cube_distance(stars.pos, '(6.123233995736766e-17, 0.0, 1.0)'::cube) <= 0.087238774730673) LIMIT 5

SELECT id FROM sky.stars AS p WHERE CONTAINS(POINT('ICRS', p.ra, p.dec), CIRCLE('ICRS', 10, 0, 60)) = 1
-- =>
SELECT p.id FROM sky.stars AS p WHERE (p.pos <@ cube_enlarge('(0.984807753012208, 0.17364817766693033, 0.0)'::cube, 1.0000000000000009, 3) AND cube_distance(p.pos, '(0.984807753012208, 0.17364817766693033, 0.0)'::cube) <= 1.0000000000000009)

SELECT id FROM sky.stars WHERE 0 = CONTAINS(POINT(ra, dec), CIRCLE(10, 0, 1))
-- =>
SELECT stars.id FROM sky.stars AS stars WHERE NOT ((stars.pos <@ cube_enlarge('(0.984807753012208, 0.17364817766693033, 0.0)'::cube, 0.01745307099674887, 3) AND cube_distance(stars.pos, '(0.984807753012208, 0.17364817766693033, 0.0)'::cube) <= 0.01745307099674887))

SELECT id FROM sky.stars WHERE DISTANCE(POINT(ra, dec), POINT(10, 0)) < 1
-- =>
SELECT stars.id FROM sky.stars AS stars WHERE (stars.pos <@ cube_enlarge('(0.984807753012208, 0.17364817766693033, 0.0)'::cube, 0.01745307099674887, 3) AND cube_distance(stars.pos, '(0.984807753012208, 0.17364817766693033, 0.0)'::cube) < 0.01745307099674787)

SELECT id FROM sky.stars WHERE 1 >= DISTANCE(ra, dec, 10, 0)
-- =>
SELECT stars.id FROM sky.stars AS stars WHERE (stars.pos <@ cube_enlarge('(0.984807753012208, 0.17364817766693033, 0.0)'::cube, 0.01745307099674887, 3) AND cube_distance(stars.pos, '(0.984807753012208, 0.17364817766693033, 0.0)'::cube) <= 0.01745307099674887)

SELECT id FROM sky.stars WHERE 1=CONTAINS(POINT(ra, dec), CIRCLE(10, 0, 120))
-- =>
SELECT stars.id FROM sky.stars AS stars WHERE (adql.separation(stars.ra, stars.dec, 10, 0) <= 120 + 1e-13)

SELECT s.id, v.id FROM sky.stars s JOIN sky.visits v ON DISTANCE(POINT(s.ra, s.dec), POINT(v.s_ra, v.s_dec)) < 0.1
-- =>
SELECT s.id, v.id AS id_2 FROM sky.stars AS s JOIN sky.visits AS v ON (s.pos <@ cube_enlarge(v.s_pos, 0.0017453290304712992, 3) AND v.s_pos <@ cube_enlarge(s.pos, 0.0017453290304712992, 3) AND cube_distance(s.pos, v.s_pos) < 0.0017453290304702991)

SELECT s.id FROM sky.stars s, sky.visits v WHERE 1=CONTAINS(POINT(s.ra, s.dec), CIRCLE(v.s_ra, v.s_dec, v.radius))
-- =>
SELECT s.id FROM sky.stars AS s, sky.visits AS v WHERE (s.pos <@ adql.reach(v.s_pos, v.radius) AND adql.separation(s.ra, s.dec, v.s_ra, v.s_dec) <= v.radius + 1e-13)

SELECT POINT(ra, dec), CIRCLE(ra, dec, 1), POINT(1, 2) AS fixed FROM sky.stars
-- =>
SELECT CASE WHEN stars.ra IS NOT NULL AND stars.dec IS NOT NULL THEN ARRAY[stars.ra, stars.dec]::float8[] END AS point_ra_dec, adql.shape(ARRAY[stars.ra, stars.dec, 1]::float8[]) AS circle_ra_dec, ARRAY[1, 2]::float8[] AS fixed FROM sky.stars AS stars

SELECT DISTANCE(POINT(ra, dec), POINT(dec, ra)) AS d FROM sky.stars
-- =>
SELECT adql.separation(stars.ra, stars.dec, stars.dec, stars.ra) AS d FROM sky.stars AS stars

-- # Names
SELECT * FROM SKY.Visits
-- =>
SELECT visits.id, visits.star_id, visits.s_ra, visits.s_dec, visits.flux, visits.radius FROM sky.visits AS visits

SELECT "Odd Name", "size", sky.stars.RA FROM sky.stars WHERE "size" = 1
-- =>
SELECT stars."Odd Name" AS c, stars.size, stars.ra FROM sky.stars AS stars WHERE stars.size = 1

SELECT v.*, name AS "Star's ""name""" FROM visits v INNER JOIN sky.stars AS "Weird S" ON star_id = "Weird S".id
-- =>
SELECT v.id, v.star_id, v.s_ra, v.s_dec, v.flux, v.radius, t.name AS c FROM sky.visits AS v JOIN sky.stars AS t ON v.star_id = t.id

SELECT a.id, b.id FROM sky.visits a, sky.visits b WHERE a.id = b.star_id
-- =>
SELECT a.id, b.id AS id_2 FROM sky.visits AS a, sky.visits AS b WHERE a.id = b.star_id

SELECT id FROM sky.stars AS "user" ORDER BY "user".mag DESC, 1
-- =>
SELECT "user".id FROM sky.stars AS "user" ORDER BY "user".mag DESC, 1

-- # Joins
SELECT * FROM sky.visits NATURAL JOIN (SELECT id, mag FROM sky.stars) AS s
-- =>
SELECT visits.id, visits.star_id, visits.s_ra, visits.s_dec, visits.flux, visits.radius, s.mag FROM sky.visits AS visits JOIN (SELECT stars.id, stars.mag FROM sky.stars AS stars) AS s ON visits.id = s.id

SELECT id, mag FROM sky.stars FULL JOIN sky.visits USING (id)
-- =>
SELECT coalesce(stars.id, visits.id) AS id, stars.mag FROM sky.stars AS stars FULL JOIN sky.visits AS visits ON stars.id = visits.id

SELECT a.id FROM sky.visits a LEFT JOIN sky.visits b JOIN sky.visits c ON b.id = c.id ON a.id = b.id
-- =>
SELECT a.id FROM sky.visits AS a LEFT JOIN (sky.visits AS b JOIN sky.visits AS c ON b.id = c.id) ON a.id = b.id

-- # Clauses
SELECT DISTINCT TOP 3 "size", COUNT(*) AS n, AVG(mag), SUM(id), SUM(mag), MAX(DISTINCT name) FROM sky.stars WHERE mag IS NOT NULL GROUP BY "size" HAVING COUNT(*) > 1 ORDER BY n DESC, "size" OFFSET 1
-- =>
SELECT DISTINCT stars.size, count(*) AS n, avg(stars.mag)::float8 AS avg_mag, sum(stars.id)::bigint AS sum_id, sum(stars.mag::float8) AS sum_mag, max(DISTINCT stars.name) AS max_name FROM sky.stars AS stars WHERE stars.mag IS NOT NULL GROUP BY stars.size HAVING count(*) > 1 ORDER BY 2 DESC, 1 OFFSET 1 LIMIT 3

SELECT mag + 1 AS m FROM sky.stars GROUP BY m ORDER BY m
-- =>
SELECT (stars.mag + 1) AS m FROM sky.stars AS stars GROUP BY (stars.mag + 1) ORDER BY 1

SELECT id FROM sky.stars WHERE NOT (mag BETWEEN 1 AND 2.5 OR mag NOT IN (3, 4.5)) AND name LIKE 'a\_%' AND name NOT ILIKE name
-- =>
SELECT stars.id FROM sky.stars AS stars WHERE (NOT (((stars.mag BETWEEN 1 AND 2.5::float8) OR stars.mag NOT IN (3, 4.5::float8))) AND (stars.name ^@ E'a\\' AND stars.name LIKE E'a\\_%' ESCAPE '') AND stars.name NOT ILIKE stars.name ESCAPE '')

SELECT id FROM sky.stars s WHERE EXISTS (SELECT 1 FROM sky.visits WHERE star_id = s.id) AND id IN (SELECT star_id FROM visits) AND mag > (SELECT AVG(x) FROM sky.one)
-- =>
SELECT s.id FROM sky.stars AS s WHERE (EXISTS (SELECT 1 AS column_1 FROM sky.visits AS visits WHERE visits.star_id = s.id) AND s.id IN (SELECT visits_2.star_id FROM sky.visits AS visits_2) AND s.mag > (SELECT avg(one.x)::float8 AS avg_x FROM sky.one AS one))

SELECT id FROM sky.stars WHERE seen >= '2009-01-01' AND seen <> '2009-02-01 12:30:00Z' AND released = 1 AND id = 5.0
-- =>
SELECT stars.id FROM sky.stars AS stars WHERE (stars.seen >= timestamp '2009-01-01T00:00:00' AND stars.seen <> timestamp '2009-02-01T12:30:00' AND stars.released = true AND stars.id = 5)

WITH bright (i, m) AS (SELECT id, mag FROM sky.stars WHERE mag < 2) SELECT m, COUNT(i) FROM bright GROUP BY m
-- =>
WITH bright AS (SELECT stars.id, stars.mag FROM sky.stars AS stars WHERE stars.mag < 2) SELECT bright_2.mag AS m, count(bright_2.id) AS count_i FROM bright AS bright_2 GROUP BY bright_2.mag

(SELECT id FROM sky.stars ORDER BY id OFFSET 2) UNION ALL SELECT TOP 1 n FROM sky.one EXCEPT SELECT id FROM sky.visits INTERSECT SELECT n FROM sky.one ORDER BY id
-- =>
(SELECT stars.id FROM sky.stars AS stars ORDER BY 1 OFFSET 2) UNION ALL (SELECT one.n FROM sky.one AS one LIMIT 1) EXCEPT ((SELECT visits.id FROM sky.visits AS visits) INTERSECT (SELECT one_2.n FROM sky.one AS one_2)) ORDER BY 1

-- # Values
SELECT 'it''s' || name || 'back\slash', - - 3, -(-mag), 1.5, 1e3, 9223372036854775808, NULL FROM sky.stars
-- =>
SELECT ('it''s'::text || stars.name || E'back\\slash'::text) AS column_1, 3 AS column_2, (-(-stars.mag)) AS column_3, 1.5::float8 AS column_4, 1000.0::float8 AS column_5, 9.223372036854776e+18::float8 AS column_6, NULL AS column_7 FROM sky.stars AS stars

SELECT MOD(id, 3), MOD(mag, 0.5), ROUND(mag, -1), TRUNCATE(mag), LOG(mag), LOG10(mag), RAND(3), PI(), CEILING(id), ATAN2(1, 2) FROM sky.stars
-- =>
SELECT mod(stars.id, 3) AS mod_id, mod(stars.mag::text::numeric, 0.5::float8::text::numeric)::float8 AS mod_mag, round(stars.mag::text::numeric, ((-1))::integer)::float8 AS round_mag, trunc(stars.mag::text::numeric)::float8 AS truncate_mag, ln(stars.mag) AS log_mag, log10(stars.mag) AS log10_mag, random() AS column_7, pi() AS column_8, ceil(stars.id::float8) AS ceiling_id, atan2(1, 2) AS column_10 FROM sky.stars AS stars

SELECT CASE WHEN mag < 3 THEN 'bright' ELSE name END, CASE "size" WHEN 1 THEN 1 WHEN 2 THEN 2.5 END, COALESCE(mag, id), CAST(seen AS VARCHAR(10)), CAST(mag AS INTEGER) FROM sky.stars
-- =>
SELECT CASE WHEN stars.mag < 3 THEN 'bright' ELSE stars.name END AS column_1, CASE stars.size WHEN 1 THEN 1 WHEN 2 THEN 2.5::float8 END AS column_2, coalesce((stars.mag)::float8, stars.id) AS coalesce_mag_id, (to_char(stars.seen, 'YYYY-MM-DD"T"HH24:MI:SS.MS'))::varchar(10) AS column_4, (stars.mag)::integer AS column_5 FROM sky.stars AS stars

