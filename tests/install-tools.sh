#!/bin/sh
# Install the Debian packages that some tests drive: STILTS (tapquery, votlint, taplint).
set -eu
command -v stilts >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends stilts default-jre-headless >/dev/null
else
    echo "stilts is not installed and this is not root on Debian: its tests will skip" >&2
fi
