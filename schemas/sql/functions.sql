-- Who asks, and who answers: settings of the reader's transaction.

CREATE FUNCTION vo.principal() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(current_setting('vo.principal', true), '');

-- STABLE, never IMMUTABLE: a cached plan would carry one caller's setting to the next.

CREATE FUNCTION vo.base_url() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN current_setting('vo.base_url', true);

CREATE FUNCTION vo.publisher_did(key text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN 'ivo://' || current_setting('vo.authority', true) || '/lightcurves?' || key;

CREATE FUNCTION vo.product_url(key text, file_name text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN vo.base_url() || '/products/' || key || '/' || file_name;

CREATE FUNCTION vo.is_released(release_date timestamp) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN release_date <= (now() AT TIME ZONE 'UTC');

-- The two rights. The public is the empty principal; a name nobody has sees nothing.

CREATE FUNCTION corot.may_see(level text, release_date timestamp) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN vo.principal() = '' AND (level = 'N2' OR vo.is_released(release_date));

CREATE FUNCTION corot.may_get(level text, release_date timestamp) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN vo.principal() = '' AND vo.is_released(release_date);
