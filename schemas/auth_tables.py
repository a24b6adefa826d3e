"""Accounts, groups, grants and the ways to prove who one is.

The web server, as ``vo_app``, reads and writes them; the reader never does.
What a caller is entitled to reaches the policies through SECURITY DEFINER
functions (``schemas/sql/rights.sql``), so that a change counts from the next
transaction on. Times are in UTC, without zone.
"""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, JSONB

from schemas.naming import metadata

SCHEMA = "auth"

ACCOUNT_NAME = "^[a-z][a-z0-9._-]{1,39}$"
"""What a principal's name may be: it stands in URLs, logs and settings."""

ENABLED = "enabled"
"""What the profile of an account that is not disabled begins with."""


def _now(name: str) -> Column[object]:
    return Column(name, TIMESTAMP, nullable=False, server_default=func.timezone("UTC", func.now()))


def _account(name: str = "account", *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, ForeignKey("auth.accounts.name"), nullable=nullable)


accounts = Table(
    "accounts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("full_name", Text, nullable=False, server_default=""),
    Column("email", Text, unique=True),
    Column("password_hash", Text),
    _now("created_at"),
    Column("disabled_at", TIMESTAMP),
    Column("groups", ARRAY(Text), nullable=False, server_default="{}"),
    Column(
        "profile",
        ARRAY(Text),
        Computed(
            f"ARRAY[CASE WHEN disabled_at IS NULL THEN '{ENABLED}' ELSE 'disabled' END,"
            " full_name, email] || groups",
            persisted=True,
        ),
        nullable=False,
    ),
    CheckConstraint(f"name ~ '{ACCOUNT_NAME}'", name="name"),
    CheckConstraint("email = lower(email)", name="email"),
    schema=SCHEMA,
)
"""Who can log in. An account is disabled, never deleted: the audit trail names it.

Triggers write ``groups``, which are those that ``members`` tells, in order. ``profile`` is all that
a request needs to know of who makes it; triggers write it into tokens and sessions, so that what
a request asks is one row of one table.
"""

groups = Table(
    "groups",
    metadata,
    Column("name", Text, primary_key=True),
    Column("description", Text, nullable=False),
    CheckConstraint(f"name ~ '{ACCOUNT_NAME}'", name="name"),
    schema=SCHEMA,
)
"""Those of the tiers, which the migration makes, and any others grants are made to."""

members = Table(
    "members",
    metadata,
    Column("account", Text, ForeignKey("auth.accounts.name"), primary_key=True),
    Column("group_name", Text, ForeignKey("auth.groups.name"), primary_key=True),
    schema=SCHEMA,
)

levels = Table(
    "levels",
    metadata,
    Column("product_level", Text, primary_key=True),
    Column("listed", Boolean, nullable=False),
    Column("description", Text, nullable=False),
    schema=SCHEMA,
)
"""The policy of each level: whether products that are not released are listed to everybody."""

grants = Table(
    "grants",
    metadata,
    Column("grant_id", BigInteger, Identity(always=True), primary_key=True),
    _account(nullable=True),
    Column("group_name", Text, ForeignKey("auth.groups.name")),
    Column(
        "holder",
        Text,
        Computed(
            "CASE WHEN account IS NULL THEN 'group:' || group_name ELSE 'account:' || account END",
            persisted=True,
        ),
        nullable=False,
    ),
    Column("product_level", Text, ForeignKey("auth.levels.product_level"), nullable=False),
    Column("channel", Text),
    Column("run_code", Text),
    Column("star_count", Integer, nullable=False, server_default="0"),
    Column(
        "valid_from", TIMESTAMP, nullable=False, server_default=func.timezone("UTC", func.now())
    ),
    Column("valid_until", TIMESTAMP),
    Column("note", Text, nullable=False, server_default=""),
    CheckConstraint("(account IS NULL) <> (group_name IS NULL)", name="holder"),
    CheckConstraint("channel IN ('exoplanet', 'seismology')", name="channel"),
    schema=SCHEMA,
)
"""Products whose data somebody may get before their release.

What is NULL of channel and run is not restricted, and neither is the star
where ``star_count`` is 0; else ``grant_stars`` lists them. To revoke a grant
is to let it end now.
"""

