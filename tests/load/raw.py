"""The practical limit: a websocket for every phone, an upsert with synchronous=FULL for every vote, grouped counts.

No pages, no roles, no sign-in: what a product costs is what it adds to this. `MCM_LOCAL` is the folder of its database.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

GROUPED = 0.1
FILE = Path(os.environ.get("MCM_LOCAL", ".")) / "raw.sqlite3"
TABLE = "CREATE TABLE IF NOT EXISTS vote (member TEXT PRIMARY KEY, cohort TEXT, current INTEGER, desired INTEGER)"
UPSERT = (
    "INSERT INTO vote VALUES (:member, :cohort, :current, :desired) "
    "ON CONFLICT (member) DO UPDATE SET current = excluded.current, desired = excluded.desired"
)
COUNT = "SELECT count(*) FROM vote WHERE cohort = ? AND desired IS NOT NULL"

database = sqlite3.connect(FILE, isolation_level=None, check_same_thread=False)
database.execute("PRAGMA synchronous=FULL")
rooms: dict[str, set[WebSocket]] = defaultdict(set)
changed: set[str] = set()


async def phone(socket: WebSocket) -> None:
    """Votes as JSON; each is answered when it has been committed."""
    await socket.accept()
    async for vote in socket.iter_json():
        database.execute(UPSERT, vote)
        changed.add(vote["cohort"])
        await socket.send_text("saved")


async def room(socket: WebSocket) -> None:
    """The count of one cohort, whenever it changed."""
    await socket.accept()
    rooms[socket.query_params["cohort"]].add(socket)
    async for _ in socket.iter_text():
        pass


async def tell() -> None:
    """Tell the rooms, grouped."""
    while True:
        await asyncio.sleep(GROUPED)
        for cohort in list(changed):
            changed.discard(cohort)
            (count,) = database.execute(COUNT, (cohort,)).fetchone()
            for socket in rooms[cohort]:
                await socket.send_text(f"{count} of 20 in")


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    """Make the table and tell the rooms."""
    database.execute(TABLE)
    telling = asyncio.create_task(tell())
    yield
    telling.cancel()


app = Starlette(
    routes=[
        WebSocketRoute("/phone", phone),
        WebSocketRoute("/room", room),
        Route("/_stcore/health", lambda _request: PlainTextResponse("ok")),
    ],
    lifespan=lifespan,
)
