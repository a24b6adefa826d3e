-- What policies look at tells a level, and a level, channel and run, by numbers, which are given when
-- there first is a product of them. Who publishes at the same time waits for the number.

CREATE OR REPLACE FUNCTION corot.window_of(product_level text, channel text, run_code text)
RETURNS corot.windows
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    found_window corot.windows;
BEGIN
    LOOP
        SELECT * INTO found_window FROM corot.windows w
        WHERE w.product_level = $1 AND w.channel = $2 AND w.run_code = $3;
        IF FOUND THEN
            RETURN found_window;
        END IF;
        -- A conflict would use a number up.
        INSERT INTO corot.levels (product_level)
        SELECT $1 WHERE NOT EXISTS (SELECT FROM corot.levels l WHERE l.product_level = $1)
        ON CONFLICT DO NOTHING;
        INSERT INTO corot.windows (level_id, product_level, channel, run_code)
        SELECT l.level_id, $1, $2, $3 FROM corot.levels l WHERE l.product_level = $1
        ON CONFLICT DO NOTHING;
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION corot.number_product() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT w.level_id, w.window_id INTO NEW.level_id, NEW.window_id
    FROM corot.window_of(NEW.product_level, NEW.channel, NEW.run_code) w;
    RETURN NEW;
END
$$;

CREATE TRIGGER numbered BEFORE INSERT OR UPDATE OF product_level, channel, run_code
    ON corot.product_listing FOR EACH ROW EXECUTE FUNCTION corot.number_product();

CREATE OR REPLACE FUNCTION corot.copy_rights() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT l.open_from, l.corot_id, l.level_id, l.window_id
    INTO NEW.open_from, NEW.corot_id, NEW.level_id, NEW.window_id
    FROM corot.product_listing l WHERE l.product_id = NEW.product_id;
    RETURN NEW;
END
$$;

CREATE TRIGGER copied BEFORE INSERT ON corot.product_data
    FOR EACH ROW EXECUTE FUNCTION corot.copy_rights();

-- Whoever waits for a job is told of each change of its phase, and of its end.

CREATE OR REPLACE FUNCTION uws.tell_phase() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM pg_notify('uws', OLD.job_id || ' ' || CASE TG_OP WHEN 'DELETE' THEN '' ELSE NEW.phase END);
    RETURN NULL;
END
$$;

CREATE TRIGGER phase_changed AFTER UPDATE OF phase ON uws.jobs
    FOR EACH ROW WHEN (OLD.phase IS DISTINCT FROM NEW.phase) EXECUTE FUNCTION uws.tell_phase();

CREATE TRIGGER deleted AFTER DELETE ON uws.jobs
    FOR EACH ROW EXECUTE FUNCTION uws.tell_phase();

-- What is exported is made anew when what the public may see may have changed: one row a statement,
-- dated when it is committed. Whoever changes something need not have a right on that table.

CREATE OR REPLACE FUNCTION exports.note_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO exports.revisions DEFAULT VALUES;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION exports.note_commit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE exports.revisions SET changed = clock_timestamp() WHERE revision_id = NEW.revision_id;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER committed AFTER INSERT ON exports.revisions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION exports.note_commit();

CREATE TRIGGER noted AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON corot.product_listing
    FOR EACH STATEMENT EXECUTE FUNCTION exports.note_change();

CREATE TRIGGER noted AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON corot.product_data
    FOR EACH STATEMENT EXECUTE FUNCTION exports.note_change();

CREATE TRIGGER noted AFTER UPDATE ON auth.levels
    FOR EACH STATEMENT EXECUTE FUNCTION exports.note_change();

-- What policies look stars up in follows what is granted. It is stored as it is: taking it apart at
-- each query would cost more than its pages.

ALTER TABLE auth.granted_stars ALTER stars SET STORAGE EXTERNAL;

CREATE OR REPLACE FUNCTION auth.note_stars() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM auth.gather_stars(ARRAY(
        SELECT DISTINCT g.holder FROM auth.grants g
        WHERE g.grant_id IN (SELECT c.grant_id FROM changed c)
    ));
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION auth.note_grants() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM auth.gather_stars(ARRAY(SELECT DISTINCT c.holder FROM changed c WHERE c.star_count > 0));
    RETURN NULL;
