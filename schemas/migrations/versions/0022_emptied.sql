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
