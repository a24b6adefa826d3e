"""Signatures with Ed25519 (RFC 8032), and how the public halves of keys are told (RFC 8037)."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half of a key."""

    key_id: str
    raw: bytes
    made: datetime
    retired: datetime | None
    """Since when nothing is signed with it any more."""

    def jwk(self) -> dict[str, object]:
        """Give it as a JSON Web Key (RFC 8037, section 2), with its times."""
        told: dict[str, object] = _required(self.raw) | {
            "kid": self.key_id,
            "use": "sig",
            "alg": "EdDSA",
            "made": self.made.isoformat(timespec="seconds"),
        }
        if self.retired is not None:
            told["retired"] = self.retired.isoformat(timespec="seconds")
        return told

    def pem(self) -> bytes:
        """Give it as OpenSSL reads it (RFC 8410)."""
        key = Ed25519PublicKey.from_public_bytes(self.raw)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def key_id(raw: bytes) -> str:
    """Name a public key by its thumbprint (RFC 7638)."""
    canonical = json.dumps(_required(raw), sort_keys=True, separators=(",", ":"))
    return _base64url(hashlib.sha256(canonical.encode()).digest())


class SigningKey:
    """A key to sign with.

    Parameters
    ----------
    private
        Its 32 bytes.
    """

    def __init__(self, private: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._key.public_key().public_bytes_raw()
        self.key_id = key_id(self.public)

    @classmethod
    def generate(cls) -> SigningKey:
        """Make a new one."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def from_pem(cls, pem: bytes) -> SigningKey:
        """Read one.

        Raises
        ------
        ValueError
            If it is no private key of Ed25519 in PEM, or has a password.
        """
        try:
            key = load_pem_private_key(pem, password=None)
        except (TypeError, UnsupportedAlgorithm) as error:
            raise ValueError(str(error)) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("it is a key of another kind")  # noqa: TRY004 # of the content
        return cls(key.private_bytes_raw())

    @property
    def private(self) -> bytes:
        """Its 32 bytes."""
        return self._key.private_bytes_raw()

    def pem(self) -> bytes:
        """Give it as PKCS #8, without a password."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, content: bytes) -> bytes:
        """Sign, in 64 bytes."""
        return self._key.sign(content)


def _required(raw: bytes) -> dict[str, object]:
    return {"crv": "Ed25519", "kty": "OKP", "x": _base64url(raw)}


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
