"""The functions of ADQL: what each takes, gives and becomes in PostgreSQL."""

from tap.adql.functions.catalogue import UDFS
from tap.adql.functions.lookup import accepts, by_name, functions_for
from tap.adql.functions.standard import FUNCTIONS

__all__ = ["FUNCTIONS", "UDFS", "accepts", "by_name", "functions_for"]
