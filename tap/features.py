"""What this TAP service supports: languages, their features, data models.

One constant each, so that the capabilities cannot claim in one place what
another denies.
"""

from __future__ import annotations

from resources.capabilities import DataModel, Feature, FeatureList, Language, Version

_TYPE = "ivo://ivoa.net/std/tapregext#features-"
"""Start of the IVOIDs of feature types, in lower case (ADQL 2.1, section 4.1)."""

_FORMS = {
    "adqlgeo": (
        "AREA",
        "CENTROID",
        "CIRCLE",
        "CONTAINS",
        "COORD1",
        "COORD2",
        "COORDSYS",
        "DISTANCE",
        "INTERSECTS",
        "POINT",
    ),
    "adql-string": ("LOWER", "UPPER", "ILIKE"),
    "adql-common-table": ("WITH",),
    "adql-sets": ("UNION", "EXCEPT", "INTERSECT"),
    "adql-type": ("CAST",),
    "adql-conditional": ("COALESCE",),
    "adql-offset": ("OFFSET",),
}
"""Optional features of ADQL 2.1 (section 4) that :mod:`tap.adql` translates, by type."""

FEATURES = tuple(
    FeatureList(f"{_TYPE}{kind}", tuple(Feature(form) for form in forms))
    for kind, forms in _FORMS.items()
)
"""The same as the capabilities tell them; a test runs each."""

ADQL = Language(
    name="ADQL",
    versions=(
        Version("2.0", "ivo://ivoa.net/std/ADQL#v2.0"),
        Version("2.1", "ivo://ivoa.net/std/ADQL#v2.1"),
    ),
    description="Astronomical Data Query Language",
    features=FEATURES,
)
"""The only query language."""

LANGUAGES = ("ADQL", *(f"ADQL-{version.number}" for version in ADQL.versions))
"""Values of LANG (TAP 1.1, section 2.7.1)."""

DATA_MODELS = {
    "ivoa.obscore": DataModel("ObsCore-1.1", "ivo://ivoa.net/std/ObsCore#core-1.1"),
}
"""The data model that publishing a table of this name means (ObsCore 1.1, section 5)."""
