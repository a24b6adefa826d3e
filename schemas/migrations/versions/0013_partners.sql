-- Partners' databases see what the public sees.

ALTER POLICY see ON corot.product_listing TO vo_reader, vo_partner;
ALTER POLICY get ON corot.product_data TO vo_reader, vo_partner;

GRANT USAGE ON SCHEMA corot, ivoa, vo TO vo_partner;

GRANT SELECT ON
    corot.runs, corot.stars, corot.product_listing, corot.product_data, corot.products,
    ivoa.obscore
TO vo_partner;
