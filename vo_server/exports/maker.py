"""Makes editions: whenever what the public gets may have changed, whole or not at all."""

from __future__ import annotations

import hashlib
import logging
import uuid
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from schemas.session import PUBLIC
from tap.arrow.batches import Limited
from tap.arrow.types import arrow_schema, conform
from tap.votable import Info, TableResult
from vo_server.exports.change_log import STATE_SQL, Seen
from vo_server.exports.change_store import note_changes
from vo_server.exports.edition import ExportFile, manifest
from vo_server.exports.edition_store import (
    NewEdition,
    confirm_edition,
    current_edition,
    folders_in_use,
    forget_edition,
    moment,
    old_editions,
    replace_edition,
    state,
)
from vo_server.exports.forms import FORMS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import pyarrow as pa
    from sqlalchemy import Connection

    from schemas.arrow_connection import ArrowConnection
    from schemas.arrow_session import ArrowDatabase
    from schemas.identity import Identity
    from tap.storage import FileStorage
    from vo_server.exports.edition import Edition
    from vo_server.exports.edition_store import EditionStore, State
    from vo_server.exports.forms import Form
    from vo_server.exports.key_ring import KeyRing

_LOG = logging.getLogger(__name__)

LONGEST: Final = timedelta(hours=2)
"""What the writing of one file may take."""


class Outcome(StrEnum):
    """What came of looking for something to make."""

    CURRENT = "current"
    """There was nothing to do."""
    BUSY = "busy"
    """Somebody else is making an edition."""
    SAME = "same"
    """What has changed is not in the files."""
    MADE = "made"


@dataclass(frozen=True, slots=True)
class About:
    """What the files say of where they are from."""

    identity: Identity
    publisher: str
    citation: str


class ExportMaker:
    """Makes editions.

    Parameters
    ----------
    store
        Says which edition is given out.
    storage
        Keeps the files.
    reader
        Gives the rows, as the public sees them.
    keys
        Sign the manifest.
    about
        What the files say of the server.
    """

    def __init__(
        self,
        store: EditionStore,
        storage: FileStorage,
        reader: ArrowDatabase,
        keys: KeyRing,
        about: About,
    ) -> None:
        self._store = store
        self._storage = storage
        self._reader = reader
        self._keys = keys
        self._about = about

    def refresh(self) -> Outcome:
        """Make an edition if there is something newer than the last one."""
        if _is_newest(self._store.current()):
            return Outcome.CURRENT
        return self._make(wait=False)

    def make(self) -> Outcome:
        """Make an edition, after any that somebody else is making."""
        return self._make(wait=True, anew=True)

    def renew_key(self) -> str:
        """Sign with another key from now on; its name is given."""
        with self._store.alone(wait=True) as connection:
            assert connection is not None  # noqa: S101 # it waited
            with connection.begin():
                key_id = self._keys.renew(connection).key_id
        self.make()
        return key_id

    def _make(self, *, wait: bool, anew: bool = False) -> Outcome:
        with self._store.alone(wait=wait) as connection:
            if connection is None:
                return Outcome.BUSY
            with connection.begin():
                former = current_edition(connection)
                # First: what is committed after this is asked makes the edition an old one.
                found = state(connection)
            if not anew and _is_newest(former):
                return Outcome.CURRENT
            self._clean(connection)
            folder = uuid.uuid4().hex
            try:
                outcome = self._made(connection, former, found, folder, anew=anew)
            except BaseException:
                self._storage.remove_folder(folder)
                raise
            if outcome is Outcome.SAME:
                self._storage.remove_folder(folder)
        return outcome

    def _made(
        self,
        connection: Connection,
        former: Edition | None,
        found: State,
        folder: str,
        *,
        anew: bool,
    ) -> Outcome:
        """Write the files of one moment, and give them out."""
        with self._reader.transaction(PUBLIC, timeout=LONGEST) as snapshot:
            with connection.begin():
                made = moment(connection)
            files = [self._written(snapshot, form, folder, former, made) for form in FORMS]
            with connection.begin():
                changed = note_changes(connection, _seen(snapshot))
                key = self._keys.current(connection)
                same = former is not None and (
                    (former.digests, former.key_id)
                    == ({one.name: one.sha256 for one in files}, key.key_id)
                )
                if former is not None and same and not anew:
                    confirm_edition(connection, former, found)
                    return Outcome.SAME
                content = manifest(self._about.identity, made, key.key_id, files)
                signature = key.sign(content)
                replace_edition(
                    connection, NewEdition(made, found, content, signature, key.key_id, files)
                )
        _LOG.info("an edition of the exports was made, after %d changes", changed)
        return Outcome.MADE

    def _written(
        self,
        snapshot: ArrowConnection,
        form: Form,
        folder: str,
        former: Edition | None,
        made: datetime,
    ) -> ExportFile:
        key = f"{folder}/{form.name}"
        digest = hashlib.sha256()
        size = 0
        with self._storage.writing(key) as stream:
            for part in form.write(self._table(snapshot, form)):
                stream.write(part)
                digest.update(part)
                size += len(part)
        sha256 = digest.hexdigest()
        last = former.file(form.name) if former else None
        changed = last.changed if last and last.sha256 == sha256 else made
        return ExportFile(form.name, key, form.media_type, size, sha256, changed)

    def _table(self, snapshot: ArrowConnection, form: Form) -> TableResult:
        schema = arrow_schema(form.columns)
        batches = (conform(batch, schema) for batch in snapshot.query(form.sql))
        about = self._about
        return TableResult(
            columns=form.columns,
            rows=Limited(batches),
            infos=(
                Info("publisher", about.publisher),
                Info("server", about.identity.url("exports")),
                Info("citation", about.citation, ucd="meta.bib"),
            ),
            positions=form.positions,
            description=form.description,
        )

    def _clean(self, connection: Connection) -> None:
        """Remove what nobody reads any more, and what was left behind half-way."""
        with connection.begin():
            old = old_editions(connection)
        for number, folder in old.items():
            # The files first: what is left when this fails, the row still tells of.
            self._storage.remove_folder(folder)
            with connection.begin():
                forget_edition(connection, number)
        with connection.begin():
            used = folders_in_use(connection)
        for folder in self._storage.folders() - used:
            self._storage.remove_folder(folder)


def _is_newest(edition: Edition | None) -> bool:
    return edition is not None and edition.stale is None


def _seen(snapshot: ArrowConnection) -> Iterator[Seen]:
    batch: pa.RecordBatch
    for batch in snapshot.query(STATE_SQL):
        for row in batch.to_pylist():
            yield Seen(**row)
