"""The table of the matrix test: for each route, what is asked and what must come of it.

A route without a line here fails the test. A line is one or more probes; each
is asked by every tier.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyarrow.ipc
import pyarrow.parquet

from tap.formats import FORMATS
from tests.rights.world import COUNT, KINDS, RIGHTS, address, content, kinds_in
from vo_server.exports.forms import FORMS as EXPORT_FORMS

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import Response, Session

    from tests.rights.world import Rights


@dataclass(frozen=True)
class Visit:
    """Somebody at a server."""

    caller: str
    session: Session
    url: str
    job: str
    """URL of a job of coi1's that has ended."""

    def get(self, path: str, **headers: str) -> Response:
        """Ask for a path."""
        return self.session.get(self.url + path, headers=headers, timeout=60)

    def query(self, adql: str, **parameters: str) -> Response:
        """Send a query to /tap/sync."""
        form = {"LANG": "ADQL", "QUERY": adql, **parameters}
        return self.session.post(f"{self.url}/tap/sync", form, timeout=60)


@dataclass(frozen=True)
class Probe:
    """One thing to ask, and what must come of it for somebody with these rights."""

    name: str
    ask: Callable[[Visit], object]
    expected: Callable[[Visit, Rights], object]


def _sees(_: Visit, rights: Rights) -> object:
    return rights.sees


def _finds(_: Visit, rights: Rights) -> object:
    return rights.finds


def _gets(_: Visit, rights: Rights) -> object:
    return rights.gets


def _is_coi(visit: Visit, _: Rights) -> object:
    return visit.caller == "coi1"


def _nothing(_: Visit, __: Rights) -> object:
    return frozenset()


def _decoded(answer: Response) -> str:
    """Give all that an answer says as a text, in whichever format it is."""
    kind = answer.headers["Content-Type"]
    if "arrow" in kind:
        return str(pyarrow.ipc.open_stream(answer.content).read_all().to_pydict())
    if "parquet" in kind:
        return str(pyarrow.parquet.read_table(io.BytesIO(answer.content)).to_pydict())
    if stream := re.search(rb"<STREAM[^>]*>([^<]*)<", answer.content):
        return base64.b64decode(stream[1]).decode("latin-1")
    return answer.content.decode("latin-1")


def _told(answer: Response) -> frozenset[str]:
    assert answer.status_code == 200, answer.text
    return kinds_in(_decoded(answer))


def _query(name: str, adql: str, expected: Callable[[Visit, Rights], object], form: str) -> Probe:
    return Probe(name, lambda visit: _told(visit.query(adql, RESPONSEFORMAT=form)), expected)


def _count(name: str, adql: str, expected: Callable[[Visit, Rights], object]) -> Probe:
    def ask(visit: Visit) -> object:
        answer = visit.query(adql, RESPONSEFORMAT="csv")
        assert answer.status_code == 200, answer.text
        return int(answer.text.split()[1])

    return Probe(name, ask, lambda visit, rights: COUNT * len(expected(visit, rights)))  # type: ignore[arg-type] # sets


_TEXT = "SELECT publisher_did FROM corot.products"

_SYNC = (
    *(_query(f"products as {f.aliases[0]}", _TEXT, _sees, f.aliases[0]) for f in FORMATS),
    _query("stars", "SELECT corot_id FROM corot.stars", _sees, "csv"),
    _query("obscore", "SELECT obs_publisher_did FROM ivoa.obscore", _finds, "csv"),
    _query("flux", f"{_TEXT} WHERE lc_mean_white IS NOT NULL", _gets, "csv"),
    _query("joined", "SELECT s.corot_id FROM corot.stars AS s JOIN corot.products AS p"
           " ON s.corot_id = p.corot_id JOIN corot.runs AS r ON r.run_code = p.run_code",
           _sees, "csv"),
    _query("united", f"{_TEXT} UNION SELECT obs_publisher_did FROM ivoa.obscore", _sees, "csv"),
    _query("latest", f"{_TEXT} WHERE is_latest = 1", _finds, "csv"),
    _count("count", "SELECT COUNT(*) AS n FROM corot.products", _sees),
    _count("count of stars", "SELECT COUNT(*) AS n FROM corot.stars", _sees),
    _count("count of values", "SELECT COUNT(lc_mean_white) AS n FROM corot.products", _gets),
)  # fmt: skip


