"""Asynchronous queries over HTTP: requests in, responses out, nothing else."""

from __future__ import annotations

from functools import partial
from typing import IO, TYPE_CHECKING

from flask import Blueprint, Response, request

from tap.errors import NotFoundError, UsageError
from tap.file_response import file_response
from tap.formats import VOTABLE_TYPE
from tap.parameters import Parameters, shown
from tap.requests import open_to_pages, read_body, read_inputs, read_pairs
from tap.responses import ALL_METHODS, checked, error_document, failed, xml
from tap.uws.documents import (
    job_document,
    jobs_document,
    parameters_document,
    results_document,
)
from tap.uws.times import utc_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.session import Caller
    from tap.jobs.service import JobService
    from tap.service import TapService
    from tap.uploads.model import InlineFile
    from tap.uws.job import Job, StoredFile
    from tap.uws.parameters import Pairs

_READ = ("GET", "HEAD", "OPTIONS")
_WRITE = ("GET", "HEAD", "POST", "OPTIONS")
_WHOLE = ("GET", "HEAD", "POST", "DELETE", "OPTIONS")
_ONE = ("GET", "HEAD", "PUT", "POST", "OPTIONS")

_DATA_TYPES = (
    *(VOTABLE_TYPE, "application/fits", "image/fits", "application/vnd.apache.parquet"),
    *("text/csv", "text/tab-separated-values", "text/plain"),
)
"""Media types that an uploaded file keeps."""


def blueprint(
    service: JobService, tap: TapService, current_caller: Callable[[], Caller]
) -> Blueprint:
    """Mount the jobs of a TAP service at ``/tap/async``.

    Parameters
    ----------
    service
        Answers the requests.
    tap
        The service they belong to.
    current_caller
        Tells who makes the request being handled.
    """
    made = Blueprint("tap_jobs", __name__, url_prefix="/tap/async")
    views = _Views(service, tap, current_caller)
    for rule, view, methods in (
        ("", views.jobs, _WRITE),
        ("/<job_id>", views.job, _WHOLE),
        ("/<job_id>/phase", views.phase, _WRITE),
        ("/<job_id>/executionduration", views.duration, _WRITE),
        ("/<job_id>/destruction", views.destruction, _WRITE),
        ("/<job_id>/quote", views.quote, _READ),
        ("/<job_id>/owner", views.owner, _READ),
        ("/<job_id>/error", views.error, _READ),
        ("/<job_id>/parameters", views.parameters, _WRITE),
        ("/<job_id>/parameters/<path:name>", views.parameter, _ONE),
        ("/<job_id>/results", views.results, _READ),
        ("/<job_id>/results/<path:name>", views.result, _READ),
    ):
        made.add_url_rule(
            rule,
            endpoint=view.__name__,
            view_func=checked(view, methods),
            methods=ALL_METHODS,
            provide_automatic_options=False,
            strict_slashes=False,
        )
    made.register_error_handler(Exception, partial(failed, limit=tap.limits.execution))
    made.after_request(open_to_pages)
    made.after_request(_never_cached)
    return made


