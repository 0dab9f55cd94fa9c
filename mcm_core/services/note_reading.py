"""Which notes somebody may read, decided in SQL so that a note outside its audience never leaves the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import folded
from mcm_core.domain.consent import Purpose
from mcm_core.domain.errors import Refused
from mcm_core.domain.note import Attribution, Audience, Kind, Note, named
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, catch_up_rows, consents, instruments
from mcm_core.services.access import COHORT, FACILITATORS, INSIDE, open_to
from mcm_core.store.engine import announce
from mcm_core.store.tables import CohortRow, CohortSessionRow, FacilitatorRow, KeptTextRow, MemberRow, NoteRow

SEARCH_MAX = 200

Conditions = Collection[ColumnElement[bool]]
FOR_THE_GROUP = (Audience.COHORT, Audience.NETWORK)
#: The condition that no facilitator has paused the note (note_pauses.py). Whatever others may read asks it.
SHOWN = NoteRow.paused_at.is_(None)


@dataclass(frozen=True)
class Reader:
    """The visitor as the database knows them: one of the two is set, or neither for a guest."""

    member_id: str | None
    facilitator_id: str | None

    @property
    def wrote(self) -> ColumnElement[bool]:
        """The condition that the reader is the author."""
        if self.facilitator_id:
            return NoteRow.facilitator_id == self.facilitator_id
        return NoteRow.member_id == self.member_id if self.member_id else false()

    @property
    def did_not_write(self) -> ColumnElement[bool]:
        """The opposite, which also holds for a note of the other sort of author, or of nobody any more."""
        return func.coalesce(self.wrote, false()).is_(false())


@open_to(INSIDE, itself=True)
def reader(db: Session, visitor: Visitor, cohort_id: str) -> Reader:
    """The visitor as a reader in this cohort. Raises NotAllowed for anybody who does not belong to it."""
    if visitor.facilitates:
        return Reader(None, access.facilitating(db, visitor, cohort_id))
    return Reader(access.member(db, visitor, cohort_id), None)


def readable(by: Reader, cohort_id: str) -> ColumnElement[bool]:
    """Only me: the author. Facilitator: also the cohort's facilitators. Cohort and network: everybody in the cohort,
    but what was written for the cohort before a member came only once the group has said so (domain.md §5 row 1). What
    is paused: the author."""
    for_all, for_us = NoteRow.audience == Audience.NETWORK, NoteRow.audience == Audience.COHORT
    told = [for_all, for_us & ~before(by, cohort_id)]
    if by.facilitator_id:
        told.append(NoteRow.audience == Audience.FACILITATOR)
    return and_(NoteRow.cohort_id == cohort_id, or_(by.wrote, and_(SHOWN, or_(*told))))


def before(by: Reader, cohort_id: str) -> ColumnElement[bool]:
    """The condition that a note was written before the reader came, and the group has not said that they read it."""
    if not by.member_id:
        return false()
    came = select(MemberRow.created_at).where(MemberRow.id == by.member_id).scalar_subquery()
    asked = select(CohortRow.newcomers_read).where(CohortRow.id == cohort_id).scalar_subquery()
    return and_(NoteRow.created_at < came, ~asked)


@open_to(COHORT)
def hides_earlier(db: Session, visitor: Visitor, cohort_id: str) -> bool:
    """Whether the group wrote something for itself before the visitor came that they do not read."""
    by = reader(db, visitor, cohort_id)
    if not by.member_id:
        return False
    theirs = (NoteRow.cohort_id == cohort_id, NoteRow.audience == Audience.COHORT)
    return bool(db.scalar(select(exists().where(*theirs, SHOWN, by.did_not_write, before(by, cohort_id)))))


@open_to(FACILITATORS)
def to_ask_about(db: Session, visitor: Visitor, cohort_id: str) -> tuple[str, ...]:
    """The names of those from whom earlier notes are hidden while the group has not said yes or no to it."""
    theirs = (NoteRow.cohort_id == cohort_id, NoteRow.audience == Audience.COHORT, SHOWN)
    earlier = exists().where(*theirs, NoteRow.created_at < MemberRow.created_at)
    undecided = exists().where(CohortRow.id == cohort_id, ~CohortRow.newcomers_asked)
    late = select(MemberRow.name).where(MemberRow.cohort_id == cohort_id, catch_up_rows.IS_IN, earlier, undecided)
    return tuple(db.scalars(late.order_by(MemberRow.name_key)))


def search_key(words: str) -> str:
    """What is stored beside a text and looked for in it.

    Folded twice: 𝐁 and ℡ become the capitals B and TEL the first time, and PostgreSQL's LIKE minds capitals.
    """
    return folded(folded(words))


def containing(search: str) -> list[ColumnElement[bool]]:
    """Conditions that every word occurs. Raises Refused over `SEARCH_MAX` characters: SQLite cannot take any length."""
    if len(search) > SEARCH_MAX:
        raise Refused("That is too long to search for. Look for a few words that stand in the note.")
    words = search_key(search.replace("\x00", " ")).split()
    return [NoteRow.search_key.contains(word, autoescape=True) for word in words]


def notes(db: Session, by: Reader, wanted: Conditions) -> tuple[Note, ...]:
    """The wanted notes, newest first, with texts that came second where `by` is the author.

    `wanted` must hold what they may read: `readable`, or `by.wrote`.
    """
    author = func.coalesce(MemberRow.name, FacilitatorRow.name)
    with_name = consents.agrees(MemberRow.id, Purpose.NAME_WITH_NOTES)  # a no counts more than the note's own choice
    rows = db.execute(
        select(NoteRow, CohortSessionRow.number, author)
        .join(CohortSessionRow, CohortSessionRow.id == NoteRow.session_id)
        .outerjoin(MemberRow, (MemberRow.id == NoteRow.member_id) & with_name)
        .outerjoin(FacilitatorRow, FacilitatorRow.id == NoteRow.facilitator_id)
        .where(*wanted)
        .order_by(NoteRow.created_at.desc(), NoteRow.id.desc())
        .execution_options(populate_existing=True)
    ).all()
    kept = _kept_texts(db, by, wanted)
    return tuple(_note(db, by, row, number, name, kept[row.id]) for row, number, name in rows)


@open_to(COHORT)
def beyond(db: Session, visitor: Visitor, cohort_id: str) -> tuple[Note, ...]:
    """The notes that may leave the cohort, newest first: written for the network, by people who stand by that."""
    by = reader(db, visitor, cohort_id)
    nobody_minds = or_(NoteRow.member_id.is_(None), consents.agrees(NoteRow.member_id, Purpose.NOTES_BEYOND))
    return notes(db, by, [readable(by, cohort_id), SHOWN, NoteRow.audience == Audience.NETWORK, nobody_minds])


def tell(db: Session, cohort_id: str) -> None:
    """The screens that show notes: one was changed, or taken from those who read it."""
    announce(db, f"notes:{cohort_id}")


def _kept_texts(db: Session, by: Reader, wanted: Conditions) -> Mapping[str, list[str]]:
    """Texts that came second, by note, oldest first; only the reader's own."""
    rows = db.execute(
        select(KeptTextRow.note_id, KeptTextRow.body)
        .join(NoteRow, NoteRow.id == KeptTextRow.note_id)
        .join(CohortSessionRow, CohortSessionRow.id == NoteRow.session_id)
        .where(by.wrote, *wanted)
        .order_by(KeptTextRow.kept_at, KeptTextRow.id)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for note_id, body in rows:
        found[note_id].append(body)
    return found


def _note(db: Session, by: Reader, row: NoteRow, number: int, name: str | None, kept: list[str]) -> Note:
    theme = instruments.stored(db, row.instrument_id).theme(row.theme or "") if row.instrument_id else None
    attribution = Attribution(row.attribution)
    return Note(
        id=row.id,
        session_number=number,
        theme=row.theme,
        theme_label=theme.label.words if theme else None,
        kind=Kind(row.kind),
        audience=Audience(row.audience),
        attribution=attribution,
        body=row.body,
        by=named(attribution, name or "", "a facilitator" if row.facilitator_id else "a member"),
        mine=(row.member_id, row.facilitator_id) == (by.member_id, by.facilitator_id),
        version=row.version,
        created_at=row.created_at,
        changed_at=row.changed_at,
        kept_texts=tuple(kept),
        paused_at=row.paused_at,
    )
