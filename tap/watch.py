"""Watches the queries of this process: clients that went away, clocks that ran out.

While a query is silent nobody reads from its client's connection, so that a
hang-up would show only when there is something to send. One thread looks at
all of them a few times a second.
"""

from __future__ import annotations

import logging
import os
import select
import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from tap.errors import ClientGoneError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap.control import Control

_LOG = logging.getLogger(__name__)

INTERVAL = 0.2
"""Seconds between two looks."""

_GONE = select.POLLRDHUP | select.POLLHUP | select.POLLERR | select.POLLNVAL


class Watcher:
    """One thread for all queries, which sleeps while there are none."""

    def __init__(self) -> None:
        self._controls: set[Control] = set()
        self._changed = threading.Condition()
        self._process = 0

    @contextmanager
    def watching(self, control: Control) -> Iterator[None]:
        """Watch a query for as long as the block runs."""
        self.add(control)
        try:
            yield
        finally:
            self.remove(control)

    def add(self, control: Control) -> None:
        """Begin to watch a query."""
        with self._changed:
            if self._process != os.getpid():
                # The first query of this process; a thread does not survive a fork.
                self._process = os.getpid()
                self._controls = set()
                threading.Thread(target=self._run, name="query watcher", daemon=True).start()
            self._controls.add(control)
            if len(self._controls) == 1:
                self._changed.notify()

    def remove(self, control: Control) -> None:
        """Watch it no longer; afterwards its connection may be closed."""
        with self._changed:
            self._controls.discard(control)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._controls)
                found = list(self._verdicts())
            for control, reason in found:
                # Cancelling talks to the database, which may be slow to answer.
                threading.Thread(target=_end, args=(control, reason), daemon=True).start()
            time.sleep(INTERVAL)

    def _verdicts(self) -> Iterator[tuple[Control, Exception]]:
        now = time.monotonic()
        gone = _gone([c.client for c in self._controls if c.client is not None])
        for control in self._controls:
            if control.reason is not None:
                continue
            if control.client is not None and control.client.fileno() in gone:
                yield control, ClientGoneError("The client closed its connection.")
            elif reason := control.verdict(now):
                yield control, reason


def _gone(clients: list[socket.socket]) -> set[int]:
    """Find the connections whose other end is closed."""
    poll = select.poll()
    for client in clients:
        if client.fileno() >= 0:
            poll.register(client, select.POLLRDHUP)
    return {descriptor for descriptor, event in poll.poll(0) if event & _GONE}


def _end(control: Control, reason: Exception) -> None:
    _LOG.info("ending a query: %s", reason)
    control.stop(reason)
    if isinstance(reason, ClientGoneError) and control.client is not None:
        # Wakes the thread that may still be sending.
        with suppress(OSError):
            control.client.shutdown(socket.SHUT_RDWR)
