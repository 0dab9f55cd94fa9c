"""Engines and transactions. A verb runs inside `write()` or `read()`; leaving the block commits.

SQLite: we own the transaction (`BEGIN IMMEDIATE` for writes). SQLAlchemy's default lost 359 of 400 concurrent updates
when tried; plain BEGIN failed with "database is locked" (security-and-reliability.md §3).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session

from mcm_core.domain.errors import McmError
from mcm_core.store import ballast
from mcm_core.store.folders import private
from mcm_core.store.signals import leave_word, send
from mcm_core.store.turn import Turn, Waited

ROOT = Path(__file__).resolve().parents[2]
_TOPICS, _LAST, _AFTERWARDS = "topics", "last", "afterwards"
_FULL = {sqlite3.SQLITE_FULL, "53100"}  # as SQLite says it, and PostgreSQL
_WAIT = 10.0  # seconds to wait for a turn
_listeners: list[Callable[[frozenset[str]], None]] = []


class DatabaseUnavailable(McmError):
    """The database cannot be opened or is too busy; nothing was written."""

    def __init__(
        self,
        message: str = "The database did not answer, so nothing was saved. Wait a moment and try again; "
        "if it stays like this, tell whoever runs this server.",
    ) -> None:
        super().__init__(message)


class DatabaseFull(DatabaseUnavailable):
    """There is no space left to write to; reading works, and writing does again once there is."""

    def __init__(self) -> None:
        super().__init__(
            "The disk of this server is full, so this was not saved. What was saved before is safe and can be read. "
            "Try again in a moment, and tell whoever runs this server to free some space; it need not be started anew."
        )


def local_folder() -> Path:
    """Where the embedded database, the secret and backups live (`MCM_LOCAL`, else session_data/local)."""
    return Path(os.environ.get("MCM_LOCAL") or ROOT / "session_data" / "local")


def database_url() -> str:
    """`MCM_DATABASE_URL`, or the embedded SQLite file."""
    return os.environ.get("MCM_DATABASE_URL") or f"sqlite:///{local_folder() / 'mcm.sqlite3'}"


def database_folder(url: str | URL) -> Path | None:
    """Where the embedded database lies; None for one that another server keeps."""
    address = make_url(url)
    embedded = address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:")
    return Path(address.database or "").parent if embedded else None


@cache
def engine(url: str) -> Engine:
    """The engine for an address, one for the life of the process. It connects when first used."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite(url, address.database)
    return create_engine(
        url,
        pool_pre_ping=True,
        hide_parameters=True,  # people's words do not belong in a log
        pool_size=5,
        max_overflow=5,
        pool_timeout=5,
        connect_args={
            "connect_timeout": 3,
            "tcp_user_timeout": 10_000,  # a server that vanished from the network is noticed within ten seconds
            "options": "-c statement_timeout=5s -c lock_timeout=3s -c idle_in_transaction_session_timeout=10s "
            "-c synchronous_commit=on",  # however the server is set up: what we call saved outlives its crash
        },
    )


def _sqlite(url: str, database: str | None) -> Engine:
    if database and database != ":memory:":
        private(Path(database).parent)
    made = create_engine(
        url, hide_parameters=True, connect_args={"timeout": 10}, pool_size=5, max_overflow=0, pool_timeout=5
    )
    event.listen(made, "connect", _set_up_connection)
    event.listen(made, "begin", _begin)
    return made


