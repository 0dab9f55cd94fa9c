"""Asking a middleware without a server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass
class Heard:
    """What came back: the messages, and the scope with which the app behind the middleware was called (or None)."""

    sent: list[Message] = field(default_factory=list)
    scope: Scope | None = None

    @property
    def status(self) -> int:
        return next((m["status"] for m in self.sent if "status" in m), 0)

    @property
    def body(self) -> str:
        return b"".join(m["body"] for m in self.sent if "body" in m).decode()

    @property
    def closed(self) -> bool:
        return any(m["type"] == "websocket.close" for m in self.sent)


class Behind:
    """The app behind: notes that it was reached, and answers 200."""

    def __init__(self) -> None:
        self.scope: Scope | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"the app"})


def scope_of(
    kind: str = "http",
    path: str = "/",
    *,
    scheme: str = "",
    method: str = "GET",
    network: str = "203.0.113.7",
    **headers: str,
) -> Scope:
    """A request from `network` with these headers; `_` in a name stands for `-`."""
    given = {"host": "localhost:8501"} | headers
    return {
        "type": kind,
        "path": path,
        "method": method,
        "scheme": scheme or {"http": "http", "websocket": "ws"}[kind],
        "client": (network, 50000),
        "extensions": {"websocket.http.response": {}},
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
    }


def ask(guard: ASGIApp, behind: Behind, scope: Scope) -> Heard:
    """Send one request through a middleware that stands in front of `behind`."""
    heard = Heard()

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        heard.sent.append(message)

    async def run() -> Any:
        behind.scope = None
        await guard(scope, receive, send)

    asyncio.run(run())
    heard.scope = behind.scope
    return heard
