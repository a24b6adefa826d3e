"""Run the validator of the Registry of Registries on a registry: its own files, here.

::

    git clone https://github.com/ivoa/rofr
    python -m tests.support.rofr rofr http://127.0.0.1:8080/oai

Three of its parts are run: the probes of the protocol, the stylesheets with
the rules of the IVOA, and its schemas. Where the branch that is checked out
lacks ``assets/validate/testsVOResource-v1_0.xsl``, which the stylesheets
import, check out one that has it. Wait a minute after the records were made:
the stylesheets take a time in the present minute for the future.
"""

from __future__ import annotations

import importlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import requests
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

OAI = "{http://www.openarchives.org/OAI/2.0/}"

_QUERIES = {
    "Identify": "verb=Identify",
    "ListMetadataFormats": "verb=ListMetadataFormats",
    "ListSets": "verb=ListSets",
    "ListRecords": "verb=ListRecords&metadataPrefix=ivo_vor&set=ivo_managed",
}


class Validator:
    """A checkout of the validator, and the registry it looks at."""

    def __init__(self, checkout: Path, url: str) -> None:
        self._assets = checkout / "assets"
        self._url = url
        sys.path.insert(0, str(checkout / "src"))
        self._cases: ModuleType = importlib.import_module("benson.oai.phase1_tests_data")
        self._schemas: ModuleType = importlib.import_module("benson.xml.xsd_validate")

    def run(self) -> Iterator[tuple[str, bool, str]]:
        """Give the name of each check, whether it is passed, and what is said of it."""
        yield from self._probes()
        for role, query in _QUERIES.items():
            answer = self._ask(query)
            problems = self._schemas.validate_oai_response_envelope(
                answer, self._assets / "schemas"
            )
            yield f"{role}: schemas", not problems, "; ".join(problems)
            yield from self._rules(role, answer)

    def _ask(self, query: str) -> bytes:
        answer = requests.get(f"{self._url}?{query}", timeout=60)
        answer.raise_for_status()
        return answer.content

    def _probes(self) -> Iterator[tuple[str, bool, str]]:
        for case in self._cases.OAI_PHASE1_CASES:
            answer = etree.fromstring(self._ask(case.query_options.lstrip("?")))
            found = {str(error.get("code")) for error in answer.iterfind(f"{OAI}error")}
            wanted = case.expect_error_one_of
            allowed = (wanted or case.optional_error_one_of) | case.ignore_errors
            passed = found <= allowed and bool(found or wanted is None)
            yield f"probe: {case.name}", passed, ", ".join(sorted(found))

    def _rules(self, role: str, answer: bytes) -> Iterator[tuple[str, bool, str]]:
        identify = etree.fromstring(self._ask(_QUERIES["Identify"]))
        registry = str(identify.findtext(".//identifier"))
        managed = [str(one.text) for one in identify.iterfind(".//managedAuthority")]
        parameters = {
            "queryType": role,
            "baseurl": self._url,
            "rightnow": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
            "registryID": registry,
            "managedAuthorityIDs": f"/{'/'.join(managed)}/",
        }
        rules = etree.XSLT(etree.parse(str(self._assets / "validate" / "checkIVOAOAI.xsl")))
        strings = {name: etree.XSLT.strparam(value) for name, value in parameters.items()}
        found = rules(etree.fromstring(answer), **strings)  # type: ignore[arg-type] # as documented
        for test in found.getroot().iter("test"):
            yield f"{role}: {test.get('item')}", test.get("status") == "pass", test.text or ""


def main(checkout: str, url: str) -> int:
    """Print what is not passed, and how many checks there were."""
    results = list(Validator(Path(checkout), url).run())
    failed = [result for result in results if not result[1]]
    for name, _, text in failed:
        print(f"{name}: {text}")  # noqa: T201
    print(f"{len(results)} checks, {len(failed)} not passed")  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
