"""Engines: one per login role, each with that role's password and nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import create_engine, make_url

if TYPE_CHECKING:
    from sqlalchemy import Engine

OWNER = "vo_owner"
"""Migrates and ingests; at the command line only."""
APP = "vo_app"
"""Jobs, accounts and queue; no right on published rows."""
READER = "vo_reader"
"""Runs every query a user causes."""

ROLES = (OWNER, APP, READER)

PARTNER = "vo_partner"
"""Nobody's login; those of partners' databases are members. Sees what the public sees."""


def role_engine(url: str, role: str, password: str | None, *, pool_size: int = 5) -> Engine:
    """Make the engine of a login role.

    Parameters
    ----------
    url
        Database URL without user and password.
    role
        One of :data:`ROLES`, or the superuser when bootstrapping.
    password
        Its password; None where the server asks for none.
    pool_size
        Connections kept open.
    """
    full = make_url(url).set(drivername="postgresql+psycopg2", username=role, password=password)
    return create_engine(
        full,
        pool_size=pool_size,
        # A server restart must not cost the next caller an error.
        pool_pre_ping=True,
        # Those of the app are hashes of passwords and addresses of people: none of it for the log.
        hide_parameters=role == APP,
        connect_args={"application_name": f"corot-vo-server ({role})", "connect_timeout": 10},
    )


def role_uri(url: str, role: str, password: str | None) -> str:
    """Give the URI of a login role as PostgreSQL's own library reads it.

    Parameters are those of :func:`role_engine`.
    """
    full = make_url(url).set(drivername="postgresql", username=role, password=password)
    full = full.update_query_dict({"connect_timeout": "10"})
    return full.render_as_string(hide_password=False)
