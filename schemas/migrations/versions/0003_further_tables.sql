CREATE TABLE vo.further_tables (
    physical TEXT NOT NULL,
    table_name TEXT NOT NULL,
    declaration TEXT NOT NULL,
    facts TEXT[] NOT NULL,
    source TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    published_at TIMESTAMP WITHOUT TIME ZONE DEFAULT timezone('UTC', clock_timestamp()) NOT NULL,
    retired_at TIMESTAMP WITHOUT TIME ZONE,
    CONSTRAINT further_tables_pkey PRIMARY KEY (physical)
);

CREATE UNIQUE INDEX further_tables_table_name_idx ON vo.further_tables (table_name)
WHERE retired_at IS NULL;

GRANT SELECT ON vo.further_tables TO vo_reader;
