from __future__ import annotations

import pytest
import requests


def fetched(url: str, encoding: str, method: str = "GET") -> requests.Response:
    return requests.request(method, url, headers={"Accept-Encoding": encoding}, timeout=30)


@pytest.mark.parametrize("path", ["/", "/tap/tables", "/tap/capabilities", "/ssa/capabilities"])
def test_documents_are_compressed_for_who_accepts_it(server: str, path: str) -> None:
    plain = fetched(server + path, "identity")
    packed = fetched(server + path, "gzip, deflate")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.content == plain.content
    assert int(packed.headers["Content-Length"]) < len(plain.content) / 2
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["Vary"]
    assert "Content-Encoding" not in fetched(server + path, "gzip;q=0").headers


def test_small_answers_and_streams_are_left_as_they_are(server: str) -> None:
    small = fetched(
        f"{server}/tap/sync?LANG=ADQL&QUERY=SELECT+TOP+1+1+AS+x+FROM+corot.runs", "gzip"
    )
    query = "SELECT+r.*+FROM+corot.runs+r,corot.runs+q,corot.runs+p"
    large = fetched(f"{server}/tap/sync?LANG=ADQL&QUERY={query}", "gzip")
    assert large.headers["Transfer-Encoding"] == "chunked"
    for answer in (small, large):
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers


def test_an_unchanged_style_sheet_is_not_sent_again(server: str) -> None:
    first = fetched(f"{server}/assets/portal.css", "gzip")
    tag = {"If-None-Match": first.headers["ETag"], "Accept-Encoding": "gzip"}
    assert requests.get(f"{server}/assets/portal.css", headers=tag, timeout=30).status_code == 304
