"""The log of who did what. Verbs call `note`; the entry is stored with what they did, or not at all.

Every entry holds a keyed hash of itself and of the one before, and a sealed head says how long the log is: who changes,
drops, swaps or tears off entries without the server's secret is found by `verified`. Whoever puts back a whole older
database is not: write down now and then what `mcm audit --verify` prints, and give it back with `--since`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from mcm_core.domain.audit import OWN_BUSINESS, Actor, Deed, Line, sentence
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access
from mcm_core.services.access import ANY_FACILITATOR, ARRIVED, FACILITATORS, open_to
from mcm_core.store.engine import last
from mcm_core.store.secret import keyed
from mcm_core.store.tables import AuditHeadRow, AuditRow, FacilitatorRow, MemberRow

ONE_LOOK = timedelta(minutes=10)
LINES_MAX = 200
OF_MY_ACCOUNT = 20
_PENDING = "audit"
_START = {
    "sqlite": sqlite.insert(AuditHeadRow).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(AuditHeadRow).on_conflict_do_nothing(),
}


def note(
    db: Session,
    by: Visitor | Actor,
    deed: Deed,
    about: str | None = None,
    *,
    cohort_id: str | None = None,
    at: datetime | None = None,
) -> None:
    """Write down who did what to which object, as this transaction commits. `about` is an id, never words of anybody.

    `at` is the moment of the verb; the server's clock where the verb takes none. Members need no `cohort_id`.
    Never called for an answer, nor for reading one's own.
    """
    actor, actor_id, theirs = _hand(by)
    entry = AuditRow(
        at=(at or datetime.now(UTC)).astimezone(UTC),
        actor=actor,
        actor_id=actor_id,
        deed=deed.value,
        about=about,
        cohort_id=cohort_id or theirs,
    )
    db.info.setdefault(_PENDING, []).append(entry)
    last(db, _append)


def note_once(db: Session, by: Visitor, deed: Deed, about: str | None = None, *, cohort_id: str | None = None) -> None:
    """As `note`, but a screen that is drawn again within ten minutes is no second look."""
    actor, actor_id, theirs = _hand(by)
    seen = select(AuditRow.number).where(
        AuditRow.actor == actor,
        AuditRow.actor_id == actor_id,
        AuditRow.deed == deed.value,
        AuditRow.about.is_not_distinct_from(about),
        AuditRow.cohort_id == (cohort_id or theirs),
        AuditRow.at > datetime.now(UTC) - ONE_LOOK,
    )
    if db.scalar(seen.limit(1)) is None:
        note(db, by, deed, about, cohort_id=cohort_id)


@open_to(FACILITATORS)
def of_cohort(db: Session, visitor: Visitor, cohort_id: str) -> tuple[Line, ...]:
    """The cohort's log in words for its facilitators, newest first: not what members do with what is theirs."""
    hidden = [deed.value for deed in OWN_BUSINESS]
    rows = db.scalars(
        select(AuditRow)
        .where(AuditRow.cohort_id == cohort_id, AuditRow.deed.not_in(hidden))
        .order_by(AuditRow.number.desc())
        .limit(LINES_MAX)
    ).all()
    return _lines(db, rows)


@open_to(ANY_FACILITATOR)
def of_my_account(db: Session, visitor: Visitor) -> tuple[Line, ...]:
    """What last happened to the signed-in facilitator's own account, newest first, whoever did it."""
    mine = select(AuditRow).where(AuditRow.about == access.facilitator(db, visitor))
    return _lines(db, db.scalars(mine.order_by(AuditRow.number.desc()).limit(OF_MY_ACCOUNT)).all())


def newest(db: Session, how_many: int) -> tuple[Line, ...]:
    """The newest entries of the whole log, newest first. For the operator, at the console."""
    return _lines(db, db.scalars(select(AuditRow).order_by(AuditRow.number.desc()).limit(how_many)).all())


