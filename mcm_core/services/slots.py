"""The weekly time: whom each would shut out, what lies in the way of its six dates, and fixing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain import slots as rules
from mcm_core.domain.application import Decision, Says
from mcm_core.domain.audit import Deed
from mcm_core.domain.cohort import refuse_past, six_dates
from mcm_core.domain.errors import Refused
from mcm_core.domain.slots import Slot
from mcm_core.domain.visitor import Visitor
from mcm_core.services import audit, clashes, cohorts
from mcm_core.services.access import FACILITATORS, open_to
from mcm_core.services.members.rows import lock
from mcm_core.services.opening_rows import meetings
from mcm_core.store import bank_holidays, opening_texts, texts
from mcm_core.store.tables import ApplicationRow, CohortRow, OpeningRow


@dataclass(frozen=True)
class Outlook:
    """Every time of the week. `asked` says of whom: those with a place, or while there are none, all who applied."""

    slots: tuple[Slot, ...]
    people: int
    have_places: bool


@dataclass(frozen=True)
class Choice:
    """Six dates, and what there is to know before they are fixed."""

    starts: tuple[datetime, ...]
    warnings: tuple[str, ...]


@open_to(FACILITATORS)
def outlook(db: Session, visitor: Visitor, cohort_id: str) -> Outlook:
    """Whom each time of the week suits and whom it shuts out, by name."""
    sent = (ApplicationRow.cohort_id == cohort_id, ApplicationRow.sent_at.is_not(None))
    rows = db.scalars(select(ApplicationRow).where(*sent).order_by(ApplicationRow.name, ApplicationRow.id)).all()
    placed = [row for row in rows if row.decision == Decision.ACCEPTED]
    asked = placed or [row for row in rows if row.decision in (None, Decision.WAITING.value)]
    said = _told_apart(asked)
    return Outlook(rules.outlook(opening_texts.form().times, said), len(asked), bool(placed))


@open_to(FACILITATORS)
def look_ahead(db: Session, visitor: Visitor, cohort_id: str, *, first: date, weekday: int, at_time: time) -> Choice:
    """The six dates from `first` on, with bank holidays, clock changes, and sessions of the visitor's other cohorts."""
    starts = six_dates(first, weekday, at_time)
    zone = db.get_one(CohortRow, cohort_id).time_zone
    return Choice(
        starts,
        (
            *on_holidays(dict(enumerate(starts, start=1))),
            *rules.on_clock_changes(starts, zone),
            *clashes.of_dates(db, visitor, rules.planned(starts, zone), but=cohort_id),
        ),
    )


def on_holidays(starts: Mapping[int, datetime]) -> tuple[str, ...]:
    """A sentence for each session, by its number, that would be on a bank holiday of this server's country. Nothing is
    moved because of one."""
    found = bank_holidays.on([start.date() for start in starts.values()], texts.country().holidays)
    return rules.on_holidays(starts, found)


@open_to(FACILITATORS)
def fix(
    db: Session, visitor: Visitor, cohort_id: str, *, first: date, weekday: int, at_time: time, at: datetime
) -> tuple[datetime, ...]:
    """Fix the six dates. Those that change are moved and announced as single moves are (services/meeting_news.py).

    Raises Refused for a date in the past, and where a session that was run, or should have begun, would move.
    """
    lock(db, cohort_id)
    starts = six_dates(first, weekday, at_time)
    changed = [(one, to) for one, to in zip(meetings(db, cohort_id), starts, strict=True) if rules.moves(one, to)]
    stays = cohorts.begun(db, visitor, cohort_id)
    for meeting, _ in changed:
        if meeting.id in stays or meeting.starts_at <= at:
            raise Refused(
                f"Session {meeting.number} has begun, so its date stays, and nothing was moved. Move the others one by "
                "one on the Cohort page."
            )
    for meeting, start in changed:
        cohorts.move_session(db, visitor, meeting.id, start, meeting.minutes, at=at)
    _is_fixed(db, visitor, cohort_id, at)
    return starts


@open_to(FACILITATORS)
def fix_as_they_are(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> None:
    """Fix the six dates that the cohort has. Raises Refused when one of them is in the past."""
    dates = [meeting.starts_local for meeting in meetings(db, cohort_id)]
    refuse_past(dates, db.get_one(CohortRow, cohort_id).time_zone, at)
    _is_fixed(db, visitor, cohort_id, at)


def _is_fixed(db: Session, visitor: Visitor, cohort_id: str, at: datetime) -> None:
    row = db.get(OpeningRow, cohort_id)
    if row is None:
        raise Refused(
            "There is no public page yet, so nobody was asked for their times. Move the dates on the Cohort page."
        )
    row.dates_fixed_at = at
    audit.note(db, visitor, Deed.DATES_FIXED, cohort_id=cohort_id, at=at)
    cohorts.turn(db, cohort_id)


def _told_apart(rows: Sequence[ApplicationRow]) -> dict[str, dict[str, Says]]:
    """What each said of the week, by name; of two with one name the second is called “… (2)”."""
    said: dict[str, dict[str, Says]] = {}
    for row in rows:
        name, again = row.name, 2
        while name in said:
            name, again = f"{row.name} ({again})", again + 1
        said[name] = {time: Says(word) for time, word in row.times.items()}
    return said