END
$$;

CREATE TRIGGER noted AFTER INSERT ON auth.grant_stars REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION auth.note_stars();

CREATE TRIGGER noted_before AFTER UPDATE ON auth.grant_stars REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION auth.note_stars();

CREATE TRIGGER noted_after AFTER UPDATE ON auth.grant_stars REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION auth.note_stars();

CREATE TRIGGER noted_gone AFTER DELETE ON auth.grant_stars REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION auth.note_stars();

CREATE TRIGGER noted_before AFTER UPDATE ON auth.grants REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION auth.note_grants();

CREATE TRIGGER noted_after AFTER UPDATE ON auth.grants REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION auth.note_grants();

CREATE OR REPLACE FUNCTION auth.note_no_stars() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    TRUNCATE auth.granted_stars;
    RETURN NULL;
END
$$;

CREATE TRIGGER emptied AFTER TRUNCATE ON auth.grant_stars
    FOR EACH STATEMENT EXECUTE FUNCTION auth.note_no_stars();

-- An account's row tells its groups, and tokens and sessions tell the account's profile, which is all
-- of one row that a request asks for. Whatever is written there, it is what the members say and the
-- account. Who makes a token waits for who changes its account, and the other way round.

CREATE OR REPLACE FUNCTION auth.list_groups() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW.groups := ARRAY(
        SELECT m.group_name FROM auth.members m WHERE m.account = NEW.name ORDER BY m.group_name
    );
    RETURN NEW;
END
$$;

CREATE TRIGGER listed BEFORE INSERT OR UPDATE OF groups ON auth.accounts
    FOR EACH ROW EXECUTE FUNCTION auth.list_groups();

CREATE OR REPLACE FUNCTION auth.lock_account() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- As strongly as anything will be needed: to ask for more later may end in a deadlock.
    PERFORM FROM auth.accounts a WHERE a.name = NEW.account FOR UPDATE;
    RETURN NEW;
END
$$;

CREATE TRIGGER locked BEFORE INSERT ON auth.members
    FOR EACH ROW EXECUTE FUNCTION auth.lock_account();

CREATE OR REPLACE FUNCTION auth.note_members() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Waits for whoever changes the account; what they have committed is listed, too.
    UPDATE auth.accounts a SET groups = a.groups WHERE a.name IN (OLD.account, NEW.account);
    RETURN NULL;
END
$$;

CREATE TRIGGER noted AFTER INSERT OR UPDATE OR DELETE ON auth.members
    FOR EACH ROW EXECUTE FUNCTION auth.note_members();

CREATE OR REPLACE FUNCTION auth.note_no_members() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE auth.accounts a SET groups = a.groups;
    RETURN NULL;
END
$$;

CREATE TRIGGER emptied AFTER TRUNCATE ON auth.members
    FOR EACH STATEMENT EXECUTE FUNCTION auth.note_no_members();

CREATE OR REPLACE FUNCTION auth.copy_profile() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT a.profile INTO NEW.profile FROM auth.accounts a WHERE a.name = NEW.account FOR SHARE;
    RETURN NEW;
END
$$;

CREATE TRIGGER copied BEFORE INSERT OR UPDATE OF account, profile ON auth.tokens
    FOR EACH ROW EXECUTE FUNCTION auth.copy_profile();

CREATE TRIGGER copied BEFORE INSERT OR UPDATE OF account, profile ON auth.sessions
    FOR EACH ROW EXECUTE FUNCTION auth.copy_profile();

CREATE OR REPLACE FUNCTION auth.tell_profile() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE auth.tokens t SET profile = NEW.profile WHERE t.account = NEW.name;
    UPDATE auth.sessions s SET profile = NEW.profile WHERE s.account = NEW.name;
    RETURN NULL;
END
$$;

CREATE TRIGGER told AFTER UPDATE ON auth.accounts
    FOR EACH ROW WHEN (OLD.profile IS DISTINCT FROM NEW.profile)
    EXECUTE FUNCTION auth.tell_profile();
