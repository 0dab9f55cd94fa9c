"""One cohort in one file, to another computer, whichever database runs there.

What travels: the cohort, its sessions and members, every answer, picture, note, comment and consent, the wording that
was answered, and the names of its facilitators. What does not, is in `STAYS`: whatever opens a door here, the log of
who did what, which only this server can vouch for, and what members share of their plans, which only it can read.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, Table, null, or_, select, text, update
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Actor, Deed
from mcm_core.domain.errors import Conflict, Refused
from mcm_core.services import audit, bags, cohorts, members
from mcm_core.services.members.rows import derived_link
from mcm_core.services.opening_rows import link_of
from mcm_core.store import archive, backups, content, erasures
from mcm_core.store.archive import DATABASE, Manifest
from mcm_core.store.copying import address_of, connected, moment, pour, pour_bags
from mcm_core.store.engine import engine, read, write
from mcm_core.store.folders import private
from mcm_core.store.migrate import head, migrate
from mcm_core.store.secret import digest
from mcm_core.store.tables import (
    ApplicationRow,
    AuditRow,
    Base,
    CohortRow,
    FacilitationRow,
    FacilitatorRow,
    InstrumentRow,
    InterestRow,
    KeptTextRow,
    MemberRow,
    NoteRow,
    OpeningRow,
    ReadingRow,
    RoundRow,
)

_DOORS = {"sign_in", "arrival", "ticket", "invitation", "guest", "attempt", "second_step", "recovery_code", "calendar"}
STAYS = frozenset(_DOORS | {"pause", "message", "interest", "fit", "audit", "audit_head", "shared_plan"})
_PRIVATE = {"password_hash", "issuer", "subject", "taken_back_at", "guest_id"}
_WORDED = (RoundRow, ReadingRow, NoteRow)


@dataclass(frozen=True)
class Brought:
    """A cohort that came from elsewhere. `new_accounts` are facilitators who need a way in: `mcm reset-link`."""

    cohort_id: str
    name: str
    new_accounts: tuple[str, ...]
    erased: int


def packable(db: Session) -> list[tuple[str, str]]:
    """Id and name of every cohort, for the console."""
    return [
        (id_, name) for id_, name in db.execute(select(CohortRow.id, CohortRow.name).order_by(CohortRow.created_at))
    ]


def pack(cohort_id: str, *, at: datetime, to: Path) -> Path:
    """Write the cohort into an archive in the folder `to`. Raises Refused, BackupFailed."""
    with read() as db:
        if db.get(CohortRow, cohort_id) is None:
            raise Refused(f"There is no cohort {cohort_id}. `mcm export-cohort` alone lists them.")
    private(to)
    with tempfile.TemporaryDirectory(dir=to, prefix=backups.UNFINISHED) as scratch, backups.told():
        manifest = _taken(cohort_id, Path(scratch) / DATABASE, at)
        made = backups.put(Path(scratch), to / backups.name("cohort", at), manifest)
    with write() as db:
        audit.note(db, Actor.SERVER, Deed.COHORT_PACKED, cohort_id, cohort_id=cohort_id, at=at)
    return made


def unpack(path: Path, *, at: datetime) -> Brought:
    """Take a cohort over from an archive, all or nothing. It may be done while the server is running.

    Members join again by new links. Raises BadArchive, Conflict when the cohort is here already, Refused.
    """
    with archive.opened(path) as (manifest, file):
        if manifest.kind != "cohort":
            raise Refused(f"{path} holds a whole database, not one cohort. Use: mcm restore {path}")
        migrate(address_of(file))
        with write() as db, connected(file) as source:
            with Session(source) as theirs:
                cohort = theirs.scalars(select(CohortRow)).one()
                new = _made_ours(db, theirs, cohort)
                theirs.flush()
                strangers = {who: kept for who, kept in manifest.erased.items() if not _is_here(db, who)}
                erasures.remember_also(strangers)  # never somebody of another cohort here, whatever the file says
                pour(source, db.connection(), _missing(db, cohort.id))
            bags.begin_anew(db)
            erased = members.replay(db)
            audit.note(db, Actor.SERVER, Deed.COHORT_BROUGHT, cohort.id, cohort_id=cohort.id, at=at)
    return Brought(cohort.id, cohort.name, new, erased)


def _taken(cohort_id: str, copy: Path, at: datetime) -> Manifest:
    """The cohort's rows in a new SQLite file, and what there is to say of them."""
    migrate(address_of(copy))
    with read() as db, moment(db.connection(), Base.metadata) as (source, bags_), connected(copy) as target:
        rows = pour(source, target, (one for one in _of(cohort_id) if one[0].name != "bag"))
        ours = [bag for bag in bags_ or [] if bag["cohort_id"] == cohort_id]
        rows = {**dict.fromkeys(STAYS, 0), **rows, **pour_bags(ours, target, Base.metadata), "alembic_version": 1}
        gone = set(source.scalars(select(AuditRow.about).where(AuditRow.cohort_id == cohort_id)))
    engine(address_of(copy)).dispose()
    erased = {who: kept for who, kept in erasures.remembered().items() if who in gone}
    return Manifest(kind="cohort", made_at=at, revision=head(), rows=rows, erased=erased)


