"""Notes: written by a member or a facilitator, read by the audience the author chose, changed only by the author."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.instrument import Instrument
from mcm_core.domain.note import Attribution, Audience, Kind, Note, clean_body
from mcm_core.domain.visitor import Visitor
from mcm_core.services import consents, instruments, note_reading
from mcm_core.services.access import COHORT, open_to
from mcm_core.services.note_reading import Reader, readable, reader, search_key, tell
from mcm_core.services.throttle import MINUTE
from mcm_core.store.tables import CohortSessionRow, KeptTextRow, NoteRow

NOTES_MAX = 200  # an author's notes about one session: a limit for floods, not for people
NOTES_A_MINUTE = 10
TWO_TAPS = timedelta(minutes=1)
_AUDIENCES: list[str] = list(Audience)  # from the fewest readers to the most
_ATTRIBUTIONS: list[str] = list(Attribution)  # from the full name to none
GONE = "This note was deleted, or it is not yours to change. Copy your words from here if you still need them."


@dataclass(frozen=True)
class Edited:
    """A note after a change. `kept` when another change had come first: what that one wrote stands, the text sent now
    lies beside it in `note.kept_texts`, and of the two choices of readers and name the more private one holds."""

    note: Note
    kept: bool


@open_to(COHORT)
def add(
    db: Session,
    visitor: Visitor,
    cohort_id: str,
    *,
    session_number: int,
    theme: str | None,
    instrument: Instrument | None,
    kind: str,
    audience: str,
    attribution: str,
    body: str,
    at: datetime,
) -> Note:
    """Write a note about a session and, if it has one, a theme of the instrument.

    The same note twice within a minute is a double tap, and one note. Raises NotAllowed, or Refused when the text is
    empty or too long, a choice is unknown, or the author has written `NOTES_MAX` notes about this session or
    `NOTES_A_MINUTE` within a minute.
    """
    by = reader(db, visitor, cohort_id)
    session_id = _session_id(db, cohort_id, session_number)
    wanted = {
        "cohort_id": cohort_id,
        "session_id": session_id,
        "instrument_id": _instrument_id(db, instrument, theme),
        "theme": theme,
        "member_id": by.member_id,
        "facilitator_id": by.facilitator_id,
        **_sent(body, kind, audience, attribution),
    }
    tapped = select(NoteRow).filter_by(**wanted).where(NoteRow.created_at > at - TWO_TAPS).limit(1)
    row = db.scalar(tapped)
    if row is None:
        _refuse_flood(db, by, session_id, at)
        row = NoteRow(**wanted, created_at=at, changed_at=at)
        db.add(row)
        db.flush()
        if by.member_id:
            consents.by_choosing(db, visitor, audience=audience, attribution=attribution, at=at)
    return _own(db, by, row.id)


@open_to(COHORT, otherwise=GONE)
def edit(
    db: Session,
    visitor: Visitor,
    note_id: str,
    *,
    body: str,
    kind: str,
    audience: str,
    attribution: str,
    version: int,
    at: datetime,
) -> Edited:
    """Change one's own note. `version` is the one that the author had before their eyes; see `Edited` when it is old.

    Raises NotAllowed for everybody but the author, Refused when the text or a choice cannot be stored.
    """
    by = _author(db, visitor, note_id)
    sent = _sent(body, kind, audience, attribution)
    moved = db.scalar(
        update(NoteRow)
        .where(NoteRow.id == note_id, NoteRow.version == version)
        .values(**sent, version=version + 1, changed_at=at)
        .returning(NoteRow.id)
        .execution_options(synchronize_session=False)
    )
    kept = moved is None and _keep(db, note_id, sent, at)
    if by.member_id and not kept:
        consents.by_choosing(db, visitor, audience=audience, attribution=attribution, at=at)
    return Edited(_own(db, by, note_id), kept)


@open_to(COHORT, otherwise=GONE)
def settle(db: Session, visitor: Visitor, note_id: str, *, seen: Collection[str]) -> None:
    """Drop the kept texts that the author has seen and merged; one that arrived meanwhile stays. Author only."""
    _author(db, visitor, note_id)
    db.execute(delete(KeptTextRow).where(KeptTextRow.note_id == note_id, KeptTextRow.body.in_(list(seen))))


@open_to(COHORT, otherwise=GONE)
def withdraw(db: Session, visitor: Visitor, note_id: str) -> None:
    """Delete one's own note and every text of it, for good. Author only."""
    _author(db, visitor, note_id)
    db.execute(delete(NoteRow).where(NoteRow.id == note_id))


