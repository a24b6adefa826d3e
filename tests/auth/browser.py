"""Somebody at the pages with a browser that runs no scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import requests
from lxml import html

if TYPE_CHECKING:
    from requests import Response


class Browser:
    """Follows links, fills forms in and keeps cookies, as a browser does.

    Parameters
    ----------
    site
        Base URL of the server.
    """

    def __init__(self, site: str) -> None:
        self.site = site
        self.session = requests.Session()
        self.session.headers.update(
            {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "User-Agent": "a browser"}
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def open(self, path: str, **more: str) -> Response:
        """Go to a page; redirects are followed."""
        return self.session.get(self.site + path, headers=more, timeout=30)

    def fill(
        self, page: Response, action: str, values: dict[str, object] | None = None, number: int = 0
    ) -> Response:
        """Fill a form in and send it; redirects are followed.

        Parameters
        ----------
        page
            That the form is on.
        action
            End of the form's address.
        values
            Of the fields; what is hidden, chosen or ticked on the page stays.
        number
            Which of several forms with this address.
        """
        values = values or {}
        form = [one for one in forms(page) if one.action.endswith(action)][number]
        data = {key: value for key, value in form.form_values() if key not in values}
        assert form.action.startswith("/"), "forms are sent to this server alone"
        return self.session.post(
            self.site + form.action,
            data={**data, **values},
            headers={"Origin": self.site},
            timeout=30,
        )

    def log_in(self, name: str, password: str, path: str = "/account/login") -> Response:
        """Log in by the form."""
        return self.fill(self.open(path), "/login", {"username": name, "password": password})


def found(page: Response, xpath: str) -> list[Any]:
    """Find elements, attributes or texts on a page."""
    result = html.fromstring(page.text).xpath(xpath)
    assert isinstance(result, list)
    return result


def forms(page: Response) -> list[Any]:
    """List the forms of a page."""
    return list(html.fromstring(page.text).forms)  # type: ignore[attr-defined] # of lxml.html


def fields(page: Response, number: int = 0) -> dict[str, str]:
    """Give what one of a page's forms holds."""
    return dict(forms(page)[number].form_values())


def text_of(page: Response) -> str:
    """Give what is to be read on a page."""
    return " ".join(" ".join(found(page, "//body//text()")).split())
