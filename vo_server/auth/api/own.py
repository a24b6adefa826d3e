"""``/api/account``: one's own account and its tokens."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from vo_server.auth.api import answers
from vo_server.auth.api.bodies import NewToken, body_of
from vo_server.auth.api.routes import api_blueprint, caller
from vo_server.auth.identify import current_login

if TYPE_CHECKING:
    from flask import Blueprint, Response

    from vo_server.auth.services import AccountServices


def blueprint(services: AccountServices) -> Blueprint:
    """Make the blueprint of one's own account."""
    routes = api_blueprint("own_api")

    @routes.get("/api/account")
    def show() -> Response:
        account = caller()
        return answers.answer({**answers.user(account), "grants": services.grants.grants(account)})

    @routes.get("/api/account/tokens")
    def tokens() -> Response:
        return answers.answer(services.tokens.list(caller()))

    @routes.post("/api/account/tokens")
    def make_token() -> Response:
        account, wanted = caller(), body_of(NewToken)
        made, token = services.tokens.make(
            account, wanted.name, wanted.scopes, wanted.expires_at, account.name,
            by=current_login(),
        )  # fmt: skip
        told = {"token_id": made.token_id, "token": token, "expires_at": made.expires_at}
        return answers.answer(told, HTTPStatus.CREATED)

    @routes.delete("/api/account/tokens/<token_id>")
    def revoke_token(token_id: str) -> Response:
        account = caller()
        services.tokens.revoke(account, token_id, account.name)
        return answers.nothing()

    return routes
