"""Several processes on one PostgreSQL: what one of them changed, the others are told (LISTEN/NOTIFY).

PostgreSQL sends a notification exactly when its transaction commits, and keeps none for somebody who does not listen
just then. So each carries a number from a sequence; whoever sees a number given out and does not hear it within a
second has missed something. One connection per process listens; a pooler that lends connections per transaction
(PgBouncer) swallows notifications, and then only the number is left, within about two seconds.

On SQLite one process serves, and the others are commands of the console (`mcm disable`). They leave word in a small
file beside the database, and the one that serves looks at it every second.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import secrets
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

LISTEN = "LISTEN mcm_changed"
PROCESS = secrets.token_hex(4)  # says which notifications are our own: our screens know already
LOOK = 1.0  # seconds between two looks at the number, or at the file
PATIENCE = 3.0  # for an answer on the listening connection, before it counts as dead
PAUSE, PAUSE_MAX = 0.1, 2.0  # before it is tried again

_SEND = text(
    "SELECT pg_notify('mcm_changed', nextval('signal_number') || ' ' || CAST(:process AS text) || ' ' || topic) "
    "FROM unnest(CAST(:topics AS text[])) AS topic"
)
_NUMBER = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM signal_number"
_KEEP_ALIVE: dict[str, Any] = {"keepalives_idle": 10, "keepalives_interval": 3, "keepalives_count": 3}
log = logging.getLogger(__name__)

Hear = Callable[[Iterable[str]], None]
Missed = Callable[[], None]


def send(db: Session, topics: Iterable[str]) -> None:
    """Have the other processes told these topics when this transaction commits; does nothing on SQLite.

    Call it last: from here to the commit PostgreSQL lets one notifying transaction through at a time.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.execute(_SEND, {"process": PROCESS, "topics": sorted(topics)})


@asynccontextmanager
async def listening(url: str, hear: Hear, missed: Missed) -> AsyncIterator[None]:
    """While this lasts, call `hear` with what other processes changed, and `missed` when that may be incomplete.

    A connection that is lost is opened anew for as long as it takes. On SQLite nobody says what was changed.
    """
    others = _always(url, hear, missed) if make_url(url).get_backend_name() == "postgresql" else _look(url, missed)
    task = asyncio.create_task(others)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def leave_word(url: str) -> None:
    """On SQLite, have the process that serves told that something was changed. For those who have just committed."""
    if file := _word(url):
        with suppress(OSError):  # what was written is safe; pages see it at their next interaction
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.write(descriptor, secrets.token_bytes(8))
            os.close(descriptor)


async def _look(url: str, missed: Missed) -> None:
    file = _word(url)
    known = _read(file)
    while file:
        await asyncio.sleep(LOOK)
        if (now := _read(file)) != known:
            known = now
            missed()


def _word(url: str) -> Path | None:
    address = make_url(url)
    embedded = address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:")
    return Path(f"{address.database}.changed") if embedded else None


def _read(file: Path | None) -> bytes:
    with suppress(OSError):
        return file.read_bytes() if file else b""
    return b""


async def _always(url: str, hear: Hear, missed: Missed) -> None:
    pause = PAUSE

    def connected() -> None:
        nonlocal pause
        pause = PAUSE
        missed()  # whatever was said before we listened

    while True:
        try:
            await _listen(url, hear, connected, missed)
        except (psycopg.Error, OSError, TimeoutError) as error:
            if pause == PAUSE:
                log.warning("Not listening to the other processes any more (%s); trying again", type(error).__name__)
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))
        pause = min(2 * pause, PAUSE_MAX)


async def _listen(url: str, hear: Hear, connected: Missed, missed: Missed) -> None:
    async with await psycopg.AsyncConnection.connect(**_settings(url)) as connection:
        await connection.execute(LISTEN)
        given_out = heard = await _number(connection)
        connected()
        while True:
            async for said in connection.notifies(timeout=LOOK):
                number, process, topic = said.payload.split(" ", 2)
                heard = max(heard, int(number))
                if process != PROCESS:
                    hear((topic,))
            if given_out > heard:  # a look ago already; what was given out since may still be on its way
                missed()
                heard = given_out
            given_out = await _number(connection)


async def _number(connection: psycopg.AsyncConnection[Any]) -> int:
    """The last number that was given out. Raises TimeoutError when the connection has died silently."""
    async with asyncio.timeout(PATIENCE):
        found = await (await connection.execute(_NUMBER)).fetchone()
    return int(found[0]) if found else 0


def _settings(url: str) -> dict[str, Any]:
    """What psycopg is given to connect as SQLAlchemy would."""
    address = make_url(url)
    _, settings = address.get_dialect()().create_connect_args(address)
    return {"connect_timeout": 3, **settings, **_KEEP_ALIVE, "application_name": "mcm signals", "autocommit": True}
