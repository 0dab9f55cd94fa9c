"""A tab belongs to the browser that opened it: whoever presents a stolen Streamlit session id gets a tab of their own.

Streamlit's session id is a bearer secret: with nothing else it resumed somebody's live tab and cut them off
(security-and-reliability.md §2). Streamlit compares what it knows of the person, if a trusted header says it
(`server.trustedUserHeaders` in .streamlit/config.toml); this middleware puts our cookie's digest there. The comparison
is made at the handshake, so no callback or fragment of the other tab ever runs.
"""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from mcm_core.store import secret
from mcm_core.web import cookie

HEADER = "x-mcm-browser"


class SameBrowser:
    """ASGI middleware for websockets: says whose cookie came with the handshake, whatever the client claims."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            kept = [(name, value) for name, value in scope["headers"] if name.lower() != HEADER.encode()]
            said = secret.keyed("browser", cookie.read(HTTPConnection(scope).cookies) or "")
            scope = {**scope, "headers": [*kept, (HEADER.encode(), said.encode())]}
        await self.app(scope, receive, send)
