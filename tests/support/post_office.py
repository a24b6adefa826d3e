"""A real SMTP server that keeps what it is given."""

from __future__ import annotations

import queue
import re
from contextlib import contextmanager
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

from tests.support.server import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from aiosmtpd.smtp import SMTP, Envelope, Session


class PostOffice:
    """Takes mail and hands it out again."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._mail: queue.Queue[EmailMessage] = queue.Queue()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 # of aiosmtpd
        """Take a message."""
        del server, session
        content = envelope.content
        assert isinstance(content, bytes)
        self._mail.put(message_from_bytes(content, policy=policy.default))
        return "250 OK"

    def next(self) -> EmailMessage:
        """Give the next message, waiting for it a while."""
        return self._mail.get(timeout=20)

    def is_empty(self) -> bool:
        """Whether nothing has come."""
        return self._mail.empty()


def link_in(message: EmailMessage) -> str:
    """Give the path of the link in a message."""
    found = re.search(r"^https?://[^/]+(/\S+)\s*$", str(message.get_content()), re.MULTILINE)
    assert found, message
    return found[1]


@contextmanager
def post_office(**options: Any) -> Iterator[PostOffice]:  # noqa: ANN401 # of aiosmtpd
    """Run an SMTP server on a port of its own."""
    office = PostOffice(free_port())
    controller = Controller(office, "127.0.0.1", office.port, **options)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
