"""What this TAP service supports: languages, their features, data models.

The features and functions are those the translator declares, so that the
capabilities cannot claim what it denies.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from resources.capabilities import DataModel, Feature, FeatureList, Language, Version
from tap.adql import FEATURES, UDFS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemas.functions import Function

_TYPE = "ivo://ivoa.net/std/tapregext#features-"
"""Start of the IVOIDs of feature types, in lower case (ADQL 2.1, section 4.1)."""

_VERSIONS = (
    Version("2.0", "ivo://ivoa.net/std/ADQL#v2.0"),
    Version("2.1", "ivo://ivoa.net/std/ADQL#v2.1"),
)

LANGUAGES = ("ADQL", *(f"ADQL-{version.number}" for version in _VERSIONS))
"""Values of LANG (TAP 1.1, section 2.7.1)."""

DATA_MODELS = {
    "ivoa.obscore": DataModel("ObsCore-1.1", "ivo://ivoa.net/std/ObsCore#core-1.1"),
}
"""The data model that publishing a table of this name means (ObsCore 1.1, section 5)."""


def adql_language(authority: str, udfs: Iterable[Function] = UDFS) -> Language:
    """Describe ADQL as the translator understands it.

    Parameters
    ----------
    authority
        Authority of the service's IVOIDs, for features that ADQL does not know.
    udfs
        User-defined functions the service has.
    """
    return Language(
        name="ADQL",
        versions=_VERSIONS,
        description="Astronomical Data Query Language",
        features=tuple(_feature_lists(f"ivo://{authority}/tap#features-own", udfs)),
    )


def _feature_lists(own_type: str, udfs: Iterable[Function]) -> Iterator[FeatureList]:
    for group, features in groupby(FEATURES, key=lambda feature: feature.group):
        entries = tuple(Feature(feature.form, feature.description) for feature in features)
        yield FeatureList(own_type if group is None else f"{_TYPE}{group}", entries)
    functions = tuple(Feature(function.form, function.description) for function in udfs)
    if functions:
        yield FeatureList(f"{_TYPE}udf", functions)
