"""What a person is told when something unexpected happens: a number, and nothing else. The rest is in the log."""

from __future__ import annotations

import logging
import secrets

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mcm_core.web.replies import sorry

log = logging.getLogger(__name__)


class Mishaps:
    """Middleware: turns whatever nobody else has caught into a page with a number."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; answer 500 when that fails before an answer has begun."""
        began = scope["type"] != "http"

        async def sending(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception:
            number = noted()
            if scope["type"] == "lifespan":
                raise
            if not began:
                await sorry(sentence(number), 500)(scope, receive, send)


def noted() -> str:
    """Log the exception that is being handled, and return the number under which it is found there.

    Without the address asked for, which may hold somebody's link.
    """
    number = secrets.token_hex(4)
    log.exception("Error %s", number)
    return number


def sentence(number: str) -> str:
    """What the person is told."""
    return f"Something went wrong on our side; it is noted as {number}. Go back and try again."
