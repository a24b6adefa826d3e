"""VOTables as tables."""

from tap.readers.votable.document import votable_source

__all__ = ["votable_source"]
