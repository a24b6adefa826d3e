"""The pages of administrators: accounts, groups, grants, levels, the audit trail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import abort, request

from tap.errors import ForbiddenError
from vo_server.auth.account_checks import IMPLICIT
from vo_server.auth.errors import AuthError, InvalidError
from vo_server.auth.grant_service import CHANNELS
from vo_server.auth.model import Account, Extent, Holder
from vo_server.auth.tiers import Tier
from vo_server.auth.web.forms import check_form, see
from vo_server.auth.web.pages import caller_account, page, page_blueprint, status_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Blueprint, Response

    from schemas.identity import Identity
    from vo_server.auth.link_service import Handed
    from vo_server.auth.services import AccountServices

DONE: Final = {
    "added": "The account is made.",
    "changed": "The change is made. It counts from the next request on.",
    "granted": "The grant is made.",
    "revoked": "The grant ends now.",
}
"""What a page says was done, by the word in its URL."""

_ENTRIES = 50
"""Entries of the audit trail on a page."""


class AdminPages:
    """Shows administrators what there is, and makes their changes.

    Parameters
    ----------
    services
        Hold the rules.
    identity
        The server's public address.
    """

    def __init__(self, services: AccountServices, identity: Identity) -> None:
        self._services = services
        self._identity = identity
        self._root = urlsplit(identity.base_url).path

    def blueprint(self, publisher: str) -> Blueprint:
        """Make the blueprint of ``/admin``; each of its requests is an administrator's."""
        routes = page_blueprint("admin_pages", self._identity, publisher)

        @routes.before_request
        def check() -> None:
            if caller_account(self._identity).tier is not Tier.ADMIN:
                raise ForbiddenError("These pages are for administrators.")
            if request.method == "POST":
                check_form()

        for path, show in (
            ("", self.users),
            ("/users/<name>", self.user),
            ("/groups", self.groups),
            ("/grants", self.grants),
            ("/audit", self.audit),
        ):
            routes.get(f"/admin{path}")(show)
        for path, change in (
            ("/users", self.add_user),
            ("/users/<name>", self.change_user),
            ("/users/<name>/groups", self.change_groups),
            ("/users/<name>/state", self.change_state),
            ("/users/<name>/reset-link", self.make_reset_link),
            ("/invitations", self.invite),
            ("/users/<name>/identities", self.change_identities),
            ("/groups", self.add_group),
            ("/grants", self.grant),
            ("/grants/<int:number>/revoke", self.revoke),
            ("/levels", self.change_level),
        ):
            routes.post(f"/admin{path}")(change)
        return routes

    def users(self, status: int = 200, error: str = "", handed: Handed | None = None) -> Response:
        """List the accounts, or those that a text is found in."""
        wanted = request.args.get("q", "").strip().lower()
        accounts = [
            one
            for one in self._services.accounts.accounts()
            if wanted in f"{one.name}\n{one.full_name}\n{one.email or ''}".lower()
            or wanted in one.groups
        ]
        return self._page("users", status, error, accounts=accounts, q=wanted,
                          groups=self._groups(), handed=handed)  # fmt: skip

    def user(
        self, name: str, status: int = 200, error: str = "", handed: Handed | None = None
    ) -> Response:
        """Show an account."""
        services = self._services
        try:
            account = services.accounts.find(name)
        except AuthError:
            abort(404)
        return self._page(
            "user",
            status,
            error,
            account=account,
            handed=handed,
            groups=self._groups(),
            grants=services.grants.grants(account),
            identities=services.identities.list(name),
            entries=services.audit.entries(subject=name, most=10),
        )

    def groups(self, status: int = 200, error: str = "") -> Response:
        """List the groups with their members."""
        accounts = self._services.accounts
        groups = [(name, text, accounts.members(name)) for name, text in self._groups().items()]
        return self._page("groups", status, error, groups=groups)

    def grants(self, status: int = 200, error: str = "") -> Response:
        """List the grants and the levels' policies."""
        grants = self._services.grants
        return self._page(
            "grants",
            status,
            error,
            grants=grants.grants(),
            levels=grants.levels(),
            groups=self._groups(),
            channels=CHANNELS,
        )

    def audit(self) -> Response:
        """List entries of the audit trail."""
        subject = request.args.get("subject", "").strip() or None
        before = request.args.get("before", "")
        number = min(int(before), 2**62) if before.isdecimal() else None
        entries = self._services.audit.entries(subject=subject, before=number, most=_ENTRIES)
        more = entries[-1].entry_id if len(entries) == _ENTRIES else None
        return self._page("audit", entries=entries, subject=subject or "", more=more)

    def add_user(self) -> Response:
        """Make an account."""
        form = request.form
        account = Account(
            form.get("name", "").strip(),
            form.get("full_name", "").strip(),
            form.get("email", "").strip() or None,
            frozenset(form.getlist("group")),
        )
        password = form.get("password") or None
        return self._do(
            lambda: self._services.accounts.add(account, password, self._actor()),
            self.users,
            f"/users/{account.name}?done=added",
        )

    def change_user(self, name: str) -> Response:
        """Change an account's full name and address."""
        full_name = request.form.get("full_name", "").strip()
        email = request.form.get("email", "").strip() or None

        def change() -> None:
            with self._services.accounts.changing(name, self._actor()) as account:
                account.describe(full_name, email)

        return self._do_to(name, change)

    def change_groups(self, name: str) -> Response:
        """Put an account into the groups that are ticked, and take it out of the others."""
        wanted = request.form.getlist("group")

        def change() -> None:
            with self._services.accounts.changing(name, self._actor()) as account:
                account.groups(wanted)

        return self._do_to(name, change)

    def change_state(self, name: str) -> Response:
        """Disable an account, or enable it again."""
        disabled = request.form.get("disabled") == "yes"
        return self._do_to(
            name,
            lambda: self._services.accounts.set_disabled(name, self._actor(), disabled=disabled),
        )

    def make_reset_link(self, name: str) -> Response:
        """Make a link that sets an account's password; show it where it is not mailed."""
        try:
            handed = self._services.links.reset(name, self._actor())
        except AuthError as error:
            return self.user(name, status_of(error), str(error))
        return self.user(name, handed=handed)

    def invite(self) -> Response:
        """Make a link that makes an account; show it where it is not mailed."""
        email, groups = request.form.get("email", ""), frozenset(request.form.getlist("group"))
        try:
            handed = self._services.links.invite(email, groups, self._actor())
        except AuthError as error:
            return self.users(status_of(error), str(error))
        return self.users(handed=handed)

    def change_identities(self, name: str) -> Response:
        """Link an identity with an account, or take a link away."""
        identities, form = self._services.identities, request.form
        change = identities.unlink if form.get("action") == "unlink" else identities.link
        provider, subject = form.get("provider", "").strip(), form.get("subject", "").strip()
        return self._do_to(name, lambda: change(name, provider, subject, self._actor()))

    def add_group(self) -> Response:
        """Make a group."""
        name, text = request.form.get("name", "").strip(), request.form.get("description", "")
        return self._do(
            lambda: self._services.accounts.add_group(name, text.strip(), self._actor()),
            self.groups,
            "/groups?done=changed",
        )

    def grant(self) -> Response:
        """Grant products."""
        form = request.form
        account, group = form.get("account", "").strip(), form.get("group", "")

        def change() -> None:
            extent = Extent(
                form.get("level", ""),
                form.get("channel") or None,
                form.get("run", "").strip() or None,
                _stars(form.get("stars", "")),
            )
            since, until = _day(form.get("valid_from", "")), _day(form.get("valid_until", ""))
            self._services.grants.grant(
                Holder(account or None, group or None), extent, self._actor(),
                since=since, until=until, note=form.get("note", "").strip(),
            )  # fmt: skip

        return self._do(change, self.grants, "/grants?done=granted")

    def revoke(self, number: int) -> Response:
        """Let a grant end now."""
        return self._do(
            lambda: self._services.grants.revoke(number, self._actor()),
            self.grants,
            "/grants?done=revoked",
        )

    def change_level(self) -> Response:
        """Say whether unreleased products of a level are listed to everybody."""
        level, listed = request.form.get("level", ""), request.form.get("listed") == "yes"
        return self._do(
            lambda: self._services.grants.set_listed(level, self._actor(), listed=listed),
            self.grants,
            "/grants?done=changed",
        )

    def _actor(self) -> str:
        return caller_account(self._identity).name

    def _groups(self) -> dict[str, str]:
        """List the groups that accounts are put into."""
        known = self._services.accounts.groups()
        return {name: text for name, text in known.items() if name not in IMPLICIT}

    def _do(
        self, change: Callable[[], object], again: Callable[[int, str], Response], path: str
    ) -> Response:
        """Make a change and go on to a page; if it cannot be, show the form's page again."""
        try:
            change()
        except AuthError as error:
            return again(status_of(error), str(error))
        return see(f"{self._root}/admin{path}", self._identity)

    def _do_to(self, name: str, change: Callable[[], object]) -> Response:
        return self._do(
            change,
            lambda status, error: self.user(name, status, error),
            f"/users/{name}?done=changed",
        )

    def _page(self, name: str, status: int = 200, error: str = "", **values: object) -> Response:
        return page(
            f"admin/{name}.html",
            status,
            here=name,
            error=error,
            done=DONE.get(request.args.get("done", ""), ""),
            form=request.form,
            **values,
        )


def _stars(text: str) -> tuple[int, ...]:
    """Read CoRoT ids with blanks, commas or line breaks between them."""
    words = text.replace(",", " ").split()
    for word in words:
        if not word.isdecimal() or int(word) >= 2**63:
            raise InvalidError(f"{word} is no CoRoT id: write numbers with blanks between them")
    return tuple(map(int, words))


def _day(text: str) -> datetime | None:
    """Read the beginning of a day, or a moment, in UTC; None where there is none."""
    if not text.strip():
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidError(f"{text} is no date: write it as 2027-01-31") from None
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
