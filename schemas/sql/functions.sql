-- Bodies are strings, whose text `db check` can compare whatever the version of PostgreSQL.

-- Who asks, and who answers: settings of the reader's transaction.

-- Only the server itself is believed: whoever else has logged in, a partner say, is the public.
CREATE OR REPLACE FUNCTION vo.principal() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN session_user = 'vo_reader'
        THEN coalesce(current_setting('vo.principal', true), '') ELSE '' END
$$;

-- STABLE, never IMMUTABLE: a cached plan would carry one caller's setting to the next.

CREATE OR REPLACE FUNCTION vo.base_url() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT current_setting('vo.base_url', true) $$;

-- The one form of a publisher DID (IVOA Identifiers 2.0, section 4.1): its key is
-- <star id>/<run>/<product type>/<version>.

CREATE OR REPLACE FUNCTION vo.publisher_did(key text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT 'ivo://' || current_setting('vo.authority', true) || '/lightcurves?' || key $$;

CREATE OR REPLACE FUNCTION vo.product_url(key text, file_name text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT vo.base_url() || '/products/' || key || '/' || file_name $$;

CREATE OR REPLACE FUNCTION vo.is_released(release_date timestamp) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT release_date <= (now() AT TIME ZONE 'UTC') $$;
