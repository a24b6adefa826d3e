"""Settings: what is refused, and that no secret is shown."""

from __future__ import annotations

import pytest

from vo_server.app import create_app
from vo_server.config import Settings, load_settings
from vo_server.errors import OperationError


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
