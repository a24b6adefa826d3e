CREATE SCHEMA IF NOT EXISTS registry;

CREATE TABLE registry.records (
    record_id BIGINT GENERATED ALWAYS AS IDENTITY,
    identifier TEXT NOT NULL,
    landing TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    document TEXT NOT NULL,
    digest TEXT NOT NULL,
    created TIMESTAMP WITH TIME ZONE NOT NULL,
    datestamp TIMESTAMP WITH TIME ZONE NOT NULL,
    deleted BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT records_pkey PRIMARY KEY (record_id)
);

CREATE UNIQUE INDEX records_identifier_key ON registry.records (lower(identifier));

CREATE INDEX records_landing_idx ON registry.records (landing);

GRANT USAGE ON SCHEMA registry TO vo_app;

GRANT SELECT, INSERT, UPDATE ON registry.records TO vo_app;
