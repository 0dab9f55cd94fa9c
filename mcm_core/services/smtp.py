"""The mail server that the operator names, if any: where it is, and giving one message to it.

`MCM_SMTP_URL` is smtp://user:password@mail.example.org:587 (encrypted by STARTTLS) or smtps://…:465; only on this very
computer it may be without encryption. `MCM_SMTP_FROM` is the address that messages come from. Links need
`MCM_PUBLIC_URL`.
"""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from mcm_core.domain.errors import McmError, Refused
from mcm_core.domain.message import Trouble, clean_email

PATIENCE = 15.0  # seconds for each answer of the mail server
PORTS = {"smtp": 587, "smtps": 465}
HERE = {"localhost", "127.0.0.1", "::1"}


class NotConfigured(McmError):
    """The operator named a mail server and has not said, or not rightly, all that is needed to send."""


class NotSent(McmError):
    """The mail server did not take a message; the words say nothing of the message itself.

    `why` is for people, the words are for the log. `only_this`: it takes others. `for_good`: it will never take this
    one.
    """

    def __init__(self, reason: str, why: Trouble, *, only_this: bool = False, for_good: bool = False) -> None:
        super().__init__(reason)
        self.why = why
        self.only_this, self.for_good = only_this, for_good


class BrokeOff(smtplib.SMTPException):
    """The connection broke while the mail server was given a message: it may have it."""


class _Watched(smtplib.SMTP):
    """Tells a connection that broke when the words were on their way from one that broke before."""

    def data(self, msg: Any) -> tuple[int, bytes]:
        try:
            return super().data(msg)
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            if isinstance(error, smtplib.SMTPResponseException):
                raise
            raise BrokeOff from error


class _WatchedSafe(_Watched, smtplib.SMTP_SSL):
    """The same where all of it is encrypted."""


@dataclass(frozen=True)
class Post:
    """How to reach the mail server, who messages come from, and where this server itself is reached."""

    host: str
    port: int
    encrypted: bool
    user: str
    password: str = field(repr=False)
    sender: str
    public: str

    @property
    def domain(self) -> str:
        """Whose server we say we are, as the address has it that messages come from."""
        return parseaddr(self.sender)[1].partition("@")[2]

    @property
    def is_here(self) -> bool:
        """Whether the mail server is this very computer, so that nobody can listen in between."""
        return self.host in HERE


def settings() -> Post | None:
    """The mail server of the environment, or None where there is none. Raises NotConfigured."""
    url = os.environ.get("MCM_SMTP_URL", "").strip()
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or _port(parts) is None:
        raise NotConfigured("MCM_SMTP_URL is not an address such as smtp://user:password@mail.example.org:587.")
    public = os.environ.get("MCM_PUBLIC_URL", "").strip().rstrip("/")
    if not public:
        raise NotConfigured("MCM_SMTP_URL needs MCM_PUBLIC_URL, for the links in messages. Set it and start again.")
    return Post(
        host=parts.hostname,
        port=_port(parts) or PORTS[parts.scheme],
        encrypted=parts.scheme == "smtps",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=_sender(os.environ.get("MCM_SMTP_FROM", "")),
        public=public,
    )


def is_configured() -> bool:
    """Whether this server can send messages by itself."""
    return bool(os.environ.get("MCM_SMTP_URL", "").strip())


def send(post: Post, message: EmailMessage) -> None:
    """Give one message to the mail server. Raises NotSent."""
    taken = False
    try:
        with _line(post) as line:
            line.send_message(message)
            taken = True
    except NotSent:
        if not taken:  # what goes wrong with saying good-bye is no reason to send it twice
            raise


def answers(post: Post) -> None:
    """Say hello to the mail server, and who we are. Raises NotSent."""
    with _line(post) as line:
        line.noop()


@contextmanager
def _line(post: Post) -> Iterator[smtplib.SMTP]:
    """A connection that is encrypted before anything is said on it. What goes wrong becomes NotSent."""
    try:
        with _connected(post) as line:
            if post.user:
                line.login(post.user, post.password)
            yield line
    except smtplib.SMTPRecipientsRefused as error:
        code = min(code for code, _ in error.recipients.values())
        raise NotSent(
            f"It refuses the address ({code}).", _kind(code, Trouble.ADDRESS), only_this=True, for_good=code >= 500
        ) from None
    except smtplib.SMTPDataError as error:
        code = error.smtp_code
        raise NotSent(
            f"It refuses the message ({code}).", _kind(code, Trouble.MESSAGE), only_this=True, for_good=code >= 500
        ) from None
    except smtplib.SMTPResponseException as error:
        code = error.smtp_code
        raise NotSent(f"It does not let us in ({code}).", _kind(code, Trouble.REFUSED_US)) from None
    except BrokeOff:
        raise NotSent("The connection broke before it said that it has it.", Trouble.BROKE_OFF) from None
    except (
        OSError,
        ValueError,
        smtplib.SMTPException,
    ) as error:  # whose words may hold the address
        raise NotSent(f"It does not answer as it should ({type(error).__name__}).", Trouble.NOT_REACHED) from None


def _kind(code: int, for_good: Trouble) -> Trouble:
    """4xx says “later”, 5xx “never” (RFC 5321 §4.2.1)."""
    return for_good if code >= 500 else Trouble.LATER


def _connected(post: Post) -> smtplib.SMTP:
    if post.encrypted:
        safe = ssl.create_default_context()
        return _WatchedSafe(post.host, post.port, post.domain, timeout=PATIENCE, context=safe)
    line = _Watched(post.host, post.port, post.domain, timeout=PATIENCE)
    if not post.is_here:
        try:
            line.starttls(context=ssl.create_default_context())  # raises where the server has no encryption
        except BaseException:
            line.close()
            raise
    return line


def _port(parts: SplitResult) -> int | None:
    """The port, 0 for the usual one, None for one that is none."""
    try:
        return parts.port or 0
    except ValueError:
        return None


def _sender(written: str) -> str:
    try:
        found = clean_email(parseaddr(written)[1])
    except Refused:
        found = None
    if found is None:
        raise NotConfigured("MCM_SMTP_FROM is not an address such as group@example.org. Set it and start again.")
    return written.strip()
