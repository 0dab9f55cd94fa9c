"""The guard in front of everything that is asked for by name: pages, forms and taps."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from mcm_core.web.callers import Caller, Callers
from mcm_core.web.limits import Limits
from mcm_core.web.pace import Buckets
from mcm_core.web.replies import sorry

FREE = ("/static/",)  # files that a page load asks for by the dozen, and that cost nothing
POSTS_AT_ONCE, GETS_AT_ONCE = 6, 10


class Requests:
    """Middleware: answers 429 to who asks too often. Nothing is locked: a second later there is room again."""

    def __init__(
        self, app: ASGIApp, limits: Limits, callers: Callers, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.app, self.limits, self.callers, self.clock = app, limits, callers, clock
        self.buckets = Buckets()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 429."""
        counts = scope["type"] == "http" and not scope["path"].startswith(FREE)
        if not counts or self._admits(await self.callers.of(scope), writes=scope["method"] not in {"GET", "HEAD"}):
            await self.app(scope, receive, send)
            return
        answer = sorry("That was a little too often. Wait a few seconds, then try again.", 429)
        answer.headers["Retry-After"] = "2"
        await answer(scope, receive, send)

    def _admits(self, caller: Caller, *, writes: bool) -> bool:
        times = 1 if caller.known else self.limits.hall
        rate, at_once = (self.limits.posts, POSTS_AT_ONCE) if writes else (self.limits.gets, GETS_AT_ONCE)
        key = f"{'POST' if writes else 'GET'} {caller.key}"
        return self.buckets.take(key, rate * times, rate * times * at_once, self.clock())
