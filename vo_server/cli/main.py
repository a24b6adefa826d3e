"""The group of commands."""

from __future__ import annotations

import click

from vo_server.cli.db import db
from vo_server.cli.demo import demo
from vo_server.cli.errors import OneLineGroup
from vo_server.cli.ingest import ingest
from vo_server.cli.queries import queries
from vo_server.cli.serve import serve
from vo_server.cli.simulate import simulate


@click.group(cls=OneLineGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="corot-vo-server")
def main() -> None:
    r"""Serve the CoRoT light curves to the Virtual Observatory.

    Settings come from environment variables named VO_…; docs/configuration.md
    lists them. Without VO_DATABASE_URL the server brings its own PostgreSQL.

    \b
    To look around:    vo-server demo
    On a new database: vo-server db bootstrap | psql …; vo-server db upgrade
    Day to day:        vo-server ingest DELIVERY; vo-server serve
    """


for command in (demo, serve, ingest, simulate, db, queries):
    main.add_command(command)
