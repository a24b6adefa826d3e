-- A login for a partner's database, which sees what the public sees. Run it as superuser in the
-- server's own database; running it again changes nothing but what is different here. Afterwards:
--     \password {role}
-- To take it back: DROP ROLE {role}

DO $$
BEGIN
    IF to_regrole('{role}') IS NULL THEN
        CREATE ROLE {role};
    END IF;
END
$$;
ALTER ROLE {role} LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    CONNECTION LIMIT {connections};
GRANT vo_partner TO {role};

ALTER ROLE {role} SET search_path = pg_catalog, public, pg_temp;
ALTER ROLE {role} SET default_transaction_read_only = on;
ALTER ROLE {role} SET statement_timeout = {timeout};
ALTER ROLE {role} SET idle_in_transaction_session_timeout = '15min';
ALTER ROLE {role} SET temp_file_limit = '10GB';
ALTER ROLE {role} SET jit = off;
ALTER ROLE {role} SET lc_messages = 'C';
ALTER ROLE {role} SET timezone = 'UTC';

-- What its access URLs and publisher DIDs begin with: run this again when one of them changes.
ALTER ROLE {role} SET vo.base_url = {base_url};
ALTER ROLE {role} SET vo.authority = {authority};
