"""Entry of the command line: ``vo-server``, or ``python -m vo_server``."""

from __future__ import annotations

import signal
import sys


def run() -> None:
    """Run a command; Ctrl-C while the program still loads ends it without a word."""
    handler = signal.getsignal(signal.SIGINT)
    if handler is signal.default_int_handler:
        # An exception in the middle of an import would come out as another one.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from vo_server.cli import main  # noqa: PLC0415 - takes a second to load

    signal.signal(signal.SIGINT, handler)
    try:
        main(prog_name="vo-server")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
