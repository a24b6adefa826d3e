"""Answers harvesters (OAI-PMH 2.0, as RegistryInterface 1.1, section 2, wants it)."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from resources.oai import documents
from resources.oai.documents import Progress
from resources.oai.errors import OaiError, UnavailableError
from resources.oai.requests import TOKEN, read_request
from resources.oai.selection import check_prefix, resume, select

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from lxml import etree

    from resources.oai.documents import Item, Repository
    from resources.oai.harvest_store import HarvestStore, Reading
    from resources.oai.requests import Request
    from resources.oai.selection import Selection

_LOG = logging.getLogger(__name__)


class OaiService:
    """A repository of records.

    Parameters
    ----------
    store
        Reads the records.
    repository
        What it says of itself.
    registry_id
        IVOID of the record of the registry.
    page
        Most records in one answer.
    """

    def __init__(
        self, store: HarvestStore, repository: Repository, registry_id: str, *, page: int
    ) -> None:
        self._store = store
        self._repository = repository
        self._registry_id = registry_id
        self._page = page
        self._verbs = {
            "Identify": self._identify,
            "ListMetadataFormats": self._formats,
            "ListSets": self._sets,
            "GetRecord": self._get,
            "ListIdentifiers": self._list,
            "ListRecords": self._list,
        }

    def answer(self, pairs: Iterable[tuple[str, str]]) -> bytes:
        """Answer a request, an erroneous one too.

        Parameters
        ----------
        pairs
            Names and values of its arguments, as they came.

        Raises
        ------
        UnavailableError
            If there are no records yet, or the database does not answer.
        """
        with self._reading() as reading:
            try:
                request = read_request(pairs)
            except OaiError as error:
                return self._refusal(reading, error)
            arguments = {"verb": request.verb, **request.arguments}
            root = documents.answer(self._repository.base_url, reading.moment, arguments)
            try:
                self._verbs[request.verb](root, request, reading)
            except OaiError as error:
                if error.code == "badArgument":
                    return self._refusal(reading, error)
                documents.add_error(root, error)
            return documents.written(root)

    def refuse(self, message: str) -> bytes:
        """Answer a request whose arguments cannot even be read.

        Raises
        ------
        UnavailableError
            If the database does not answer.
        """
        with self._reading() as reading:
            return self._refusal(reading, OaiError("badArgument", message))

    def is_available(self) -> bool:
        """Tell whether there are records to harvest."""
        try:
            with self._reading() as reading:
                return reading.find(self._registry_id) is not None
        except UnavailableError as error:
            _LOG.error("the records cannot be read", exc_info=error)
            return False

    @contextmanager
    def _reading(self) -> Iterator[Reading]:
        try:
            with self._store.reading() as reading:
                yield reading
        except SQLAlchemyError as error:
            raise UnavailableError("the database does not answer") from error

    def _refusal(self, reading: Reading, error: OaiError) -> bytes:
        """Answer without repeating the arguments, which are wrong (section 3.2)."""
        root = documents.answer(self._repository.base_url, reading.moment, {})
        documents.add_error(root, error)
        return documents.written(root)

    def _identify(self, root: etree._Element, _: Request, reading: Reading) -> None:
        registry = reading.find(self._registry_id)
        if registry is None:
            raise UnavailableError("there are no records yet: run `vo-server registry refresh`")
        documents.add_identify(root, self._repository, reading.earliest(), registry)

    def _formats(self, root: etree._Element, request: Request, reading: Reading) -> None:
        identifier = request.arguments.get("identifier")
        if identifier is not None and _found(reading, identifier).deleted:
            raise OaiError("noMetadataFormats", f"{identifier} is deleted")
        documents.add_formats(root)

    def _sets(self, root: etree._Element, request: Request, _: Reading) -> None:
        if TOKEN in request.arguments:
            raise OaiError("badResumptionToken", "the list of sets is never cut: ask for it anew")
        documents.add_sets(root)

    def _get(self, root: etree._Element, request: Request, reading: Reading) -> None:
        check_prefix(request.arguments["metadataPrefix"])
        item = _found(reading, request.arguments["identifier"])
        documents.add_record(root, item, request.arguments["metadataPrefix"])

    def _list(self, root: etree._Element, request: Request, reading: Reading) -> None:
        selection = _selection(request)
        items = reading.page(selection, self._page + 1)
        if not items:
            raise OaiError("noRecordsMatch", "no record is like this, or none any more")
        size = selection.size or reading.count(selection)
        progress = self._progress(request.verb, selection, items, size, reading.moment)
        told = items[: self._page]
        if request.verb == "ListRecords":
            documents.add_records(root, told, selection.prefix, progress)
        else:
            documents.add_headers(root, told, progress)

    def _progress(
        self, verb: str, selection: Selection, items: list[Item], size: int, moment: datetime
    ) -> Progress | None:
        """Say where in the list this is; None where the list is whole (section 3.5)."""
        if len(items) <= self._page:
            return Progress("", selection.cursor, size) if selection.cursor else None
        last = items[self._page - 1].number
        further = selection.further(moment, last, self._page, size)
        return Progress(further.token(verb), selection.cursor, size)


def _selection(request: Request) -> Selection:
    given = request.arguments
    if TOKEN in given:
        return resume(given[TOKEN], request.verb)
    return select(given["metadataPrefix"], given.get("from"), given.get("until"), given.get("set"))


def _found(reading: Reading, identifier: str) -> Item:
    item = reading.find(identifier)
    if item is None:
        raise OaiError("idDoesNotExist", f"there is no record {identifier}, and there never was")
    return item