def _got_query(visit: Visit) -> object:
    return _told(visit.get(f"/tap/sync?LANG=ADQL&RESPONSEFORMAT=csv&QUERY={_TEXT}"))


def _search(visit: Visit) -> object:
    return _told(visit.get("/ssa?REQUEST=queryData&MAXREC=1000"))


def _posted_search(visit: Visit) -> object:
    form = {"REQUEST": "queryData", "MAXREC": "1000"}
    return _told(visit.session.post(f"{visit.url}/ssa", form, timeout=60))


def _download(
    status: int, method: str = "GET", **headers: str
) -> Callable[[Visit], dict[str, int]]:
    """Ask for a product of each kind; what is not given must say nothing of the file."""

    def ask(visit: Visit) -> dict[str, int]:
        outcome = {}
        for kind in KINDS:
            etag = f'"{hashlib.sha256(content(kind)).hexdigest()}"'
            sent = {name.replace("_", "-"): value.format(etag) for name, value in headers.items()}
            answer = visit.session.request(
                method, visit.url + address(kind), headers=sent, timeout=60
            )
            outcome[kind] = answer.status_code
            _check_download(answer, kind, status)
        return outcome

    return ask


def _check_download(answer: Response, kind: str, status: int) -> None:
    told = {"ETag", "Last-Modified", "Content-Range", "Accept-Ranges"} & answer.headers.keys()
    if answer.status_code == status:
        assert "ETag" in told
        assert answer.content in (content(kind), content(kind)[:4], b"")
        return
    assert not told
    assert content(kind) not in answer.content
    if answer.status_code == 403 and answer.request.method == "GET":
        assert "2999-01-01" in answer.text
        assert "ask CoRoT Data Centre" in answer.text
    challenged = answer.status_code == 403 and "Authorization" not in answer.request.headers
    assert ("WWW-Authenticate" in answer.headers) == challenged


def _given(status: int) -> Callable[[Visit, Rights], dict[str, int]]:
    """Tell what comes of asking for each kind: the file, a refusal, or nothing at all."""

    def expected(_: Visit, rights: Rights) -> dict[str, int]:
        return {
            kind: status if kind in rights.gets else 403 if kind in rights.sees else 404
            for kind in KINDS
        }

    return expected


def _numbers(visit: Visit) -> object:
    """Read the numbers on the front page: light curves, and stars."""
    page = visit.get("/").text
    named = dict(re.findall(r"<dt>([a-z ]+)</dt><dd>(\d+)", page))
    assert not kinds_in(page)
    return int(named["light curves"]), int(named["of them public"]), int(named["stars"])


def _expected_numbers(_: Visit, rights: Rights) -> object:
    return COUNT * len(rights.finds), COUNT, COUNT * len(rights.sees)


def _job(visit: Visit) -> object:
    """Run a job, and read what came of it and the caller's list of jobs."""
    jobs = f"{visit.url}/tap/async"
    form = {"LANG": "ADQL", "QUERY": _TEXT, "RESPONSEFORMAT": "csv", "PHASE": "RUN"}
    made = visit.session.post(jobs, form, timeout=60, allow_redirects=False)
    assert made.status_code == 303, made.text
    url = made.headers["Location"]
    deadline = time.monotonic() + 60
    while (phase := visit.session.get(f"{url}/phase", timeout=60).text) != "COMPLETED":
        assert phase in {"QUEUED", "EXECUTING"}, phase
        assert time.monotonic() < deadline
        time.sleep(0.05)
    listed = visit.session.get(jobs, timeout=60).text
    assert (url.rpartition("/")[2] in listed) == bool(visit.caller)
    assert visit.job.rpartition("/")[2] not in listed or visit.caller == "coi1"
    return _told(visit.session.get(f"{url}/results/result", timeout=60))


