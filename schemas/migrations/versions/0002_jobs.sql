CREATE SCHEMA IF NOT EXISTS uws;

CREATE SCHEMA IF NOT EXISTS queue;

CREATE TABLE uws.jobs (
    job_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    run_id TEXT,
    phase TEXT NOT NULL,
    queue TEXT NOT NULL,
    parameters JSONB NOT NULL,
    files JSONB NOT NULL,
    duration INTEGER NOT NULL,
    destruction TIMESTAMP WITH TIME ZONE NOT NULL,
    created TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    queued TIMESTAMP WITH TIME ZONE,
    started TIMESTAMP WITH TIME ZONE,
    ended TIMESTAMP WITH TIME ZONE,
    attempt INTEGER DEFAULT '0' NOT NULL,
    ticket BIGINT,
    error TEXT,
    transient BOOLEAN,
    CONSTRAINT jobs_pkey PRIMARY KEY (job_id),
    CONSTRAINT jobs_phase_check CHECK (phase IN ('PENDING', 'QUEUED', 'EXECUTING', 'COMPLETED', 'ERROR', 'ABORTED')),
    CONSTRAINT jobs_queue_check CHECK (queue IN ('short', 'long')),
    CONSTRAINT jobs_error_check CHECK ((phase = 'ERROR') = (error IS NOT NULL)),
    CONSTRAINT jobs_ticket_check CHECK (phase NOT IN ('QUEUED', 'EXECUTING') OR ticket IS NOT NULL)
);

CREATE TABLE uws.results (
    job_id TEXT NOT NULL,
    result_id TEXT NOT NULL,
    key TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    made TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT results_pkey PRIMARY KEY (job_id, result_id),
    CONSTRAINT results_job_id_fkey FOREIGN KEY(job_id) REFERENCES uws.jobs (job_id) ON DELETE CASCADE
);

CREATE INDEX jobs_destruction_idx ON uws.jobs (destruction);

CREATE INDEX jobs_owner_created_idx ON uws.jobs (owner, created) WHERE owner != '';

CREATE INDEX jobs_unfinished_idx ON uws.jobs (owner, queue) WHERE phase IN ('QUEUED', 'EXECUTING');

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

-- The app keeps jobs and their queue, and has no right on published rows.

GRANT USAGE ON SCHEMA uws, queue TO vo_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON uws.jobs, uws.results TO vo_app;
