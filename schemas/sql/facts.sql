-- What the server relies on in a database: each statement gives lines of text, one fact each.
-- :schemas are the schemas of the server, :roles its roles. What there is to say of single relations
-- is in facts_relations.sql.

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

-- Any login may be a partner's.
SELECT format('member %s of %s', m.rolname, r.rolname)
FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles r ON r.oid = a.roleid
WHERE m.rolname = ANY(:roles) OR r.rolname = ANY(:roles) AND r.rolname <> 'vo_partner';

-- Grants on the database and schemas.
SELECT format('grant database %s to %s', a.privilege_type,
    CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
WHERE d.datname = current_database() AND a.grantee <> d.datdba;

SELECT format('grant schema %s %s to %s', n.nspname, a.privilege_type,
    CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
WHERE (n.nspname = ANY(:schemas) OR n.nspname = 'public') AND a.grantee <> n.nspowner;

-- What else in this database our roles, or everybody, may touch; extensions' own things apart.
SELECT format('grant elsewhere %s.%s %s to %s', n.nspname, c.relname, a.privilege_type,
    CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
WHERE NOT (n.nspname = ANY(:schemas)) AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND (a.grantee = 0 OR a.grantee IN (SELECT oid FROM pg_roles WHERE rolname = ANY(:roles)))
    AND c.relowner <> a.grantee
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e');

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

SELECT format('trigger %s on %s.%s %s', t.tgname, n.nspname, c.relname, pg_get_triggerdef(t.oid))
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(:schemas) AND NOT t.tgisinternal;

-- Those of foreign keys, too.
SELECT format('trigger %s on %s.%s %s', t.tgname, n.nspname, c.relname,
    CASE t.tgenabled WHEN 'D' THEN 'DISABLED' WHEN 'R' THEN 'ENABLED REPLICA' ELSE 'ENABLED ALWAYS' END)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(:schemas) AND t.tgenabled <> 'O';

SELECT format('type %s.%s %s', n.nspname, t.typname, string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder))
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_enum e ON e.enumtypid = t.oid
WHERE n.nspname = ANY(:schemas)
GROUP BY n.nspname, t.typname;

-- Views, by the mark that names the declaration they were made from. Their text is only
-- compared with what it was then: PostgreSQL writes it differently in another version.
SELECT format('view %s.%s made from %s%s', n.nspname, c.relname,
    coalesce(split_part(obj_description(c.oid, 'pg_class'), ' ', 1), 'nothing known'),
    CASE WHEN split_part(obj_description(c.oid, 'pg_class'), ' ', 2) = md5(pg_get_viewdef(c.oid))
        THEN '' ELSE ' CHANGED since' END)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(:schemas) AND c.relkind = 'v';
