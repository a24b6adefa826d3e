"""A stop may come at any moment, and ends the children all the same."""

from __future__ import annotations

import os
import signal
import subprocess
import threading

import pytest

from vo_server.signals import Stopped, stoppable
from vo_server.supervisor import serve_until_stopped


class Untimely:
    """A lock; just when it is taken first, this process is asked to stop."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._asked = False

    def acquire(self, blocking: bool = True) -> bool:  # noqa: FBT001, FBT002 # a lock's signature
        taken = self.lock.acquire(blocking)
        if not self._asked:
            self._asked = True
            os.kill(os.getpid(), signal.SIGTERM)
        return taken

    def release(self) -> None:
        self.lock.release()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


def test_a_stop_while_a_child_is_looked_at_leaves_its_lock_free() -> None:
    untimely = Untimely()
    with subprocess.Popen(["sleep", "600"]) as child:
        child._waitpid_lock = untimely  # type: ignore[attr-defined] # noqa: SLF001 # CPython's own
        try:
            with stoppable(), pytest.raises(Stopped):
                serve_until_stopped(child)
            assert not untimely.lock.locked()
        finally:
            if untimely.lock.locked():
                untimely.release()
            child.terminate()
