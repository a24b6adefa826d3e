-- What the server relies on in a database: each statement gives lines of text, one fact each.
-- :schemas are the schemas of the server, :roles its roles.

-- Roles, and what they are set to.
SELECT concat_ws(' ', 'role', rolname,
    CASE WHEN rolcanlogin THEN 'login' END, CASE WHEN rolsuper THEN 'SUPERUSER' END,
    CASE WHEN rolbypassrls THEN 'BYPASSRLS' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
    CASE WHEN rolcreatedb THEN 'CREATEDB' END,
    CASE WHEN rolreplication THEN 'REPLICATION' END)
FROM pg_roles WHERE rolname = ANY(:roles);

SELECT format('setting %s %s', r.rolname, s.value)
FROM pg_db_role_setting d JOIN pg_roles r ON r.oid = d.setrole,
    unnest(d.setconfig) AS s(value)
WHERE r.rolname = ANY(:roles)
    AND d.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()));

SELECT format('member %s of %s', m.rolname, r.rolname)
FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles r ON r.oid = a.roleid
WHERE m.rolname = ANY(:roles) OR r.rolname = ANY(:roles);

-- Grants: on the database, schemas, relations, columns and functions.
SELECT format('grant database %s to %s', a.privilege_type,
    CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
WHERE d.datname = current_database() AND a.grantee <> d.datdba;

SELECT format('grant schema %s %s to %s', n.nspname, a.privilege_type,
    CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
WHERE (n.nspname = ANY(:schemas) OR n.nspname = 'public') AND a.grantee <> n.nspowner;

SELECT format('grant %s.%s %s to %s', n.nspname, c.relname, a.privilege_type,
    CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
    aclexplode(c.relacl) a
WHERE n.nspname = ANY(:schemas) AND a.grantee <> c.relowner;

SELECT format('grant %s.%s.%s %s to %s', n.nspname, c.relname, t.attname, a.privilege_type,
    CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(t.attacl) a
WHERE n.nspname = ANY(:schemas);

-- What else in this database our roles, or everybody, may touch; extensions' own things apart.
SELECT format('grant elsewhere %s.%s %s to %s', n.nspname, c.relname, a.privilege_type,
    CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
WHERE NOT (n.nspname = ANY(:schemas)) AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND (a.grantee = 0 OR a.grantee IN (SELECT oid FROM pg_roles WHERE rolname = ANY(:roles)))
    AND c.relowner <> a.grantee
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e');

-- Tables, views, their owners and columns.
SELECT format('relation %s.%s %s owned by %s%s%s%s', n.nspname, c.relname,
    CASE c.relkind WHEN 'v' THEN 'view' WHEN 'r' THEN 'table' ELSE c.relkind::text END,
    c.relowner::regrole,
    CASE WHEN c.relrowsecurity THEN ' row security' ELSE '' END,
    CASE WHEN c.relforcerowsecurity THEN ' forced' ELSE '' END,
    coalesce(' ' || array_to_string(c.reloptions, ' '), ''))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(:schemas) AND c.relkind IN ('r', 'v', 'm', 'p', 'f');

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
WHERE n.nspname = ANY(:schemas) AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped;

-- Policies, indexes, constraints. NOT NULL stands with the column.
SELECT format('policy %s on %s.%s %s %s to %s using %s check %s', policyname, schemaname,
    tablename, permissive, cmd, array_to_string(roles, ','), qual, coalesce(with_check, '-'))
FROM pg_policies WHERE schemaname = ANY(:schemas);

SELECT 'index ' || pg_get_indexdef(i.indexrelid)
    || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(:schemas);

SELECT format('constraint %s.%s %s %s', n.nspname, c.relname, k.conname,
    pg_get_constraintdef(k.oid))
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(:schemas) AND k.contype <> 'n';

-- Functions: their bodies, and which of the extensions' are marked.
SELECT format('function %s.%s(%s) %s %s body %s', n.nspname, p.proname,
    pg_get_function_arguments(p.oid),
    CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
    CASE WHEN p.prosecdef THEN 'definer' ELSE 'invoker' END,
    md5(p.prosrc))
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ANY(:schemas);

SELECT format('leakproof %s.%s(%s)', n.nspname, p.proname,
    pg_get_function_identity_arguments(p.oid))
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.proleakproof AND (n.nspname = ANY(:schemas) OR n.nspname = 'public');

-- Views, by the mark that names the declaration they were made from. Their text is only
-- compared with what it was then: PostgreSQL writes it differently in another version.
SELECT format('view %s.%s made from %s%s', n.nspname, c.relname,
    coalesce(split_part(obj_description(c.oid, 'pg_class'), ' ', 1), 'nothing known'),
    CASE WHEN split_part(obj_description(c.oid, 'pg_class'), ' ', 2) = md5(pg_get_viewdef(c.oid))
        THEN '' ELSE ' CHANGED since' END)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(:schemas) AND c.relkind = 'v';
