"""Bring the database to the shape that the code expects. Run at every start; usually there is nothing to do."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from mcm_core.store.engine import DatabaseUnavailable, database_url, engine

_LOCK = 6_020_114  # any fixed number: replicas that start together migrate one after the other


def migrate(url: str | None = None) -> None:
    """Apply what is missing, all or nothing. Raises DatabaseUnavailable with what to do."""
    address = url or database_url()
    where = make_url(address).render_as_string(hide_password=True)
    try:
        with engine(address).execution_options(write=True).connect() as connection:
            _watch_links(connection, False)
            try:
                with connection.begin():
                    if connection.dialect.name == "postgresql":
                        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                    _upgrade(connection, where)
            finally:
                _watch_links(connection, True)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise DatabaseUnavailable(
            f"The database cannot be opened at {where}: {reason}. "
            "Check that the folder exists and may be written, or that MCM_DATABASE_URL is right, and start again."
        ) from error


def config() -> Config:
    """Alembic's configuration, without an ini file."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return made


def _watch_links(connection: Connection, on: bool) -> None:
    """Switch SQLite's foreign keys on or off, which works between transactions only.

    Off while tables are rebuilt: dropping the old copy of one would delete everything that hangs on it.
    """
    if connection.dialect.name == "sqlite":
        driver = connection.connection.driver_connection
        assert driver is not None, "a connection that is open"
        driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


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
