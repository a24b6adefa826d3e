"""The table of the matrix test: for each route, what is asked and what must come of it.

A method of a route without a line here fails the test. A line is one or more
probes; each is asked by every tier.
"""

from __future__ import annotations

from typing import Final

from tests.rights.probes import (
    QUERY,
    SYNC,
    Probe,
    and_no_other,
    another_is_listed,
    download,
    expected_numbers,
    exported,
    finds,
    for_admins,
    given,
    got_query,
    head,
    is_coi,
    job_line,
    nothing,
    numbers,
    of_a_job,
    posted_search,
    public_sees,
    released,
    run_job,
    search,
    sees,
    several_are_deleted,
    silent,
)
from vo_server.exports.forms import FORMS as EXPORT_FORMS

TABLE: Final[dict[str, tuple[Probe, ...]]] = {
    "/": (Probe("numbers", numbers, expected_numbers), head("/")),
    "/assets/<path:filename>": silent("/assets/site.css"),
    "/account": silent("/account"),
    "/account/forgot": (*silent("/account/forgot"), *silent("/account/forgot", "POST")),
    "/account/link/<secret>": (
        *silent("/account/link/nothing"),
        *silent("/account/link/nothing", "POST"),
    ),
    "/account/login": (*silent("/account/login"), *silent("/account/login", "POST")),
    "/account/logout": silent("/account/logout", "POST"),
    "/account/password": silent("/account/password", "POST"),
    "/account/register": (*silent("/account/register"), *silent("/account/register", "POST")),
    "/account/sessions": silent("/account/sessions", "POST"),
    "/account/tokens": silent("/account/tokens", "POST"),
    "/account/tokens/revoke": silent("/account/tokens/revoke", "POST"),
    "/admin": for_admins("/admin"),
    "/admin/audit": for_admins("/admin/audit"),
    "/admin/grants": (*for_admins("/admin/grants"), *for_admins("/admin/grants", "POST")),
    "/admin/grants/<int:number>/revoke": for_admins("/admin/grants/4711/revoke", "POST"),
    "/admin/groups": (*for_admins("/admin/groups"), *for_admins("/admin/groups", "POST")),
    "/admin/invitations": for_admins("/admin/invitations", "POST"),
    "/admin/levels": for_admins("/admin/levels", "POST"),
    "/admin/users": for_admins("/admin/users", "POST"),
    "/admin/users/<name>": (
        *for_admins("/admin/users/reg"),
        *for_admins("/admin/users/nobody", "POST"),
    ),
    "/admin/users/<name>/groups": for_admins("/admin/users/nobody/groups", "POST"),
    "/admin/users/<name>/identities": for_admins("/admin/users/nobody/identities", "POST"),
    "/admin/users/<name>/reset-link": for_admins("/admin/users/nobody/reset-link", "POST"),
    "/admin/users/<name>/state": for_admins("/admin/users/nobody/state", "POST"),
    "/api": for_admins("/api", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
    "/api/<path:path>": for_admins("/api/nothing", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
    "/account/identities": silent("/account/identities", "POST"),
    "/account/oidc": silent("/account/oidc", away=True),
    "/account/oidc/left": silent("/account/oidc/left"),
    "/account/oidc/link": silent("/account/oidc/link", "POST", away=True),
    "/account/oidc/callback": silent("/account/oidc/callback?code=x&state=y"),
    "/api/account": silent("/api/account"),
    "/api/account/tokens": (
        *silent("/api/account/tokens"),
        *silent("/api/account/tokens", "POST"),
    ),
    "/api/account/tokens/<token_id>": silent("/api/account/tokens/1", "DELETE"),
    "/api/audit": for_admins("/api/audit"),
    "/api/grants": (*for_admins("/api/grants"), *for_admins("/api/grants", "POST")),
    "/api/grants/<int:number>": for_admins("/api/grants/4711", "GET", "HEAD", "DELETE"),
    "/api/groups": (*for_admins("/api/groups"), *for_admins("/api/groups", "POST")),
    "/api/groups/<name>": for_admins("/api/groups/coi"),
    "/api/invitations": for_admins("/api/invitations", "POST"),
    "/api/levels": for_admins("/api/levels"),
    "/api/levels/<name>": for_admins("/api/levels/N9", "PATCH"),
    "/api/users": (*for_admins("/api/users"), *for_admins("/api/users", "POST")),
    "/api/users/<name>": (*for_admins("/api/users/reg"), *for_admins("/api/users/x", "PATCH")),
    "/api/users/<name>/groups/<group>": for_admins("/api/users/reg/groups/none", "PUT", "DELETE"),
    "/api/users/<name>/identities": for_admins(
        "/api/users/reg/identities", "GET", "HEAD", "POST", "DELETE"
    ),
    "/api/users/<name>/reset-link": for_admins("/api/users/nobody/reset-link", "POST"),
    "/.well-known/vo-signing-keys.json": silent("/.well-known/vo-signing-keys.json"),
    "/.well-known/vo-signing-keys/<key_id>.pem": silent("/.well-known/vo-signing-keys/x.pem"),
    "/exports": silent("/exports"),
    "/exports/<name>": (
        *(
            Probe(f"GET {form.name}", exported(f"exports/{form.name}"), released)
            for form in EXPORT_FORMS
        ),
        Probe("HEAD", exported("exports/all_data.vot", "HEAD"), nothing, ("HEAD",)),
        Probe("manifest", exported("exports/manifest.json"), nothing),
        Probe("signature", exported("exports/manifest.json.sig"), nothing),
    ),
    "/feeds/changes.atom": (
        Probe("newest", exported("feeds/changes.atom"), public_sees),
        Probe("since", exported("feeds/changes.atom?since=2000-01-01"), public_sees),
        Probe("HEAD", exported("feeds/changes.atom", "HEAD"), nothing, ("HEAD",)),
    ),
    "/feeds/changes/<int:number>.atom": silent("/feeds/changes/0.atom"),
    "/login": silent("/login", "POST"),
    "/logout": silent("/logout", "POST"),
    "/token": silent("/token", "POST"),
    "/oai": (
        *silent("/oai?verb=ListRecords&metadataPrefix=ivo_vor"),
        *silent("/oai?verb=ListRecords&metadataPrefix=oai_dc", "POST"),
    ),
    "/oai/availability": silent("/oai/availability"),
    "/oai/capabilities": silent("/oai/capabilities"),
    "/products/<path:path>": (
        Probe("GET", download(200), given(200)),
        Probe("HEAD", download(200, "HEAD"), given(200), ("HEAD",)),
        Probe("Range", download(206, Range="bytes=0-3"), given(206)),
        Probe("If-None-Match", download(304, If_None_Match="{}"), given(304)),
        Probe("If-Range", download(206, Range="bytes=0-3", If_Range="{}"), given(206)),
    ),
    "/records": silent("/records"),
    "/records/<path:key>": silent("/records/n2/faint-stars"),
    "/records/<path:key>/citation.bib": silent("/records/n2/faint-stars/citation.bib"),
    "/records/<path:key>/datacite.xml": silent("/records/n2/faint-stars/datacite.xml"),
    "/records/<path:key>/voresource.xml": silent("/records/n2/faint-stars/voresource.xml"),
    "/robots.txt": silent("/robots.txt"),
    "/sitemap.xml": silent("/sitemap.xml"),
    "/ssa": (
        Probe("search", search, finds),
        Probe("POST", posted_search, finds, ("POST",)),
        head("/ssa?REQUEST=queryData&MAXREC=1000"),
    ),
    "/ssa/availability": silent("/ssa/availability"),
    "/ssa/capabilities": silent("/ssa/capabilities"),
    "/tap": and_no_other("/tap", *silent("/tap")),
    "/tap/": and_no_other("/tap/", *silent("/tap/")),
    "/tap/<path:path>": silent("/tap/nothing", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
    "/tap/assets/<path:filename>": silent("/tap/assets/sort.js"),
    "/tap/async": and_no_other(
        "/tap/async", Probe("result", run_job, sees, ("GET", "POST")), head("/tap/async")
    ),
    "/tap/async/<job_id>": job_line(
        "", *of_a_job("", "DELETE"), *of_a_job("", "POST", ACTION="DELETE")
    ),
    "/tap/async/<job_id>/destruction": job_line(
        "/destruction", *of_a_job("/destruction", "POST", DESTRUCTION="2099-01-01T00:00:00Z")
    ),
    "/tap/async/<job_id>/error": job_line("/error"),
    "/tap/async/<job_id>/executionduration": job_line(
        "/executionduration", *of_a_job("/executionduration", "POST", EXECUTIONDURATION="1")
    ),
    "/tap/async/<job_id>/owner": job_line("/owner"),
    "/tap/async/<job_id>/parameters": job_line(
        "/parameters", *of_a_job("/parameters", "POST", QUERY="SELECT 1 FROM corot.runs")
    ),
    "/tap/async/<job_id>/parameters/<path:name>": job_line(
        "/parameters/QUERY",
        *of_a_job("/parameters/QUERY", "PUT"),
        *of_a_job("/parameters/QUERY", "POST"),
    ),
    "/tap/async/<job_id>/phase": job_line("/phase", *of_a_job("/phase", "POST", PHASE="ABORT")),
    "/tap/async/<job_id>/quote": job_line("/quote"),
    "/tap/async/<job_id>/results": job_line("/results"),
    "/tap/async/<job_id>/results/<path:name>": job_line("/results/result"),
    "/tap/login": silent("/tap/login", "POST"),
    "/tap/logout": silent("/tap/logout", "POST"),
    "/tap/jobs/async": and_no_other(
        "/tap/jobs/async", Probe("GET", another_is_listed, is_coi), head("/tap/jobs/async")
    ),
    "/tap/deletejobs": and_no_other(
        "/tap/deletejobs", Probe("POST", several_are_deleted, is_coi, ("POST",))
    ),
    "/tap/availability": and_no_other("/tap/availability", *silent("/tap/availability")),
    "/tap/capabilities": and_no_other("/tap/capabilities", *silent("/tap/capabilities")),
    "/tap/examples": and_no_other("/tap/examples", *silent("/tap/examples")),
    "/tap/sync": and_no_other(
        "/tap/sync", *SYNC, Probe("GET", got_query, sees), head(f"/tap/sync?{QUERY}")
    ),
    "/tap/tables": and_no_other("/tap/tables", *silent("/tap/tables")),
    "/tap/tables/<path:name>": and_no_other(
        "/tap/tables/corot.products", *silent("/tap/tables/corot.products")
    ),
}
"""The probes of each route."""
