"""Putting another database in the place of the one that is served: as a whole, or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Refused
from mcm_core.store import migrate
from mcm_core.store.archive import sync_folder
from mcm_core.store.backups import database_file
from mcm_core.store.copying import address_of
from mcm_core.store.engine import DatabaseUnavailable, database_url, engine, read, write
from mcm_core.store.folders import private
from mcm_core.store.locks import held
from mcm_core.store.tables import Base

TAILS = ("-journal", "-wal", "-shm")
RUNNING = (
    "A server is running on this database, so nothing was restored. Stop it first: Ctrl-C where it was started, "
    "or stop its service (with systemd: systemctl stop, and the name of the service). Then try again."
)
_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL
"""


@contextmanager
def serving() -> Iterator[None]:
    """While this lasts nobody replaces the embedded database or serves it, too: a second server would not hear what
    the first one changed. (On PostgreSQL they hear of each other, and a server's connections are seen by themselves.)

    Raises Refused while somebody else does either, and DatabaseUnavailable.
    """
    file = database_file()
    if file is None:
        yield
        return
    with ExitStack() as until_the_end:
        try:
            alone = until_the_end.enter_context(held(_sign(file)))
        except OSError as error:
            raise DatabaseUnavailable(
                f"The database cannot be opened at {file}: {error.strerror}. Check that its folder may be written."
            ) from error
        if not alone:
            raise Refused(
                f"Another server is running on {file}, or a backup is being restored there. Stop that server or wait "
                "until the backup is back, then start again. For several servers at once use PostgreSQL."
            )
        yield


@contextmanager
def replacing() -> Iterator[Session]:
    """A transaction on an empty database in today's shape, which takes the place of the live one when the block ends.

    Until then the live one is untouched, and it stays when the block raises. Raises Refused while a server is running.
    """
    file = database_file()
    engine(database_url()).dispose()  # our own connections are no server
    with _the_file(file) if file else _the_tables() as db:
        yield db


@contextmanager
def _the_file(live: Path) -> Iterator[Session]:
    """SQLite: a new file beside the old one, which is renamed over it."""
    new = live.with_name(f"{live.name}.{secrets.token_hex(4)}")
    with held(_sign(live)) as alone:
        if not alone:
            raise Refused(RUNNING)
        try:
            migrate.migrate(address_of(new))
            with write(address_of(new)) as db:
                yield db
            engine(address_of(new)).dispose()
            _swap(new, live)
        finally:
            engine(address_of(new)).dispose()
            for tail in ("", *TAILS, ".changed", ".turn"):
                new.with_name(new.name + tail).unlink(missing_ok=True)


def _swap(new: Path, live: Path) -> None:
    new.chmod(0o600)
    _sync(new)
    engine(database_url()).dispose()
    with _alone_with(live):
        new.replace(live)
        for tail in TAILS:  # of the old file: SQLite would roll its journal back into the new one
            live.with_name(live.name + tail).unlink(missing_ok=True)
    sync_folder(live.parent)


@contextmanager
def _alone_with(live: Path) -> Iterator[None]:
    """Keep everybody out of the old file, once it has finished what it was doing. One that is broken needs no guard."""
    if not live.exists():
        yield
        return
    with closing(sqlite3.connect(live, timeout=5, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise Refused(f"Another program uses {live} ({error}), so nothing was restored. Stop it first.") from error
        except sqlite3.DatabaseError:
            pass
        yield


@contextmanager
def _the_tables() -> Iterator[Session]:
    """PostgreSQL: the tables are emptied and filled in one transaction, which also brings them up to date."""
    with write() as db:
        migrate.queue(db.connection())
        _refuse_others(db)
        migrate.upgrade(db.connection(), "this address")
        names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
        db.execute(text(f"TRUNCATE {names}"))
        yield db


def refuse_while_serving() -> None:
    """Raise Refused while a server is running on the database."""
    file = database_file()
    if file is None:
        engine(database_url()).dispose()  # our own connections are no server
        with read() as db:
            _refuse_others(db)
        return
    with held(_sign(file)) as alone:
        if not alone:
            raise Refused(RUNNING)


def _refuse_others(db: Session) -> None:
    for _ in range(20):  # what was closed a moment ago is still listed
        if not db.scalar(text(_OTHERS)):
            return
        time.sleep(0.1)
        db.execute(text("SELECT pg_stat_clear_snapshot()"))
    raise Refused(RUNNING)


def readable(live: Path) -> bool:
    """Whether a file is a sound SQLite database of a shape that this program knows."""
    try:
        with closing(sqlite3.connect(live, timeout=5)) as connection:
            shape = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            sound = connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
            return sound and shape is not None and migrate.knows(shape[0])
    except sqlite3.DatabaseError:
        return False


def lay_aside(live: Path, folder: Path) -> Path:
    """Keep a plain copy of a file that cannot be read, with what lies beside it; returns where."""
    private(folder)
    aside = folder / f"unreadable-{secrets.token_hex(4)}.sqlite3"
    for tail in ("", *TAILS):
        with suppress(FileNotFoundError):
            shutil.copy2(live.with_name(live.name + tail), aside.with_name(aside.name + tail))
            aside.with_name(aside.name + tail).chmod(0o600)
    return aside


def _sign(live: Path) -> Path:
    return live.with_name(live.name + ".serving")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
