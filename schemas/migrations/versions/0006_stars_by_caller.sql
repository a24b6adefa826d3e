ALTER TABLE corot.product_listing DROP CONSTRAINT product_listing_corot_id_fkey;

DROP TABLE corot.stars;

CREATE OR REPLACE VIEW corot.stars WITH (security_invoker = true) AS
SELECT
    l.corot_id AS corot_id,
    l.star_name AS star_name,
    l.ra AS ra,
    l.dec AS dec,
    l.mag_b AS mag_b,
    l.mag_v AS mag_v,
    l.mag_r AS mag_r,
    l.mag_i AS mag_i,
    l.b_v AS b_v,
    l.spectral_type AS spectral_type,
    l.luminosity_class AS luminosity_class,
    l.teff AS teff,
    l.pos
FROM corot.product_listing l
WHERE NOT EXISTS (SELECT FROM corot.product_listing o WHERE o.corot_id = l.corot_id AND (NOT o.withdrawn, o.product_level = 'N2', o.version_order, o.start_utc, o.product_id) > (NOT l.withdrawn, l.product_level = 'N2', l.version_order, l.start_utc, l.product_id));

GRANT SELECT ON corot.stars TO vo_reader;
