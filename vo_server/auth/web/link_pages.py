"""Pages for links that work once: asking for one, and doing what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import abort, request

from tap.errors import TooManyAttemptsError
from vo_server.auth.errors import AuthError, InvalidError, UnknownError
from vo_server.auth.slowdown import SlowDownError
from vo_server.auth.web.forms import check_form, see
from vo_server.auth.web.pages import page, page_blueprint, status_of

if TYPE_CHECKING:
    from flask import Blueprint, Response

    from vo_server.auth.identify import Identifier
    from vo_server.auth.link_service import LinkService

_GONE = 404


class LinkPages:
    """Lets people have links, and use them.

    Parameters
    ----------
    links
        Holds the rules.
    identifier
        Knows where a request comes from.
    """

    def __init__(self, links: LinkService, identifier: Identifier) -> None:
        self._links = links
        self._identifier = identifier
        self._identity = identifier.identity

    def blueprint(self, publisher: str, contact: str) -> Blueprint:
        """Make the blueprint of these pages.

        Parameters
        ----------
        publisher
            Name at their foot.
        contact
            Whom to ask for a link where none is mailed.
        """
        routes = page_blueprint("link_pages", self._identity, publisher)
        routes.get("/account/forgot")(self.forgot)
        routes.post("/account/forgot")(self.ask_for_reset)
        routes.get("/account/register")(self.register)
        routes.post("/account/register")(self.ask_to_register)
        routes.get("/account/link/<secret>")(self.link)
        routes.post("/account/link/<secret>")(self.use)

        @routes.context_processor
        def given() -> dict[str, object]:
            return {"contact": contact, "mails": self._links.mails}

        @routes.after_request
        def keep_secret(response: Response) -> Response:
            # The address of a link is a secret.
            response.headers["Referrer-Policy"] = "no-referrer"
            return response

        return routes

    def forgot(self) -> Response:
        """Show the form that asks for a link to set a password."""
        return page("account/forgot.html")

    def ask_for_reset(self) -> Response:
        """Have a link mailed; the answer is the same whether there is such an account."""
        check_form()
        who = request.form.get("who", "").strip()
        try:
            if not who:
                raise InvalidError("write the name of your account, or your e-mail address")
            self._links.ask_for_reset(who, self._identifier.proxies.address(request))
        except SlowDownError as error:
            raise TooManyAttemptsError(str(error), error.seconds) from error
        except AuthError as error:
            return page("account/forgot.html", status_of(error), error=str(error))
        return page("account/asked.html", purpose="reset")

    def register(self) -> Response:
        """Show the form that asks for an account."""
        if not self._links.open_to_all:
            abort(404)
        return page("account/register.html")

    def ask_to_register(self) -> Response:
        """Have a link mailed; the answer is the same whether the address has an account."""
        if not self._links.open_to_all:
            abort(404)
        check_form()
        email = request.form.get("email", "")
        try:
            self._links.ask_to_register(email, self._identifier.proxies.address(request))
        except SlowDownError as error:
            raise TooManyAttemptsError(str(error), error.seconds) from error
        except AuthError as error:
            return page("account/register.html", status_of(error), error=str(error), email=email)
        return page("account/asked.html", purpose="registration")

    def link(self, secret: str) -> Response:
        """Show the form that a link is for; it works on until the form is sent."""
        return self._form(secret)

    def use(self, secret: str) -> Response:
        """Do what a link is for, once."""
        check_form()
        form, password = request.form, request.form.get("new", "")
        try:
            if password != form.get("again"):
                raise InvalidError("the password and its repetition differ")
            if self._links.find(secret).purpose == "reset":
                self._links.set_password(secret, password)
            else:
                name, full_name = form.get("name", "").strip(), form.get("full_name", "").strip()
                self._links.make_account(secret, name, full_name, password)
        except AuthError as error:
            return self._form(secret, error)
        root = urlsplit(self._identity.base_url).path
        return see(f"{root}/account/login?done=password", self._identity)

    def _form(self, secret: str, error: AuthError | None = None) -> Response:
        try:
            link = self._links.find(secret)
        except UnknownError as gone:
            return page("account/gone.html", _GONE, error=str(gone))
        return page(
            "account/link.html",
            200 if error is None else status_of(error),
            error="" if error is None else str(error),
            link=link,
            secret=secret,
            form=request.form,
        )
