"""UWS 1.1 documents: the list of jobs, a job, its parameters and its results.

Some clients look for the prefix ``uws:`` itself, so the root declares it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from lxml import etree

from resources.namespaces import UWS, XLINK, XSI
from tap.uws.times import utc_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tap.uws.job import Job, JobReference

_PREFIXES = {"uws": UWS, "xlink": XLINK, "xsi": XSI}
_VERSION = {"version": "1.1"}


def jobs_document(references: Iterable[JobReference], url: str) -> bytes:
    """Write a list of jobs (UWS 1.1, section 2.2.2.1); ``url`` is the list's."""
    root = etree.Element(_uws("jobs"), _VERSION, nsmap=_PREFIXES)
    for reference in references:
        element = _child(root, "jobref")
        element.set("id", reference.job_id)
        element.set(f"{{{XLINK}}}type", "simple")
        element.set(f"{{{XLINK}}}href", f"{url}/{reference.job_id}")
        _child(element, "phase", reference.phase)
        if reference.run_id is not None:
            _child(element, "runId", reference.run_id)
        _nillable(element, "ownerId", reference.owner or None)
        _child(element, "creationTime", utc_text(reference.created))
    return _document(root)


def whole_jobs_document(jobs: Iterable[Job], url: str) -> bytes:
    """Write a list of whole jobs, which UWS does not have; ``url`` is that of the list."""
    root = etree.Element(_uws("jobs"), _VERSION, nsmap=_PREFIXES)
    root.extend(_job(job, f"{url}/{job.job_id}") for job in jobs)
    return _document(root)


def job_document(job: Job, url: str) -> bytes:
    """Write all that is known of a job (section 2.2.2.2); ``url`` is the job's."""
    return _document(_job(job, url))


def _job(job: Job, url: str) -> etree._Element:
    root = etree.Element(_uws("job"), _VERSION, nsmap=_PREFIXES)
    _child(root, "jobId", job.job_id)
    if job.run_id is not None:
        _child(root, "runId", job.run_id)
    _nillable(root, "ownerId", job.owner or None)
    _child(root, "phase", job.phase)
    _nillable(root, "quote", None)
    _child(root, "creationTime", utc_text(job.created))
    _nillable(root, "startTime", _moment(job.started))
    _nillable(root, "endTime", _moment(job.ended))
    _child(root, "executionDuration", str(int(job.duration.total_seconds())))
    _child(root, "destruction", utc_text(job.destruction))
    root.append(_parameters(job, url))
    root.append(_results(job, url))
    if job.error is not None:
        summary = _child(root, "errorSummary")
        summary.set("type", "transient" if job.error.transient else "fatal")
        summary.set("hasDetail", "true")
        _child(summary, "message", job.error.message)
    return root


def parameters_document(job: Job, url: str) -> bytes:
    """Write a job's parameters (section 2.2.2.3)."""
    return _document(_parameters(job, url))


def results_document(job: Job, url: str) -> bytes:
    """Write the list of a job's results (section 2.2.2.4)."""
    return _document(_results(job, url))


def _parameters(job: Job, url: str) -> etree._Element:
    root = etree.Element(_uws("parameters"), nsmap=_PREFIXES)
    for name, value in job.parameters:
        _child(root, "parameter", value).set("id", name)
    for name in job.files:
        element = _child(root, "parameter", f"{url}/parameters/{quote(name, safe='')}")
        element.set("id", name)
        element.set("byReference", "true")
    return root


def _results(job: Job, url: str) -> etree._Element:
    root = etree.Element(_uws("results"), nsmap=_PREFIXES)
    for name, result in job.results.items():
        element = _child(root, "result")
        element.set("id", name)
        element.set(f"{{{XLINK}}}type", "simple")
        element.set(f"{{{XLINK}}}href", f"{url}/results/{name}")
        element.set("size", str(result.size))
        element.set("mime-type", result.media_type)
    return root


def _uws(name: str) -> str:
    return f"{{{UWS}}}{name}"


def _child(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, _uws(name))
    element.text = text
    return element


def _nillable(parent: etree._Element, name: str, text: str | None) -> None:
    element = _child(parent, name, text)
    if text is None:
        element.set(f"{{{XSI}}}nil", "true")


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else utc_text(moment)


def _document(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