def journal_mode(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> str:
    """WAL where the library has the fix for the WAL-reset bug (3.51.3 and its backports), TRUNCATE elsewhere.

    TRUNCATE is as safe as DELETE and spares the directory an update with every commit.
    """
    fixed = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return "WAL" if fixed else "TRUNCATE"


@cache
def _for(bound: Engine, *, write: bool) -> Engine:
    """The engine with our options. Made once: SQLAlchemy joins what listens anew for each that is made."""
    return bound.execution_options(write=write)


def _set_up_connection(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # sqlite3 must not begin transactions for us
    for pragma in (
        f"journal_mode={journal_mode()}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")
    if file := connection.execute("PRAGMA database_list").fetchone()[2]:
        with suppress(OSError):  # somebody else's file
            Path(file).chmod(0o600)


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def read(url: str | None = None) -> Iterator[Session]:
    """A transaction that only reads."""
    with _transaction(url, write=False) as db:
        yield db


@contextmanager
def write(url: str | None = None) -> Iterator[Session]:
    """A transaction that commits when the block ends and rolls back when it raises.

    After the commit everybody who listens, in other processes too, is told the topics that were announced inside.
    Raises DatabaseUnavailable.
    """
    with _transaction(url, write=True) as db:
        yield db
        for finish in db.info.get(_LAST, ()):
            finish(db)
        if topics := frozenset(db.info.get(_TOPICS, ())):
            send(db, topics)
    for follow in db.info.get(_AFTERWARDS, ()):
        follow()
    if topics:
        for tell in _listeners:
            tell(topics)
        if not _listeners:  # nobody looks at pages of ours: this is a command beside the process that serves
            leave_word(url or database_url())


@cache
def _turn(bound: Engine) -> Turn:
    folder = database_folder(bound.url)
    return Turn(_WAIT, among=folder / f"{bound.url.database}.turn" if folder else None)


@contextmanager
def _transaction(url: str | None, *, write: bool) -> Iterator[Session]:
    bound = engine(url or database_url())
    try:
        with _in_turn(bound, write=write), Session(_for(bound, write=write), expire_on_commit=False) as db, db.begin():
            yield db
    except (SQLAlchemyError, Waited) as error:
        if _is_full(error):
            ballast.release(database_folder(bound.url))
            raise DatabaseFull from error
        if not _is_passing(error):
            raise
        raise DatabaseUnavailable from error


def _in_turn(bound: Engine, *, write: bool) -> AbstractContextManager[object]:
    if bound.dialect.name != "sqlite":
        return nullcontext()
    if write:
        return _turn(bound).writing()
    return nullcontext() if journal_mode() == "WAL" else _turn(bound)  # there a reader keeps a writer from committing


def _is_full(error: BaseException | None) -> bool:
    """Whether this, or what it came of, is a full disk: the end of a transaction fails, too, and hides the reason."""
    while error is not None:
        theirs = getattr(error, "orig", error)
        if getattr(theirs, "sqlite_errorcode", None) in _FULL or getattr(theirs, "sqlstate", None) in _FULL:
            return True
        error = error.__cause__ or error.__context__
    return False


def _is_passing(error: Exception) -> bool:
    """Whether the database, not our statement, is the trouble (locked, full, gone, cannot be opened, busy)."""
    return isinstance(error, (OperationalError, InterfaceError, NoConnectionFree, Waited))


def announce(db: Session, topic: str) -> None:
    """Tell `topic` to the other screens once this transaction has committed, and not if it fails."""
    db.info.setdefault(_TOPICS, set()).add(topic)


def last(db: Session, finish: Callable[[Session], object]) -> None:
    """Have `finish` called once, right before this transaction commits: for what must lock others out but briefly.

    Raises RuntimeError in a transaction of `read`, where nobody would call it.
    """
    if not db.get_bind().engine.get_execution_options().get("write"):
        raise RuntimeError("this verb writes; call it inside write()")
    waiting = db.info.setdefault(_LAST, [])
    if finish not in waiting:
        waiting.append(finish)


def afterwards(db: Session, follow: Callable[[], object]) -> None:
    """Have `follow` called once this transaction has committed, and not if it fails."""
    db.info.setdefault(_AFTERWARDS, []).append(follow)


def on_commit(tell: Callable[[frozenset[str]], None]) -> None:
    """Have `tell` called with the announced topics after every commit. Registered once, by app.py."""
    if tell not in _listeners:
        _listeners.append(tell)
