"""What astroquery's TapPlus asks of jobs beyond UWS: a list of whole ones, deleting several."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from tap.requests import open_to_pages, read_parameters
from tap.responses import ALL_METHODS, checked, failed, xml
from tap.uws.documents import whole_jobs_document

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.session import Caller
    from tap.jobs.service import JobService
    from tap.service import TapService

_READ = ("GET", "HEAD", "OPTIONS")
_WRITE = ("POST", "OPTIONS")


def blueprint(
    service: JobService, tap: TapService, current_caller: Callable[[], Caller]
) -> Blueprint:
    """Mount ``/tap/jobs/async`` and ``/tap/deletejobs``.

    Parameters
    ----------
    service
        Answers the requests.
    tap
        The service the jobs belong to.
    current_caller
        Tells who makes the request being handled.
    """
    made = Blueprint("tap_plus", __name__, url_prefix="/tap")

    def search() -> Response:
        caller = current_caller()
        parameters = read_parameters(tap.limits_of(caller).request_bytes)
        found = service.searched(parameters, caller)
        return xml(whole_jobs_document(found, f"{tap.url}/async"), caller)

    def delete() -> Response:
        caller = current_caller()
        parameters = read_parameters(tap.limits_of(caller).request_bytes)
        given = parameters.required("JOB_IDS", "Give the jobs to delete, with commas between them.")
        for job_id in given.split(","):
            service.delete(job_id.strip(), caller)
        return Response(f"Deleted: {given}\n", content_type="text/plain;charset=utf-8")

    for rule, view, methods in (("/jobs/async", search, _READ), ("/deletejobs", delete, _WRITE)):
        made.add_url_rule(
            rule,
            endpoint=view.__name__,
            view_func=checked(view, methods),
            methods=ALL_METHODS,
            provide_automatic_options=False,
        )
    made.register_error_handler(Exception, partial(failed, limit=tap.limits.execution))
    made.after_request(open_to_pages)
    return made
