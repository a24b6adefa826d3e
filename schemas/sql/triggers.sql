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