class _Views:
    """One method for each URL; a POST is answered by 303, to where it is to be seen."""

    def __init__(
        self, service: JobService, tap: TapService, current_caller: Callable[[], Caller]
    ) -> None:
        self._service = service
        self._current_caller = current_caller
        self._limits_of = tap.limits_of
        self._url = f"{tap.url}/async"

    def jobs(self) -> Response:
        caller = self._current_caller()
        if request.method == "POST":
            pairs, files = self._inputs(caller)
            return self._see(self._service.create(pairs, files, caller).job_id)
        listed = self._service.listed(self._parameters(caller), caller)
        return xml(jobs_document(listed, self._url))

    def job(self, job_id: str) -> Response:
        caller = self._current_caller()
        if request.method == "DELETE":
            return self._deleted(job_id, caller)
        if request.method != "POST":
            job = self._service.awaited(job_id, self._parameters(caller), caller)
            return xml(job_document(job, self._job_url(job)))
        pairs, files = self._inputs(caller)
        parameters = Parameters(pairs)
        action = parameters.single("ACTION")
        if action is not None and action.upper() == "DELETE":
            return self._deleted(job_id, caller)
        if action is not None:
            raise UsageError(f"ACTION is {shown(action)}; only DELETE is possible.")
        change = None if parameters.single("PHASE") is None else self._phase_change(parameters)
        self._service.set_parameters(job_id, pairs, files, caller)
        if change is not None:
            change(job_id, caller)
        return self._see(job_id)

    def phase(self, job_id: str) -> Response:
        caller = self._current_caller()
        parameters = self._parameters(caller)
        if request.method == "POST":
            self._phase_change(parameters)(job_id, caller)
            return self._see(job_id)
        return _text(self._service.awaited(job_id, parameters, caller).phase)

    def duration(self, job_id: str) -> Response:
        caller = self._current_caller()
        if request.method == "POST":
            self._service.set_duration(job_id, self._parameters(caller), caller)
            return self._see(job_id)
        return _text(str(int(self._service.get(job_id, caller).duration.total_seconds())))

    def destruction(self, job_id: str) -> Response:
        caller = self._current_caller()
        if request.method == "POST":
            self._service.set_destruction(job_id, self._parameters(caller), caller)
            return self._see(job_id)
        return _text(utc_text(self._service.get(job_id, caller).destruction))

    def quote(self, job_id: str) -> Response:
        self._service.get(job_id, self._current_caller())
        return _text("")

    def owner(self, job_id: str) -> Response:
        return _text(self._service.get(job_id, self._current_caller()).owner)

    def error(self, job_id: str) -> Response:
        """Tell why a job failed; with status 200 (DALI 1.1, section 4.2)."""
        job = self._service.get(job_id, self._current_caller())
        if job.error is None:
            raise NotFoundError(f"The job, which is {job.phase}, has no error.")
        return Response(error_document(job.error.message), content_type=VOTABLE_TYPE)

    def parameters(self, job_id: str) -> Response:
        caller = self._current_caller()
        if request.method == "POST":
            self._service.set_parameters(job_id, *self._inputs(caller), caller)
            return self._see(job_id)
        job = self._service.get(job_id, caller)
        return xml(parameters_document(job, self._job_url(job)))

    def parameter(self, job_id: str, name: str) -> Response:
        caller = self._current_caller()
        if request.method in {"PUT", "POST"}:
            limits = self._limits_of(caller)
            value = read_body(max(limits.request_bytes, limits.uploads.size))
            self._service.set_input(job_id, name, value, caller)
            return self._see(job_id)
        found = self._service.input(job_id, name, caller)
        return _text(found) if isinstance(found, str) else _upload(*found)

    def results(self, job_id: str) -> Response:
        job = self._service.get(job_id, self._current_caller())
        return xml(results_document(job, self._job_url(job)))

    def result(self, job_id: str, name: str) -> Response:
        """Give a result, or a part of it."""
        return _file(*self._service.result(job_id, name, self._current_caller()))

    def _parameters(self, caller: Caller) -> Parameters:
        return Parameters(read_pairs(self._limits_of(caller).request_bytes))

    def _inputs(self, caller: Caller) -> tuple[Pairs, dict[str, InlineFile]]:
        limits = self._limits_of(caller)
        pairs, files = read_inputs(limits.request_bytes, limits.uploads.size)
        return tuple(pairs), files

    def _phase_change(self, parameters: Parameters) -> Callable[[str, Caller], None]:
        """Tell what PHASE asks for."""
        wanted = parameters.required("PHASE", "Give RUN or ABORT.")
        changes = {"RUN": self._service.run, "ABORT": self._service.abort}
        if wanted.upper() not in changes:
            raise UsageError(f"PHASE is {shown(wanted)}; it must be RUN or ABORT.")
        return changes[wanted.upper()]

    def _deleted(self, job_id: str, caller: Caller) -> Response:
        self._service.delete(job_id, caller)
        return self._see()

    def _see(self, job_id: str = "") -> Response:
        """Send the client on (UWS 1.1, section 2.2.3)."""
        url = f"{self._url}/{job_id}" if job_id else self._url
        return Response(f"{url}\n", 303, {"Location": url}, content_type="text/plain")

    def _job_url(self, job: Job) -> str:
        return f"{self._url}/{job.job_id}"


def _text(value: str) -> Response:
    return Response(value, content_type="text/plain;charset=utf-8")


def _file(stored: StoredFile, content: IO[bytes]) -> Response:
    """Give a file, or the part of it that is asked for."""
    return file_response(content, stored.size, stored.media_type, stored.key.replace("/", "."))


def _upload(stored: StoredFile, content: IO[bytes]) -> Response:
    """Give a file that somebody sent, for saving: no browser runs what is in it as ours."""
    response = _file(stored, content)
    if response.mimetype not in _DATA_TYPES:
        response.headers["Content-Type"] = "application/octet-stream"
    response.headers["Content-Disposition"] = "attachment"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _never_cached(response: Response) -> Response:
    """Keep what changes from one moment to the next out of caches."""
    # A result does not change, but is nobody else's, and may be forbidden tomorrow.
    kept = "private, no-cache" if response.accept_ranges else "no-store"
    response.headers["Cache-Control"] = kept
    return response
