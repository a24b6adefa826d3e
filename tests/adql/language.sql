-- # ADQL, then "-- =>", then the PostgreSQL made of it, then the rows it returns. These say the same
-- # on every geometry back end. Run with UPDATE_PAIRS=1 to write second and third parts anew after a
-- # deliberate change, and read the difference.

-- # Names and literals
SELECT ID, "Odd Name", k.name AS "Star's" FROM zoo.cages AS c, keepers k WHERE c."user" = k.name
-- =>
SELECT k.id, c."Odd Name" AS c, k.name AS c_2 FROM zoo.cages AS c, zoo.keepers AS k WHERE c."user" = k.name
-- rows: [(1, 1, 'Ann'), (2, 2, 'Bob')]

SELECT 1.5 AS a, -3 AS b, 'it''s' AS c, NULL AS d, 9223372036854775807 AS e FROM zoo.cages WHERE x = 5
-- =>
SELECT 1.5::float8 AS a, (-3) AS b, 'it''s' AS c, NULL AS d, 9223372036854775807 AS e FROM zoo.cages AS cages WHERE cages.x = 5
-- rows: [(1.5, -3, "it's", None, 9223372036854775807)]

SELECT id, id, mag AS id_2 FROM zoo.keepers WHERE id = 1
-- =>
SELECT keepers.id, keepers.id AS id_2, keepers.mag AS id_2_2 FROM zoo.keepers AS keepers WHERE keepers.id = 1
-- rows: [(1, 1, 3.5)]

SELECT * FROM zoo.keepers WHERE id = 6
-- =>
SELECT keepers.id, keepers.animal_id, keepers.name, keepers.mag, keepers.wage, keepers.since, keepers.legs FROM zoo.keepers AS keepers WHERE keepers.id = 6
-- rows: [(6, None, None, None, None, '2020-02-29T00:00:00', None)]

-- # Values and their types
SELECT 7 / 2 AS a, 7 / 2.0 AS b, MOD(-7, 3) AS c, MOD(-7.5, 2) AS d FROM zoo.cages WHERE x = 5
-- =>
SELECT (7 / 2) AS a, (7 / 2.0::float8) AS b, mod((-7), 3) AS c, mod((-7.5::float8)::text::numeric, 2::text::numeric)::float8 AS d FROM zoo.cages AS cages WHERE cages.x = 5
-- rows: [(3, 3.5, -1, -1.5)]

SELECT LOG(2.718281828459045) AS a, LOG10(1000) AS b, ROUND(1234.5, -2) AS c, TRUNCATE(-2.97, 1) AS d FROM zoo.cages WHERE x = 5
-- =>
SELECT ln(2.718281828459045::float8) AS a, log10(1000) AS b, round(1234.5::float8::text::numeric, ((-2))::integer)::float8 AS c, trunc((-2.97::float8)::text::numeric, (1)::integer)::float8 AS d FROM zoo.cages AS cages WHERE cages.x = 5
-- rows: [(1.0, 3.0, 1200.0, -2.9)]

SELECT SUM(id) AS a, AVG(legs) AS b, SUM(mag) AS c, COUNT(DISTINCT legs) AS d FROM zoo.animals
-- =>
SELECT sum(animals.id)::bigint AS a, avg(animals.legs)::float8 AS b, sum(animals.mag::float8) AS c, count(DISTINCT animals.legs) AS d FROM zoo.animals AS animals
-- rows: [(15, 2.4, 11.25, 3)]

SELECT COALESCE(legs, mag) AS a, COALESCE(NULL, kind) AS b, COALESCE(NULL, NULL) AS c FROM zoo.animals WHERE id = 1
-- =>
SELECT coalesce((animals.legs)::float8, animals.mag) AS a, coalesce(NULL, animals.kind) AS b, NULL AS c FROM zoo.animals AS animals WHERE animals.id = 1
-- rows: [(4.0, 1, None)]

SELECT CASE WHEN legs > 2 THEN 'many' ELSE 'few' END AS a, CASE legs WHEN 4 THEN 1 ELSE 0.5 END AS b FROM zoo.animals WHERE id = 1
-- =>
SELECT CASE WHEN animals.legs > 2 THEN 'many' ELSE 'few' END AS a, CASE animals.legs WHEN 4 THEN 1 ELSE 0.5::float8 END AS b FROM zoo.animals AS animals WHERE animals.id = 1
-- rows: [('many', 1.0)]

