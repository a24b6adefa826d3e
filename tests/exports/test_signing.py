"""The manifest: its checksums, its signature as others check it, and changing keys."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import text

from tests.support.rows import Products, insert_products
from tests.support.server import VO_SERVER, environment, running_server
from vo_server.errors import OperationError
from vo_server.exports.signing import SigningKey, key_id

if TYPE_CHECKING:
    from tests.exports.conftest import Lab, MakeLab

_PAGE = Path(__file__).parents[2] / "docs" / "exports.md"


def key_set(lab: Lab) -> list[dict[str, Any]]:
    answer = lab.get("/.well-known/vo-signing-keys.json")
    assert answer.content_type == "application/json"
    found: list[dict[str, Any]] = answer.get_json()["keys"]
    return found


def check(lab: Lab) -> dict[str, Any]:
    """Check the signature by the published key, and every checksum."""
    content, signature = lab.content("manifest.json"), lab.content("manifest.json.sig")
    told: dict[str, Any] = json.loads(content)
    (jwk,) = (key for key in key_set(lab) if key["kid"] == told["key_id"])
    raw = base64.urlsafe_b64decode(jwk["x"] + "=")
    assert key_id(raw) == jwk["kid"]
    Ed25519PublicKey.from_public_bytes(raw).verify(signature, content)
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, content + b" ")
    for file in told["files"]:
        found = lab.content(file["name"])
        assert file["url"].endswith(f"/exports/{file['name']}")
        assert (len(found), hashlib.sha256(found).hexdigest()) == (file["size"], file["sha256"])
    assert len(told["files"]) == 5
    return told


def test_the_manifest_is_signed_and_right(exported: Lab) -> None:
    told = check(exported)
    assert told["server"] == exported.settings.base_url
    assert told["keys"] == f"{exported.settings.base_url}/.well-known/vo-signing-keys.json"
    (key,) = key_set(exported)
    # RFC 8037, section 2
    assert {name: key[name] for name in ("kty", "crv", "alg", "use")} == {
        "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig",
    }  # fmt: skip
    assert "d" not in key, "the private half"


def test_thumbprints_are_those_of_the_standard() -> None:
    """RFC 8037, appendix A.3."""
    raw = base64.urlsafe_b64decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
    assert key_id(raw) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_the_commands_of_the_page_work(lab: Lab, tmp_path: Path) -> None:
    with lab.owner.begin() as owner:
        insert_products(owner, Products(first=1, count=1))
    page = _PAGE.read_text(encoding="utf-8")
    blocks = dict(re.findall(r"```(sh|python)\n(.*?)```", page, re.DOTALL))
    with running_server(lab.settings) as url:
        run = [str(VO_SERVER), "exports", "make"]
        subprocess.run(run, env=environment(lab.settings, VO_BASE_URL=url), check=True)
        commands = {"sh": ["sh", "-e"], "python": [sys.executable, "-"]}
        for language, command in commands.items():
            script = blocks[language].replace("https://vo.example.org", url)
            told = subprocess.run(
                command,
                input=script, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60,
            )  # fmt: skip
            assert "all_data.vot: OK" in told.stdout, told
    assert (tmp_path / "all_data.vot").read_bytes()


def test_a_new_key_leaves_the_old_one_listed(lab: Lab) -> None:
    lab.maker.make()
    (first,) = key_set(lab)
    manifest, signature = lab.content("manifest.json"), lab.content("manifest.json.sig")
    renewed = lab.maker.renew_key()
    assert check(lab)["key_id"] == renewed != first["kid"]
    new, old = key_set(lab)
    assert (new["kid"], old["kid"]) == (renewed, first["kid"])
    assert "retired" in old
    assert "retired" not in new
    pem = lab.get(f"/.well-known/vo-signing-keys/{old['kid']}.pem").data
    assert pem.startswith(b"-----BEGIN PUBLIC KEY-----")
    raw = base64.urlsafe_b64decode(old["x"] + "=")
    Ed25519PublicKey.from_public_bytes(raw).verify(signature, manifest)
    with lab.app.connect() as app:
        kept = "SELECT key_id FROM exports.signing_keys WHERE private_key IS NOT NULL"
        assert app.execute(text(kept)).scalars().all() == [renewed]
    assert lab.get("/.well-known/vo-signing-keys/none.pem").status_code == 404


def test_a_key_in_a_file(make_lab: MakeLab, tmp_path: Path) -> None:
    path = tmp_path / "new" / "signing.pem"
    lab = make_lab("x_key_file", signing_key=path)
    lab.maker.make()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    told = check(lab)
    assert SigningKey.from_pem(path.read_bytes()).key_id == told["key_id"]
    lab.maker.make()
    assert check(lab)["key_id"] == told["key_id"]
    with lab.app.connect() as app:
        kept = text("SELECT count(*) FROM exports.signing_keys WHERE private_key IS NOT NULL")
        assert app.scalar(kept) == 0
    # As operators change it by hand.
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", path], check=True)
    path.chmod(0o600)
    lab.maker.make()
    assert check(lab)["key_id"] != told["key_id"]
    assert [key["kid"] for key in key_set(lab)][1] == told["key_id"]
    renewed = lab.maker.renew_key()
    assert SigningKey.from_pem(path.read_bytes()).key_id == renewed == check(lab)["key_id"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_file_that_is_no_good_is_told(make_lab: MakeLab, tmp_path: Path) -> None:
    path = tmp_path / "signing.pem"
    lab = make_lab("x_key_bad", signing_key=path)
    path.write_bytes(SigningKey.generate().pem())
    path.chmod(0o644)
    with pytest.raises(OperationError, match="may be read by others: run `chmod 600"):
        lab.maker.make()
    path.chmod(0o600)
    path.write_text("no key", encoding="utf-8")
    with pytest.raises(OperationError, match="no private key of Ed25519 in PEM"):
        lab.maker.make()
    subprocess.run(["openssl", "genrsa", "-out", path, "2048"], check=True, capture_output=True)
    with pytest.raises(OperationError, match="no private key of Ed25519 in PEM"):
        lab.maker.make()
    assert lab.store.current() is None


def test_the_command_line(lab: Lab) -> None:
    def run(*arguments: str) -> str:
        command = [str(VO_SERVER), "exports", *arguments]
        return subprocess.check_output(command, env=environment(lab.settings), text=True)

    assert run("list") == "There are none yet: run `vo-server exports make`, or a worker.\n"
    made = run("make")
    assert run("list") == made
    *files, last = made.splitlines()
    assert len(files) == 5
    for line in files:
        digest, size, _, url = line.split()
        name = url.rpartition("/")[2]
        content = lab.content(name)
        assert (digest, int(size)) == (hashlib.sha256(content).hexdigest(), len(content))
    (key,) = key_set(lab)
    assert last.startswith("Made 20")
    assert last.endswith(f"key {key['kid']}.")
    assert run("new-key").startswith("The manifest is signed with the key ")
    assert len(key_set(lab)) == 2
