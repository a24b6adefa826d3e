"""Who this server is: the base of its URLs and of its IVOA identifiers.

Every absolute URL and every publisher DID of an answer is composed here when
it is asked for. Neither is stored, and neither comes from a request header.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

COLLECTION = "lightcurves"
"""Resource key of the data collection; the path part of every publisher DID."""

PRODUCTS_PATH = "products"
"""Path below the base URL at which products are downloaded."""


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

    def publisher_did(self, key: str) -> str:
        """Compose the publisher DID of a product.

        The form is fixed: ``ivo://AUTHORITY/lightcurves?KEY`` (IVOA
        Identifiers 2.0, section 4.1), the key being
        ``<star id>/<run>/<product type>/<version>``.
        """
        return f"ivo://{self.authority}/{COLLECTION}?{key}"

    def product_key(self, did: str) -> str | None:
        """Give the key of one of our publisher DIDs, None for any other."""
        base, _, key = did.partition("?")
        if base.lower() != f"ivo://{self.authority}/{COLLECTION}".lower():
            return None
        return key or None

    def product_url(self, key: str, file_name: str) -> str:
        """Compose the URL a product is downloaded from."""
        return self.url(f"{PRODUCTS_PATH}/{quote(key)}/{quote(file_name)}")