Index("grants_holder_idx", grants.c.holder, grants.c.product_level)
Index(
    "grants_holder_all_stars_idx",
    grants.c.holder,
    postgresql_where=text("star_count = 0"),
)
Index(
    "grants_holder_windows_idx",
    grants.c.holder,
    postgresql_where=text("star_count > 0 AND (channel IS NOT NULL OR run_code IS NOT NULL)"),
)

grant_stars = Table(
    "grant_stars",
    metadata,
    Column("grant_id", BigInteger, ForeignKey("auth.grants.grant_id"), primary_key=True),
    Column("corot_id", BigInteger, primary_key=True, autoincrement=False),
    schema=SCHEMA,
)
"""The stars a grant is restricted to."""

granted_stars = Table(
    "granted_stars",
    metadata,
    Column("holder", Text, nullable=False),
    Column("product_level", Text),
    Column("channel", Text),
    Column("run_code", Text),
    Column("valid_from", TIMESTAMP, nullable=False),
    Column("valid_until", TIMESTAMP),
    Column("stars", INT8MULTIRANGE, nullable=False),
    schema=SCHEMA,
)
"""The stars of all grants, gathered by holder, extent and validity: what policies look in.

Triggers keep it. A row without a level has all its holder's stars.
"""

Index("granted_stars_holder_idx", granted_stars.c.holder)

identities = Table(
    "identities",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    _account(),
    _now("linked_at"),
    schema=SCHEMA,
)
"""Who an OpenID provider or a certificate says somebody is, and whose account that means."""

tokens = Table(
    "tokens",
    metadata,
    Column("token_id", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    _account(),
    Column("profile", ARRAY(Text), nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    _now("created_at"),
    Column("expires_at", TIMESTAMP, nullable=False),
    Column("used_at", TIMESTAMP),
    Column("revoked_at", TIMESTAMP),
    Column("made_by", Text, ForeignKey("auth.tokens.token_id")),
    schema=SCHEMA,
)
"""API tokens; of the secret part only the SHA-256 is kept.

``made_by`` is the token that asked for this one, if one did: it ends no later.
"""

Index("tokens_account_idx", tokens.c.account)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    _account(),
    Column("profile", ARRAY(Text), nullable=False),
    _now("created_at"),
    _now("seen_at"),
    Column("expires_at", TIMESTAMP, nullable=False),
    Column("address", Text, nullable=False, server_default=""),
    Column("agent", Text, nullable=False, server_default=""),
    schema=SCHEMA,
)
"""Log-ins that last, by the SHA-256 of what the cookie holds."""

Index("sessions_account_idx", sessions.c.account)

links = Table(
    "links",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("purpose", Text, nullable=False),
    _account(nullable=True),
    Column("email", Text),
    Column("group_names", ARRAY(Text), nullable=False, server_default="{}"),
    _now("created_at"),
    Column("expires_at", TIMESTAMP, nullable=False),
    Column("used_at", TIMESTAMP),
    CheckConstraint("purpose IN ('reset', 'invitation', 'registration')", name="purpose"),
    schema=SCHEMA,
)
"""Links that work once: to set a password, or to make an account."""

attempts = Table(
    "attempts",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    _now("last_at"),
    schema=SCHEMA,
)
"""Failed log-ins in a row, by account and by address: each makes the next one wait longer."""

Index("attempts_last_at_idx", attempts.c.last_at)

downloads = Table(
    "downloads",
    metadata,
    Column("day", Date, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("files", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    schema=SCHEMA,
)
"""What each account, or address of the public, has downloaded today (UTC)."""

audit = Table(
    "audit",
    metadata,
    Column("entry_id", BigInteger, Identity(always=True), primary_key=True),
    _now("at"),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("details", JSONB, nullable=False, server_default="{}"),
    schema=SCHEMA,
)
"""Who changed what about accounts, groups and grants. Entries are only ever added."""

Index("audit_at_idx", audit.c.at)
