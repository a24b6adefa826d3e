-- What the server relies on in relations, one fact a line; :relations are their oids.

-- Grants on them and on their columns.
SELECT format('grant %s.%s %s to %s', n.nspname, c.relname, a.privilege_type,
    CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
    aclexplode(c.relacl) a
WHERE c.oid = ANY(:relations) AND a.grantee <> c.relowner;

SELECT format('grant %s.%s.%s %s to %s', n.nspname, c.relname, t.attname, a.privilege_type,
    CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(t.attacl) a
WHERE c.oid = ANY(:relations);

-- Tables, views, their owners and columns.
SELECT format('relation %s.%s %s owned by %s%s%s%s', n.nspname, c.relname,
    CASE c.relkind WHEN 'v' THEN 'view' WHEN 'r' THEN 'table' ELSE c.relkind::text END,
    c.relowner::regrole,
    CASE WHEN c.relrowsecurity THEN ' row security' ELSE '' END,
    CASE WHEN c.relforcerowsecurity THEN ' forced' ELSE '' END,
    coalesce(' ' || array_to_string(c.reloptions, ' '), ''))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = ANY(:relations) AND c.relkind IN ('r', 'v', 'm', 'p', 'f');

SELECT format('column %s.%s.%s %s%s%s', n.nspname, c.relname, a.attname,
    format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
    CASE WHEN a.attgenerated <> '' THEN ' generated ' || pg_get_expr(d.adbin, d.adrelid)
         WHEN a.attidentity <> '' THEN ' identity'
         WHEN d.adbin IS NOT NULL THEN ' default ' || pg_get_expr(d.adbin, d.adrelid)
         ELSE '' END)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.oid = ANY(:relations) AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped;

-- Policies, indexes, constraints. NOT NULL stands with the column.
SELECT format('policy %s on %s.%s %s %s to %s using %s check %s', policyname, schemaname,
    tablename, permissive, cmd, array_to_string(roles, ','), qual, coalesce(with_check, '-'))
FROM pg_policies JOIN pg_namespace n ON n.nspname = schemaname
    JOIN pg_class c ON c.relname = tablename AND c.relnamespace = n.oid
WHERE c.oid = ANY(:relations);

SELECT 'index ' || pg_get_indexdef(i.indexrelid)
    || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END
FROM pg_index i WHERE i.indrelid = ANY(:relations);

SELECT format('constraint %s.%s %s %s', n.nspname, c.relname, k.conname,
    pg_get_constraintdef(k.oid))
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = ANY(:relations) AND k.contype <> 'n';
