"""Every setting of the server, in one model.

Settings are read from environment variables with the prefix ``VO_``.
``docs/configuration.md`` lists them; a test keeps that list complete.
"""

from __future__ import annotations

import json
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import SettingsConfigDict, SettingsError

from schemas.identity import Identity
from vo_server.account_settings import AccountSettings
from vo_server.auth.tiers import Tier
from vo_server.errors import OperationError
from vo_server.setting_kinds import Authority, BaseUrl, DatabaseUrl, Email, Networks, Seconds, email


class TierSettings(BaseModel):
    """Settings that hold for one tier instead of everyone's; absent ones are everyone's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sync_timeout: Seconds | None = Field(default=None, ge=timedelta(seconds=1))
    sync_total: Seconds | None = None
    upload_rows: int | None = Field(default=None, ge=1)
    upload_bytes: int | None = Field(default=None, ge=1)
    person_queries: int | None = Field(default=None, ge=1)
    answer_bytes: int | None = Field(default=None, ge=1)
    default_maxrec: int | None = Field(default=None, ge=1)
    hard_maxrec: int | None = Field(default=None, ge=1)
    async_timeout: Seconds | None = Field(default=None, ge=timedelta(seconds=1))
    async_hard_timeout: Seconds | None = None
    async_retention: Seconds | None = None
    async_hard_retention: Seconds | None = None
    async_answer_bytes: int | None = Field(default=None, ge=1)
    async_person_jobs: int | None = Field(default=None, ge=1)
    async_person_bytes: int | None = Field(default=None, ge=1)
    daily_files: int | None = Field(default=None, ge=1)
    daily_bytes: int | None = Field(default=None, ge=1)


class Settings(AccountSettings):
    """The server's configuration (environment variables ``VO_…``)."""

    model_config = SettingsConfigDict(env_prefix="VO_", extra="forbid", frozen=True)

    base_url: BaseUrl = Field(
        default="http://127.0.0.1:8080",
        description="Public URL of the server; every URL in an answer begins with it.",
    )
    authority: Authority = Field(
        default="org.corot", description="IVOA authority in identifiers and publisher DIDs."
    )
    publisher: str = Field(
        default="CoRoT Data Centre", description="Name of the publisher in answers and pages."
    )
    contact: str | None = Field(
        default=None,
        description="Whom to ask for data that are not released: an address or URL, as errors"
        " tell it; absent: VO_PUBLISHER.",
    )
    admin_email: Email | None = Field(
        default=None,
        description="Address of who looks after the server, for registries; absent: VO_CONTACT if"
        " that is an address, else postmaster at the host of VO_BASE_URL.",
    )
    rights_uri: str | None = Field(
        default=None, description="URI of the licence of the data, as SPDX has it, for registries."
    )
    dois: dict[str, str] = Field(
        default={}, description="DOIs of records, as a JSON object: key of the record, DOI."
    )
    registry_schemas: Literal["newest", "rofr"] = Field(
        default="newest",
        description="Schemas that records are to be valid for: the newest, or also the older"
        " ones of the Registry of Registries.",
    )
    database_url: DatabaseUrl | None = Field(
        default=None,
        description="PostgreSQL without user and password; absent: the embedded PostgreSQL.",
    )
    owner_password: SecretStr | None = Field(
        default=None,
        description="Password of vo_owner; for the command line only, `serve` refuses it.",
    )
    app_password: SecretStr | None = Field(default=None, description="Password of vo_app.")
    reader_password: SecretStr | None = Field(default=None, description="Password of vo_reader.")
    data_dir: Path = Field(
        default=Path("var/data"),
        description="Folder of the embedded PostgreSQL, its passwords and the product store.",
    )
    store_dir: Path | None = Field(
        default=None, description="Folder of the stored products; absent: DATA_DIR/store."
    )
    host: str = Field(default="127.0.0.1", description="Address the web server listens on.")
    port: int = Field(default=8080, ge=1, le=65535, description="Port the web server listens on.")
    workers: int = Field(default=2, ge=1, le=64, description="Web server processes.")
    threads: int = Field(default=20, ge=1, le=256, description="Threads of each web process.")
    sync_timeout: Seconds = Field(
        default=timedelta(seconds=60),
        ge=timedelta(seconds=1),
        description="Longest the database may work for a synchronous query, in seconds.",
    )
    sync_total: Seconds = Field(
        default=timedelta(hours=1),
        description="Longest a synchronous answer may take, a slow client's reading included.",
    )
    stall_timeout: Seconds = Field(
        default=timedelta(seconds=60),
        description="Seconds after which a client that reads nothing is dropped.",
    )
    queries: int = Field(
        default=6, ge=1, le=256, description="Queries each web process runs at a time."
    )
    person_queries: int = Field(
        default=4,
        ge=1,
        description="Queries one person may run at a time on a host; the public counts as a"
        " person only where VO_TIERS says so.",
    )
    answer_bytes: int = Field(
        default=10 * 1024**3, ge=1, description="Size after which an answer is cut off."
    )
    default_maxrec: int = Field(
        default=20_000, ge=1, description="Rows answered when the caller sets no MAXREC."
    )
    hard_maxrec: int = Field(default=2_000_000, ge=1, description="Most rows of any answer.")
    async_timeout: Seconds = Field(
        default=timedelta(hours=1),
        ge=timedelta(seconds=1),
        description="Longest an asynchronous job may run, unless it asks for another time.",
    )
    async_hard_timeout: Seconds = Field(
        default=timedelta(hours=4),
        description="Longest time an asynchronous job may ask for.",
    )
    async_short_timeout: Seconds = Field(
        default=timedelta(seconds=30),
        description="Longest a job may run in the short queue; then it begins anew in the long.",
    )
    async_retention: Seconds = Field(
        default=timedelta(days=7),
        description="Time after which a job is deleted, unless it asks for another one.",
    )
    async_hard_retention: Seconds = Field(
        default=timedelta(days=30), description="Longest time a job may ask to be kept."
    )
    async_answer_bytes: int = Field(
        default=10 * 1024**3, ge=1, description="Size after which a job's result is cut off."
    )
    async_person_jobs: int = Field(
        default=2,
        ge=1,
        description="Jobs of each queue that one person may have running at a time; the public"
        " counts as a person only where VO_TIERS says so.",
    )
    async_person_bytes: int = Field(
        default=50 * 1024**3,
        ge=1,
        description="Bytes of parameters, uploads and results that one person's jobs may keep; the"
        " public counts as a person only where VO_TIERS says so.",
    )
    async_short_places: int = Field(
        default=2, ge=1, le=64, description="Jobs of the short queue each worker runs at a time."
    )
    async_long_places: int = Field(
        default=2, ge=1, le=64, description="Jobs of the long queue each worker runs at a time."
    )
    async_niceness: int = Field(
        default=15, ge=0, le=19, description="By how much queries of jobs give way to others."
    )
    async_silence: Seconds = Field(
        default=timedelta(seconds=20),
        ge=timedelta(seconds=1),
        description="Time after which a worker that gives no sign of life counts as dead.",
    )
    async_storage: str | None = Field(
        default=None,
        description="Where jobs keep results and uploads, a file: or s3: URL; absent:"
        " DATA_DIR/jobs.",
    )
    waiters: int = Field(
        default=8,
        ge=0,
        le=1000,
        description="Requests each web process holds back at a time until a job changes.",
    )
    upload_rows: int = Field(default=1_000_000, ge=1, description="Most rows of an uploaded table.")
    upload_bytes: int = Field(
        default=64 * 1024**2,
        ge=1,
        description="Most bytes of the tables uploaded with a query, as sent and as unpacked.",
    )
    upload_networks: Networks = Field(
        default="",
        description="Addresses or networks, with blanks between them, that tables may be fetched"
        " from although they are not public.",
    )
    upload_timeout: Seconds = Field(
        default=timedelta(seconds=30),
        ge=timedelta(seconds=1),
        description="Longest the fetching of a table from a URL may take, in seconds.",
    )
    daily_files: int = Field(
        default=20_000,
        ge=1,
        description="Products one person may download in a day (UTC); of the public each address"
        " is a person.",
    )
    daily_bytes: int = Field(
        default=200 * 1024**3,
        ge=1,
        description="Bytes of products one person may download in a day (UTC).",
    )
    tiers: dict[Tier, TierSettings] = Field(
        default={}, description="Limits that differ for a tier, as a JSON object."
    )
    run_dir: Path | None = Field(
        default=None,
        description="Folder that the processes of a host share while they run;"
        " absent: DATA_DIR/run.",
    )
    export_storage: str | None = Field(
        default=None,
        description="Where exports are kept, a file: or s3: URL; absent: DATA_DIR/exports.",
    )
    export_patience: Seconds = Field(
        default=timedelta(seconds=60),
        description="How long exports are given out after something newer was published, while"
        " they are made anew.",
    )
    signing_key: Path | None = Field(
        default=None,
        description="File of the key that the manifest of the exports is signed with; absent: it"
        " is in the database.",
    )
    proprietary_days: int = Field(
        default=365,
        ge=0,
        description="Days between delivery and release, unless a delivery says otherwise.",
    )

    trusted_proxies: Networks = Field(
        default="",
        description="Addresses or networks of reverse proxies, with blanks between them, whose"
        " X-Forwarded-For and client certificate headers count.",
    )
    session_lifetime: Seconds = Field(
        default=timedelta(days=14), description="Longest a log-in lasts."
    )
    session_idle: Seconds = Field(
        default=timedelta(days=2), description="Longest a log-in lasts without a request."
    )

    @model_validator(mode="after")
    def _limits_agree(self) -> Settings:
        for limits in (self, *map(self.of_tier, Tier)):
            if limits.default_maxrec > limits.hard_maxrec:
                raise ValueError("VO_DEFAULT_MAXREC must not exceed VO_HARD_MAXREC, in any tier")
            if limits.async_timeout > limits.async_hard_timeout:
                raise ValueError("VO_ASYNC_TIMEOUT must not exceed VO_ASYNC_HARD_TIMEOUT")
            if limits.async_retention > limits.async_hard_retention:
                raise ValueError("VO_ASYNC_RETENTION must not exceed VO_ASYNC_HARD_RETENTION")
        if self.threads < self.queries + self.waiters + 1:
            raise ValueError("VO_THREADS must be more than VO_QUERIES and VO_WAITERS together")
        return self

    def of_tier(self, tier: Tier) -> Settings:
        """Give the settings as they are for callers of a tier.

        What is set for ``registered`` holds for every tier of those who have
        logged in, unless the tier sets it too.
        """
        chosen = self
        for name in dict.fromkeys((Tier.REGISTERED, tier) if tier is not Tier.PUBLIC else (tier,)):
            if name in self.tiers:
                changes = self.tiers[name].model_dump(exclude_none=True)
                chosen = chosen.model_copy(update=changes)
        return chosen

    @property
    def identity(self) -> Identity:
        """Base URL and authority, as the services use them."""
        return Identity(base_url=self.base_url, authority=self.authority)

    @property
    def admin(self) -> str:
        """E-mail address of who looks after the server."""
        if self.admin_email:
            return self.admin_email
        try:
            return email(self.contact or "")
        except ValueError:
            host = urlsplit(self.base_url).hostname or ""
            return f"postmaster@{host if '.' in host else f'{host}.localdomain'}"

    @property
    def store(self) -> Path:
        """Folder of the stored products."""
        return self.store_dir or self.data_dir / "store"

    @property
    def job_storage(self) -> str:
        """URL of the folder where jobs keep their files."""
        return self.async_storage or (self.data_dir / "jobs").absolute().as_uri()

    @property
    def exports(self) -> str:
        """URL of the folder where exports are kept."""
        return self.export_storage or (self.data_dir / "exports").absolute().as_uri()

    @property
    def run(self) -> Path:
        """Folder that the processes of this host share."""
        return self.run_dir or self.data_dir / "run"

    def environment(self) -> dict[str, str]:
        """Give the environment variables of a web process: everything but the owner's password."""
        values: dict[str, str] = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if value is None or name == "owner_password":
                continue
            if isinstance(value, SecretStr):
                value = value.get_secret_value()
            elif isinstance(value, timedelta):
                value = value.total_seconds()
            elif isinstance(value, dict):
                value = json.dumps(value, default=_plain)
            values[f"VO_{name}".upper()] = str(value)
        return values


def _plain(value: object) -> object:
    """Write what JSON has no form for as it is read."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    assert isinstance(value, BaseModel)  # noqa: S101 # there are no others
    return value.model_dump(exclude_none=True)


def load_settings(**overrides: object) -> Settings:
    """Read the settings, given ones before those of the environment.

    Raises
    ------
    OperationError
        If a setting is malformed; the message names it and never its value.
    """
    known = {f"VO_{name}".upper() for name in Settings.model_fields}
    for name in os.environ:
        if name.startswith("VO_") and name not in known and not name.startswith("VO_TEST_"):
            raise OperationError(f"{name} is not a setting; docs/configuration.md lists them")
    try:
        return Settings(**overrides)  # type: ignore[arg-type] # pydantic checks them
    except ValidationError as error:
        first = error.errors()[0]
        name = "".join(f"VO_{part}".upper() for part in first["loc"][:1])
        reason = first["msg"].removeprefix("Value error, ")
        raise OperationError(f"{name + ': ' if name else ''}{reason}") from None
    except SettingsError as error:
        found = re.search(r'field "(\w+)"', str(error))
        name = f"VO_{found[1]}".upper() if found else "VO_TIERS"
        raise OperationError(f"{name}: must be a JSON object") from None
