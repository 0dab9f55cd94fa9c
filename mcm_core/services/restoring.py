"""Going back to a backup, without bringing back what was taken away since."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Actor, Deed
from mcm_core.domain.errors import Refused
from mcm_core.services import audit, bags, doors, members, outbox, retention
from mcm_core.services.doors import Doors
from mcm_core.store import archive, backups, erasures, replacing
from mcm_core.store.copying import address_of, connected, pour
from mcm_core.store.engine import read
from mcm_core.store.migrate import head, migrate, revision
from mcm_core.store.tables import AuditRow, Base, CohortRow

_FAR = 1000  # phases: more than a cohort goes through between a backup and its being restored
_GONE = (Deed.ERASED.value, Deed.MEMBER_REMOVED.value, Deed.APPLICATION_TAKEN_BACK.value)


@dataclass(frozen=True)
class Restored:
    """What came of it: from when the backup is, where the database that it replaced is kept, how many people were
    erased once more, and whether everybody has to sign in anew."""

    made_at: datetime
    safety: Path | None
    erased: int
    signed_out: bool


@dataclass(frozen=True)
class Since:
    """What the live database knows and an older copy does not."""

    erased: Mapping[str, bool]
    over: frozenset[str]
    doors: Doors | None = None


def restore(path: Path, *, at: datetime) -> Restored:
    """Put the database of a backup in the place of the live one, which is kept as another backup.

    Raises BadArchive for a file that is damaged, foreign or newer; Refused while a server is running on the database or
    when there is no room for the safety copy. Then nothing was changed.
    """
    with archive.opened(path) as (manifest, file):
        if manifest.kind != "backup":
            raise Refused(f"{path} holds one cohort, not a whole database. Use: mcm import-cohort {path}")
        migrate(address_of(file))
        replacing.refuse_while_serving()
        safety, since = _look_back(at)
        erasures.remember_also({**since.erased, **manifest.erased})
        with connected(file) as source, replacing.replacing() as db:
            pour(source, db.connection(), [(table, select(table)) for table in Base.metadata.sorted_tables])
            erased = _as_it_must_be(db, since, at)
    return Restored(manifest.made_at, safety, erased, signed_out=since.doors is None)


def _as_it_must_be(db: Session, since: Since, at: datetime) -> int:
    """Take away from the restored rows what was taken away since; returns how many people were erased once more."""
    doors.put_back(db, since.doors)
    _leave_old_phases(db)
    bags.begin_anew(db)
    outbox.hold_back(db)
    erased = members.replay(db)
    retention.delete_again(db, since.over, at=at)
    audit.note(db, Actor.SERVER, Deed.RESTORED, at=at)
    return erased


def _leave_old_phases(db: Session) -> None:
    """Give every cohort a phase that it never had: a process that outlives this, and the pages on people's phones, may
    remember what stood there in a phase that would otherwise come a second time, with another picture or none."""
    db.execute(update(CohortRow).values(phase=CohortRow.phase + _FAR + secrets.randbelow(100 * _FAR)))


def _look_back(at: datetime) -> tuple[Path | None, Since]:
    """Keep a copy of the live database, as far as there is one, and what must not be undone."""
    nothing = Since({}, frozenset())
    file = backups.database_file()
    if file and not file.exists():
        return None, nothing
    if file and not replacing.readable(file):
        return replacing.lay_aside(file, backups.folder()), nothing
    with read() as db:
        shape = revision(db.connection())
        since = _since(db) if shape == head() else nothing
    return (backups.make(at=at, why=backups.BEFORE_RESTORE) if shape else None), since


def _since(db: Session) -> Since:
    return Since(
        erased=_in_the_log(db.scalars(select(AuditRow.about).where(AuditRow.deed.in_(_GONE)))),
        over=frozenset(db.scalars(select(CohortRow.id).where(CohortRow.deleted_at.is_not(None)))),
        doors=doors.as_they_are(db),
    )


def _in_the_log(member_ids: Iterable[str | None]) -> dict[str, bool]:
    """Those whom our list of erasures has lost. It is not said there what became of their notes, so they go."""
    known = erasures.remembered()
    return {who: False for who in member_ids if who and who not in known}
