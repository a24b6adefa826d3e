"""HTTP side of the exports: files, the page that lists them, and the keys of the signatures."""

from __future__ import annotations

import io
import json
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, render_template, request

from tap.errors import NotFoundError
from tap.file_response import file_response
from tap.requests import open_to_pages
from vo_server.exports.edition import KEYS_PATH, MANIFEST, SIGNATURE
from vo_server.exports.forms import FORMS

if TYPE_CHECKING:
    from schemas.identity import Identity
    from vo_server.exports.edition import Edition
    from vo_server.exports.reading import ExportReader

_JSON: Final = "application/json"

_UNITS: Final = ("bytes", "kB", "MB", "GB")
_STEP: Final = 1000


def blueprint(reader: ExportReader, identity: Identity, publisher: str) -> Blueprint:
    """Make the blueprint of ``/exports`` and of the public keys.

    Parameters
    ----------
    reader
        Finds the files.
    identity
        The server's public address.
    publisher
        Name at the foot of the page.
    """
    made = Blueprint("exports", __name__, template_folder="templates")
    views = _Views(reader, identity, publisher)
    made.add_url_rule("/exports", "listed", views.listed)
    made.add_url_rule("/exports/<name>", "file", views.file)
    made.add_url_rule(f"/{KEYS_PATH}", "keys", views.keys)
    made.add_url_rule("/.well-known/vo-signing-keys/<key_id>.pem", "key", views.key)
    made.after_request(_always_asked_for)
    made.after_request(open_to_pages)
    return made


class _Views:
    """One method for each URL."""

    def __init__(self, reader: ExportReader, identity: Identity, publisher: str) -> None:
        self._reader = reader
        self._common = {
            "base_url": identity.base_url,
            "root": urlsplit(identity.base_url).path,
            "publisher": publisher,
            "forms": FORMS,
            "keys_path": KEYS_PATH,
            "readable": readable,
        }

    def listed(self) -> Response:
        """List the files for people."""
        page = render_template(
            "exports/index.html",
            edition=self._reader.listed(),
            keys=self._reader.public_keys(),
            **self._common,
        )
        return make_response(page)

    def file(self, name: str) -> Response:
        """Give a file, its manifest or the signature of that."""
        if name == MANIFEST:
            edition = self._reader.edition()
            return _small(edition, edition.manifest, _JSON)
        if name == SIGNATURE:
            edition = self._reader.edition()
            return _small(edition, edition.signature, "application/octet-stream")
        found, content = self._reader.file(name)
        return file_response(content, found.size, found.media_type, found.sha256, found.changed)

    def keys(self) -> Response:
        """List the public keys as a JSON Web Key Set (RFC 7517, section 5)."""
        told = {"keys": [key.jwk() for key in self._reader.public_keys()]}
        response = Response(json.dumps(told, indent=1) + "\n", content_type=_JSON)
        response.add_etag()
        response.make_conditional(request)
        return response

    def key(self, key_id: str) -> Response:
        """Give a public key as OpenSSL reads it."""
        for key in self._reader.public_keys():
            if key.key_id == key_id:
                return Response(key.pem(), content_type="application/x-pem-file")
        raise NotFoundError(f"There is no key of this name. /{KEYS_PATH} lists all.")


def readable(size: int) -> str:
    """Write a number of bytes for people."""
    value, unit = float(size), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    return f"{value:.0f} {_UNITS[unit]}" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


def _small(edition: Edition, content: bytes, media_type: str) -> Response:
    """Give a file that is in the database; its bytes are signed, and never compressed."""
    etag = sha256(content).hexdigest()
    return file_response(io.BytesIO(content), len(content), media_type, etag, edition.made)


def _always_asked_for(response: Response) -> Response:
    """Have caches ask each time: a withdrawn product must not be in what they give."""
    response.headers["Cache-Control"] = "no-cache"
    return response
