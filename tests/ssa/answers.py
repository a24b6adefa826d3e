"""Reads the answers of an SSA service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

_VOTABLE = {"v": "http://www.ivoa.net/xml/VOTable/v1.3"}


class Answer:
    """A VOTable, taken apart."""

    def __init__(self, response: TestResponse) -> None:
        assert response.status_code == 200
        assert response.content_type == "application/x-votable+xml"
        self.content = response.data
        self.root = etree.fromstring(response.data)
        self.fields = self._elements("v:RESOURCE[@type='results']/v:TABLE/v:FIELD")
        self.params = self._elements("v:RESOURCE[@type='results']/v:PARAM")
        names = [field.get("name") for field in self.fields]
        self.rows = [
            dict(zip(names, [cell.text for cell in row], strict=True))
            for row in self._elements(".//v:TR")
        ]

    def _elements(self, path: str) -> list[etree._Element]:
        return self.root.findall(path, _VOTABLE)

    def statuses(self) -> list[tuple[str | None, str | None]]:
        """Values and texts of all QUERY_STATUS, in their order."""
        return [
            (info.get("value"), info.text)
            for info in self._elements("v:RESOURCE/v:INFO[@name='QUERY_STATUS']")
        ]

    def plates(self) -> set[str]:
        """Names of the plates found."""
        return {str(row["dataset_id"]).removeprefix("plate ") for row in self.rows}
