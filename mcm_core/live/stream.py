"""The event stream that a browser keeps open: a sequence number, never any content."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from mcm_core.domain.errors import McmError
from mcm_core.live.bus import Bus

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def stream_route(bus: Bus, allowed: Callable[[Request], Iterable[str]]) -> Route:
    """GET /live?follow=a&follow=b. `allowed` gives every topic the request's visitor may follow (run in a thread).

    Answers 403 when a topic asked for is not among them, and 503 while nobody can tell.
    """

    async def live(request: Request) -> Response:
        wanted = request.query_params.getlist("follow")
        try:
            may = set(await run_in_threadpool(allowed, request))
        except McmError:  # the database is away; the listener tries again by itself
            return Response(status_code=503, headers=HEADERS)
        if not wanted or not set(wanted) <= may:
            return Response(status_code=403, headers=HEADERS)
        return StreamingResponse(_events(bus, wanted), media_type="text/event-stream", headers=HEADERS)

    return Route("/live", live)


async def _events(bus: Bus, topics: list[str]) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    async for number in bus.follow(topics):
        yield f"data: {number}\n\n"
