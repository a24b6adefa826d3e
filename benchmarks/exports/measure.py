"""Editions made by a process of its own, and COPY of the rows that are in them."""

from __future__ import annotations

import multiprocessing
import os
import statistics
import time
from typing import TYPE_CHECKING, Any

from benchmarks.nowhere import Nowhere
from benchmarks.tap.memory import PeakMemory
from schemas.engine import APP, READER
from schemas.session import ReaderDatabase
from vo_server.database import engine_of
from vo_server.exports.edition_store import EditionStore
from vo_server.exports.forms import FORMS
from vo_server.exports_wiring import export_maker

if TYPE_CHECKING:
    from vo_server.config import Settings


def measure(settings: Settings, rounds: int) -> dict[str, Any]:
    """Time COPY and editions in turn.

    Returns
    -------
    dict
        Seconds: ``copy`` of the rows of all files, the ``first`` edition, which notes every product
        as a change, and ``again``, one of the same content; ``grown``, by how many bytes the
        process that made them all grew; ``bytes`` of the files.
    """
    copies = [copy_seconds(settings)]
    # A fresh process, whose memory has nothing else in it.
    with multiprocessing.get_context("spawn").Pool(1) as process:
        found: dict[str, Any] = process.apply(_make_editions, (settings, rounds))
    copies += [copy_seconds(settings) for _ in range(rounds)]
    with engine_of(settings, APP) as app:
        edition = EditionStore(app).current()
    if edition is None:
        raise RuntimeError("no edition was made")
    return {
        **found,
        "copy": statistics.median(copies),
        "bytes": sum(file.size for file in edition.files),
    }


def copy_seconds(settings: Settings) -> float:
    """Time COPY of the rows of each file as the public sees them, one after the other."""
    with engine_of(settings, READER) as reader:
        database = ReaderDatabase(reader, settings.identity, settings.sync_timeout)
        with database.transaction() as connection:
            cursor = connection.connection.cursor()
            started = time.perf_counter()
            for form in FORMS:
                cursor.copy_expert(f"COPY ({form.sql}) TO STDOUT (FORMAT binary)", Nowhere())
            return time.perf_counter() - started


def _make_editions(settings: Settings, rounds: int) -> dict[str, float]:
    """Make the first edition and more of the same, in this process."""
    times = []
    with engine_of(settings, APP) as app, PeakMemory(os.getpid()) as memory:
        maker = export_maker(settings, app)
        for _ in range(1 + rounds):
            started = time.perf_counter()
            maker.make()
            times.append(time.perf_counter() - started)
    return {"first": times[0], "again": statistics.median(times[1:]), "grown": memory.grown}