@open_to(COHORT)
def wall(
    db: Session,
    visitor: Visitor,
    cohort_id: str,
    *,
    session_number: int | None = None,
    theme: str | None = None,
    kind: str | None = None,
    search: str = "",
) -> tuple[Note, ...]:
    """The cohort's notes that this visitor may read, newest first, in a fixed number of queries.

    Each filter that is given narrows them; of `search` all words must occur, whatever their case and accents.
    Raises NotAllowed, or Refused for an unknown type or too long a search.
    """
    by = reader(db, visitor, cohort_id)
    kind = None if kind is None else _one_of(Kind, kind)
    asked = ((CohortSessionRow.number, session_number), (NoteRow.theme, theme), (NoteRow.kind, kind))
    chosen = [column == value for column, value in asked if value is not None]
    return note_reading.notes(db, by, [readable(by, cohort_id), *note_reading.containing(search), *chosen])


@open_to(COHORT)
def counts_behind(db: Session, visitor: Visitor, cohort_id: str) -> Mapping[tuple[int, str], int]:
    """How many notes this visitor may read, by session number and theme; pairs without any are left out."""
    by = reader(db, visitor, cohort_id)
    rows = db.execute(
        select(CohortSessionRow.number, NoteRow.theme, func.count())
        .join(CohortSessionRow, CohortSessionRow.id == NoteRow.session_id)
        .where(readable(by, cohort_id), NoteRow.theme.is_not(None))
        .group_by(CohortSessionRow.number, NoteRow.theme)
    )
    return {(number, theme): count for number, theme, count in rows if theme is not None}


def _author(db: Session, visitor: Visitor, note_id: str) -> Reader:
    """The visitor as the author of this note, who tells the screens. A foreign one and one that is gone look alike."""
    cohort_id = db.scalar(select(NoteRow.cohort_id).where(NoteRow.id == note_id))
    with suppress(NotAllowed):
        by = reader(db, visitor, cohort_id or "")
        if db.scalar(select(NoteRow.id).where(NoteRow.id == note_id, by.wrote)):
            tell(db, cohort_id or "")
            return by
    raise NotAllowed(GONE)


def _own(db: Session, by: Reader, note_id: str) -> Note:
    return note_reading.notes(db, by, [NoteRow.id == note_id, by.wrote])[0]


def _keep(db: Session, note_id: str, sent: dict[str, str], at: datetime) -> bool:
    """Keep a text that came second beside the note; False when the note is already what was sent (a double tap)."""
    row = db.scalar(
        select(NoteRow).where(NoteRow.id == note_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is None:
        raise NotAllowed(GONE)
    if all(getattr(row, name) == value for name, value in sent.items()):
        return False
    same = select(KeptTextRow.id).where(KeptTextRow.note_id == note_id, KeptTextRow.body == sent["body"])
    if row.body != sent["body"] and db.scalar(same.limit(1)) is None:
        db.add(KeptTextRow(note_id=note_id, body=sent["body"], kept_at=at))
    # Somebody who asked for fewer readers must not find the note open because they came a second late.
    row.audience = min(row.audience, sent["audience"], key=_AUDIENCES.index)
    row.attribution = max(row.attribution, sent["attribution"], key=_ATTRIBUTIONS.index)
    row.version, row.changed_at = row.version + 1, at
    db.flush()
    return True


def _sent(body: str, kind: str, audience: str, attribution: str) -> dict[str, str]:
    """What a browser sent, as columns. Raises Refused."""
    body = clean_body(body)
    return {
        "body": body,
        "search_key": search_key(body),
        "kind": _one_of(Kind, kind),
        "audience": _one_of(Audience, audience),
        "attribution": _one_of(Attribution, attribution),
    }


def _one_of(choices: type[StrEnum], sent: str) -> str:
    try:
        return choices(sent).value
    except ValueError:
        raise Refused("That choice is not on the list. Choose again; your text is still in the box.") from None


def _session_id(db: Session, cohort_id: str, number: int) -> str:
    found = db.scalar(
        select(CohortSessionRow.id).where(CohortSessionRow.cohort_id == cohort_id, CohortSessionRow.number == number)
    )
    if found is None:
        raise Refused("A note belongs to one of the six sessions. Choose which; your text is still in the box.")
    return found


def _instrument_id(db: Session, instrument: Instrument | None, theme: str | None) -> str | None:
    if theme is None:
        return None
    if instrument is None or instrument.theme(theme) is None:
        raise Refused("That theme is not on the list. Choose again; your text is still in the box.")
    return instruments.stored_id(db, instrument)


def _refuse_flood(db: Session, by: Reader, session_id: str, at: datetime) -> None:
    mine = select(func.count()).select_from(NoteRow).where(by.wrote)
    if (db.scalar(mine.where(NoteRow.session_id == session_id)) or 0) >= NOTES_MAX:
        raise Refused(
            f"You have written {NOTES_MAX} notes about this session, which is as many as fit. "
            "Delete one of them, then save again; your text is still in the box."
        )
    if (db.scalar(mine.where(NoteRow.created_at > at - MINUTE)) or 0) >= NOTES_A_MINUTE:
        raise Refused(
            f"You have written {NOTES_A_MINUTE} notes within a minute. "
            "Wait a minute, then save again; your text is still in the box."
        )