def _of_a_job(path: str, method: str = "GET", **form: str) -> tuple[Probe, ...]:
    """Ask for a part of another's job, which its owner alone may do."""

    def ask(visit: Visit) -> object:
        if method in {"DELETE", "POST"} and visit.caller == "coi1":
            return False  # the others' probes need it as it is
        answer = visit.session.request(
            method, visit.job + path, data=form, timeout=60, allow_redirects=False
        )
        if visit.caller != "coi1":
            assert not kinds_in(answer.text)
            assert ("WWW-Authenticate" in answer.headers) == (not visit.caller)
        return answer.status_code == 403

    return (Probe(method, ask, lambda visit, _: visit.caller != "coi1"),)


def _another_is_listed(visit: Visit) -> object:
    """Look for the job of coi1's among one's own."""
    answer = visit.session.get(f"{visit.url}/tap/jobs/async", timeout=60)
    assert answer.status_code == 200
    return visit.job.rpartition("/")[2] in answer.text


def _several_are_deleted(visit: Visit) -> object:
    """Try to delete the job of coi1's, which the others' probes need."""
    if visit.caller == "coi1":
        return True
    form = {"JOB_IDS": visit.job.rpartition("/")[2]}
    answer = visit.session.post(f"{visit.url}/tap/deletejobs", form, timeout=60)
    return answer.status_code != 403


def _released(_: Visit, __: Rights) -> object:
    return frozenset({"released"})


def _public_sees(_: Visit, __: Rights) -> object:
    return RIGHTS[""].sees


def _exported(path: str, method: str = "GET") -> Callable[[Visit], object]:
    """Ask for what workers make of the public's rows, once they have."""

    def ask(visit: Visit) -> object:
        deadline = time.monotonic() + 60
        while True:
            answer = visit.session.request(method, f"{visit.url}/{path}", timeout=60)
            if answer.status_code == 200 and visit.get("/exports/manifest.json").ok:
                return kinds_in(_decoded(answer)) if answer.content else frozenset()
            assert answer.status_code in (200, 503)
            assert time.monotonic() < deadline
            time.sleep(0.2)

    return ask


def _silent(path: str, method: str = "GET", *, away: bool = False) -> tuple[Probe, ...]:
    """Ask for what is the same for everybody: no identifier may be in it.

    ``away`` tells that another server is needed for it, which does not answer here.
    """

    def ask(visit: Visit) -> object:
        answer = visit.session.request(method, visit.url + path, timeout=60)
        assert answer.status_code < 500 or (away and answer.status_code == 503)
        return kinds_in(_decoded(answer))

    return (Probe("silent", ask, _nothing),)


def _for_admins(path: str, method: str = "GET") -> tuple[Probe, ...]:
    """Ask for what administrators alone may do."""

    def ask(visit: Visit) -> object:
        answer = visit.session.request(method, visit.url + path, timeout=60, allow_redirects=False)
        assert answer.status_code < 500
        assert not kinds_in(_decoded(answer))
        # The public are sent to log in where a browser asks for a page.
        return answer.status_code not in (303, 401, 403)

    return (Probe(method, ask, lambda visit, _: visit.caller == "admin1"),)


