"""What whatever watches over this server may ask: is the process alive, and can it do its work?

Answered before anything else looks at the request. A balancer asks by whatever name it calls this machine, and the
answer holds no cookie, no address and nothing of anybody, so a name that somebody points here gains nothing by it.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mcm_core.domain.errors import McmError
from mcm_core.store import migrate
from mcm_core.store.engine import local_folder
from mcm_core.store.folders import private

ALIVE, READY = "/healthz", "/readyz"
KEPT = 1.0  # seconds for which one look serves everybody who asks: strangers cannot have us look more often
PATIENCE = 4.0  # seconds; balancers give up soon after
Look = Callable[[], str | None]


class Health:
    """Middleware: GET /healthz says that the process is alive, GET /readyz that it can save; or 503 and one word."""

    def __init__(self, app: ASGIApp, look: Look | None = None) -> None:
        self.app, self._ready = app, Ready(look or what_is_missing)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if scope["type"] != "http" or scope["path"] not in {ALIVE, READY} or scope["method"] not in {"GET", "HEAD"}:
            await self.app(scope, receive, send)
            return
        missing = await self._ready.missing() if scope["path"] == READY else None
        answer = PlainTextResponse(f"not ready: {missing}", 503) if missing else PlainTextResponse("ok")
        await answer(scope, receive, send)


class Ready:
    """One look at a time, and not more than one a second, whoever asks."""

    def __init__(self, look: Look, clock: Callable[[], float] = time.monotonic) -> None:
        self._look, self._clock = look, clock
        self._under_way: asyncio.Task[str | None] | None = None
        self._until = 0.0

    async def missing(self) -> str | None:
        """What is missing, or None. A look that takes too long counts as a database that does not answer."""
        if self._under_way is None or (self._under_way.done() and self._clock() >= self._until):
            self._under_way = asyncio.create_task(asyncio.to_thread(self._look))
            self._under_way.add_done_callback(self._note)
        try:
            return await asyncio.wait_for(asyncio.shield(self._under_way), PATIENCE)
        except TimeoutError:
            return "database"

    def _note(self, _task: object) -> None:
        self._until = self._clock() + KEPT


def what_is_missing() -> str | None:
    """The first thing that keeps this process from saving an answer, in one word; None when nothing does."""
    try:
        if not migrate.is_current():
            return "schema"
    except (McmError, SQLAlchemyError):
        return "database"
    return None if _can_write() else "folder"


def _can_write() -> bool:
    try:
        private(local_folder())  # beside PostgreSQL nobody may have needed it yet
        with tempfile.TemporaryFile(dir=local_folder()) as file:
            file.write(b"\0")
    except OSError:
        return False
    return True
