-- Row-level security. The owner migrates and ingests and is not bound by it.

ALTER TABLE corot.product_listing ENABLE ROW LEVEL SECURITY;
ALTER TABLE corot.product_data ENABLE ROW LEVEL SECURITY;
ALTER TABLE corot.stars ENABLE ROW LEVEL SECURITY;

CREATE POLICY see ON corot.product_listing FOR SELECT TO vo_reader
USING (corot.may_see(product_level, release_date));

CREATE POLICY get ON corot.product_data FOR SELECT TO vo_reader
USING (corot.may_get(product_level, release_date));

-- A star is known as soon as one of its products is; the subquery obeys the policy above.
CREATE POLICY see ON corot.stars FOR SELECT TO vo_reader
USING (EXISTS (SELECT FROM corot.product_listing l WHERE l.corot_id = stars.corot_id));
