"""The catalogue this server publishes."""

from schemas.corot.catalogue import COROT, INGEST, IVOA
from schemas.declaration import catalogue
from schemas.tap_schema import TAP_SCHEMA

CATALOGUE = catalogue((COROT, IVOA, INGEST, TAP_SCHEMA))
"""Every published table, TAP_SCHEMA included, which describes itself."""