def _of(cohort_id: str) -> Iterator[tuple[Table, Select[Any]]]:
    """Every table that travels, in an order in which rows can be inserted, with its rows of this cohort."""
    notes = select(NoteRow).where(NoteRow.cohort_id == cohort_id)
    asked = [select(kind.instrument_id).where(kind.cohort_id == cohort_id) for kind in _WORDED]
    leads = select(FacilitationRow.facilitator_id).where(FacilitationRow.cohort_id == cohort_id)
    apart = {
        "cohort": CohortRow.id == cohort_id,
        "instrument": or_(*(InstrumentRow.id.in_(ids) for ids in asked)),
        "facilitator": or_(
            FacilitatorRow.id.in_(leads), FacilitatorRow.id.in_(notes.with_only_columns(NoteRow.facilitator_id))
        ),
        "kept_text": KeptTextRow.note_id.in_(notes.with_only_columns(NoteRow.id)),
    }
    for table in Base.metadata.sorted_tables:
        if table.name not in STAYS:
            columns = [null().label(one.name) if one.name in _PRIVATE else one for one in table.columns]
            mine = apart.get(table.name)
            yield table, select(*columns).where(table.c.cohort_id == cohort_id if mine is None else mine)


def _made_ours(db: Session, theirs: Session, cohort: CohortRow) -> tuple[str, ...]:
    """Change the unpacked copy so that it fits in here; returns the usernames of accounts that are new here.

    A username that somebody has here already gets a tail: it may be somebody else's, and no account is given a cohort
    because of its name.
    """
    if db.get(CohortRow, cohort.id):
        raise Conflict(f"The cohort “{cohort.name}” is on this server already. Nothing was changed.")
    theirs.execute(text("PRAGMA defer_foreign_keys=ON"))
    for name in theirs.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        theirs.execute(text(f'DROP TRIGGER "{name}"'))  # they guard the original; this copy is ours to change
    for row in theirs.scalars(select(InstrumentRow)).all():
        _same_words(db, theirs, row)
    cohort.code = cohorts.new_code()
    for member in theirs.scalars(select(MemberRow)):
        member.link_version, member.joined_at = member.link_version + 1, None
        member.link_hash = digest(derived_link(member.id, member.link_version))
    for opening in theirs.scalars(select(OpeningRow)):
        opening.published_at = None  # its address was the other server's
    for applied in theirs.scalars(select(ApplicationRow)):
        applied.link_hash, applied.link_next = digest(link_of(applied.id, applied.link_version)), None
    new = [lead for lead in theirs.scalars(select(FacilitatorRow)) if db.get(FacilitatorRow, lead.id) is None]
    for lead in new:
        if db.scalar(select(FacilitatorRow.id).where(FacilitatorRow.username == lead.username)):
            lead.username = f"{lead.username[:50]}-{secrets.token_hex(3)}"
    return tuple(sorted(lead.username for lead in new))


def _is_here(db: Session, id_: str) -> bool:
    return any(db.get(kind, id_) is not None for kind in (MemberRow, ApplicationRow, InterestRow))


def _same_words(db: Session, theirs: Session, row: InstrumentRow) -> None:
    """Call an instrument of theirs by the id that the same version has here. Raises Refused for other words."""
    here = db.scalar(select(InstrumentRow).where(InstrumentRow.key == row.key, InstrumentRow.version == row.version))
    if here is None:
        return
    if content.parse(here.content) != content.parse(row.content):
        raise Refused(
            f"This server has other words for version {row.version} of {row.key}, so the pictures would not mean the "
            "same. Nothing was changed. Give the file on one of the two servers a new version."
        )
    for kind in _WORDED:
        theirs.execute(update(kind).where(kind.instrument_id == row.id).values(instrument_id=here.id))
    theirs.execute(update(InstrumentRow).where(InstrumentRow.id == row.id).values(id=here.id))


def _missing(db: Session, cohort_id: str) -> Iterator[tuple[Table, Select[Any]]]:
    """What to take over from the unpacked copy: the cohort's rows alone, without those that are here already."""
    for table, found in _of(cohort_id):
        if table.name in {"instrument", "facilitator"}:
            yield table, found.where(table.c.id.not_in(list(db.scalars(select(table.c.id)))))
        else:
            yield table, found