@open_to(ARRIVED)
def about_me(db: Session, visitor: Visitor) -> tuple[Line, ...]:
    """All that the log holds about the signed-in member: what they did, and what was done to their link and phones."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    theirs = (AuditRow.actor_id == member_id) | (AuditRow.about == member_id)
    return _lines(db, db.scalars(select(AuditRow).where(theirs).order_by(AuditRow.number.desc())).all())


@dataclass(frozen=True)
class Verified:
    """What a look at the whole log found: how many entries, the last one’s hash, and what is wrong, if anything."""

    count: int
    hash: str
    wrong: str | None


def verified(db: Session, *, since: str | None = None) -> Verified:
    """Reckon every hash of the log anew. `since` is an earlier "count:hash" that must still be part of it."""
    before, count, wrong = "", 0, None
    known = since.partition(":") if since else ("", "", "")
    for row in db.scalars(select(AuditRow).order_by(AuditRow.number).execution_options(yield_per=500)):
        count += 1
        if row.number != count or row.hash != _hash(before, row):
            wrong = wrong or f"Entry {row.number} was changed, or entries before it are missing."
        before = row.hash
        if str(count) == known[0] and row.hash != known[2]:
            wrong = wrong or f"Entry {count} is not the one that you wrote down."
    head = db.get(AuditHeadRow, 1)
    if head is None:
        wrong = wrong or ("The end of the log is missing." if count else None)
    elif head.seal != _seal(head.count, head.hash):
        wrong = wrong or "What says how the log ends was changed."
    elif (head.count, head.hash) != (count, before):
        wrong = wrong or f"The log ends after {count} entries and should have {head.count}."
    if since and (not known[0].isdigit() or int(known[0]) > count):
        wrong = wrong or f"The log has {count} entries and had {known[0]} when you wrote it down."
    return Verified(count, before, wrong)


def is_ours(db: Session) -> bool:
    """Whether this server has the secret that the log was written with last. In one look at its end; for the start."""
    head = db.get(AuditHeadRow, 1)
    return head is None or head.seal == _seal(head.count, head.hash)


def _hand(by: Visitor | Actor) -> tuple[str, str | None, str | None]:
    if isinstance(by, Actor):
        return by.value, None, None
    if by.facilitator_id:  # also before the second step
        return Actor.FACILITATOR.value, by.facilitator_id, None
    return Actor.MEMBER.value, by.member_id, by.cohort_id


def _append(db: Session) -> None:
    """Chain what waits. Last thing in the transaction: on PostgreSQL the head is locked until the commit."""
    waiting: list[AuditRow] = db.info.pop(_PENDING, [])
    count, before = _locked_head(db)
    for entry in waiting:
        count += 1
        entry.number = count
        entry.hash = before = _hash(before, entry)
        db.add(entry)
    db.flush()
    db.execute(
        update(AuditHeadRow).where(AuditHeadRow.id == 1).values(count=count, hash=before, seal=_seal(count, before))
    )


def _locked_head(db: Session) -> tuple[int, str]:
    """The end of the log, which is ours alone until the commit. The first entry of all makes it."""
    start = {"id": 1, "count": 0, "hash": "", "seal": _seal(0, "")}
    db.execute(_START[db.get_bind().dialect.name], start)
    found = db.execute(select(AuditHeadRow.count, AuditHeadRow.hash).where(AuditHeadRow.id == 1).with_for_update())
    count, before = found.one()
    return count, before


def _hash(before: str, row: AuditRow) -> str:
    said = (row.actor, row.actor_id or "", row.deed, row.about or "", row.cohort_id or "")
    return keyed("audit", before, str(row.number), row.at.isoformat(), *said)


def _seal(count: int, end: str) -> str:
    return keyed("audit head", str(count), end)


def _lines(db: Session, rows: Sequence[AuditRow]) -> tuple[Line, ...]:
    """Entries in words. A name stands only where the person is still on the list."""
    ids = {row.actor_id for row in rows} | {row.about for row in rows}
    names: dict[str, str] = {}
    for table in (MemberRow, FacilitatorRow):
        names |= {id_: name for id_, name in db.execute(select(table.id, table.name).where(table.id.in_(ids)))}
    return tuple(
        Line(
            row.at,
            sentence(
                Deed(row.deed),
                Actor(row.actor),
                who=names.get(row.actor_id or ""),
                about=names.get(row.about or ""),
            ),
        )
        for row in rows
    )
