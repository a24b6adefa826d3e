-- An account's row tells its groups, and each token and session its account's profile, so that what a
-- request with one of them asks is one row.

-- In the order in which logging in locks them.

LOCK TABLE auth.sessions, auth.tokens, auth.members, auth.accounts IN ACCESS EXCLUSIVE MODE;

ALTER TABLE auth.accounts ADD COLUMN groups TEXT[] DEFAULT '{}' NOT NULL;

UPDATE auth.accounts a SET groups = ARRAY(
    SELECT m.group_name FROM auth.members m WHERE m.account = a.name ORDER BY m.group_name
);

ALTER TABLE auth.accounts
    ADD COLUMN profile TEXT[] GENERATED ALWAYS AS (ARRAY[CASE WHEN disabled_at IS NULL THEN 'enabled' ELSE 'disabled' END, full_name, email] || groups) STORED NOT NULL;

ALTER TABLE auth.tokens ADD COLUMN profile TEXT[];

ALTER TABLE auth.sessions ADD COLUMN profile TEXT[];

UPDATE auth.tokens t SET profile = a.profile FROM auth.accounts a WHERE a.name = t.account;

UPDATE auth.sessions s SET profile = a.profile FROM auth.accounts a WHERE a.name = s.account;

ALTER TABLE auth.tokens ALTER profile SET NOT NULL;

ALTER TABLE auth.sessions ALTER profile SET NOT NULL;

CREATE OR REPLACE FUNCTION auth.list_groups() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW.groups := ARRAY(
        SELECT m.group_name FROM auth.members m WHERE m.account = NEW.name ORDER BY m.group_name
    );
    RETURN NEW;
END
$$;

CREATE TRIGGER listed BEFORE INSERT OR UPDATE OF groups ON auth.accounts
    FOR EACH ROW EXECUTE FUNCTION auth.list_groups();

CREATE OR REPLACE FUNCTION auth.lock_account() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- As strongly as anything will be needed: to ask for more later may end in a deadlock.
    PERFORM FROM auth.accounts a WHERE a.name = NEW.account FOR UPDATE;
    RETURN NEW;
END
$$;

CREATE TRIGGER locked BEFORE INSERT ON auth.members
    FOR EACH ROW EXECUTE FUNCTION auth.lock_account();

CREATE OR REPLACE FUNCTION auth.note_members() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Waits for whoever changes the account; what they have committed is listed, too.
    UPDATE auth.accounts a SET groups = a.groups WHERE a.name IN (OLD.account, NEW.account);
    RETURN NULL;
END
$$;

CREATE TRIGGER noted AFTER INSERT OR UPDATE OR DELETE ON auth.members
    FOR EACH ROW EXECUTE FUNCTION auth.note_members();

CREATE OR REPLACE FUNCTION auth.copy_profile() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT a.profile INTO NEW.profile FROM auth.accounts a WHERE a.name = NEW.account FOR SHARE;
    RETURN NEW;
END
$$;

CREATE TRIGGER copied BEFORE INSERT OR UPDATE OF account, profile ON auth.tokens
    FOR EACH ROW EXECUTE FUNCTION auth.copy_profile();

CREATE TRIGGER copied BEFORE INSERT OR UPDATE OF account, profile ON auth.sessions
    FOR EACH ROW EXECUTE FUNCTION auth.copy_profile();

CREATE OR REPLACE FUNCTION auth.tell_profile() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE auth.tokens t SET profile = NEW.profile WHERE t.account = NEW.name;
    UPDATE auth.sessions s SET profile = NEW.profile WHERE s.account = NEW.name;
    RETURN NULL;
END
$$;

CREATE TRIGGER told AFTER UPDATE ON auth.accounts
    FOR EACH ROW WHEN (OLD.profile IS DISTINCT FROM NEW.profile)
    EXECUTE FUNCTION auth.tell_profile();

CREATE OR REPLACE FUNCTION auth.holders_of(principal text) RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    IF principal = '' THEN
        RETURN '{group:public}';
    END IF;
    RETURN coalesce((
        SELECT ARRAY['group:public', 'group:registered', 'account:' || a.name]
            || ARRAY(SELECT 'group:' || g FROM pg_catalog.unnest(a.groups) AS g)
        FROM auth.accounts a WHERE a.name = principal AND a.disabled_at IS NULL
    ), '{}');
END
$$;
