CREATE SCHEMA IF NOT EXISTS exports;

CREATE TABLE exports.revisions (
    revision_id BIGINT GENERATED ALWAYS AS IDENTITY,
    changed TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT revisions_pkey PRIMARY KEY (revision_id)
);

CREATE TABLE exports.editions (
    edition_id BIGINT GENERATED ALWAYS AS IDENTITY,
    made TIMESTAMP WITH TIME ZONE NOT NULL,
    revision BIGINT NOT NULL,
    valid_until TIMESTAMP WITH TIME ZONE,
    manifest TEXT NOT NULL,
    signature BYTEA NOT NULL,
    key_id TEXT NOT NULL,
    retired TIMESTAMP WITH TIME ZONE,
    CONSTRAINT editions_pkey PRIMARY KEY (edition_id)
);

CREATE TABLE exports.files (
    edition_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    changed TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT files_pkey PRIMARY KEY (edition_id, name),
    CONSTRAINT files_edition_id_fkey FOREIGN KEY(edition_id) REFERENCES exports.editions (edition_id) ON DELETE CASCADE
);

CREATE TABLE exports.known (
    key TEXT NOT NULL,
    released BOOLEAN NOT NULL,
    successor TEXT,
    CONSTRAINT known_pkey PRIMARY KEY (key)
);

CREATE TABLE exports.changes (
    change_id BIGINT GENERATED ALWAYS AS IDENTITY,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    successor TEXT,
    happened TIMESTAMP WITH TIME ZONE NOT NULL,
    noted TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT changes_pkey PRIMARY KEY (change_id),
    CONSTRAINT changes_kind_check CHECK (kind IN ('published', 'released', 'superseded', 'withdrawn')),
    CONSTRAINT changes_successor_check CHECK (kind <> 'superseded' OR successor IS NOT NULL)
);

CREATE TABLE exports.signing_keys (
    key_id TEXT NOT NULL,
    public_key BYTEA NOT NULL,
    private_key BYTEA,
    made TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    retired TIMESTAMP WITH TIME ZONE,
    CONSTRAINT signing_keys_pkey PRIMARY KEY (key_id)
);

CREATE INDEX changes_noted_idx ON exports.changes (noted);

CREATE UNIQUE INDEX editions_current_key ON exports.editions ((retired IS NULL)) WHERE retired IS NULL;

CREATE INDEX revisions_changed_idx ON exports.revisions (changed);

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

GRANT USAGE ON SCHEMA exports TO vo_app;

GRANT SELECT ON exports.revisions TO vo_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON exports.editions, exports.files, exports.known TO vo_app;

GRANT SELECT, INSERT ON exports.changes TO vo_app;

GRANT SELECT, INSERT, UPDATE ON exports.signing_keys TO vo_app;