SELECT CAST(born AS VARCHAR) AS a, CAST(mag AS INTEGER) AS b, CAST(12 AS CHAR(3)) AS c, CAST(tame AS SMALLINT) AS d FROM zoo.animals WHERE id = 1
-- =>
SELECT (to_char(animals.born, 'YYYY-MM-DD"T"HH24:MI:SS.MS'))::text AS a, (animals.mag)::integer AS b, (12)::char(3) AS c, ((animals.tame)::integer)::smallint AS d FROM zoo.animals AS animals WHERE animals.id = 1
-- rows: [('2001-02-03T04:05:06.000', 4, '12 ', 1)]

SELECT name || '-' || title AS a, LOWER(title) || NULL AS b FROM zoo.animals WHERE id = 1
-- =>
SELECT (animals.name || '-'::text || animals.title) AS a, (lower(animals.title) || NULL::text) AS b FROM zoo.animals AS animals WHERE animals.id = 1
-- rows: [('lion-Löwe', None)]

SELECT id FROM zoo.animals WHERE born >= '2001-02-03' AND born < '2001-02-04' ORDER BY id
-- =>
SELECT animals.id FROM zoo.animals AS animals WHERE (animals.born >= timestamp '2001-02-03T00:00:00' AND animals.born < timestamp '2001-02-04T00:00:00') ORDER BY 1
-- rows: [(1,), (2,)]

-- # Conditions
SELECT id FROM zoo.animals WHERE id = 2.0 OR id > 4.5
-- =>
SELECT animals.id FROM zoo.animals AS animals WHERE (animals.id = 2 OR animals.id > 4)
-- rows: [(2,), (5,)]

SELECT id FROM zoo.animals WHERE id BETWEEN 1.5 AND 3.5 AND NOT legs = 2
-- =>
SELECT animals.id FROM zoo.animals AS animals WHERE ((animals.id BETWEEN 2 AND 3) AND NOT (animals.legs = 2))
-- rows: [(2,)]

SELECT id FROM zoo.animals WHERE name LIKE 'l%' OR name LIKE '_o_' OR name LIKE 'emu' OR name LIKE 'ti%r'
-- =>
SELECT animals.id FROM zoo.animals AS animals WHERE (animals.name ^@ 'l' OR animals.name LIKE '_o_' ESCAPE '' OR (animals.name = 'emu' AND animals.name LIKE 'emu' ESCAPE '') OR (animals.name ^@ 'ti' AND animals.name LIKE 'ti%r' ESCAPE ''))
-- rows: [(1,), (2,), (3,), (4,)]

SELECT id FROM zoo.animals WHERE name NOT LIKE 'l%' AND title ILIKE '%I%'
-- =>
SELECT animals.id FROM zoo.animals AS animals WHERE (animals.name NOT LIKE 'l%' ESCAPE '' AND animals.title ILIKE '%I%' ESCAPE '')
-- rows: [(2,)]

SELECT id FROM zoo.animals WHERE tame = 1 AND tame <> 'false' AND (mag IS NULL OR flux IN (100, 7.5))
-- =>
SELECT animals.id FROM zoo.animals AS animals WHERE (animals.tame = true AND animals.tame <> false AND (animals.mag IS NULL OR animals.flux IN (100, 7.5::float8)))
-- rows: [(1,)]

SELECT id FROM zoo.animals WHERE mag = NULL
-- =>
SELECT animals.id FROM zoo.animals AS animals WHERE animals.mag = NULL
-- rows: []

-- # Joins
SELECT a.id, k.id FROM zoo.animals AS a LEFT JOIN zoo.keepers AS k ON k.animal_id = a.id AND k.wage > 11 ORDER BY 1
-- =>
SELECT a.id, k.id AS id_2 FROM zoo.animals AS a LEFT JOIN zoo.keepers AS k ON (k.animal_id = a.id AND k.wage > 11) ORDER BY 1
-- rows: [(1, 1), (2, None), (3, None), (4, None), (5, None)]

