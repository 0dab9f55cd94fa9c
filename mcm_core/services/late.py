"""What a member says after a vote was revealed, for their own line alone and for a week: an answer to a vote that they
missed, or what they meant where they tapped something else.

It is kept apart from the readings. No picture, count or comparison is ever made of it, then or later: what was shown of
the room stays what the room said, and nobody can subtract (domain.md §5 rows 2 to 4 and 7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.errors import Refused
from mcm_core.domain.instrument import Instrument
from mcm_core.domain.late import closes, ended
from mcm_core.domain.mode import Mode
from mcm_core.domain.reading import Reading, refuse_unknown, unfolds_desired
from mcm_core.domain.round import Round, RoundState
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, cohorts, focuses, instruments
from mcm_core.services.access import MEMBERS, open_to
from mcm_core.services.readings import as_reading
from mcm_core.services.round_rows import as_round
from mcm_core.store.tables import LateReadingRow, MemberRow, ReadingRow, RoundRow

GONE = "This vote cannot be answered afterwards: you were in it, or its week is over. Nothing was saved."
NOT_THEIRS = "You can correct an answer of your own for a week after its vote was revealed. Nothing was saved."


@dataclass(frozen=True)
class LateCard:
    """A round, until when the visitor can still say something for themselves, and what they have said, by theme."""

    round: Round
    closes: datetime
    answers: Mapping[str, Reading]


@open_to(MEMBERS)
def cards(db: Session, visitor: Visitor, *, at: datetime) -> tuple[LateCard, ...]:
    """What the visitor missed and can still answer, in the order of the votes; nothing for whoever was there."""
    cohort = cohorts.get(db, visitor, visitor.cohort_id or "")
    member_id = access.member(db, visitor, cohort.id)
    missed = _rounds(db, cohort, member_id, at, was_in=False)
    return tuple(LateCard(as_round(db, row), until, _late(db, row.id, member_id)) for row, until in missed)


@open_to(MEMBERS)
def answer(db: Session, visitor: Visitor, round_id: str, theme: str, reading: Reading, *, at: datetime) -> None:
    """Keep the visitor's late answer to one theme, replacing an earlier one. Raises Refused outside the week, for a
    round that they did not miss, for an unknown level, and where the relationship is not chosen yet."""
    row, member_id = _asked(db, visitor, round_id, at, was_in=False, otherwise=GONE)
    instrument = _refuse(db, row, theme, reading)
    focus = focuses.mine(db, visitor) if instrument.focus else None
    if instrument.focus and focus is None:
        raise Refused("Choose first which relationship you have in mind.")
    _keep(db, row, member_id, theme, reading, focus_id=focus.id if focus else None, at=at)


@open_to(MEMBERS)
def given(db: Session, visitor: Visitor, *, at: datetime) -> tuple[LateCard, ...]:
    """What the visitor said in the votes whose week is not over, as it stands in their own line."""
    cohort = cohorts.get(db, visitor, visitor.cohort_id or "")
    member_id = access.member(db, visitor, cohort.id)
    found = []
    for row, until in _rounds(db, cohort, member_id, at, was_in=True):
        own = db.scalars(select(ReadingRow).where(ReadingRow.round_id == row.id, ReadingRow.member_id == member_id))
        said = {one.theme: as_reading(one) for one in own}
        found.append(LateCard(as_round(db, row), until, said | _late(db, row.id, member_id)))
    return tuple(found)


@open_to(MEMBERS)
def correct(db: Session, visitor: Visitor, round_id: str, theme: str, reading: Reading, *, at: datetime) -> None:
    """Say what the visitor meant to tap, for their own line alone (domain.md §5 row 7): what was shown stands, and so
    does what later votes are compared with. What they did tap, sent again, takes the correction back.

    Raises Refused outside the week, for an answer that they did not give, and for an unknown level.
    """
    row, member_id = _asked(db, visitor, round_id, at, was_in=True, otherwise=NOT_THEIRS)
    _refuse(db, row, theme, reading)
    tapped = db.get(ReadingRow, (round_id, member_id, theme))
    if tapped is None:
        raise Refused(NOT_THEIRS)
    kept = _keep(db, row, member_id, theme, reading, focus_id=tapped.focus_id, at=at)
    if (kept.current, kept.desired) == (tapped.current, tapped.desired):
        db.delete(kept)
        db.flush()


def _asked(
    db: Session, visitor: Visitor, round_id: str, at: datetime, *, was_in: bool, otherwise: str
) -> tuple[RoundRow, str]:
    """The round and the member. Raises Refused with `otherwise` when nothing can be said to it any more."""
    row = db.get_one(RoundRow, round_id)
    cohort = cohorts.get(db, visitor, row.cohort_id)
    member_id = access.member(db, visitor, cohort.id)
    if row.id not in {one.id for one, _ in _rounds(db, cohort, member_id, at, was_in=was_in)}:
        raise Refused(otherwise)
    return row, member_id


def _refuse(db: Session, row: RoundRow, theme: str, reading: Reading) -> Instrument:
    instrument = instruments.stored(db, row.instrument_id)
    if theme not in row.themes or reading.current is None:
        raise Refused("Choose one of the answers that are shown. Nothing was saved.")
    refuse_unknown(instrument, theme, reading)
    return instrument


def _keep(
    db: Session, row: RoundRow, member_id: str, theme: str, reading: Reading, *, focus_id: str | None, at: datetime
) -> LateReadingRow:
    db.get_one(MemberRow, member_id, with_for_update=True)  # two phones of one member take turns
    kept = db.get(LateReadingRow, (row.id, member_id, theme)) or LateReadingRow(
        round_id=row.id, member_id=member_id, theme=theme, cohort_id=row.cohort_id
    )
    kept.current, kept.saved_at, kept.focus_id = reading.current or 0, at, focus_id
    kept.desired = reading.desired if unfolds_desired(reading.current) else None
    db.add(kept)
    db.flush()
    return kept


def _rounds(
    db: Session, cohort: Cohort, member_id: str, at: datetime, *, was_in: bool
) -> list[tuple[RoundRow, datetime]]:
    """Of each card the last revealed vote that the member was in, or of one that they missed whole the last of all; in
    its week, with the end of it. Who came to the group after the session missed nothing. Anonymous votes are nobody's.
    """
    listed_at = db.get_one(MemberRow, member_id).created_at
    meetings = {meeting.id: meeting for meeting in cohort.sessions}
    theirs = select(ReadingRow.round_id).where(ReadingRow.member_id == member_id)
    cards_of_theirs = select(RoundRow.first_id).where(RoundRow.id.in_(theirs))
    rows = db.scalars(
        select(RoundRow)
        .where(
            RoundRow.cohort_id == cohort.id,
            RoundRow.state == RoundState.REVEALED,
            RoundRow.revealed_at <= at,
            RoundRow.mode != Mode.ANONYMOUS,
            RoundRow.id.in_(theirs) if was_in else RoundRow.first_id.not_in(cards_of_theirs),
        )
        .order_by(RoundRow.opened_at, RoundRow.attempt)
    )
    found = []
    for row in {row.first_id: row for row in rows}.values():
        meeting, revealed_at = meetings[row.session_id], row.revealed_at or at
        until = closes(meeting, revealed_at)
        if at < until and (was_in or listed_at < ended(meeting, revealed_at)):
            found.append((row, until))
    return found


def _late(db: Session, round_id: str, member_id: str) -> dict[str, Reading]:
    own = (LateReadingRow.round_id == round_id, LateReadingRow.member_id == member_id)
    rows = db.scalars(select(LateReadingRow).where(*own))
    return {row.theme: as_reading(row) for row in rows}
