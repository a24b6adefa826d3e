"""Who this server is: the base of its URLs and of its IVOA identifiers.

Every absolute URL and every publisher DID of an answer is composed when it is
asked for, here or by the functions of the schema ``vo`` in the database. None
is stored, and none comes from a request header.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """The base URL and IVOA authority of a running server."""

    base_url: str
    """Absolute URL without a slash at its end."""
    authority: str
    """IVOA authority identifier, without ``ivo://``."""

    def url(self, path: str = "") -> str:
        """Compose the absolute URL of a path below the base URL."""
        return f"{self.base_url}/{path.lstrip('/')}"
