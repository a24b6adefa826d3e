"""Writers of VOTable 1.4 in its three serialisations, as streams of bytes.

Pure: neither the web framework nor the database is imported here. TAP and
SSA share these writers.
"""

from tap.votable.document import error_votable, metadata_document, votable, votable_document
from tap.votable.model import STATUS, Info, Param, TableResult
from tap.votable.serializations import Binary, Binary2, TableData

__all__ = [
    "STATUS",
    "Binary",
    "Binary2",
    "Info",
    "Param",
    "TableData",
    "TableResult",
    "error_votable",
    "metadata_document",
    "votable",
    "votable_document",
]
