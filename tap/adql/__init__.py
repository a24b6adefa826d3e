"""ADQL 2.1: from a query's text to PostgreSQL and the metadata of its answer.

:func:`parse` reads the grammar, :func:`translate` also looks up every name in
the declared tables and writes SQL. Whatever is wrong with a query is an
:class:`ADQLError`. A query may call the functions in :data:`UDFS`, or those
given instead; :data:`FEATURES` lists what else is optional in the language.
Nothing here imports the database or the web framework.
"""

from tap.adql.errors import ADQLError
from tap.adql.features import FEATURES, LanguageFeature
from tap.adql.functions import FUNCTIONS, UDFS
from tap.adql.parser import parse
from tap.adql.translation import Translation, translate

__all__ = [
    "FEATURES",
    "FUNCTIONS",
    "UDFS",
    "ADQLError",
    "LanguageFeature",
    "Translation",
    "parse",
    "translate",
]
