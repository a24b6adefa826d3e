"""What can be asked of a server, and what must come of it for somebody with some rights."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow.ipc
import pyarrow.parquet

from tap.formats import FORMATS
from tap.responses import ALL_METHODS
from tests.rights.world import COUNT, KINDS, RIGHTS, address, content, kinds_in

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
    methods: tuple[str, ...] = ("GET",)
    """HTTP methods that are asked by."""


def sees(_: Visit, rights: Rights) -> object:
    return rights.sees


def finds(_: Visit, rights: Rights) -> object:
    return rights.finds


def _gets(_: Visit, rights: Rights) -> object:
    return rights.gets


def is_coi(visit: Visit, _: Rights) -> object:
    return visit.caller == "coi1"


def nothing(_: Visit, __: Rights) -> object:
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
    return Probe(
        name, lambda visit: _told(visit.query(adql, RESPONSEFORMAT=form)), expected, ("POST",)
    )


def _count(name: str, adql: str, expected: Callable[[Visit, Rights], object]) -> Probe:
    def ask(visit: Visit) -> object:
        answer = visit.query(adql, RESPONSEFORMAT="csv")
        assert answer.status_code == 200, answer.text
        return int(answer.text.split()[1])

    def number(visit: Visit, rights: Rights) -> object:
        return COUNT * len(expected(visit, rights))  # type: ignore[arg-type] # sets

    return Probe(name, ask, number, ("POST",))


def _for_staff(table: str) -> Probe:
    """Ask how many rows there are of what is the staff's business."""

    def ask(visit: Visit) -> object:
        answer = visit.query(f"SELECT COUNT(*) AS n FROM {table}", RESPONSEFORMAT="csv")
        assert answer.status_code == 200, answer.text
        return int(answer.text.split()[1]) > 0

    return Probe(table, ask, lambda visit, _: visit.caller in {"staff1", "admin1"}, ("POST",))


_TEXT = "SELECT publisher_did FROM corot.products"

SYNC = (
    *(_query(f"products as {f.aliases[0]}", _TEXT, sees, f.aliases[0]) for f in FORMATS),
    _query("stars", "SELECT corot_id FROM corot.stars", sees, "csv"),
    _query("obscore", "SELECT obs_publisher_did FROM ivoa.obscore", finds, "csv"),
    _query("flux", f"{_TEXT} WHERE lc_mean_white IS NOT NULL", _gets, "csv"),
    _query("joined", "SELECT s.corot_id FROM corot.stars AS s JOIN corot.products AS p"
           " ON s.corot_id = p.corot_id JOIN corot.runs AS r ON r.run_code = p.run_code",
           sees, "csv"),
    _query("united", f"{_TEXT} UNION SELECT obs_publisher_did FROM ivoa.obscore", sees, "csv"),
    _query("latest", f"{_TEXT} WHERE is_latest = 1", finds, "csv"),
    _count("count", "SELECT COUNT(*) AS n FROM corot.products", sees),
    _count("count of stars", "SELECT COUNT(*) AS n FROM corot.stars", sees),
    _count("count of values", "SELECT COUNT(lc_mean_white) AS n FROM corot.products", _gets),
    _for_staff("ingest.deliveries"),
    _for_staff("ingest.delivered_files"),
)  # fmt: skip


QUERY = f"LANG=ADQL&RESPONSEFORMAT=csv&QUERY={_TEXT}"


def got_query(visit: Visit) -> object:
    return _told(visit.get(f"/tap/sync?{QUERY}"))


def search(visit: Visit) -> object:
    return _told(visit.get("/ssa?REQUEST=queryData&MAXREC=1000"))


def posted_search(visit: Visit) -> object:
    form = {"REQUEST": "queryData", "MAXREC": "1000"}
    return _told(visit.session.post(f"{visit.url}/ssa", form, timeout=60))


def download(status: int, method: str = "GET", **headers: str) -> Callable[[Visit], dict[str, int]]:
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


def given(status: int) -> Callable[[Visit, Rights], dict[str, int]]:
    """Tell what comes of asking for each kind: the file, a refusal, or nothing at all."""

    def expected(_: Visit, rights: Rights) -> dict[str, int]:
        return {
            kind: status if kind in rights.gets else 403 if kind in rights.sees else 404
            for kind in KINDS
        }

    return expected


def numbers(visit: Visit) -> object:
    """Read the numbers on the front page: light curves, and stars."""
    page = visit.get("/").text
    named = dict(re.findall(r"<dt>([a-z ]+)</dt><dd>(\d+)", page))
    assert not kinds_in(page)
    return int(named["light curves"]), int(named["of them public"]), int(named["stars"])


def expected_numbers(_: Visit, rights: Rights) -> object:
    return COUNT * len(rights.finds), COUNT, COUNT * len(rights.sees)


