"""A record in the vocabulary of schema.org, for general search engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from resources.records.dates import day_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from resources.records.view import RecordView

_KINDS: Final = {
    "vs:CatalogResource": "Dataset",
    "vs:CatalogService": "WebAPI",
    "vg:Registry": "DataCatalog",
    "vr:Organisation": "Organization",
}

_ADS: Final = "https://ui.adsabs.harvard.edu/abs/"


def schema_org(
    view: RecordView, catalogue_url: str, downloads: Iterable[tuple[str, str]] = ()
) -> dict[str, object]:
    """Describe a record in JSON-LD.

    Parameters
    ----------
    catalogue_url
        Address of the list of all records.
    downloads
        Addresses at which the data, or lists of them, can be had at once, with the media type of
        each.

    Returns
    -------
    dict
        To be written as JSON; empty values are left out.
    """
    kind = _KINDS.get(view.type, "CreativeWork")
    told: dict[str, object] = {
        "@context": "https://schema.org/",
        "@type": kind,
        "@id": f"https://doi.org/{view.doi}" if view.doi else view.reference_url,
        "name": view.title,
        "description": view.description,
        "url": view.reference_url,
        "identifier": [view.ivo_id, *([f"https://doi.org/{view.doi}"] if view.doi else [])],
    }
    if kind == "Organization":
        return told
    told |= {
        "keywords": [word.replace("-", " ") for word in view.subjects],
        "publisher": {"@type": "Organization", "name": view.publisher},
        "dateModified": view.updated,
        "license": view.rights_uri,
    }
    if kind == "Dataset":
        told |= _of_a_dataset(view, catalogue_url, downloads)
    return {name: value for name, value in told.items() if value}


def _of_a_dataset(
    view: RecordView, catalogue_url: str, downloads: Iterable[tuple[str, str]]
) -> dict[str, object]:
    creators = [
        {"@type": "Person" if "," in name else "Organization", "name": name}
        for name in view.creators
    ]
    spans = view.temporal
    return {
        "creator": creators,
        "version": view.version,
        "isAccessibleForFree": True,
        "conditionsOfAccess": view.rights,
        "temporalCoverage": f"{day_of(spans[0][0])}/{day_of(spans[-1][1])}" if spans else "",
        "measurementTechnique": ", ".join((*view.facilities, *view.instruments)),
        "citation": f"{_ADS}{view.bibcode}" if view.bibcode else "",
        "includedInDataCatalog": {"@type": "DataCatalog", "url": catalogue_url},
        "distribution": [
            {"@type": "DataDownload", "contentUrl": url, "encodingFormat": media_type}
            for url, media_type in downloads
        ],
    }
