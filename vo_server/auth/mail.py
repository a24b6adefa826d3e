"""Mail to people with accounts, by SMTP."""

from __future__ import annotations

import logging
import queue
import smtplib
import ssl
import threading
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from typing import TYPE_CHECKING, Final, Literal

from vo_server.auth.errors import AuthError

if TYPE_CHECKING:
    from collections.abc import Callable

_LOG = logging.getLogger(__name__)

_TIMEOUT: Final = 20
"""Seconds a mail server has for each answer."""

_WAITING: Final = 100
"""Pieces of work that wait for the thread; more are not taken."""


class MailError(AuthError):
    """Mail could not be handed over."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """An SMTP server, and what mail from here says."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str | None
    password: str | None
    sender: str
    publisher: str

    def send(self, to: str, subject: str, text: str) -> None:
        """Send a message.

        Raises
        ------
        MailError
            If the server does not take it.
        """
        message = EmailMessage()
        message["From"] = Address(self.publisher, addr_spec=self.sender)
        message["To"] = to
        message["Subject"] = subject
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: holiday answers stay away
        message.set_content(f"{text}\n\n{self.publisher}\n")
        try:
            with self._connected() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            reason = type(error).__name__
            _LOG.warning("mail server %s did not take a message: %s", self.host, reason)
            raise MailError("the mail could not be sent: the server's log says why") from error

    def _connected(self) -> smtplib.SMTP:
        """Log in to the server, over an encrypted way unless it is not to be."""
        if self.security == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=_TIMEOUT, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT)
        if self.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if self.user is not None:
            server.login(self.user, self.password or "")
        return server


class Background:
    """Does work one piece after the other in a thread, so that nobody's answer waits for it.

    How long it takes then tells a caller nothing, such as whether an account exists.
    """

    def __init__(self) -> None:
        self._work: queue.Queue[Callable[[], None]] = queue.Queue(_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def later(self, work: Callable[[], None]) -> None:
        """Have something done soon; too much of it is dropped, and the log says so."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="mail", daemon=True)
                self._thread.start()
        try:
            self._work.put_nowait(work)
        except queue.Full:
            _LOG.warning("%d pieces of mail wait already: one is dropped", _WAITING)

    def _run(self) -> None:
        while True:
            work = self._work.get()
            try:
                work()
            except MailError:
                continue  # logged where it happened
            except Exception:  # noqa: BLE001 # the thread must live on; the log tells
                _LOG.exception("mail was not prepared")
