"""What the provider says is believed only if it is genuine, and meant for this log-in."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc.jwk import KeySet, RSAKey

from vo_server.app import create_app
from vo_server.auth.login_service import WrongCredentialsError
from vo_server.auth.oidc.errors import ProviderAwayError, ProviderError
from vo_server.auth.oidc.model import Flow, Person, ProviderSettings
from vo_server.auth.oidc.provider import Provider
from vo_server.auth.oidc.service import OidcService
from vo_server.config import Settings, load_settings
from vo_server.errors import OperationError

if TYPE_CHECKING:
    from tests.openid.conftest import Place


@pytest.fixture
def told(place: Place) -> ProviderSettings:
    assert place.settings.oidc is not None
    return place.settings.oidc


def answered(place: Place, provider: Provider, login: str) -> tuple[Flow, dict[str, str]]:
    """Sign in; give what was begun and what the provider answers."""
    url, flow = provider.begin("/account", linking=False)
    with requests.Session() as session:
        page = place.provider.sign_in(session, url, login)
    # Our server, which did not begin this, refuses it; here it is looked at.
    assert page.status_code == 403
    found = parse_qs(urlsplit(page.url).query)
    return flow, {name: values[0] for name, values in found.items()}


def changed(settings: ProviderSettings, **change: str) -> ProviderSettings:
    return ProviderSettings(**{**asdict(settings), **change})


def provider_of(place: Place, settings: ProviderSettings) -> Provider:
    return Provider(settings, f"{place.site}/account/oidc/callback")


def test_who_it_is_is_learnt(place: Place, told: ProviderSettings) -> None:
    provider = provider_of(place, told)
    flow, answer = answered(place, provider, "kim")
    assert provider.finish(flow, answer) == Person(
        place.provider.issuer, "kim", "kim", "", None, frozenset()
    )


@pytest.mark.parametrize("part", ["nonce", "verifier", "state"])
def test_each_secret_of_the_flow_counts(place: Place, told: ProviderSettings, part: str) -> None:
    provider = provider_of(place, told)
    flow, answer = answered(place, provider, "kim")
    with pytest.raises(ProviderError):
        provider.finish(Flow(**{**asdict(flow), part: "x" * 43}), answer)


@pytest.mark.parametrize("change", [{"client_secret": "wrong"}, {"client_id": "another"}], ids=str)
def test_each_part_of_the_client_counts(
    place: Place, told: ProviderSettings, change: dict[str, str]
) -> None:
    flow, answer = answered(place, provider_of(place, told), "kim")
    with pytest.raises(ProviderError):
        provider_of(place, changed(told, **change)).finish(flow, answer)


@pytest.mark.parametrize("claim", ["client_id", "issuer"])
def test_a_token_for_others_is_refused(
    place: Place, told: ProviderSettings, claim: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token is genuine, and its exchange worked; its audience or issuer is not as expected."""
    provider = provider_of(place, told)
    flow, answer = answered(place, provider, "kim")
    exchange = Provider._token  # noqa: SLF001 # the token is right, what is expected changes

    def then_changed(self: Provider, flow: Flow, code: str) -> dict[str, object]:
        token = exchange(self, flow, code)
        self.settings = changed(self.settings, **{claim: "another"})
        return token

    monkeypatch.setattr(Provider, "_token", then_changed)
    with pytest.raises(ProviderError, match="did not confirm"):
        provider.finish(flow, answer)


def test_new_keys_are_fetched_when_an_unknown_one_signs(
    place: Place, told: ProviderSettings
) -> None:
    provider = provider_of(place, told)
    flow, answer = answered(place, provider, "kim")
    # As it would be after the provider has changed its keys.
    provider._keys = KeySet([RSAKey.generate_key(2048, {"kid": "older"})])  # noqa: SLF001
    assert provider.finish(flow, answer).subject == "kim"


def served(place: Place, **changes: object) -> Settings:
    """Give settings of a web process."""
    return place.settings.model_copy(update={"owner_password": None, **changes})


def test_a_provider_that_is_away(place: Place, told: ProviderSettings) -> None:
    nobody = replace(told, issuer="http://127.0.0.1:9")
    with pytest.raises(ProviderAwayError):
        provider_of(place, nobody).begin("/account", linking=False)
    away = served(place, oidc_issuer="http://127.0.0.1:9")
    client = create_app(away).test_client()
    page = client.get("/account/oidc")
    assert page.status_code == 503
    assert "does not answer" in page.text


def test_a_log_out_is_one_here_also_where_the_provider_has_none_or_is_away(
    place: Place, told: ProviderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "client_id=corot-vo" in str(provider_of(place, told).way_out(f"{place.site}/"))
    away = create_app(served(place, oidc_issuer="http://127.0.0.1:9")).test_client()
    page = away.get("/account/oidc/left")
    assert page.status_code == 200
    assert "You are logged out" in page.text
    assert "does not answer" in page.text
    known = Provider._known  # noqa: SLF001 # what the provider says of itself changes

    def without(self: Provider) -> dict[str, object]:
        return {**known(self), "end_session_endpoint": None}

    monkeypatch.setattr(Provider, "_known", without)
    page = create_app(served(place)).test_client().get("/account/oidc/left")
    assert (page.status_code, page.headers["Location"]) == (303, f"{place.site}/")


def test_a_document_of_another_issuer_is_not_believed(place: Place, told: ProviderSettings) -> None:
    alias = replace(told, issuer=place.provider.issuer.replace("127.0.0.1", "localhost"))
    with pytest.raises(ProviderAwayError):
        provider_of(place, alias).begin("/account", linking=False)


def test_without_permission_nobody_new_gets_an_account(
    place: Place, told: ProviderSettings
) -> None:
    service = OidcService(place.engine, replace(told, makes_accounts=False))
    stranger = Person(told.issuer, "stranger", "stranger", "", None, None)
    with pytest.raises(WrongCredentialsError, match="link it on your account's page"):
        service.account_of(stranger)


def test_without_a_provider_there_is_no_such_way(place: Place) -> None:
    without = served(place, oidc_issuer=None, oidc_client_id=None)
    client = create_app(without).test_client()
    assert client.get("/account/oidc").status_code == 404
    assert "/account/oidc" not in client.get("/account/login").text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"oidc_issuer": "https://id.example.org"}, "need each other"),
        ({"oidc_client_id": "x"}, "need each other"),
        ({"oidc_issuer": "http://id.example.org", "oidc_client_id": "x"}, "https"),
        ({"oidc_scopes": "profile"}, "openid"),
        ({"oidc_groups": {"a": "coi"}}, "VO_OIDC_GROUPS_CLAIM"),
    ],
)
def test_settings_that_do_not_agree_are_refused(given: dict[str, object], told: str) -> None:
    with pytest.raises(OperationError, match=told):
        load_settings(**given)


def test_the_secret_is_not_shown(place: Place) -> None:
    assert "known to both" not in repr(place.settings)
    assert "known to both" not in repr(place.settings.oidc)
    assert isinstance(place.settings, Settings)
