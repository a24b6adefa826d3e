"""Every setting of the server, in one model.

Settings are read from environment variables with the prefix ``VO_``.
``docs/configuration.md`` lists them; a test keeps that list complete.
"""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from schemas.identity import Identity
from vo_server.errors import OperationError


def _base_url(value: str) -> str:
    trimmed = value.rstrip("/")
    if not re.fullmatch(r"https?://[^/?#\s]+(/[^?#\s]*)?", trimmed):
        raise ValueError(
            "must be an http or https URL without query, such as https://vo.example.org"
        )
    return trimmed


def _authority(value: str) -> str:
    # IVOA Identifiers 2.0, section 2.3.1: at least three characters, no reserved ones.
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._~-]{2,}", value):
        raise ValueError("must be an IVOA authority such as org.example, without ivo://")
    return value


def _database_url(value: str) -> str:
    try:
        url = make_url(value)
    except ArgumentError:
        raise ValueError("must look like postgresql://host:5432/database") from None
    if url.get_backend_name() != "postgresql":
        raise ValueError("must begin with postgresql://")
    if url.username or url.password:
        raise ValueError(
            "must hold neither user nor password: the three roles log in with"
            " VO_OWNER_PASSWORD, VO_APP_PASSWORD and VO_READER_PASSWORD"
        )
    return value


def _seconds(value: object) -> object:
    """Take a bare number as seconds, as the documentation writes durations."""
    if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value):
        return float(value)
    return value


Seconds = Annotated[timedelta, BeforeValidator(_seconds)]


class Settings(BaseSettings):
    """The server's configuration (environment variables ``VO_…``)."""

    model_config = SettingsConfigDict(env_prefix="VO_", extra="forbid", frozen=True)

    base_url: Annotated[str, AfterValidator(_base_url)] = Field(
        default="http://127.0.0.1:8080",
        description="Public URL of the server; every URL in an answer begins with it.",
    )
    authority: Annotated[str, AfterValidator(_authority)] = Field(
        default="org.corot", description="IVOA authority in identifiers and publisher DIDs."
    )
    publisher: str = Field(
        default="CoRoT Data Centre", description="Name of the publisher in answers and pages."
    )
    database_url: Annotated[str, AfterValidator(_database_url)] | None = Field(
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
    threads: int = Field(default=8, ge=1, le=256, description="Threads of each web process.")
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
        default=4, ge=1, description="Queries one person may run at a time in a web process."
    )
    answer_bytes: int = Field(
        default=10 * 1024**3, ge=1, description="Size after which an answer is cut off."
    )
    default_maxrec: int = Field(
        default=20_000, ge=1, description="Rows answered when the caller sets no MAXREC."
    )
    hard_maxrec: int = Field(default=2_000_000, ge=1, description="Most rows of any answer.")
    proprietary_days: int = Field(
        default=365,
        ge=0,
        description="Days between delivery and release, unless a delivery says otherwise.",
    )

    @model_validator(mode="after")
    def _limits_agree(self) -> Settings:
        if self.default_maxrec > self.hard_maxrec:
            raise ValueError("VO_DEFAULT_MAXREC must not exceed VO_HARD_MAXREC")
        return self

    @property
    def identity(self) -> Identity:
        """Base URL and authority, as the services use them."""
        return Identity(base_url=self.base_url, authority=self.authority)

    @property
    def store(self) -> Path:
        """Folder of the stored products."""
        return self.store_dir or self.data_dir / "store"

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
            values[f"VO_{name}".upper()] = str(value)
        return values


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