SELECT id, wage FROM zoo.animals AS a RIGHT JOIN zoo.keepers AS k USING (id) ORDER BY id
-- =>
SELECT k.id, k.wage FROM zoo.animals AS a RIGHT JOIN zoo.keepers AS k ON a.id = k.id ORDER BY 1
-- rows: [(1, 12.5), (2, 10.0), (3, 8.25), (6, None)]

SELECT id FROM zoo.animals AS a FULL JOIN zoo.keepers AS k USING (id) WHERE id > 3 ORDER BY id
-- =>
SELECT coalesce(a.id, k.id) AS id FROM zoo.animals AS a FULL JOIN zoo.keepers AS k ON a.id = k.id WHERE coalesce(a.id, k.id) > 3 ORDER BY 1
-- rows: [(4,), (5,), (6,)]

SELECT a.id, k.id FROM zoo.animals AS a FULL JOIN zoo.keepers AS k ON k.mag < a.mag AND k.wage > 11 ORDER BY a.id, k.id
-- =>
SELECT a.id, k.id AS id_2 FROM zoo.animals AS a FULL JOIN zoo.keepers AS k ON ((num_nulls(a.id) >= 0) = (num_nulls(k.id) >= 0) AND k.mag < a.mag AND k.wage > 11) ORDER BY 1, 2
-- rows: [(1, None), (2, 1), (3, 1), (4, None), (5, None), (None, 2), (None, 3), (None, 6)]

SELECT * FROM (SELECT id, name FROM zoo.animals) AS a NATURAL JOIN (SELECT id, wage FROM zoo.keepers) AS k ORDER BY id
-- =>
SELECT a.id, a.name, k.wage FROM (SELECT animals.id, animals.name FROM zoo.animals AS animals) AS a JOIN (SELECT keepers.id, keepers.wage FROM zoo.keepers AS keepers) AS k ON a.id = k.id ORDER BY 1
-- rows: [(1, 'lion', 12.5), (2, 'tiger', 10.0), (3, 'emu', 8.25)]

SELECT COUNT(*) AS n FROM zoo.animals AS a JOIN zoo.keepers AS k JOIN zoo.cages AS c ON c."user" = k.name ON k.animal_id = a.id
-- =>
SELECT count(*) AS n FROM zoo.animals AS a JOIN (zoo.keepers AS k JOIN zoo.cages AS c ON c."user" = k.name) ON k.animal_id = a.id
-- rows: [(2,)]

SELECT COUNT(*) AS n FROM zoo.animals JOIN zoo.keepers
-- =>
SELECT count(*) AS n FROM zoo.animals AS animals JOIN zoo.keepers AS keepers ON true
-- rows: [(20,)]

-- # Subqueries and common tables
SELECT id FROM zoo.animals AS a WHERE EXISTS (SELECT 1 FROM zoo.keepers WHERE animal_id = a.id) AND id IN (SELECT id FROM zoo.keepers)
-- =>
SELECT a.id FROM zoo.animals AS a WHERE (EXISTS (SELECT 1 AS column_1 FROM zoo.keepers AS keepers WHERE keepers.animal_id = a.id) AND a.id IN (SELECT keepers_2.id FROM zoo.keepers AS keepers_2))
-- rows: [(1,), (3,)]

SELECT name, (SELECT MAX(wage) FROM zoo.keepers AS k WHERE k.animal_id = a.id) AS w FROM zoo.animals AS a WHERE id < 3 ORDER BY id
-- =>
SELECT a.name, (SELECT max(k.wage) AS max_wage FROM zoo.keepers AS k WHERE k.animal_id = a.id) AS w FROM zoo.animals AS a WHERE a.id < 3 ORDER BY a.id
-- rows: [('lion', 12.5), ('tiger', None)]

SELECT x + 1 AS y FROM (SELECT NULL AS x, id FROM zoo.keepers) AS t WHERE id = 1
-- =>
SELECT (NULL::float8 + 1) AS y FROM (SELECT NULL AS x, keepers.id FROM zoo.keepers AS keepers) AS t WHERE t.id = 1
-- rows: [(None,)]

