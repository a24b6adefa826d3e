"""What the CoRoT server publishes, apart from TAP_SCHEMA, which describes it."""

from schemas.corot.deliveries_tables import DELIVERED_FILES, DELIVERIES
from schemas.corot.obscore_view import OBSCORE
from schemas.corot.products_table import PRODUCTS
from schemas.corot.runs_table import RUNS
from schemas.corot.stars_table import STARS
from schemas.declaration import Schema

COROT = Schema(
    name="corot",
    description="Stars, runs and light curves of the CoRoT satellite",
    tables=(RUNS, STARS, PRODUCTS),
)

IVOA = Schema(
    name="ivoa",
    description="Views in the IVOA's common data models",
    tables=(OBSCORE,),
)

INGEST = Schema(
    name="ingest",
    description="Deliveries to the data centre, whose staff alone sees rows here",
    tables=(DELIVERIES, DELIVERED_FILES),
)
