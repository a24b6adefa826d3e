"""Entry of the command line: ``vo-server``, or ``python -m vo_server``."""

from __future__ import annotations

import sys


def run() -> None:
    """Run a command; Ctrl-C while the program still loads ends it without a word."""
    try:
        from vo_server.cli import main  # noqa: PLC0415 - takes a second to load

        main(prog_name="vo-server")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
