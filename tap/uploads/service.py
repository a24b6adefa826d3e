"""The rules of uploads: from what a request names to tables a query can read."""

from __future__ import annotations

import io
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

from tap.errors import UsageError
from tap.parameters import shown
from tap.readers import ReadError, open_table
from tap.uploads.content import unpacked_file
from tap.uploads.model import UploadLimits
from tap.uploads.references import references
from tap.uploads.tables import uploaded_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import IO

    from tap.parameters import Parameters
    from tap.uploads.fetching import Fetcher
    from tap.uploads.model import InlineFile, UploadedTable
    from tap.uploads.references import Reference


class UploadService:
    """Reads the tables a request brings along.

    Parameters
    ----------
    fetcher
        Fetches those that are elsewhere; absent: they are refused.
    """

    def __init__(self, fetcher: Fetcher | None = None) -> None:
        self._fetcher = fetcher

    def read(
        self,
        parameters: Parameters,
        files: Mapping[str, InlineFile],
        limits: UploadLimits | None = None,
    ) -> tuple[UploadedTable, ...]:
        """Find, fetch, check and read all tables that UPLOAD names.

        Parameters
        ----------
        parameters
            Those of the request.
        files
            Its parts that are files, by name.
        limits
            How large the tables may be, for this caller.

        Raises
        ------
        UsageError, TooLargeError
            If one of them cannot be had, is malformed or too large; the text
            names the table and the place in it.
        """
        limits = limits or UploadLimits()
        left = limits.size
        made = []
        for number, reference in enumerate(references(parameters)):
            with ExitStack() as stack:
                found = self._content(reference, parameters, files, left, stack)
                file = unpacked_file(reference.name, found, left, stack)
                left -= file.seek(0, os.SEEK_END)
                made.append(_table(number, reference.name, file, limits))
        return tuple(made)

    def _content(
        self,
        reference: Reference,
        parameters: Parameters,
        files: Mapping[str, InlineFile],
        left: int,
        stack: ExitStack,
    ) -> IO[bytes]:
        part = reference.part
        if part is None:
            if self._fetcher is None:
                raise UsageError(f"The table {reference.name} cannot be fetched from a URL.")
            return self._fetcher.fetch(reference.name, reference.uri, left, stack)
        if part in files:
            return files[part].content
        # A part without file name is a parameter to the framework.
        value = parameters.single(part) if part else None
        if value is None:
            raise UsageError(
                f"The table {reference.name} should be in the part {shown(part)} of the request,"
                " which has none of that name. Send it by POST as multipart/form-data."
            )
        return io.BytesIO(value.encode())


def _table(number: int, name: str, file: IO[bytes], limits: UploadLimits) -> UploadedTable:
    try:
        return uploaded_table(number, name, open_table(file), limits)
    except ReadError as error:
        raise UsageError(
            f"The uploaded table {name} cannot be read: {error}."
            " Correct the file and send it again."
        ) from error
