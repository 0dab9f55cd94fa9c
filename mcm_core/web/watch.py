"""What passes through the server, as figures (metrics.py) and as lines of a log (logs.py). In front only if wanted."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError
from sqlalchemy import Connection, Engine, ExecutionContext, event
from sqlalchemy.pool import ConnectionPoolEntry, Pool
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from mcm_core.live.bus import bus
from mcm_core.store import counts
from mcm_core.web import logs, metrics, voting

STREAM, BALLOT = "/live", voting.ADDRESS
#: Files, because a page fetches one when it first draws something, as after an anonymous answer; and who only watches.
LEFT_OUT = ("/static/", "/healthz", "/readyz", "/metrics")
SMALL = 256  # bytes: the word that a run has ended is shorter than this


@dataclass(frozen=True)
class Answered:
    """One request that has been answered. `route` is the template of its address: /j/{token}, never a link."""

    method: str
    route: str
    status: int
    seconds: float


class Watch:
    """Middleware, the outermost: times requests, and counts what is open and what is refused."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http" and not scope["path"].startswith(LEFT_OUT):
            await self._request(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, status = time.perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        open_ = metrics.streams.track_inprogress() if scope["path"] == STREAM else nullcontext()
        with logs.a_request(), open_:
            try:
                await self.app(scope, receive, sending)
            finally:
                note(Answered(scope["method"], route_of(scope), status, time.perf_counter() - began))

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            match message:
                case {"type": "websocket.http.response.start", "status": 429}:
                    metrics.throttled.labels("socket").inc()
                case {"type": "websocket.close", "code": 1008}:
                    metrics.throttled.labels("message").inc()
                case {"type": "websocket.accept"}:
                    metrics.sockets.inc()
                    scope["mcm.accepted"] = True
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            if scope.get("mcm.accepted"):
                metrics.sockets.dec()


def note(answered: Answered) -> None:
    """Count it and log it. An event stream lasts as long as a page is open, which is no duration of an answer."""
    if answered.status == 429:
        metrics.throttled.labels("request").inc()
    if answered.route == STREAM:
        return
    metrics.requests.labels(answered.method, answered.route, answered.status).observe(answered.seconds)
    if answered.route == BALLOT and answered.status == 200:
        metrics.ballots.observe(answered.seconds)
    logs.answered(answered.method, answered.route, answered.status, answered.seconds)


def route_of(scope: MutableMapping[str, Any]) -> str:
    """The template of the address that answered, or `none` where somebody else did before."""
    return str(getattr(scope.get("route"), "path", "none"))


class Runs:
    """Middleware in front of Streamlit: how long a page waits for the run that it asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        asked: deque[float] = deque()

        async def receiving() -> Message:
            message = await receive()
            if asks_for_a_run(message.get("bytes")):
                asked.append(time.perf_counter())
            return message

        async def sending(message: Message) -> None:
            await send(message)
            if asked and ends_a_run(message.get("bytes")):
                metrics.runs.observe(time.perf_counter() - asked[0])
                asked.clear()  # several that were asked for at once are one run

        await self.app(scope, receiving, sending)


def asks_for_a_run(frame: bytes | None) -> bool:
    """Whether a page asks for a run. The guard before this has looked at the frame already."""
    return bool(frame) and BackMsg.FromString(frame).WhichOneof("type") == "rerun_script"


def ends_a_run(frame: bytes | None) -> bool:
    """Whether a run has ended for good, and not for another one."""
    if not frame or len(frame) > SMALL:
        return False
    try:
        message = ForwardMsg.FromString(frame)
    except DecodeError:
        return False
    ended = message.WhichOneof("type") == "script_finished"
    return bool(ended and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN)


def outermost() -> list[Middleware]:
    """What stands in front of everything else, if somebody wants to know."""
    return [Middleware(Watch)] if metrics.is_wanted() or logs.wanted() else []


def innermost() -> list[Middleware]:
    """What stands right in front of Streamlit."""
    return [Middleware(Runs)] if metrics.is_wanted() else []


@contextmanager
def figures() -> Iterator[None]:
    """While this lasts, keep the figures that come with no request, and show them on a port of their own; if wanted."""
    if metrics.is_wanted():
        _the_database()
        counts.on_count(metrics.count)
        bus.on_told = metrics.lag.observe
    with metrics.shown_on_a_port():
        yield


def _the_database() -> None:
    """Time every statement and every transaction from here on."""
    event.listen(Engine, "before_cursor_execute", _before)
    event.listen(Engine, "after_cursor_execute", _after)
    event.listen(Pool, "checkout", _out)
    event.listen(Pool, "checkin", _in)


def _before(*given: Any) -> None:
    context: ExecutionContext = given[4]
    context.mcm_began = time.perf_counter()  # type: ignore[attr-defined]


def _after(_connection: Connection, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
    metrics.statements.observe(time.perf_counter() - context.mcm_began)


def _out(_connection: Any, entry: ConnectionPoolEntry, _proxy: Any) -> None:
    entry.info["mcm_began"] = time.perf_counter()


def _in(_connection: Any, entry: ConnectionPoolEntry) -> None:
    if began := entry.info.pop("mcm_began", None):
        metrics.transactions.observe(time.perf_counter() - began)
