"""The feed of changes: what is in each of its documents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from resources.atom import MEDIA_TYPE, Entry, Feed, Link, timestamp
from tap.errors import NotFoundError, UsageError
from tap.parameters import shown
from vo_server.exports.change_log import PUBLISHED, RELEASED, SUPERSEDED, WITHDRAWN
from vo_server.registry.keys import SSA

if TYPE_CHECKING:
    from schemas.identity import Identity
    from vo_server.exports.change_store import Change, ChangeStore

PAGE: Final = 500
"""Changes of one document. Archives depend on it: another number makes other archives."""

_PATH: Final = "feeds/changes"

_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When a log without changes was last changed."""

_TEXTS: Final = {
    PUBLISHED: "The product {0} is published.",
    RELEASED: "The data of the product {0} are public.",
    SUPERSEDED: "The product {0} has a newer version, {1}.",
    WITHDRAWN: "The product {0} is no longer published.",
}


class FeedService:
    """Makes the documents of the feed.

    Parameters
    ----------
    store
        The log of changes.
    identity
        Whence URLs and identifiers come.
    publisher
        The feed's author.
    """

    def __init__(self, store: ChangeStore, identity: Identity, publisher: str) -> None:
        self._store = store
        self._identity = identity
        self._publisher = publisher

    def newest(self) -> Feed:
        """Give the newest changes; what is before them is in archives (RFC 5005, section 4)."""
        with self._store.reading() as reading:
            last = reading.last()
            full = max(last - 1, 0) // PAGE
            found = reading.between(max(full - 1, 0) * PAGE, last)
        return self._feed(found[::-1], self._current, [*self._archive_link(full - 1)])

    def archive(self, number: int) -> Feed:
        """Give an archive, which never changes.

        Raises
        ------
        NotFoundError
            If there is none of this number yet.
        """
        with self._store.reading() as reading:
            if number >= max(reading.last() - 1, 0) // PAGE:
                raise NotFoundError("There is no such archive of the feed.")
            found = reading.between(number * PAGE, (number + 1) * PAGE)
        links = [Link("current", self._current, MEDIA_TYPE), *self._archive_link(number - 1)]
        return self._feed(found[::-1], self._archive(number), links, archive=True)

    def since(self, moment: str, after: str | None) -> Feed:
        """Give changes that were noted at a moment or later, the oldest first.

        Parameters
        ----------
        moment
            In ISO 8601; in UTC where it has no zone.
        after
            Number of the last change that is not wanted: what links to further pages have.

        Raises
        ------
        UsageError
            If one of them is wrong.
        """
        first, number = _moment(moment), _number(after)
        with self._store.reading() as reading:
            found = reading.since(first, number, PAGE + 1)
        page = found[:PAGE]
        links = [Link("current", self._current, MEDIA_TYPE)]
        if len(found) > PAGE:
            links.append(Link("next", self._since(moment, page[-1].change_id), MEDIA_TYPE))
        address = self._since(moment, number or None)
        return self._feed(page, address, links, otherwise=first)

    @property
    def _current(self) -> str:
        return self._identity.url(f"{_PATH}.atom")

    def _archive(self, number: int) -> str:
        return self._identity.url(f"{_PATH}/{number}.atom")

    def _archive_link(self, number: int) -> list[Link]:
        return [Link("prev-archive", self._archive(number), MEDIA_TYPE)] if number >= 0 else []

    def _since(self, moment: str, after: int | None) -> str:
        query = {"since": moment} | ({"after": str(after)} if after else {})
        return f"{self._current}?{urlencode(query)}"

    def _feed(
        self,
        found: list[Change],
        address: str,
        links: list[Link],
        *,
        otherwise: datetime = _EVER,
        archive: bool = False,
    ) -> Feed:
        return Feed(
            feed_id=self._current,
            title="Changes of public CoRoT light curves",
            author=self._publisher,
            updated=max((one.noted for one in found), default=otherwise),
            entries=[self._entry(one) for one in found],
            links=[
                Link("self", address, MEDIA_TYPE),
                Link("alternate", self._identity.url("exports"), "text/html"),
                *links,
            ],
            archive=archive,
        )

    def _entry(self, change: Change) -> Entry:
        links = [] if change.kind == WITHDRAWN else [Link("alternate", self._product(change.key))]
        if change.successor is not None:
            # RFC 5829
            links.append(Link("successor-version", self._product(change.successor)))
        star, run, product_type, version = change.key.split("/")
        return Entry(
            entry_id=f"ivo://{self._identity.authority}/{SSA}?{change.key}"
            f"#{change.kind}-{change.change_id}",
            title=f"CoRoT {star} in {run}, {product_type} {version}: {change.kind}",
            updated=change.noted,
            published=change.happened,
            category=change.kind,
            content=_TEXTS[change.kind].format(change.key, change.successor),
            links=links,
        )

    def _product(self, key: str) -> str:
        return self._identity.url(f"products/{key}")


def _moment(text: str) -> datetime:
    try:
        # A plus sign that was not escaped in a URL arrives as a blank.
        day, _, clock = text.strip().partition("T")
        found = datetime.fromisoformat("T".join(filter(None, (day, clock.replace(" ", "+")))))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        example = timestamp(datetime(2026, 1, 1, tzinfo=UTC))
        raise UsageError(f"since is {shown(text)}; write a moment such as {example}.") from None


def _number(text: str | None) -> int:
    if text is None:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < 19):  # noqa: PLR2004 # of 64 bits
        raise UsageError(f"after is {shown(text)}; it must be the number of a change.")
    return int(text)
