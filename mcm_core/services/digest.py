"""The week in one place: what was shared since the last session began. Nothing is added that is not on the wall."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.digest import Digest, began, last_begun
from mcm_core.domain.errors import Refused
from mcm_core.domain.message import To
from mcm_core.domain.news import Line
from mcm_core.domain.topic import Topic
from mcm_core.domain.visitor import Visitor
from mcm_core.services import cohorts, messages, my_catch_ups, news, note_reading, topics
from mcm_core.services.access import COHORT, FACILITATORS, open_to
from mcm_core.services.note_reading import FOR_THE_GROUP, SHOWN
from mcm_core.store.tables import MemberRow, NoteRow

WEEK = timedelta(days=7)


@open_to(COHORT)
def of_week(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> Digest:
    """What the whole group may read of this week: notes for the group, lines about catch-ups shared in the last seven
    days, what is new on the board of topics, and what the facilitators answered to News and views.

    A note for facilitators alone is not in it, whoever asks.
    """
    since = last_begun(cohorts.get(db, visitor, cohort_id).sessions, at)
    lines = my_catch_ups.shared_lines(db, visitor, cohort_id, since=at - WEEK)
    by = note_reading.reader(db, visitor, cohort_id)
    wanted = [note_reading.readable(by, cohort_id), NoteRow.audience.in_(FOR_THE_GROUP), SHOWN]
    wanted += [NoteRow.created_at >= began(since)] if since else []
    answers = news.said_back(db, cohort_id, since=began(since) if since else None)
    return Digest(since, lines, note_reading.notes(db, by, wanted), answers, _new_topics(db, visitor, cohort_id, since))


@open_to(COHORT)
def last_lines(db: Session, visitor: Visitor, cohort_id: str) -> tuple[Line, ...]:
    """What was said back about the last session of which anything was, oldest first."""
    lines = news.said_back(db, cohort_id, since=None)
    last = max((one.session_number for one in lines), default=0)
    return tuple(one for one in lines if one.session_number == last)


@open_to(FACILITATORS)
def write_messages(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> int:
    """Draft a message to everybody who has come in and has an address: how much there is to read, and nobody's words;
    one for each week. Returns how many people it is for. Raises Refused in a week in which nothing was shared."""
    found = of_week(db, visitor, cohort_id, at=at)
    if found.is_empty:
        raise Refused("Nothing is shared yet this week, so there is nothing to write about.")
    week = found.since.number if found.since else 0
    here = (MemberRow.cohort_id == cohort_id, MemberRow.joined_at.is_not(None), MemberRow.email.is_not(None))
    people = db.scalars(select(MemberRow).where(*here).order_by(MemberRow.name_key)).all()
    for row in people:
        to, words = To(row.name, row.email, row.id), {"digest": found.summary}
        messages.draft(db, cohort_id, "digest", to, words, at=at, once=f"{row.id}/{week}")
    return len(people)


def _new_topics(db: Session, visitor: Visitor, cohort_id: str, since: CohortSession | None) -> tuple[Topic, ...]:
    every = (one for head in topics.board(db, visitor, cohort_id) for one in (head, *head.parts))
    return tuple(one for one in every if not one.aside and (since is None or one.created_at >= began(since)))
