"""Kinds of settings: what their texts may be, and what is wrong with others."""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError


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


def email(value: str) -> str:
    """Check an e-mail address.

    Raises
    ------
    ValueError
        If it is none.
    """
    # As the OAI-PMH schema has it.
    if not re.fullmatch(r"\S+@(\S+\.)+\S+", value):
        raise ValueError("must be an e-mail address such as vo@example.org")
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


def _networks(value: str) -> str:
    for network in value.split():
        try:
            ip_network(network)
        except ValueError:
            raise ValueError(
                f"{network} is no network: write addresses such as 127.0.0.1 or 10.0.0.0/8,"
                " with blanks between them"
            ) from None
    return value


BaseUrl = Annotated[str, AfterValidator(_base_url)]
Authority = Annotated[str, AfterValidator(_authority)]
Email = Annotated[str, AfterValidator(email)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
Networks = Annotated[str, AfterValidator(_networks)]
Seconds = Annotated[timedelta, BeforeValidator(_seconds)]