WITH t (i, m) AS (SELECT id, mag FROM zoo.animals WHERE mag > 4), u AS (SELECT MAX(m) AS top_m FROM t) SELECT t.i FROM t JOIN u ON t.m = u.top_m
-- =>
WITH t AS (SELECT animals.id, animals.mag FROM zoo.animals AS animals WHERE animals.mag > 4), u AS (SELECT max(t_2.mag) AS top_m FROM t AS t_2) SELECT t_3.id AS i FROM t AS t_3 JOIN u AS u_2 ON t_3.mag = u_2.top_m
-- rows: [(3,)]

-- # Grouping, ordering, limits
SELECT legs, COUNT(*) AS n FROM zoo.animals GROUP BY legs HAVING COUNT(*) > 1 ORDER BY n DESC, legs DESC
-- =>
SELECT animals.legs, count(*) AS n FROM zoo.animals AS animals GROUP BY animals.legs HAVING count(*) > 1 ORDER BY 2 DESC, 1 DESC
-- rows: [(4, 2), (2, 2)]

SELECT legs * 2 AS l, MAX(name) AS m FROM zoo.animals GROUP BY l ORDER BY l
-- =>
SELECT (animals.legs * 2) AS l, max(animals.name) AS m FROM zoo.animals AS animals GROUP BY (animals.legs * 2) ORDER BY 1
-- rows: [(0, 'boa'), (4, 'emu'), (8, 'tiger')]

SELECT DISTINCT TOP 2 legs FROM zoo.animals ORDER BY legs DESC OFFSET 1
-- =>
SELECT DISTINCT animals.legs FROM zoo.animals AS animals ORDER BY 1 DESC OFFSET 1 LIMIT 2
-- rows: [(2,), (0,)]

SELECT id FROM zoo.animals WHERE mag IS NOT NULL ORDER BY ABS(mag - 4), 1
-- =>
SELECT animals.id FROM zoo.animals AS animals WHERE animals.mag IS NOT NULL ORDER BY abs((animals.mag - 4)), 1
-- rows: [(2,), (1,), (3,), (4,)]

-- # Set operators
SELECT legs FROM zoo.animals WHERE id = 1 UNION SELECT mag FROM zoo.animals WHERE id = 1 ORDER BY 1
-- =>
(SELECT (animals.legs)::float8 AS legs FROM zoo.animals AS animals WHERE animals.id = 1) UNION (SELECT (animals_2.mag)::float8 AS mag FROM zoo.animals AS animals_2 WHERE animals_2.id = 1) ORDER BY 1
-- rows: [(3.5,), (4.0,)]

SELECT 1 AS a FROM zoo.cages UNION ALL SELECT 2 FROM zoo.keepers INTERSECT SELECT 2 FROM zoo.cages ORDER BY a
-- =>
(SELECT 1 AS a FROM zoo.cages AS cages) UNION ALL ((SELECT 2 AS column_1 FROM zoo.keepers AS keepers) INTERSECT (SELECT 2 AS column_1 FROM zoo.cages AS cages_2)) ORDER BY 1
-- rows: [(1,), (1,), (1,), (2,)]

(SELECT TOP 1 id FROM zoo.animals ORDER BY id) UNION (SELECT TOP 1 id FROM zoo.animals ORDER BY id DESC) ORDER BY id DESC
-- =>
(SELECT animals.id FROM zoo.animals AS animals ORDER BY 1 LIMIT 1) UNION (SELECT animals_2.id FROM zoo.animals AS animals_2 ORDER BY 1 DESC LIMIT 1) ORDER BY 1 DESC
-- rows: [(5,), (1,)]

SELECT id, NULL AS b FROM zoo.keepers WHERE id = 1 EXCEPT SELECT id, name FROM zoo.animals ORDER BY MOD(id, 2)
-- =>
SELECT t.id, t.b FROM ((SELECT keepers.id, NULL::text AS b FROM zoo.keepers AS keepers WHERE keepers.id = 1) EXCEPT (SELECT animals.id, animals.name FROM zoo.animals AS animals)) AS t ORDER BY mod(t.id, 2)
-- rows: [(1, None)]
