-- The reader selects what is published and nothing else; the app has no right on it.

GRANT USAGE ON SCHEMA corot, ingest, ivoa, tap_schema, vo TO vo_reader;

GRANT SELECT ON
    corot.runs, corot.stars, corot.product_listing, corot.product_data, corot.products,
    ivoa.obscore,
    tap_schema.schemas, tap_schema.tables, tap_schema.columns,
    tap_schema.keys, tap_schema.key_columns,
    vo.listed_files, vo.stored_files, vo.further_tables,
    ingest.deliveries, ingest.delivered_files
TO vo_reader;

-- Partners' databases (`vo-server db partner`) select what is published of the archive.

GRANT USAGE ON SCHEMA corot, ivoa, vo TO vo_partner;

GRANT SELECT ON
    corot.runs, corot.stars, corot.product_listing, corot.product_data, corot.products,
    ivoa.obscore
TO vo_partner;

-- The app looks after accounts and all that belongs to them. Nothing is ever deleted from the
-- audit trail, and no account.

GRANT USAGE ON SCHEMA auth TO vo_app;

GRANT SELECT, INSERT, UPDATE ON
    auth.accounts, auth.groups, auth.members, auth.levels, auth.grants, auth.grant_stars,
    auth.identities, auth.tokens, auth.sessions, auth.links, auth.attempts,
    auth.downloads
TO vo_app;

GRANT DELETE ON
    auth.members, auth.identities, auth.sessions, auth.links, auth.attempts, auth.downloads
TO vo_app;

GRANT SELECT, INSERT ON auth.audit TO vo_app;

-- It keeps jobs and their queue.

GRANT USAGE ON SCHEMA uws, queue TO vo_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON uws.jobs, uws.results TO vo_app;

-- It keeps the records of the registry. None is ever deleted: harvesters are told what is gone.

GRANT USAGE ON SCHEMA registry TO vo_app;

GRANT SELECT, INSERT, UPDATE ON registry.records TO vo_app;

-- It keeps what is exported. No change that was told is ever forgotten, nor any key.

GRANT USAGE ON SCHEMA exports TO vo_app;

GRANT SELECT ON exports.revisions TO vo_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON exports.editions, exports.files, exports.known TO vo_app;

GRANT SELECT, INSERT ON exports.changes TO vo_app;

GRANT SELECT, INSERT, UPDATE ON exports.signing_keys TO vo_app;
