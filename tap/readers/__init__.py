"""Tables of any known format as declared columns and Arrow batches.

Pure: neither the web framework nor the database is imported here. What a file
is, is told by its content, and rows are read while they are taken.
"""

from tap.readers.model import ReadError, SourceTable
from tap.readers.open_table import open_table

__all__ = ["ReadError", "SourceTable", "open_table"]
