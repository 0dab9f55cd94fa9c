"""The guard in front of Streamlit's websocket, which takes from anybody whatever they send, as fast as they send it.

It knows Streamlit's messages (a private format: tests/security holds it to them), so it lets pages ask for a run and
nothing else, such as for everybody's caches to be emptied. That a tab belongs to its browser is same_browser.py.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from mcm_core.live.bus import bus
from mcm_core.web.callers import Caller, Callers
from mcm_core.web.limits import Limits
from mcm_core.web.pace import Bucket, Buckets, Penalties
from mcm_core.web.replies import refused, sorry

ALLOWED = {"rerun_script", "app_heartbeat"}
CLOSE = {"type": "websocket.close", "code": 1008, "reason": "Too much at once. Load the page again in a while."}
FULL = (
    "All %d pages that this process serves at once are open, and whoever comes now is turned away. Raise "
    "MCM_LIMIT_SOCKETS and start again, or start a second process: see docs/deploying.md"
)
SAID_EVERY = 60.0  # seconds
AT_ONCE = 3
ORPHANED = 10.0  # seconds in which a page that is loaded anew has its socket again

log = logging.getLogger(__name__)


class Sockets:
    """Middleware: counts open pages and their messages, and pauses who floods."""

    def __init__(
        self, app: ASGIApp, limits: Limits, callers: Callers, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.app, self.limits, self.callers, self.clock = app, limits, callers, clock
        self.penalties = Penalties(limits.penalty)
        self.handshakes = Buckets()
        self.open: Counter[str] = Counter()
        self.strangers = 0
        self.said = float("-inf")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a page's socket through to Streamlit, or refuse it."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
        elif self._admits(caller := await self.callers.of(scope)):
            await self._through(caller, scope, receive, send)
        else:
            await refused(scope, receive, send, sorry("Too many pages are open. Try again in a minute.", 429))

    async def _through(self, caller: Caller, scope: Scope, receive: Receive, send: Send) -> None:
        tab = Tab(self, caller, receive, send)
        self.open[caller.key] += 1
        self.strangers += not caller.known
        try:
            await self.app(scope, tab.receive, tab.send)
        finally:
            self.strangers -= not caller.known
            self.open[caller.key] -= 1
            if not self.open[caller.key]:
                del self.open[caller.key]
                asyncio.get_running_loop().call_later(ORPHANED, self._end_streams, caller.key)

    def _end_streams(self, sign_in: str) -> None:
        """A phone that vanished leaves its event stream behind for a quarter of an hour; only sockets are pinged."""
        if not self.open[sign_in]:
            bus.end(f"visitor:{sign_in}")

    def _admits(self, caller: Caller) -> bool:
        limits, now = self.limits, self.clock()
        times = 1 if caller.known else limits.hall
        rate = limits.messages * times
        if self.penalties.bars(caller.key, now) or not self.handshakes.take(caller.key, rate, AT_ONCE * rate, now):
            return False
        most = limits.visitor_sockets if caller.known else limits.network_sockets
        crowded = not caller.known and self.strangers >= limits.sockets // 2
        return self.open[caller.key] < most and not self._is_full() and not crowded

    def _is_full(self) -> bool:
        """Whether there is no place left for anybody, which whoever runs the server should know."""
        full, now = self.open.total() >= self.limits.sockets, self.clock()
        if full and now - self.said >= SAID_EVERY:
            self.said = now
            log.error(FULL, self.limits.sockets)
        return full


class Tab:
    """One open page between the server and Streamlit."""

    def __init__(self, guard: Sockets, caller: Caller, receive: Receive, send: Send) -> None:
        self._guard, self._caller, self._receive, self._send = guard, caller, receive, send
        rate = guard.limits.messages
        self._bucket = Bucket(rate, AT_ONCE * rate)
        self._is_closed = False

    async def receive(self) -> Message:
        """The next message that Streamlit may see; a flood ends the connection."""
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            kind = self._kind(message.get("bytes"))
            if kind is None:
                self._guard.penalties.strike(self._caller.key, self._guard.clock())
                self._is_closed = True
                await self._send(CLOSE)
                return {"type": "websocket.disconnect", "code": CLOSE["code"]}
            if kind in ALLOWED:
                return message

    def _kind(self, frame: bytes | None) -> str | None:
        """What the page asks for; None when it asks too often, too much, or nothing that can be read."""
        if not self._bucket.take(self._guard.clock()) or not frame or len(frame) > self._guard.limits.frame:
            return None
        try:
            return BackMsg.FromString(frame).WhichOneof("type") or ""
        except DecodeError:
            return None

    async def send(self, message: Message) -> None:
        """Pass on what Streamlit sends, while somebody is there."""
        if not self._is_closed:
            await self._send(message)
