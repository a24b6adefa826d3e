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
