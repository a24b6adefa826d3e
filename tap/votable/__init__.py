"""Writers of tables for the VO: VOTable 1.4 TABLEDATA and CSV, as streams of bytes.

Pure: neither the web framework nor the database is imported here. TAP and
SSA share these writers; a further serialisation is a further module.
"""

from tap.votable.delimited import csv_table
from tap.votable.document import error_votable, votable
from tap.votable.model import Info, Param

__all__ = ["Info", "Param", "csv_table", "error_votable", "votable"]
