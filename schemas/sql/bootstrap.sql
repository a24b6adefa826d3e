-- What only a superuser can do, once per database, before `vo-server db upgrade`.
-- Run it in the server's own database; running it again changes nothing.
-- Afterwards give each role its password: \password vo_owner, and so on.

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['vo_owner', 'vo_app', 'vo_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I', wanted);
        END IF;
        EXECUTE format(
            'ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS'
            ' NOINHERIT', wanted);
        EXECUTE format('ALTER ROLE %I SET lc_messages = ''C''', wanted);
        EXECUTE format('ALTER ROLE %I SET timezone = ''UTC''', wanted);
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), wanted);
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CREATE ON DATABASE %I TO vo_owner', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO vo_reader', current_database());
END
$$;

-- pg_temp comes last, or a temporary table would shadow a published one.
ALTER ROLE vo_reader SET search_path = pg_catalog, public, pg_temp;
ALTER ROLE vo_reader SET default_transaction_read_only = on;
ALTER ROLE vo_reader SET statement_timeout = '60s';
ALTER ROLE vo_reader SET idle_in_transaction_session_timeout = '15min';
-- What one query may put aside on disk; uploaded tables do not count.
ALTER ROLE vo_reader SET temp_file_limit = '10GB';

-- Plans of policies look dear enough to compile, which takes longer than it saves on a million rows.
ALTER ROLE vo_reader SET jit = off;

-- What partners' logins are members of (`vo-server db partner`): the public, whatever they set.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'vo_partner') THEN
        CREATE ROLE vo_partner;
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO vo_partner', current_database());
END
$$;
ALTER ROLE vo_partner NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

-- The queue's functions name its tables without a schema.
ALTER ROLE vo_app SET search_path = pg_catalog, queue, pg_temp;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- Positions and regions: functions that translated queries call. They belong to the superuser,
-- since only a superuser can mark a function LEAKPROOF: under row-level security an index serves
-- a condition only when every function in it that sees a row is known not to leak it. pg_dump
-- forgets this mark on an extension's functions: run this file again after a restore.
CREATE SCHEMA IF NOT EXISTS adql AUTHORIZATION vo_owner;
GRANT USAGE ON SCHEMA adql TO vo_reader;
