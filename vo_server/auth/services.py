"""The services about accounts, as the routes are given them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vo_server.auth.account_service import AccountService
    from vo_server.auth.audit_service import AuditService
    from vo_server.auth.grant_service import GrantService
    from vo_server.auth.identity_service import IdentityService
    from vo_server.auth.link_service import LinkService
    from vo_server.auth.login_service import LoginService
    from vo_server.auth.session_service import SessionService
    from vo_server.auth.token_service import TokenService


@dataclass(frozen=True, slots=True)
class AccountServices:
    """All that pages and the JSON API need."""

    accounts: AccountService
    audit: AuditService
    grants: GrantService
    identities: IdentityService
    links: LinkService
    logins: LoginService
    sessions: SessionService
    tokens: TokenService
