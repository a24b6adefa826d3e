"""Talks to a provider of OpenID Connect (OpenID Connect Core 1.0, authorization code flow)."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any, Final

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.common.urls import add_params_to_uri
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from vo_server.auth.oidc.errors import ProviderAwayError, ProviderError
from vo_server.auth.oidc.model import Flow, Person
from vo_server.auth.secrets import digest, is_same, new_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vo_server.auth.oidc.model import ProviderSettings

_LOG = logging.getLogger(__name__)

_ALGORITHMS: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Signatures with a key of the provider's; never ``none``, never a secret shared with clients."""

_TIMEOUT = 10.0
"""Seconds to wait for an answer of the provider."""
_KNOWN_SECONDS = 3600.0
"""How long what the provider says of itself is taken for true."""
_LEEWAY = 60
"""Seconds by which clocks may differ."""

_AWAY = "The log-in service does not answer at the moment. Try again later."
_REFUSED = "The log-in service did not confirm who you are. Try again."


class Provider:
    """One provider, which its discovery document describes.

    Parameters
    ----------
    settings
        Who it is, and what we are there.
    callback
        Address that the provider sends people back to.
    """

    def __init__(self, settings: ProviderSettings, callback: str) -> None:
        self.settings = settings
        self._callback = callback
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._read_at = 0.0

    def begin(self, next_path: str, *, linking: bool) -> tuple[str, Flow]:
        """Begin a log-in.

        Parameters
        ----------
        next_path
            Where to go on to afterwards.
        linking
            Whether an account is to be linked.

        Returns
        -------
        tuple of str and Flow
            The address to send the browser to, and what to keep until it comes back.

        Raises
        ------
        ProviderAwayError
            If the provider does not say where that is.
        """
        flow = Flow(new_secret(), new_secret(), new_secret(), next_path, linking)
        url, _ = self._client().create_authorization_url(
            self._endpoint("authorization_endpoint"),
            state=flow.state,
            nonce=flow.nonce,
            code_verifier=flow.verifier,
        )
        return str(url), flow

    def finish(self, flow: Flow, answer: Mapping[str, str]) -> Person:
        """Learn who came back.

        Parameters
        ----------
        flow
            As it was begun in the same browser.
        answer
            Parameters of the request that came back.

        Raises
        ------
        ProviderError
            If the provider refused, its answer is another browser's, or its word is not genuine.
        """
        if not is_same(digest(flow.state), answer.get("state", "")):
            raise ProviderError("This log-in was not begun here, or long ago. Begin again.")
        # RFC 9207: an answer of another provider that the same client uses.
        if answer.get("iss", self.settings.issuer) != self.settings.issuer:
            raise ProviderError(_REFUSED)
        if "code" not in answer:
            _LOG.info("log-in refused by the provider: %.60r", answer.get("error", ""))
            raise ProviderError("The log-in service let nobody in: you stopped there, or may not.")
        try:
            token = self._token(flow, answer["code"])
            claims = self._verified(str(token.get("id_token", "")), flow, token)
            return self._person({**self._userinfo(token, claims), **claims})
        except requests.RequestException as error:
            raise ProviderAwayError(_AWAY) from error
        except (AuthlibBaseError, JoseError, ValueError) as error:
            _LOG.warning("answer of the log-in service refused: %s", type(error).__name__)
            raise ProviderError(_REFUSED) from error

    def way_out(self, afterwards: str) -> str | None:
        """Give the address at which to log out there too; None where the provider has none.

        Who logs out is known there by its own cookie: no ID token is kept here to be shown
        (OpenID Connect RP-Initiated Logout 1.0, section 2).

        Parameters
        ----------
        afterwards
            Address to be sent back to, which is registered with the provider.

        Raises
        ------
        ProviderAwayError
            If the provider does not say where that is.
        """
        url = self._known().get("end_session_endpoint")
        if not url:
            return None
        asked = {
            "client_id": self.settings.client_id,
            "post_logout_redirect_uri": afterwards,
        }
        return str(add_params_to_uri(str(url), asked.items()))

    def _client(self) -> OAuth2Session:
        settings = self.settings
        client = OAuth2Session(
            settings.client_id,
            settings.client_secret,
            scope=settings.scopes,
            redirect_uri=self._callback,
            code_challenge_method="S256",
            token_endpoint_auth_method=self._client_authentication(),
            default_timeout=_TIMEOUT,
        )
        client.max_redirects = 0
        return client

    def _client_authentication(self) -> str:
        """Choose how to prove who we are (OpenID Connect Discovery 1.0, section 3)."""
        if self.settings.client_secret is None:
            return "none"
        offered = self._known().get("token_endpoint_auth_methods_supported")
        if offered is None or "client_secret_basic" in offered:
            return "client_secret_basic"
        return "client_secret_post"

    def _token(self, flow: Flow, code: str) -> dict[str, Any]:
        token: dict[str, Any] = self._client().fetch_token(
            self._endpoint("token_endpoint"), code=code, code_verifier=flow.verifier
        )
        return token

    def _verified(self, id_token: str, flow: Flow, token: dict[str, Any]) -> dict[str, Any]:
        """Check an ID token (OpenID Connect Core 1.0, section 3.1.3.7)."""
        offered = self._known().get("id_token_signing_alg_values_supported") or ["RS256"]
        allowed = JWSRegistry(
            algorithms=sorted(_ALGORITHMS.intersection(offered)), strict_check_header=False
        )
        try:
            found = jwt.decode(id_token, self._key_set(), registry=allowed)
        except InvalidKeyIdError:
            # The provider has changed its keys.
            found = jwt.decode(id_token, self._key_set(anew=True), registry=allowed)
        claims = CodeIDToken(
            found.claims,
            found.header,
            {
                "iss": {"essential": True, "value": self.settings.issuer},
                "aud": {"essential": True, "value": self.settings.client_id},
                "nonce": {"essential": True, "value": flow.nonce},
            },
            {
                "nonce": flow.nonce,
                "client_id": self.settings.client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(leeway=_LEEWAY)
        return dict(claims)

    def _userinfo(self, token: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
        """Ask for what is not in the ID token (OpenID Connect Core 1.0, section 5.3)."""
        url = self._known().get("userinfo_endpoint")
        if not url or "access_token" not in token:
            return {}
        answer = requests.get(
            url,
            headers={"Authorization": f"Bearer {token['access_token']}"},
            timeout=_TIMEOUT,
            allow_redirects=False,
        )
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        if found.get("sub") != claims["sub"]:
            raise ValueError("the claims are another person's")
        return found

    def _person(self, claims: dict[str, Any]) -> Person:
        settings = self.settings
        verified = claims.get("email_verified") in (True, "true")
        groups = claims.get(settings.groups_claim) if settings.groups_claim else None
        return Person(
            issuer=settings.issuer,
            subject=str(claims["sub"]),
            name=str(claims.get(settings.name_claim) or claims.get("preferred_username") or ""),
            full_name=str(claims.get("name") or ""),
            email=str(claims["email"]) if verified and claims.get("email") else None,
            groups=_names(groups) if settings.groups_claim else None,
        )

    def _endpoint(self, name: str) -> str:
        url = self._known().get(name)
        if not url:
            raise ProviderAwayError(_AWAY)
        return str(url)

    def _known(self) -> dict[str, Any]:
        """Give the provider's description of itself, read anew now and then."""
        with self._lock:
            if not self._metadata or time.monotonic() - self._read_at > _KNOWN_SECONDS:
                url = get_well_known_url(self.settings.issuer, external=True)
                metadata = _document(url)
                # OpenID Connect Discovery 1.0, section 4.3
                if metadata.get("issuer") != self.settings.issuer:
                    _LOG.error("%s describes another issuer than VO_OIDC_ISSUER", url)
                    raise ProviderAwayError(_AWAY)
                self._metadata, self._keys = metadata, None
                self._read_at = time.monotonic()
            return self._metadata

    def _key_set(self, *, anew: bool = False) -> KeySet:
        url = self._endpoint("jwks_uri")
        with self._lock:
            if self._keys is None or anew:
                self._keys = KeySet.import_key_set(_document(url))  # type: ignore[arg-type] # of JSON
            return self._keys


def _document(url: str) -> dict[str, Any]:
    try:
        answer = requests.get(url, timeout=_TIMEOUT, allow_redirects=False)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
    except (requests.RequestException, ValueError) as error:
        _LOG.warning("%s cannot be read: %s", url, type(error).__name__)
        raise ProviderAwayError(_AWAY) from error
    return found


def _names(groups: object) -> frozenset[str]:
    """Read a list of groups, which may be one string with blanks between them."""
    if isinstance(groups, str):
        return frozenset(groups.split())
    return frozenset(map(str, groups)) if isinstance(groups, list) else frozenset()