TABLE: Final[dict[str, tuple[Probe, ...]]] = {
    "/": (Probe("numbers", _numbers, _expected_numbers),),
    "/assets/<path:filename>": _silent("/assets/site.css"),
    "/account": _silent("/account"),
    "/account/forgot": (*_silent("/account/forgot"), *_silent("/account/forgot", "POST")),
    "/account/link/<secret>": (
        *_silent("/account/link/nothing"),
        *_silent("/account/link/nothing", "POST"),
    ),
    "/account/login": (*_silent("/account/login"), *_silent("/account/login", "POST")),
    "/account/logout": _silent("/account/logout", "POST"),
    "/account/password": _silent("/account/password", "POST"),
    "/account/register": (*_silent("/account/register"), *_silent("/account/register", "POST")),
    "/account/sessions": _silent("/account/sessions", "POST"),
    "/account/tokens": _silent("/account/tokens", "POST"),
    "/account/tokens/revoke": _silent("/account/tokens/revoke", "POST"),
    "/admin": _for_admins("/admin"),
    "/admin/audit": _for_admins("/admin/audit"),
    "/admin/grants": (*_for_admins("/admin/grants"), *_for_admins("/admin/grants", "POST")),
    "/admin/grants/<int:number>/revoke": _for_admins("/admin/grants/4711/revoke", "POST"),
    "/admin/groups": (*_for_admins("/admin/groups"), *_for_admins("/admin/groups", "POST")),
    "/admin/invitations": _for_admins("/admin/invitations", "POST"),
    "/admin/levels": _for_admins("/admin/levels", "POST"),
    "/admin/users": _for_admins("/admin/users", "POST"),
    "/admin/users/<name>": (
        *_for_admins("/admin/users/reg"),
        *_for_admins("/admin/users/nobody", "POST"),
    ),
    "/admin/users/<name>/groups": _for_admins("/admin/users/nobody/groups", "POST"),
    "/admin/users/<name>/identities": _for_admins("/admin/users/nobody/identities", "POST"),
    "/admin/users/<name>/reset-link": _for_admins("/admin/users/nobody/reset-link", "POST"),
    "/admin/users/<name>/state": _for_admins("/admin/users/nobody/state", "POST"),
    "/api": _for_admins("/api"),
    "/api/<path:path>": _for_admins("/api/nothing"),
    "/account/identities": _silent("/account/identities", "POST"),
    "/account/oidc": _silent("/account/oidc", away=True),
    "/account/oidc/link": _silent("/account/oidc/link", "POST", away=True),
    "/account/oidc/callback": _silent("/account/oidc/callback?code=x&state=y"),
    "/api/account": _silent("/api/account"),
    "/api/account/tokens": _silent("/api/account/tokens"),
    "/api/account/tokens/<token_id>": _silent("/api/account/tokens/1", "DELETE"),
    "/api/audit": _for_admins("/api/audit"),
    "/api/grants": (*_for_admins("/api/grants"), *_for_admins("/api/grants", "POST")),
    "/api/grants/<int:number>": _for_admins("/api/grants/4711", "DELETE"),
    "/api/groups": (*_for_admins("/api/groups"), *_for_admins("/api/groups", "POST")),
    "/api/groups/<name>": _for_admins("/api/groups/coi"),
    "/api/invitations": _for_admins("/api/invitations", "POST"),
    "/api/levels": _for_admins("/api/levels"),
    "/api/levels/<name>": _for_admins("/api/levels/N9", "PATCH"),
    "/api/users": (*_for_admins("/api/users"), *_for_admins("/api/users", "POST")),
    "/api/users/<name>": (*_for_admins("/api/users/reg"), *_for_admins("/api/users/x", "PATCH")),
    "/api/users/<name>/groups/<group>": (
        *_for_admins("/api/users/reg/groups/none", "PUT"),
        *_for_admins("/api/users/reg/groups/none", "DELETE"),
    ),
    "/api/users/<name>/identities": _for_admins("/api/users/reg/identities"),
    "/api/users/<name>/reset-link": _for_admins("/api/users/nobody/reset-link", "POST"),
    "/.well-known/vo-signing-keys.json": _silent("/.well-known/vo-signing-keys.json"),
    "/.well-known/vo-signing-keys/<key_id>.pem": _silent("/.well-known/vo-signing-keys/x.pem"),
    "/exports": _silent("/exports"),
    "/exports/<name>": (
        *(
            Probe(f"GET {form.name}", _exported(f"exports/{form.name}"), _released)
            for form in EXPORT_FORMS
        ),
        Probe("HEAD", _exported("exports/all_data.vot", "HEAD"), _nothing),
        Probe("manifest", _exported("exports/manifest.json"), _nothing),
        Probe("signature", _exported("exports/manifest.json.sig"), _nothing),
    ),
    "/feeds/changes.atom": (
        Probe("newest", _exported("feeds/changes.atom"), _public_sees),
        Probe("since", _exported("feeds/changes.atom?since=2000-01-01"), _public_sees),
    ),
    "/feeds/changes/<int:number>.atom": _silent("/feeds/changes/0.atom"),
    "/login": _silent("/login", "POST"),
    "/logout": _silent("/logout", "POST"),
    "/token": _silent("/token", "POST"),
    "/oai": (
        *_silent("/oai?verb=ListRecords&metadataPrefix=ivo_vor"),
        *_silent("/oai?verb=ListRecords&metadataPrefix=oai_dc", "POST"),
    ),
    "/oai/availability": _silent("/oai/availability"),
    "/oai/capabilities": _silent("/oai/capabilities"),
    "/products/<path:path>": (
        Probe("GET", _download(200), _given(200)),
        Probe("HEAD", _download(200, "HEAD"), _given(200)),
        Probe("Range", _download(206, Range="bytes=0-3"), _given(206)),
        Probe("If-None-Match", _download(304, If_None_Match="{}"), _given(304)),
        Probe("If-Range", _download(206, Range="bytes=0-3", If_Range="{}"), _given(206)),
    ),
    "/records": _silent("/records"),
    "/records/<path:key>": _silent("/records/n2/faint-stars"),
    "/records/<path:key>/citation.bib": _silent("/records/n2/faint-stars/citation.bib"),
    "/records/<path:key>/datacite.xml": _silent("/records/n2/faint-stars/datacite.xml"),
    "/records/<path:key>/voresource.xml": _silent("/records/n2/faint-stars/voresource.xml"),
    "/robots.txt": _silent("/robots.txt"),
    "/sitemap.xml": _silent("/sitemap.xml"),
    "/ssa": (Probe("search", _search, _finds), Probe("POST", _posted_search, _finds)),
    "/ssa/availability": _silent("/ssa/availability"),
    "/ssa/capabilities": _silent("/ssa/capabilities"),
    "/tap": _silent("/tap"),
    "/tap/": _silent("/tap/"),
    "/tap/<path:path>": _silent("/tap/nothing"),
    "/tap/assets/<path:filename>": _silent("/tap/assets/sort.js"),
    "/tap/async": (Probe("result", _job, _sees),),
    "/tap/async/<job_id>": (
        *_of_a_job(""),
        *_of_a_job("", "DELETE"),
        *_of_a_job("", "POST", ACTION="DELETE"),
    ),
    "/tap/async/<job_id>/destruction": (
        *_of_a_job("/destruction"),
        *_of_a_job("/destruction", "POST", DESTRUCTION="2099-01-01T00:00:00Z"),
    ),
    "/tap/async/<job_id>/error": _of_a_job("/error"),
    "/tap/async/<job_id>/executionduration": (
        *_of_a_job("/executionduration"),
        *_of_a_job("/executionduration", "POST", EXECUTIONDURATION="1"),
    ),
    "/tap/async/<job_id>/owner": _of_a_job("/owner"),
    "/tap/async/<job_id>/parameters": (
        *_of_a_job("/parameters"),
        *_of_a_job("/parameters", "POST", QUERY="SELECT 1 FROM corot.runs"),
    ),
    "/tap/async/<job_id>/parameters/<path:name>": _of_a_job("/parameters/QUERY"),
    "/tap/async/<job_id>/phase": (
        *_of_a_job("/phase"),
        *_of_a_job("/phase", "POST", PHASE="ABORT"),
    ),
    "/tap/async/<job_id>/quote": _of_a_job("/quote"),
    "/tap/async/<job_id>/results": _of_a_job("/results"),
    "/tap/async/<job_id>/results/<path:name>": (
        *_of_a_job("/results/result"),
        *_of_a_job("/results/result", "HEAD"),
    ),
    "/tap/login": _silent("/tap/login", "POST"),
    "/tap/logout": _silent("/tap/logout", "POST"),
    "/tap/jobs/async": (Probe("GET", _another_is_listed, _is_coi),),
    "/tap/deletejobs": (Probe("POST", _several_are_deleted, _is_coi),),
    "/tap/availability": _silent("/tap/availability"),
    "/tap/capabilities": _silent("/tap/capabilities"),
    "/tap/examples": _silent("/tap/examples"),
    "/tap/sync": (*_SYNC, Probe("GET", _got_query, _sees)),
    "/tap/tables": _silent("/tap/tables"),
    "/tap/tables/<path:name>": _silent("/tap/tables/corot.products"),
}
"""The probes of each route."""
