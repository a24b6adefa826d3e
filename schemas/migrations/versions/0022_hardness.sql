-- Old failures are deleted by their age, and a token that another one made ends with that.

CREATE INDEX attempts_last_at_idx ON auth.attempts (last_at);

ALTER TABLE auth.tokens ADD COLUMN made_by TEXT;

ALTER TABLE auth.tokens ADD CONSTRAINT tokens_made_by_fkey FOREIGN KEY(made_by) REFERENCES auth.tokens (token_id);

-- Who empties a table of groups' members or of granted stars takes these rights away, too.

CREATE OR REPLACE FUNCTION auth.note_no_stars() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    TRUNCATE auth.granted_stars;
    RETURN NULL;
END
$$;

CREATE TRIGGER emptied AFTER TRUNCATE ON auth.grant_stars
    FOR EACH STATEMENT EXECUTE FUNCTION auth.note_no_stars();

CREATE OR REPLACE FUNCTION auth.note_no_members() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE auth.accounts a SET groups = a.groups;
    RETURN NULL;
END
$$;

CREATE TRIGGER emptied AFTER TRUNCATE ON auth.members
    FOR EACH STATEMENT EXECUTE FUNCTION auth.note_no_members();
