"""What the JSON API answers."""

from __future__ import annotations

import json
from dataclasses import asdict, is_dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response

if TYPE_CHECKING:
    from vo_server.auth.grant_service import GrantService
    from vo_server.auth.model import Account


def answer(content: object, status: int = HTTPStatus.OK) -> Response:
    """Make an answer of dataclasses, lists and so on; times become ISO 8601 in UTC."""
    text = json.dumps(content, default=_plain, ensure_ascii=False, indent=1)
    return Response(f"{text}\n", status, content_type="application/json")


def nothing() -> Response:
    """Say that it is done."""
    return Response(status=HTTPStatus.NO_CONTENT)


def problem(status: int, detail: str) -> Response:
    """Tell what is wrong (RFC 9457)."""
    content = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    response = answer(content, status)
    response.content_type = "application/problem+json"
    return response


def user(account: Account) -> dict[str, object]:
    """Describe an account."""
    return {
        "name": account.name,
        "full_name": account.full_name,
        "email": account.email,
        "tier": account.tier,
        "groups": account.groups,
        "disabled_at": account.disabled_at,
    }


def grant(grants: GrantService, number: int) -> dict[str, object]:
    """Describe a grant with the stars it is restricted to."""
    found, stars = grants.find(number)
    return {**asdict(found), "stars": stars}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return f"{value.isoformat(timespec='seconds')}Z"
    if isinstance(value, frozenset):
        return sorted(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field: getattr(value, field) for field in value.__dataclass_fields__}
    raise TypeError(f"{type(value).__name__} has no form in JSON")
