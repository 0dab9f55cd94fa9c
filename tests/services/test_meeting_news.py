"""A session that moves or is cancelled: calendars hear of it, and a message to everybody stands ready."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.errors import Refused
from mcm_core.domain.message import MessageState, when
from mcm_core.services import cohorts
from mcm_core.store.tables import MessageRow
from tests.services.people import NOW
from tests.services.stories import Group, a_group

WEDNESDAY = datetime(2026, 1, 28, 10, 0)  # noqa: DTZ001 (the wall clock of the cohort)


@pytest.fixture
def group(db: Session) -> Group:
    return a_group(db, 2)


def drafts(db: Session, kind: str) -> list[MessageRow]:
    db.flush()
    return list(db.scalars(select(MessageRow).where(MessageRow.kind == kind).order_by(MessageRow.to_name)))


def third(db: Session, group: Group) -> CohortSession:
    return cohorts.get(db, group.facilitator, group.cohort.id).session(3)


def move(db: Session, group: Group, to: datetime, minutes: int = 120) -> None:
    cohorts.move_session(db, group.facilitator, group.cohort.session(3).id, to, minutes, at=NOW)


def cancel(db: Session, group: Group, *, at: datetime = NOW) -> None:
    cohorts.cancel_session(db, group.facilitator, group.cohort.session(3).id, at=at)


def everything_was_sent(db: Session) -> None:
    db.flush()
    db.execute(update(MessageRow).values(state=MessageState.SENT.value))


def test_everybody_is_to_be_told_what_changed(db: Session, group: Group) -> None:
    before = third(db, group)
    move(db, group, WEDNESDAY)

    found = drafts(db, "session_moved")

    assert [row.to_name for row in found] == ["Ada", "Ben"]
    assert "Before: Tuesday 27 January 2026, 14:00 to 16:00 (on the clocks of Europe/London)" in found[0].body
    assert "Now: Wednesday 28 January 2026, 10:00 to 12:00" in found[0].body
    assert "3" not in found[0].subject
    assert (before.sequence, third(db, group).sequence) == (0, 1)


def test_a_session_that_is_saved_as_it_was_is_no_news(db: Session, group: Group) -> None:
    move(db, group, group.cohort.session(3).starts_local)

    assert drafts(db, "session_moved") == []
    assert third(db, group).sequence == 0


def test_moved_again_before_anybody_was_told_is_one_message(db: Session, group: Group) -> None:
    move(db, group, WEDNESDAY)
    move(db, group, WEDNESDAY + timedelta(days=1))

    found = drafts(db, "session_moved")

    assert len(found) == 2
    assert "Before: Tuesday 27 January 2026" in found[0].body
    assert "Now: Thursday 29 January 2026" in found[0].body


def test_moved_and_put_back_before_anybody_was_told_is_no_message(db: Session, group: Group) -> None:
    move(db, group, WEDNESDAY)
    move(db, group, group.cohort.session(3).starts_local)

    assert drafts(db, "session_moved") == []


def test_a_message_that_may_have_arrived_is_not_changed_any_more(db: Session, group: Group) -> None:
    move(db, group, WEDNESDAY)
    db.flush()
    db.execute(update(MessageRow).values(tries=1))
    move(db, group, WEDNESDAY + timedelta(days=1))

    found = sorted(row.body.split("Now: ")[1][:9] for row in drafts(db, "session_moved"))
    assert found == ["Thursday ", "Thursday ", "Wednesday", "Wednesday"]


def test_moved_after_everybody_was_told_is_another_message(db: Session, group: Group) -> None:
    move(db, group, WEDNESDAY)
    everything_was_sent(db)
    move(db, group, WEDNESDAY + timedelta(days=1))

    assert len(drafts(db, "session_moved")) == 4


def test_a_cancelled_session_keeps_its_number_and_its_time_and_is_not_the_next(db: Session, group: Group) -> None:
    before = third(db, group)
    cancel(db, group)
    after = third(db, group)

    assert (after.number, after.starts_local, after.cancelled, after.sequence) == (3, before.starts_local, True, 1)
    found = drafts(db, "session_cancelled")
    assert len(found) == 2
    assert f"Session 3, {when(before)}, will not take place" in found[0].body


def test_cancelled_after_a_move_that_nobody_was_told_of_is_one_message(db: Session, group: Group) -> None:
    move(db, group, WEDNESDAY)
    cancel(db, group)

    assert drafts(db, "session_moved") == []
    assert len(drafts(db, "session_cancelled")) == 2


def test_a_cancelled_session_takes_place_again_when_it_gets_a_time(db: Session, group: Group) -> None:
    cancel(db, group)
    everything_was_sent(db)
    move(db, group, group.cohort.session(3).starts_local)

    assert (third(db, group).cancelled, third(db, group).sequence) == (False, 2)
    assert "Before: it was not going to take place" in drafts(db, "session_moved")[0].body


def test_cancelled_and_put_back_before_anybody_was_told_is_no_message(db: Session, group: Group) -> None:
    cancel(db, group)
    move(db, group, group.cohort.session(3).starts_local)

    assert drafts(db, "session_cancelled") == drafts(db, "session_moved") == []


def test_a_session_that_is_over_is_not_cancelled(db: Session, group: Group) -> None:
    with pytest.raises(Refused, match="Session 3 is over"):
        cancel(db, group, at=NOW + timedelta(days=60))
