"""The defences taken out, one at a time: for the negative controls, which show that the tests notice."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from mcm_core.services import readings
from mcm_core.store.engine import DatabaseUnavailable, write
from mcm_core.store.tables import ReadingRow
from mcm_core.web import replies, voting

LATE = 0.05  # seconds after which somebody who has said "saved" gets round to it


def weaken(without: str) -> None:
    """Take one defence out of this process."""
    match without:
        case "":
            pass
        case "commit first":
            voting.write_together = _early
        case "another try":
            replies.STATUS[DatabaseUnavailable] = 400
            event.listen(Engine, "connect", _impatient)
        case "upsert":
            readings._UPSERT["sqlite"] = sqlite_insert(ReadingRow.__table__)
        case "synchronous commit":
            event.listen(Engine, "connect", _as_the_server_likes)
        case _:
            raise ValueError(without)


def _impatient(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA busy_timeout=200")


def _as_the_server_likes(connection: Any, _record: object) -> None:
    connection.execute("SET synchronous_commit = off")
    connection.commit()


class _NotNow(Exception):
    """Undoes what was only tried."""


def _early(do: Callable[[Any], Any]) -> Any:
    """What `do` returns, told before it is stored."""
    told: list[Any] = []

    def store() -> None:
        time.sleep(LATE)
        with write() as db:
            do(db)

    try:
        with write() as db:
            told.append(do(db))
            raise _NotNow
    except _NotNow:
        threading.Thread(target=store, daemon=True).start()
    return told[0]
