"""Another program holds the database for fifteen seconds: a backup tool, a database browser, a virus scanner."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.life import Life
from tests.faults.rooms import a_room
from tests.faults.row import row
from tests.faults.waiting import Waited, through

PHONES, SECONDS = 20, 15.0
BAR = "20 of 20 stored after, nobody was told “saved” before, 0 tracebacks"


@contextmanager
def held(file: Path) -> Iterator[None]:
    """The database locked by somebody else while the block lasts."""
    other = sqlite3.connect(file, isolation_level=None, timeout=5)
    try:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()


def play(seconds: float, *, phones: int = PHONES, without: str = "") -> tuple[Waited, bool]:
    """What came of it, and whether the server logged a traceback."""
    with a_room(phones) as room, Life(room.settings, whole=True, without=without) as life:
        found = asyncio.run(through(room, life.address, held(room.folder / "mcm.sqlite3"), seconds))
        return found, "Traceback" in life.said()


def run() -> bool:
    """Fifteen seconds, twenty phones."""
    found, traceback = play(SECONDS)
    met = found.met and not traceback
    return row("database locked", f"{SECONDS:.0f} s by another program, whole server", str(found), BAR, met)
