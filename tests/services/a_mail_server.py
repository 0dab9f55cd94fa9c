"""A mail server for tests, on this computer: it keeps what it is given, or is broken in the way that is asked for."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

PASSWORD = "secret"


@dataclass
class Mail:
    """What has arrived, what was said, and how the server misbehaves.

    `broken`: "deaf" hangs up at once, "full" refuses the message for now, "nobody" refuses the address for good, "dead"
    takes the message and hangs up before it says so, "slow" takes it and never says so, "rude" says good-bye in a
    strange way, a number is what it answers when we say who we are.
    """

    port: int = 0
    broken: str = ""
    arrived: list[EmailMessage] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://fay:{PASSWORD}@127.0.0.1:{self.port}"


class _Talk(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        mail = self.server.mail
        if mail.broken == "deaf":
            return
        self.answer("220 here")
        while line := self.rfile.readline().decode().strip():
            mail.said.append(line)
            if not self.answered(line.split()[0].upper(), mail):
                return

    def answered(self, word: str, mail: Mail) -> bool:
        """Whether the talk goes on."""
        if word == "DATA":
            return self.taken(mail)
        answers = {
            "EHLO": "250-here\r\n250 AUTH PLAIN",
            "AUTH": f"{mail.broken} no" if mail.broken.isdigit() else "235 in",
            "RCPT": "550 nobody" if mail.broken == "nobody" else "250 yes",
            "QUIT": "500 what?" if mail.broken == "rude" else "221 bye",
        }
        self.answer(answers.get(word, "250 yes"))
        return word != "QUIT"

    def taken(self, mail: Mail) -> bool:
        if mail.broken == "full":
            self.answer("452 full")
            return True
        self.answer("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        made = message_from_bytes(b"".join(lines), policy=default)
        assert isinstance(made, EmailMessage)
        mail.arrived.append(made)
        if mail.broken == "slow":
            self.rfile.readline()  # until the other side is gone
        if mail.broken in {"dead", "slow"}:
            return False
        self.answer("250 kept")
        return True

    def answer(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, mail: Mail) -> None:
        self.mail = mail
        super().__init__(("127.0.0.1", 0), _Talk)


@contextmanager
def a_mail_server() -> Iterator[Mail]:
    """A mail server for as long as this lasts."""
    mail = Mail()
    with _Server(mail) as server:
        mail.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield mail
        finally:
            server.shutdown()
            thread.join()
