"""Settings: what is refused, and that no secret is shown."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from schemas.session import PUBLIC, Caller
from vo_server.app import create_app
from vo_server.config import Settings, load_settings
from vo_server.errors import OperationError
from vo_server.wiring import person_places, tap_limits

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("VO_BASE_URL", "vo.example.org", "VO_BASE_URL: must be an http or https URL"),
        ("VO_BASE_URL", "https://vo.example.org/?a=b", "VO_BASE_URL: must be"),
        ("VO_AUTHORITY", "ivo://org.example", "VO_AUTHORITY: must be an IVOA authority"),
        ("VO_DATABASE_URL", "mysql://db/vo", "VO_DATABASE_URL: must begin with postgresql://"),
        ("VO_DATABASE_URL", "postgresql://u:secret@db/vo", "must hold neither user nor password"),
        ("VO_PORT", "0", "VO_PORT: "),
        ("VO_SYNC_TIMEOUT", "soon", "VO_SYNC_TIMEOUT: "),
        ("VO_SYNC_TIMEOUT", "0", "VO_SYNC_TIMEOUT: "),
        ("VO_SYNC_TIMOUT", "60", "VO_SYNC_TIMOUT is not a setting"),
        ("VO_SMTP_HOST", "mail.example.org", "VO_SMTP_HOST needs VO_MAIL_FROM"),
        ("VO_SMTP_SECURITY", "maybe", "VO_SMTP_SECURITY: "),
        ("VO_SMTP_USER", "vo", "VO_SMTP_USER needs VO_SMTP_PASSWORD"),
        ("VO_MAIL_FROM", "nobody", "VO_MAIL_FROM: must be an e-mail address"),
        ("VO_SELF_REGISTRATION", "true", "VO_SELF_REGISTRATION needs VO_SMTP_HOST"),
        ("VO_TIERS", "registered", "VO_TIERS: must be a JSON object"),
        ("VO_TIERS", '{"kings": {}}', "VO_TIERS: "),
        ("VO_TIERS", '{"public": {"sync_tim": 1}}', "VO_TIERS: "),
        ("VO_TIERS", '{"registered": {"default_maxrec": 9999999}}', "in any tier"),
    ],
)
def test_a_malformed_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(OperationError) as caught:
        load_settings()
    assert message in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_limits_must_agree() -> None:
    with pytest.raises(OperationError, match="VO_DEFAULT_MAXREC must not exceed"):
        load_settings(default_maxrec=100, hard_maxrec=10)


def test_a_tier_has_limits_of_its_own(tmp_path: Path) -> None:
    tiers = (
        '{"registered": {"sync_timeout": 300, "hard_maxrec": 99999999},'
        ' "coi": {"hard_maxrec": 5, "default_maxrec": 5}}'
    )
    settings = load_settings(tiers=json.loads(tiers), run_dir=tmp_path)
    limits_of = tap_limits(settings)
    public, kim = limits_of(PUBLIC), limits_of(Caller("kim", "registered"))
    coi = limits_of(Caller("lee", "coi"))
    assert (public.execution, kim.execution) == (timedelta(seconds=60), timedelta(seconds=300))
    assert (public.hard_rows, kim.hard_rows) == (2_000_000, 99_999_999)
    assert (coi.execution, coi.hard_rows) == (timedelta(seconds=300), 5)
    assert public.default_rows == kim.default_rows
    assert (public.queries, kim.queries) == (None, 4)
    assert json.loads(settings.environment()["VO_TIERS"]) == json.loads(tiers)


def test_places_need_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OperationError, match="set VO_RUN_DIR"):
        person_places(load_settings(run_dir=tmp_path / "file"))


def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for role in ("OWNER", "APP", "READER"):
        monkeypatch.setenv(f"VO_{role}_PASSWORD", "hush")
    settings = load_settings()
    assert "hush" not in repr(settings)
    assert "hush" not in str(settings.model_dump())


def test_a_web_process_gets_all_but_the_owners_password(monkeypatch: pytest.MonkeyPatch) -> None:
    for role in ("OWNER", "APP", "READER"):
        monkeypatch.setenv(f"VO_{role}_PASSWORD", f"{role.lower()}-hush")
    settings = load_settings()
    environment = settings.environment()
    assert environment["VO_READER_PASSWORD"] == "reader-hush"
    assert "owner-hush" not in environment.values()
    monkeypatch.delenv("VO_OWNER_PASSWORD")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert load_settings() == settings.model_copy(update={"owner_password": None})


def test_the_web_application_refuses_the_owners_password() -> None:
    with pytest.raises(OperationError, match="must not hold VO_OWNER_PASSWORD"):
        create_app(Settings(owner_password="hush"))  # type: ignore[arg-type] # pydantic wraps it
