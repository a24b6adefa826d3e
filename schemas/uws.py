"""Tables of asynchronous jobs (UWS 1.1); ``vo_app`` alone reads and writes them."""

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from schemas.naming import metadata

SCHEMA = "uws"

CHANNEL = "uws"
"""Channel on which the database tells each change of a phase: job and phase, with a blank."""

jobs = Table(
    "jobs",
    metadata,
    Column("job_id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("run_id", Text),
    Column("phase", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("parameters", JSONB, nullable=False),
    Column("files", JSONB, nullable=False),
    Column("duration", Integer, nullable=False),
    Column("destruction", TIMESTAMP(timezone=True), nullable=False),
    Column("created", TIMESTAMP(timezone=True), nullable=False, server_default=func.now()),
    Column("queued", TIMESTAMP(timezone=True)),
    Column("started", TIMESTAMP(timezone=True)),
    Column("ended", TIMESTAMP(timezone=True)),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("ticket", BigInteger),
    Column("error", Text),
    Column("transient", Boolean),
    CheckConstraint(
        "phase IN ('PENDING', 'QUEUED', 'EXECUTING', 'COMPLETED', 'ERROR', 'ABORTED')",
        name="phase",
    ),
    CheckConstraint("queue IN ('short', 'long')", name="queue"),
    CheckConstraint("(phase = 'ERROR') = (error IS NOT NULL)", name="error"),
    CheckConstraint("phase NOT IN ('QUEUED', 'EXECUTING') OR ticket IS NOT NULL", name="ticket"),
    schema=SCHEMA,
)
"""A job, who made it, and how far it is.

``ticket`` is the number of the queue's row that may run it: each time a job is
queued it gets a new one, and a worker that holds another one can neither start
nor end it. ``attempt`` counts how often it was started in this queue.
"""

results = Table(
    "results",
    metadata,
    Column("job_id", Text, ForeignKey(jobs.c.job_id, ondelete="CASCADE"), primary_key=True),
    Column("result_id", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("made", TIMESTAMP(timezone=True), nullable=False, server_default=func.now()),
    Column("rights", ARRAY(Text), nullable=False),
    schema=SCHEMA,
)
"""What came of a job: under which key the job storage holds it, and what it was made under.

``rights`` is what ``vo.rights()`` said in the transaction of the query; it may
be read while ``auth.rights_of`` its owner says all of it.
"""

Index(
    "jobs_owner_created_idx",
    jobs.c.owner,
    jobs.c.created,
    postgresql_where=jobs.c.owner != "",
)
Index("jobs_destruction_idx", jobs.c.destruction)
Index(
    "jobs_unfinished_idx",
    jobs.c.owner,
    jobs.c.queue,
    postgresql_where=jobs.c.phase.in_(["QUEUED", "EXECUTING"]),
)
