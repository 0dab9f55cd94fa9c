"""Bring the database to the shape that the code expects. Run at every start; usually there is nothing to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from mcm_core.store.engine import DatabaseUnavailable, database_url, engine, read

_LOCK = 6_020_114  # any fixed number
_PATIENT = ("statement_timeout = 0", "idle_in_transaction_session_timeout = 0", "lock_timeout = '60s'")


def migrate(url: str | None = None) -> None:
    """Apply what is missing, all or nothing. Raises DatabaseUnavailable with what to do."""
    address = url or database_url()
    where = make_url(address).render_as_string(hide_password=True)
    try:
        with _foreign_keys_off(engine(address)) as connection, connection.begin():
            queue(connection)
            _upgrade(connection, where)
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
        return MigrationContext.configure(db.connection()).get_current_revision() == _newest()


@cache
def _newest() -> str | None:
    return ScriptDirectory.from_config(config()).get_current_head()


def config() -> Config:
    """Alembic's configuration, without an ini file."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return made


def _upgrade(connection: Connection, where: str) -> None:
    settings = config()
    scripts = ScriptDirectory.from_config(settings)
    here = MigrationContext.configure(connection).get_current_revision()
    if here and here not in {script.revision for script in scripts.walk_revisions()}:
        raise DatabaseUnavailable(
            f"The database at {where} was written by a newer version of this program. "
            "Start that version, or choose another database with MCM_DATABASE_URL."
        )
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")
    if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first():
        raise DatabaseUnavailable(
            f"The database at {where} was not brought up to date: some of its rows refer to others that do not exist. "
            "Nothing was changed."
        )
