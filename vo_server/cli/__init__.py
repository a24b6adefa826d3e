"""The command line ``vo-server``."""

from vo_server.cli.main import main

__all__ = ["main"]
