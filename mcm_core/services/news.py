"""News and views: one dated page for everybody. What members answered after each session, and what was said back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, select
from sqlalchemy.orm import Session

from mcm_core.domain import news as rules
from mcm_core.domain.audit import Deed
from mcm_core.domain.cohort import Cohort, CohortSession
from mcm_core.domain.errors import Refused
from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.mode import Mode
from mcm_core.domain.news import Line, Outcome, Window, window
from mcm_core.domain.reading import Reading
from mcm_core.domain.release import Release
from mcm_core.domain.round import Lane, Round, RoundState
from mcm_core.domain.visitor import Visitor
from mcm_core.services import audit, bags, cohorts, few, instruments, releases
from mcm_core.services.access import COHORT, FACILITATORS, MEMBERS, open_to
from mcm_core.services.bags import Comments
from mcm_core.services.cohorts import turn
from mcm_core.services.round_rows import as_round
from mcm_core.store.tables import BlockRow, CohortSessionRow, NewsLineRow, ReleaseRow, RoundRow, RunSheetRow

LINES_MAX = 30


@dataclass(frozen=True)
class Week:
    """What there is of one session. `pulse` is None where none was opened; `too_few` says that the group is so small
    that it could not be anonymous."""

    meeting: CohortSession
    window: Window
    pulse: Round | None
    too_few: int | None
    pictures: Mapping[str, Release]
    comments: Comments
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class History:
    """The pictures of one anonymous question by session number."""

    instrument: Instrument
    theme: Theme
    releases: Mapping[int, Release]


@open_to(MEMBERS)
def answer(
    db: Session,
    visitor: Visitor,
    round_id: str,
    answers: Mapping[str, Reading],
    texts: Mapping[str, str],
    *,
    at: datetime,
) -> None:
    """Send the whole ballot of a pulse, as `bags.drop` does. Raises Refused also after its window, or for too few."""
    row = db.get_one(RoundRow, round_id)
    cohort = cohorts.get(db, visitor, row.cohort_id)
    if row.lane != Lane.BETWEEN or not window(cohort.sessions, _number(cohort, row.session_id)).is_open(at):
        raise Refused(bags.CLOSED)
    few.refuse(db, cohort)
    bags.drop(db, visitor, round_id, answers, texts=texts)


@open_to(MEMBERS)
def to_answer(db: Session, visitor: Visitor, *, at: datetime) -> tuple[Round, Window] | None:
    """The latest pulse that takes answers and that the visitor has not answered, with its window."""
    cohort = cohorts.get(db, visitor, visitor.cohort_id or "")
    if few.too_few(db, cohort) is not None:
        return None
    open_ = [(pulse, window(cohort.sessions, pulse.session_number)) for pulse in _pulses(db, cohort.id, only_open=True)]
    asked = [(pulse, when) for pulse, when in open_ if when.is_open(at) and not bags.sent(db, visitor, pulse.id)]
    return max(asked, key=lambda one: one[1].opens_at, default=None)


def is_open(week: Week, at: datetime) -> bool:
    """Whether the pulse of this session takes answers."""
    return week.pulse is not None and week.pulse.state is RoundState.OPEN and week.window.is_open(at)


@open_to(COHORT)
def weeks(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> tuple[Week, ...]:
    """The whole page, newest first: every session that has come to its end, or of which a line was written.

    Facilitators also find every other one that took place and is not on, since the next may wait for their line.
    """
    cohort = cohorts.get(db, visitor, cohort_id)
    pulses = {round_.session_number: round_ for round_ in _pulses(db, cohort_id)}
    lines = _lines(db, cohort_id)
    on = exists().where(RunSheetRow.session_id == CohortSessionRow.id, RunSheetRow.block_id.is_not(None))
    over = select(CohortSessionRow.id).where(_took_place(cohort_id), ~on)
    listed, found = set(db.scalars(over) if visitor.facilitates else ()), []
    for meeting in sorted(cohort.sessions, key=lambda one: one.starts_at, reverse=True):
        when, pulse = window(cohort.sessions, meeting.number), pulses.get(meeting.number)
        held = pulse is not None or not meeting.cancelled
        if not (held and at >= when.opens_at) and not lines[meeting.number] and meeting.id not in listed:
            continue
        found.append(
            Week(
                meeting=meeting,
                window=when,
                pulse=pulse,
                too_few=few.too_few_to_ask(db, visitor, cohort, pulse) if when.is_open(at) else None,
                pictures=releases.of_round(db, visitor, pulse) if pulse else {},
                comments=bags.comments(db, visitor, pulse.id) if pulse else Comments((), shared=False),
                lines=tuple(lines[meeting.number]),
            )
        )
    return tuple(found)


@open_to(COHORT)
def histories(db: Session, visitor: Visitor, cohort_id: str) -> tuple[History, ...]:
    """What is always asked anonymously, over the sessions: what is asked in the room first. The last vote counts."""
    rows = db.execute(
        select(ReleaseRow, RoundRow.instrument_id, CohortSessionRow.number)
        .join(RoundRow, RoundRow.id == ReleaseRow.round_id)
        .join(CohortSessionRow, CohortSessionRow.id == RoundRow.session_id)
        .where(
            ReleaseRow.cohort_id == cohort_id, RoundRow.mode == Mode.ANONYMOUS, RoundRow.state == RoundState.REVEALED
        )
        .order_by(RoundRow.revealed_at, RoundRow.attempt)
    )
    found: dict[tuple[str, str], dict[int, Release]] = defaultdict(dict)
    for row, instrument_id, number in rows:
        found[instrument_id, row.theme][number] = releases.as_release(row)
    return tuple(
        History(instrument, theme, found[instrument_id, theme.key])
        for instrument_id, instrument in _always_anonymous(db, {key for key, _ in found})
        for theme in instrument.themes
        if (instrument_id, theme.key) in found
    )


@open_to(FACILITATORS)
def say_back(
    db: Session, visitor: Visitor, session_id: str, *, you_said: str, outcome: str, reply: str, at: datetime
) -> None:
    """Write a line about a session: what was said, and what was changed or why it could not be. Everybody reads it.

    Raises Refused for an empty or too long text, an unknown outcome, or the thirty-first line.
    """
    meeting = db.get_one(CohortSessionRow, session_id)
    if outcome not in list(Outcome):
        raise Refused("Choose whether something was changed, or could not be. Your words are still in the boxes.")
    written = {
        "session_id": session_id,
        "you_said": rules.clean_line(you_said, "You said"),
        "outcome": outcome,
        "reply": rules.clean_line(reply, Outcome(outcome).words),
    }
    if db.scalar(select(NewsLineRow.id).filter_by(**written).limit(1)):
        return  # a double tap
    if (db.scalar(select(func.count()).where(NewsLineRow.session_id == session_id)) or 0) >= LINES_MAX:
        raise Refused(f"There are {LINES_MAX} lines about this session, which is as many as fit. Take one away first.")
    row = NewsLineRow(cohort_id=meeting.cohort_id, written_at=at, **written)
    db.add(row)
    db.flush()
    audit.note(db, visitor, Deed.SAID_BACK, row.id, cohort_id=meeting.cohort_id, at=at)
    turn(db, meeting.cohort_id)


@open_to(FACILITATORS)
def take_back(db: Session, visitor: Visitor, line_id: str, *, at: datetime) -> None:
    """Take a line away again, for good."""
    row = db.get_one(NewsLineRow, line_id)
    cohort_id = row.cohort_id
    db.execute(delete(NewsLineRow).where(NewsLineRow.id == line_id))
    audit.note(db, visitor, Deed.LINE_TAKEN_BACK, line_id, cohort_id=cohort_id, at=at)
    turn(db, cohort_id)


def unanswered(db: Session, meeting: CohortSessionRow) -> int | None:
    """The number of the session that took place last before this one's date, if nothing was said back about it.

    One that was cancelled or passed over asks for nothing (§5 rows 37, 38). For services that have checked who asks.
    """
    before = _took_place(meeting.cohort_id), CohortSessionRow.starts_local < meeting.starts_local
    by_date = select(CohortSessionRow).where(*before).order_by(CohortSessionRow.starts_local.desc())
    last = db.scalar(by_date.limit(1))
    line = last and db.scalar(select(NewsLineRow.id).where(NewsLineRow.session_id == last.id).limit(1))
    return last.number if last and not line else None


def _took_place(cohort_id: str) -> ColumnElement[bool]:
    """Whether a session of the cohort was run or voted in."""
    run = exists().where(BlockRow.session_id == CohortSessionRow.id, BlockRow.began_at.is_not(None))
    voted = exists().where(
        RoundRow.cohort_id == cohort_id,  # for its index
        RoundRow.session_id == CohortSessionRow.id,
        RoundRow.opened_at.is_not(None),
    )
    return and_(CohortSessionRow.cohort_id == cohort_id, run | voted)


@open_to(FACILITATORS)
def to_say_back(db: Session, visitor: Visitor, session_id: str) -> int | None:
    """The number of the session about which a line is needed before this one begins (domain.md §0, 10), or None."""
    return unanswered(db, db.get_one(CohortSessionRow, session_id))


def said_back(db: Session, cohort_id: str, *, since: datetime | None) -> tuple[Line, ...]:
    """The lines that were written since a moment, oldest first. For services that have checked who asks."""
    lines = (line for of_session in _lines(db, cohort_id).values() for line in of_session)
    return tuple(
        sorted((one for one in lines if since is None or one.written_at >= since), key=lambda one: one.written_at)
    )


def _pulses(db: Session, cohort_id: str, *, only_open: bool = False) -> tuple[Round, ...]:
    rows = select(RoundRow).where(RoundRow.cohort_id == cohort_id, RoundRow.lane == Lane.BETWEEN)
    if only_open:
        rows = rows.where(RoundRow.state == RoundState.OPEN)
    return tuple(as_round(db, row) for row in db.scalars(rows))


def _lines(db: Session, cohort_id: str) -> Mapping[int, list[Line]]:
    rows = db.execute(
        select(NewsLineRow, CohortSessionRow.number)
        .join(CohortSessionRow, CohortSessionRow.id == NewsLineRow.session_id)
        .where(NewsLineRow.cohort_id == cohort_id)
        .order_by(NewsLineRow.written_at, NewsLineRow.id)
    )
    found: dict[int, list[Line]] = defaultdict(list)
    for row, number in rows:
        line = Line(row.id, number, row.you_said, Outcome(row.outcome), row.reply, row.written_at)
        found[number].append(line)
    return found


def _number(cohort: Cohort, session_id: str) -> int:
    return next(meeting.number for meeting in cohort.sessions if meeting.id == session_id)


def _always_anonymous(db: Session, ids: set[str]) -> list[tuple[str, Instrument]]:
    known = [(instrument_id, instruments.stored(db, instrument_id)) for instrument_id in ids]
    chosen = [pair for pair in known if pair[1].anonymous]
    return sorted(chosen, key=lambda pair: (pair[1].between, pair[1].key, pair[1].version))
