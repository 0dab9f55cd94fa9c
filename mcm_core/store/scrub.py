"""After something was erased: let nothing of it stay behind in the database's own files.

SQLite: `secure_delete` overwrites what a transaction frees, and the journal is cut to nothing at its commit; a
write-ahead log is emptied here. PostgreSQL keeps deleted rows in its files until they are vacuumed, so the tables are
written anew here (VACUUM FULL, which locks each for some milliseconds). Its own write-ahead log, and archives of that,
are in the hands of whoever runs it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from mcm_core.store.engine import database_url, engine, journal_mode

PERSONAL = (
    "member", "guest", "sign_in", "arrival", "focus", "reading", "note", "kept_text", "consent", "answered", "comments",
    "signposting", "release",
)  # fmt: skip
log = logging.getLogger(__name__)


def scrub() -> None:
    """Clean up behind an erasure that has been committed. What cannot be done now is logged; nothing is raised."""
    if engine(database_url()).dialect.name == "sqlite":
        empty_the_log()
    else:
        _run([f"VACUUM FULL {table}" for table in PERSONAL])


def empty_the_log() -> None:
    """Let SQLite's write-ahead log, where there is one, hold no earlier state of anything."""
    if engine(database_url()).dialect.name == "sqlite" and journal_mode() == "WAL":
        _run(["PRAGMA wal_checkpoint(TRUNCATE)"])


def _run(statements: Sequence[str]) -> None:
    try:
        with engine(database_url()).execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            for statement in statements:
                found = connection.execute(text(statement))
                if found.returns_rows and found.scalar():  # a checkpoint says 1 when somebody was in its way
                    log.warning("erased rows are still in the write-ahead log, until the next checkpoint")
    except SQLAlchemyError as error:
        log.warning("erased rows are still in the database's files: %s", type(error).__name__)
