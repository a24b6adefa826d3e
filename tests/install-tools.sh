#!/bin/sh
# Install the Debian packages that some tests drive: STILTS (tapquery, votlint, taplint),
# PostgreSQL with pgSphere, Chromium, and npm (for a provider of OpenID Connect).
set -eu
missing=
command -v stilts >/dev/null || missing="stilts default-jre-headless"
[ -e /usr/share/postgresql/15/extension/pg_sphere.control ] ||
    missing="$missing postgresql-15 postgresql-15-pgsphere"
command -v chromium >/dev/null || missing="$missing chromium"
command -v npm >/dev/null || missing="$missing nodejs npm"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086 # several packages
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "$missing: not installed, and this is not root on Debian: their tests will skip" >&2
fi
