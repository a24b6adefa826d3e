"""Memory of a server's processes while it answers."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from typing import Self

_INTERVAL = 0.05


class PeakMemory:
    """Samples the resident memory of a process and its children; ``grown`` in bytes."""

    def __init__(self, process: int) -> None:
        parent = psutil.Process(process)
        self._processes = [parent, *parent.children(recursive=True)]
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample)
        self.grown = 0

    def __enter__(self) -> Self:
        self._before = self._resident()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _resident(self) -> int:
        total = 0
        for process in self._processes:
            with suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
        return total

    def _sample(self) -> None:
        while not self._done.wait(_INTERVAL):
            self.grown = max(self.grown, self._resident() - self._before)
