"""Alembic's environment: runs on the connection it is handed."""

from alembic import context

from schemas.models import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table="schema_version",
    version_table_schema="ingest",
    include_schemas=True,
)
with context.begin_transaction():
    context.run_migrations()
