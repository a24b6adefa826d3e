"""What requests of the JSON API bring along."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, TypeVar

from flask import request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from vo_server.auth.errors import InvalidError


def _utc(moment: datetime) -> datetime:
    """Take a time without a zone for UTC, as all times here are."""
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


Moment = Annotated[datetime, AfterValidator(_utc)]


def _storable(text: str) -> str:
    """Refuse the one character that no text of PostgreSQL has."""
    if "\0" in text:
        raise ValueError("there is a NUL character in it: leave it out")
    return text


Text = Annotated[str, AfterValidator(_storable)]


class Body(BaseModel):
    """A JSON object; what it must not have is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NewUser(Body):
    """An account to be made."""

    name: Text
    full_name: Text = ""
    email: Text | None = None
    groups: frozenset[Text] = frozenset()
    password: SecretStr | None = None


class UserChange(Body):
    """What is to change of an account; the rest stays."""

    full_name: Text | None = None
    email: Text | None = None
    groups: frozenset[Text] | None = None
    disabled: bool | None = None
    password: SecretStr | None = None


class Invitation(Body):
    """Somebody to be invited."""

    email: Text
    groups: frozenset[Text] = frozenset()


class NewGroup(Body):
    """A group to be made."""

    name: Text
    description: Text


class NewGrant(Body):
    """Products to be granted, to an account or to a group."""

    account: Text | None = None
    group: Text | None = None
    level: Text = "N2"
    channel: Text | None = None
    run: Text | None = None
    stars: tuple[Annotated[int, Field(ge=0, lt=2**63)], ...] = ()
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    note: Text = ""


class LevelChange(Body):
    """The policy of a level."""

    listed: bool


class NewIdentity(Body):
    """An identity to be linked with an account."""

    provider: Text
    subject: Text


class NewToken(Body):
    """A token to be made."""

    name: Text
    scopes: frozenset[Text]
    expires_at: Moment


Some = TypeVar("Some", bound=Body)


def body_of(kind: type[Some]) -> Some:
    """Read the body of the present request.

    Raises
    ------
    InvalidError
        If it is no JSON object of this kind; the message never repeats a value.
    """
    if not request.is_json:
        raise InvalidError("send a JSON object, with Content-Type: application/json")
    try:
        return kind.model_validate_json(request.get_data())
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidError(f"{place + ': ' if place else ''}{first['msg']}") from None
