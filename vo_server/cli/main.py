"""The group of commands."""

from __future__ import annotations

import click

from vo_server.cli.accounts import group, user
from vo_server.cli.db import db
from vo_server.cli.demo import demo
from vo_server.cli.errors import OneLineGroup
from vo_server.cli.exports import exports
from vo_server.cli.grants import grant, level, list_grants, revoke
from vo_server.cli.ingest import ingest
from vo_server.cli.publish import publish, published, unpublish
from vo_server.cli.queries import queries
from vo_server.cli.registry import registry
from vo_server.cli.serve import serve
from vo_server.cli.simulate import simulate
from vo_server.cli.withdraw import withdraw
from vo_server.cli.worker import worker


@click.group(cls=OneLineGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="corot-vo-server")
def main() -> None:
    r"""Serve the CoRoT light curves to the Virtual Observatory.

    Settings come from environment variables named VO_…; docs/configuration.md
    lists them. Without VO_DATABASE_URL the server brings its own PostgreSQL.

    \b
    To look around:    vo-server demo
    On a new database: vo-server db bootstrap | psql …; vo-server db upgrade
    Day to day:        vo-server ingest DELIVERY; vo-server serve; vo-server worker
    """


for command in (
    *(demo, serve, worker, ingest, withdraw, publish, unpublish, published, simulate, db, queries),
    *(registry, exports),
    *(user, group, grant, revoke, list_grants, level),
):
    main.add_command(command)
