"""Applications close at another time: what has not gone says the new one, and who was told another hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mcm_core.services import applicants, openings
from mcm_core.store.tables import MessageRow
from tests.services.openings.applying_people import CLOSES, IN_TIME, PLAN, WORDS, Opened, an_opening, applies, the_id

WEDNESDAY, THURSDAY, FRIDAY = ("Wednesday 7 January", "Thursday 8 January", "Friday 9 January")


@pytest.fixture
def opened(db: Session, with_a_mail_server: None) -> Opened:
    """Ada has applied, and nothing has gone to her yet."""
    opened = an_opening(db)
    applies(db, opened, "Ada")
    return opened


def closes(db: Session, opened: Opened, days: int) -> None:
    plan = replace(PLAN, closes=CLOSES + timedelta(days=days))
    openings.write_down(db, opened.fay, opened.cohort.id, plan=plan, words=WORDS, at=IN_TIME)


def bodies(db: Session) -> dict[str, str]:
    db.flush()
    return {row.kind: row.body for row in db.scalars(select(MessageRow))}


def everything_has_gone(db: Session) -> None:
    db.flush()
    db.execute(update(MessageRow).values(state="sent by hand", next_try_at=None))
    db.expire_all()


def test_what_has_not_gone_says_the_new_time_and_nobody_is_written_to_twice(db: Session, opened: Opened) -> None:
    closes(db, opened, 1)

    found = bodies(db)
    assert set(found) == {"application_link", "application_received"}
    assert all(THURSDAY in body and WEDNESDAY not in body for body in found.values())


def test_who_was_told_another_time_hears_what_changed(db: Session, opened: Opened) -> None:
    everything_has_gone(db)
    closes(db, opened, 1)
    closes(db, opened, 2)  # before that has gone

    found = bodies(db)
    assert WEDNESDAY in found["application_link"]
    assert f"Before: {WEDNESDAY}" in found["deadline_moved"]
    assert f"Now: {FRIDAY}" in found["deadline_moved"]

    everything_has_gone(db)
    closes(db, opened, 1)
    assert f"Before: {FRIDAY}" in bodies(db)["deadline_moved"]


def test_put_back_before_anybody_was_told_is_no_news(db: Session, opened: Opened) -> None:
    everything_has_gone(db)
    closes(db, opened, 1)
    closes(db, opened, 0)

    assert "deadline_moved" not in bodies(db)


def test_who_has_an_answer_hears_nothing(db: Session, opened: Opened) -> None:
    everything_has_gone(db)
    applicants.decide(db, opened.fay, the_id(db, opened, "Ada"), decision="waiting", at=IN_TIME)
    closes(db, opened, 1)

    assert "deadline_moved" not in bodies(db)
