"""Which requests come in at all: those for a name of ours, to a path that somebody needs, from a page of ours."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from mcm_core.web.connection import HEADER, connection_of
from mcm_core.web.names import answers_to, may_open_socket
from mcm_core.web.replies import refused, sorry

#: Of what Streamlit answers beside the pages, what its page in the browser asks for. Closed are the upload that takes
#: files from strangers, media that need no sign-in, figures about the server, and the interface for programs.
OPEN = {"/_stcore/health", "/_stcore/host-config", "/_stcore/stream"}
CLOSED = ("/_stcore/", "/media/", "/component/", "/app/static/")
SOCKET = "/_stcore/stream"


class Names:
    """Middleware: refuses names that are not ours, and notes on the request how it came (connection.py)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 421."""
        if scope["type"] in {"http", "websocket"}:
            headers = MutableHeaders(scope=scope)
            if not answers_to(headers.get("host")):
                await refused(scope, receive, send, _not_our_name())
                return
            del headers[HEADER]
            headers[HEADER] = connection_of(scope)
            scope["headers"] = headers.raw
        await self.app(scope, receive, send)


class Doors:
    """Middleware: paths that nobody needs are closed, and sockets open to our own pages alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 404 and 403."""
        path = scope.get("path", "")
        if path.startswith(CLOSED) and path not in OPEN:
            await refused(scope, receive, send, sorry("There is nothing here.", 404))
        elif scope["type"] == "websocket" and not (path == SOCKET and _is_ours(scope)):
            await refused(scope, receive, send, sorry("This came from another site.", 403))
        else:
            await self.app(scope, receive, send)


def _is_ours(scope: Scope) -> bool:
    """Whether one of our pages opens this socket; then Streamlit is told the origin's own host.

    It would otherwise ask a server outside for this machine's address, to compare (server_util.py:88).
    """
    headers = MutableHeaders(scope=scope)
    origin = headers.get("origin")
    if not may_open_socket(origin, headers.get("host"), encrypted=scope.get("scheme") == "wss"):
        return False
    headers["host"] = str(origin).partition("://")[2]
    scope["headers"] = headers.raw
    return True


def _not_our_name() -> Response:
    return sorry(
        "This server does not answer to the name in your address bar. Use the address that you were given. "
        "(Whoever runs the server can add this one as MCM_PUBLIC_URL or in MCM_ORIGINS.)",
        421,
    )
