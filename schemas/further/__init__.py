"""Further tables: published beside those the code declares, while servers run.

Their declarations are kept in the database, in ``vo.further_tables``, so that
every process builds the same catalogue.
"""

from schemas.further.model import Further, Publication, with_further

__all__ = ["Further", "Publication", "with_further"]
