"""Bring the database to the shape that the code expects. Run at every start; usually there is nothing to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from mcm_core.domain.errors import Refused
from mcm_core.store.engine import DatabaseUnavailable, database_folder, database_url, engine, read

_LOCK = 6_020_114  # any fixed number
_PATIENT = ("statement_timeout = 0", "idle_in_transaction_session_timeout = 0", "lock_timeout = '60s'")
HEAD = "head"


def migrate(url: str | None = None, *, to: str = HEAD, before: Callable[[Connection], object] | None = None) -> None:
    """Apply what is missing, all or nothing. Raises DatabaseUnavailable with what to do.

    `before` is called once nobody else can migrate, when a database that is in use is about to change its shape.
    """
    address = url or database_url()
    where = make_url(address).render_as_string(hide_password=True)
    try:
        with _foreign_keys_off(engine(address)) as connection, connection.begin():
            queue(connection)
            upgrade(connection, where, to=to, before=before)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise DatabaseUnavailable(
            f"The database cannot be opened at {where}: {reason}. "
            "Check that the folder exists and may be written, or that MCM_DATABASE_URL is right, and start again."
        ) from error


def queue(connection: Connection) -> None:
    """Let processes that start at the same moment prepare one after the other: hold this until the transaction ends.

    On SQLite a transaction that writes is alone anyway. On PostgreSQL the limits that spare people a long wait are
    lifted meanwhile: changing a large table may take its time, and so may waiting for whoever does it.
    """
    if connection.dialect.name == "postgresql":
        for limit in _PATIENT:
            connection.execute(text(f"SET LOCAL {limit}"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


@contextmanager
def _foreign_keys_off(bound: Engine) -> Iterator[Connection]:
    """A connection for changing tables. SQLite makes a table anew and drops the old one, which would delete whatever
    refers to it; so it must not look at references meanwhile, and inside a transaction it cannot be told.
    """
    with bound.execution_options(write=True).connect() as connection:
        raw = connection.connection.driver_connection
        if bound.dialect.name != "sqlite" or raw is None:
            yield connection
            return
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            yield connection
        finally:
            raw.execute("PRAGMA foreign_keys=ON")


def is_current() -> bool:
    """Whether the database has the shape that this code expects. Raises DatabaseUnavailable."""
    with read() as db:
        return revision(db.connection()) == head()


def expect() -> None:
    """Raise Refused unless the database is there, in the shape that this code expects. It makes nothing."""
    address = make_url(database_url())
    if database_folder(address) and not Path(address.database or "").exists():
        raise Refused(f"There is no database yet: {address.database} does not exist. Starting the server makes it.")
    if not is_current():
        raise Refused("The database is empty, or of another version of this program. Start the server once, then look.")


def config() -> Config:
    """Alembic's configuration, without an ini file."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return made


def revision(connection: Connection) -> str | None:
    """The shape that a database has; None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def knows(shape: str) -> bool:
    """Whether this program is at least as new as the one that gave a database this shape."""
    return shape in _revisions()


def head() -> str:
    """The shape that this program expects."""
    return _revisions()[0]


@cache
def _revisions() -> tuple[str, ...]:
    return tuple(script.revision for script in ScriptDirectory.from_config(config()).walk_revisions())


def upgrade(
    connection: Connection, where: str, *, to: str = HEAD, before: Callable[[Connection], object] | None = None
) -> None:
    """As `migrate`, inside a transaction that is open already and has queued."""
    here = revision(connection)
    if here and not knows(here):
        raise DatabaseUnavailable(
            f"The database at {where} was written by a newer version of this program. "
            "Start that version, or choose another database with MCM_DATABASE_URL."
        )
    if before and here and here != head():
        before(connection)
    settings = config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, to)
    if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first():
        raise DatabaseUnavailable(
            f"The database at {where} was not brought up to date: some of its rows refer to others that do not exist. "
            "Nothing was changed."
        )
