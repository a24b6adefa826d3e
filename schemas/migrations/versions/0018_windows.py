"""Policies look at numbers in place of texts."""

from collections.abc import Sequence
from pathlib import Path

from alembic import context, op

from schemas.backends import adapted

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Run the frozen script."""
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    script = adapted(script, context.config.attributes["backend"])
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))
