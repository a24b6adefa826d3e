-- The reader selects what is published and nothing else; the app has no right here.

GRANT USAGE ON SCHEMA corot, ivoa, tap_schema, vo TO vo_reader;

GRANT SELECT ON
    corot.runs, corot.stars, corot.product_listing, corot.product_data, corot.products,
    ivoa.obscore,
    tap_schema.schemas, tap_schema.tables, tap_schema.columns,
    tap_schema.keys, tap_schema.key_columns,
    vo.listed_files, vo.stored_files
TO vo_reader;
