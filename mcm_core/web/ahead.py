"""What phones and screens ask for many times in a vote is answered here, before Streamlit's own layers.

Those look through all addresses, keep sessions that we do not use and would compress a few bytes. It is a tenth of what
an answer costs the server.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send


class Ahead:
    """Middleware, behind all guards: answers what is asked at the addresses of these routes."""

    def __init__(self, app: ASGIApp, routes: Sequence[Route]) -> None:
        self.app, self.answers = app, ExceptionMiddleware(Router(routes))
        self.paths = {route.path for route in routes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        ours = scope["type"] == "http" and scope["path"] in self.paths
        await (self.answers if ours else self.app)(scope, receive, send)
