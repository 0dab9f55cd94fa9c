"""The defences taken out, one at a time: for the negative controls, which show that the tests notice."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any

import streamlit as st
import uvicorn
from sqlalchemy import Engine, event
from sqlalchemy.dialects.sqlite import insert

import app
from mcm_core.services import readings
from mcm_core.store.engine import DatabaseUnavailable, write
from mcm_core.store.tables import ReadingRow
from mcm_core.ui import errors, page
from mcm_core.web import replies, voting

SECRET_WORDS = "what somebody had written"
LATE = 0.2  # seconds after which somebody who has said "saved" gets round to it
Store = Callable[[Any], Any]
_emptied = threading.Condition()
_times = 0  # the caches were emptied


def weaken(without: str) -> None:
    """Take one defence out of this process."""
    if without:
        _WEAKENED[without]()


def _commit_first() -> None:
    """Says "saved" before the commit."""
    voting.write_together = _early


def _a_commit() -> None:
    """Says "saved", and stores nothing."""
    voting.write_together = lambda do: _early(do, lambda _do: None)


def _another_try() -> None:
    """Refuses while the database does not answer, and does not wait for it."""

    def impatient(connection: Any, _record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA busy_timeout=200")

    replies.STATUS[DatabaseUnavailable] = 400
    event.listen(Engine, "connect", impatient)


def _synchronous_commit() -> None:
    """Has PostgreSQL answer when it has not written yet."""

    def as_the_server_likes(connection: Any, _record: object) -> None:
        connection.execute("SET synchronous_commit = off")
        connection.commit()

    event.listen(Engine, "connect", as_the_server_likes)


def _upsert() -> None:
    """Can store an answer only once."""
    readings.rows.UPSERT["sqlite"] = insert(ReadingRow.__table__)


def _pages() -> None:
    """Every page raises for facilitators."""

    def falling(open_: Callable[..., Any]) -> Callable[..., Any]:
        def begin(*roles: Any) -> Any:
            visitor = page.recognise()
            if visitor is None or visitor.facilitates:
                raise RuntimeError(SECRET_WORDS)
            return open_(*roles)

        return begin

    page.open_page, page.open_to = falling(page.open_page), falling(page.open_to)


def _our_words() -> None:
    """The same, and Streamlit says what it likes."""
    _pages()
    app.app._on_script_error = None
    errors.report_script_error = raised


def raised(error: Exception) -> bool:
    raise error


def _caches() -> None:
    """Somebody empties the caches all the time."""

    def empty() -> None:
        global _times
        while True:
            time.sleep(0.02)
            st.cache_data.clear()
            st.cache_resource.clear()
            print("emptied", flush=True)
            with _emptied:
                _times += 1
                _emptied.notify_all()

    threading.Thread(target=empty, daemon=True).start()


def _answers_in_caches() -> None:
    """The same, and answers wait there until they are stored: on a machine of any speed, too long."""

    def flush(after: int) -> None:
        with _emptied:
            _emptied.wait_for(lambda: _times > after)
        while held := _held():
            with write() as db:
                held.pop(0)(db)

    def cached(do: Store) -> Any:
        told = _early(do, lambda store: _held().append(store))
        # The next emptying may have begun before the answer came, so that it is the one after that.
        threading.Thread(target=flush, args=(_times + 1,), daemon=True).start()
        return told

    _caches()
    voting.write_together = cached


def _limit() -> None:
    """Waits for every open stream when it is asked to stop."""
    serve = uvicorn.run
    uvicorn.run = lambda *args, **more: serve(*args, **more | {"timeout_graceful_shutdown": None})


_WEAKENED: dict[str, Callable[[], None]] = {
    "commit first": _commit_first,
    "a commit": _a_commit,
    "another try": _another_try,
    "synchronous commit": _synchronous_commit,
    "upsert": _upsert,
    "pages for facilitators": _pages,
    "our words for a fallen page": _our_words,
    "caches": _caches,
    "caches, answers in them": _answers_in_caches,
    "a limit to stopping": _limit,
}


@st.cache_resource
def _held() -> list[Store]:
    return []


class _NotNow(Exception):
    """Undoes what was only tried."""


def _early(do: Store, store: Callable[[Store], object] | None = None) -> Any:
    """What `do` returns, told before it is stored; `store` is what becomes of it."""
    told: list[Any] = []
    try:
        with write() as db:
            told.append(do(db))
            raise _NotNow
    except _NotNow:
        (store or _later)(do)
    return told[0]


def _later(do: Store) -> None:
    def keep() -> None:
        time.sleep(LATE)
        with write() as db:
            do(db)

    threading.Thread(target=keep, daemon=True).start()
