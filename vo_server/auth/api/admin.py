"""``/api``: accounts, groups, grants, levels and the audit trail, for administrators."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import request

from vo_server.auth.api import answers, bodies
from vo_server.auth.api.bodies import body_of
from vo_server.auth.api.routes import administrator, api_blueprint, nowhere
from vo_server.auth.errors import InvalidError
from vo_server.auth.model import Account, Extent, Holder

if TYPE_CHECKING:
    from flask import Blueprint, Response

    from vo_server.auth.services import AccountServices


class AdminApi:
    """Does what administrators ask for.

    Parameters
    ----------
    services
        Hold the rules.
    """

    def __init__(self, services: AccountServices) -> None:
        self._services = services

    def blueprint(self) -> Blueprint:
        """Make the blueprint; each of its requests is an administrator's."""
        routes = api_blueprint("admin_api")

        @routes.before_request
        def check() -> None:
            administrator()

        user = "/api/users/<name>"
        for method, path, view in (
            ("GET", "/api/users", self.users),
            ("POST", "/api/users", self.add_user),
            ("GET", user, self.user),
            ("PATCH", user, self.change_user),
            ("POST", f"{user}/reset-link", self.reset_link),
            ("POST", "/api/invitations", self.invite),
            ("PUT", f"{user}/groups/<group>", self.join),
            ("DELETE", f"{user}/groups/<group>", self.leave),
            ("GET", f"{user}/identities", self.identities),
            ("POST", f"{user}/identities", self.link),
            ("DELETE", f"{user}/identities", self.unlink),
            ("GET", "/api/groups", self.groups),
            ("POST", "/api/groups", self.add_group),
            ("GET", "/api/groups/<name>", self.group),
            ("GET", "/api/grants", self.grants),
            ("POST", "/api/grants", self.grant),
            ("GET", "/api/grants/<int:number>", self.one_grant),
            ("DELETE", "/api/grants/<int:number>", self.revoke),
            ("GET", "/api/levels", self.levels),
            ("PATCH", "/api/levels/<name>", self.change_level),
            ("GET", "/api/audit", self.audit),
        ):
            routes.add_url_rule(path, view_func=view, methods=[method])
        every = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        routes.add_url_rule("/api", view_func=nowhere, methods=every)
        routes.add_url_rule("/api/<path:path>", view_func=nowhere, methods=every)
        return routes

    def users(self) -> Response:
        """List the accounts."""
        return answers.answer([answers.user(one) for one in self._services.accounts.accounts()])

    def add_user(self) -> Response:
        """Make an account."""
        wanted = body_of(bodies.NewUser)
        account = Account(wanted.name, wanted.full_name, wanted.email, wanted.groups)
        password = None if wanted.password is None else wanted.password.get_secret_value()
        self._services.accounts.add(account, password, administrator().name)
        return self._user(account.name, HTTPStatus.CREATED)

    def user(self, name: str) -> Response:
        """Describe an account with its grants."""
        return self._user(name)

    def change_user(self, name: str) -> Response:
        """Change an account: what is not named stays."""
        wanted = body_of(bodies.UserChange)
        given = wanted.model_fields_set
        account = self._services.accounts.find(name)
        with self._services.accounts.changing(name, administrator().name) as change:
            change.describe(
                account.full_name if wanted.full_name is None else wanted.full_name,
                wanted.email if "email" in given else account.email,
            )
            if wanted.groups is not None:
                change.groups(wanted.groups)
            if wanted.password is not None:
                change.password(wanted.password.get_secret_value())
            if wanted.disabled is not None:
                change.disabled(wanted.disabled)
        return self._user(name)

    def reset_link(self, name: str) -> Response:
        """Make a link that sets an account's password, and mail it if that can be."""
        handed = self._services.links.reset(name, administrator().name)
        return answers.answer(handed, HTTPStatus.CREATED)

    def invite(self) -> Response:
        """Make a link that makes an account, and mail it if that can be."""
        wanted = body_of(bodies.Invitation)
        handed = self._services.links.invite(wanted.email, wanted.groups, administrator().name)
        return answers.answer(handed, HTTPStatus.CREATED)

    def join(self, name: str, group: str) -> Response:
        """Put an account into a group."""
        self._services.accounts.join(name, group, administrator().name)
        return answers.nothing()

    def leave(self, name: str, group: str) -> Response:
        """Take an account out of a group."""
        self._services.accounts.leave(name, group, administrator().name)
        return answers.nothing()

    def identities(self, name: str) -> Response:
        """List the identities an account is linked with."""
        return answers.answer(self._services.identities.list(name))

    def link(self, name: str) -> Response:
        """Link an identity with an account."""
        wanted = body_of(bodies.NewIdentity)
        self._services.identities.link(name, wanted.provider, wanted.subject, administrator().name)
        return answers.answer(self._services.identities.list(name), HTTPStatus.CREATED)

    def unlink(self, name: str) -> Response:
        """Take the link with an identity away, which the query names."""
        provider, subject = request.args.get("provider", ""), request.args.get("subject", "")
        self._services.identities.unlink(name, provider, subject, administrator().name)
        return answers.nothing()

    def groups(self) -> Response:
        """List the groups."""
        found = self._services.accounts.groups()
        return answers.answer([{"name": name, "description": text} for name, text in found.items()])

    def add_group(self) -> Response:
        """Make a group."""
        wanted = body_of(bodies.NewGroup)
        self._services.accounts.add_group(wanted.name, wanted.description, administrator().name)
        return self._group(wanted.name, HTTPStatus.CREATED)

    def group(self, name: str) -> Response:
        """Describe a group with its members and grants."""
        return self._group(name)

    def grants(self) -> Response:
        """List the grants that hold or will: all, or those that count for an account."""
        account = request.args.get("user")
        holder = None if account is None else self._services.accounts.find(account)
        return answers.answer(self._services.grants.grants(holder))

    def grant(self) -> Response:
        """Grant products."""
        wanted, grants = body_of(bodies.NewGrant), self._services.grants
        number = grants.grant(
            Holder(wanted.account, wanted.group),
            Extent(wanted.level, wanted.channel, wanted.run, wanted.stars),
            administrator().name,
            since=wanted.valid_from,
            until=wanted.valid_until,
            note=wanted.note,
        )
        return answers.answer(answers.grant(grants, number), HTTPStatus.CREATED)

    def one_grant(self, number: int) -> Response:
        """Describe a grant."""
        return answers.answer(answers.grant(self._services.grants, number))

    def revoke(self, number: int) -> Response:
        """Let a grant end now."""
        self._services.grants.revoke(number, administrator().name)
        return answers.nothing()

    def levels(self) -> Response:
        """List the levels with their policies."""
        return answers.answer(self._services.grants.levels())

    def change_level(self, name: str) -> Response:
        """Say whether unreleased products of a level are listed to everybody."""
        listed = body_of(bodies.LevelChange).listed
        self._services.grants.set_listed(name, administrator().name, listed=listed)
        return answers.nothing()

    def audit(self) -> Response:
        """List entries of the audit trail, newest first."""
        most, before = request.args.get("limit", "100"), request.args.get("before")
        if not most.isdecimal() or not (before or "0").isdecimal():
            raise InvalidError("limit and before are whole numbers")
        entries = self._services.audit.entries(
            subject=request.args.get("subject"),
            before=None if before is None else min(int(before), 2**62),
            most=min(int(most), 2**31),
        )
        return answers.answer(entries)

    def _user(self, name: str, status: int = HTTPStatus.OK) -> Response:
        account = self._services.accounts.find(name)
        grants = self._services.grants.grants(account)
        return answers.answer({**answers.user(account), "grants": grants}, status)

    def _group(self, name: str, status: int = HTTPStatus.OK) -> Response:
        accounts = self._services.accounts
        members = accounts.members(name)
        described = {
            "name": name,
            "description": accounts.groups()[name],
            "members": members,
            "grants": self._services.grants.grants_of_group(name),
        }
        return answers.answer(described, status)