def run_job(visit: Visit) -> object:
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


def of_a_job(path: str, method: str = "GET", **form: str) -> tuple[Probe, ...]:
    """Ask for a part of another's job, which its owner alone may do."""

    def ask(visit: Visit) -> object:
        if method in {"DELETE", "POST", "PUT"} and visit.caller == "coi1":
            return False  # the others' probes need it as it is
        answer = visit.session.request(
            method, visit.job + path, data=form, timeout=60, allow_redirects=False
        )
        if visit.caller != "coi1":
            assert not kinds_in(answer.text)
            assert ("WWW-Authenticate" in answer.headers) == (not visit.caller)
        return answer.status_code == 403

    return (Probe(method, ask, lambda visit, _: visit.caller != "coi1", (method,)),)


def another_is_listed(visit: Visit) -> object:
    """Look for the job of coi1's among one's own."""
    answer = visit.session.get(f"{visit.url}/tap/jobs/async", timeout=60)
    assert answer.status_code == 200
    return visit.job.rpartition("/")[2] in answer.text


def several_are_deleted(visit: Visit) -> object:
    """Try to delete the job of coi1's, which the others' probes need."""
    if visit.caller == "coi1":
        return True
    form = {"JOB_IDS": visit.job.rpartition("/")[2]}
    answer = visit.session.post(f"{visit.url}/tap/deletejobs", form, timeout=60)
    return answer.status_code != 403


def released(_: Visit, __: Rights) -> object:
    return frozenset({"released"})


def public_sees(_: Visit, __: Rights) -> object:
    return RIGHTS[""].sees


def exported(path: str, method: str = "GET") -> Callable[[Visit], object]:
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


def silent(path: str, *methods: str, away: bool = False) -> tuple[Probe, ...]:
    """Ask for what is the same for everybody: no identifier may be in it.

    Parameters
    ----------
    path
        What to ask for.
    methods
        By which methods; absent: GET and HEAD.
    away
        Whether another server is needed for it, which does not answer here.
    """

    def probe(method: str) -> Probe:
        def ask(visit: Visit) -> object:
            answer = visit.session.request(method, visit.url + path, timeout=60)
            assert answer.status_code < 500 or (away and answer.status_code == 503)
            return kinds_in(_decoded(answer))

        return Probe(f"{method} silent", ask, nothing, (method,))

    return tuple(map(probe, methods)) if methods else (probe("GET"), head(path))


def for_admins(path: str, *methods: str) -> tuple[Probe, ...]:
    """Ask for what administrators alone may do; absent methods are GET and HEAD."""

    def probe(method: str) -> Probe:
        def ask(visit: Visit) -> object:
            answer = visit.session.request(
                method, visit.url + path, timeout=60, allow_redirects=False
            )
            assert answer.status_code < 500
            assert not kinds_in(_decoded(answer))
            # The public are sent to log in where a browser asks for a page.
            return answer.status_code not in (303, 401, 403)

        return Probe(method, ask, lambda visit, _: visit.caller == "admin1", (method,))

    return (*map(probe, methods or ("GET", "HEAD")),)


def head(path: str) -> Probe:
    """HEAD says what GET would, in its headers, and they name nothing."""

    def ask(visit: Visit) -> object:
        told, got = (
            visit.session.request(method, visit.url + path, timeout=60, allow_redirects=False)
            for method in ("HEAD", "GET")
        )
        return told.status_code == got.status_code, kinds_in(str(told.headers))

    return Probe("HEAD", ask, lambda *_: (True, frozenset()), ("HEAD",))


def and_no_other(path: str, *probes: Probe) -> tuple[Probe, ...]:
    """Add to a route of TAP's that it refuses all further methods, whoever asks.

    Such a route takes every method, so that clients can read the refusal.

    Parameters
    ----------
    path
        What to ask for; below the job of coi1's where it begins with ``{job}``.
    probes
        Of the methods that it answers.
    """
    answered = {method for probe in probes for method in probe.methods}
    refused = tuple(sorted({*ALL_METHODS} - answered - {"OPTIONS"}))

    def ask(visit: Visit) -> object:
        url = path.format(job=visit.job) if path.startswith("{job}") else visit.url + path
        answers = [visit.session.request(method, url, timeout=60) for method in refused]
        assert not any(kinds_in(answer.text) for answer in answers)
        return {answer.status_code for answer in answers}

    return (*probes, Probe("refused", ask, lambda *_: {405}, refused))


def job_line(path: str, *more: Probe) -> tuple[Probe, ...]:
    """Ask for a part of another's job, by GET and HEAD and what else there is."""
    read = (*of_a_job(path), *of_a_job(path, "HEAD"))
    return and_no_other(f"{{job}}{path}", *read, *more)
