"""Backups as they are made for the operator: each is written down in the log of who did what."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from mcm_core.domain.audit import Actor, Deed
from mcm_core.services import audit
from mcm_core.store import backups
from mcm_core.store.engine import write
from mcm_core.store.migrate import head, revision


def make(*, at: datetime, to: Path | None = None) -> Path:
    """A verified copy of the whole database, in the folder `to` or the usual one. Raises BackupFailed, Refused."""
    made = backups.make(at=at, to=to)
    _note(at)
    return made


def daily(*, at: datetime) -> Path | None:
    """The copy of the day, if it is not there yet; those that have had their time go.

    Raises BackupFailed and what else went wrong, once word of it was left for whoever runs the server.
    """
    try:
        made = backups.daily(at=at)
        if made:
            _note(at)
    except Exception as error:
        backups.note_failure(error, at)
        raise
    return made


def _note(at: datetime) -> None:
    with write() as db:
        if revision(db.connection()) == head():  # an older database has no room for it yet
            audit.note(db, Actor.SERVER, Deed.BACKUP_MADE, at=at)
