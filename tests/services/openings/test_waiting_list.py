"""The waiting list fills a place that becomes free, and opens the next cohort; what is deleted stays deleted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.application import Decision
from mcm_core.domain.cohort import Cohort
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.opening import Plan
from mcm_core.services import (
    applicants,
    applying,
    facilitators,
    late_words,
    members,
    next_cohort,
    openings,
    retention,
    slots,
    waiting_list,
)
from mcm_core.store.engine import read, write
from mcm_core.store.tables import ApplicationRow, FitRow, MessageRow, OpeningRow
from tests.services.openings.applying_people import IN_TIME, Opened, an_opening, applies, the_id
from tests.services.people import NOW, a_facilitator

LATER = NOW + timedelta(days=3)
END = NOW + timedelta(days=50)  # after session six
FIRST = date(2026, 4, 14)  # of the next cohort: a Tuesday; its applications close on 25 March


def full(db: Session) -> Opened:
    """Twenty have a place, and five wait, in this order: Person 20 to Person 24."""
    opened = an_opening(db)
    for number in range(25):
        applies(db, opened, f"Person {number:02}", {"question": f"Question {number}", "access": "Captions"})
        decide(db, opened, f"Person {number:02}", Decision.ACCEPTED, minutes=number)
    return opened


def few(db: Session) -> Opened:
    """Ada has a place, and Ben and Cleo wait."""
    opened = an_opening(db)
    for minutes, (name, decision) in enumerate(
        (("Ada", Decision.ACCEPTED), ("Cleo", Decision.WAITING), ("Ben", Decision.WAITING))
    ):
        applies(db, opened, name, {"question": f"{name} asks"})
        decide(db, opened, name, decision, minutes=minutes)
    return opened


def decide(db: Session, opened: Opened, name: str, decision: Decision, *, minutes: int = 0) -> Decision:
    at = LATER + timedelta(minutes=minutes)
    return applicants.decide(db, opened.fay, the_id(db, opened, name), decision=decision, at=at)


def prepared(db: Session, opened: Opened, *, first: date = FIRST) -> Cohort:
    """The next cohort, with whoever waits."""
    made = next_cohort.prepare(db, opened.fay, opened.cohort.id, name="Second group", first=first, at=END)
    waiting_list.carry(db, opened.fay, opened.cohort.id, made.id, at=END)
    return made


def line(db: Session, opened: Opened, cohort_id: str) -> list[tuple[str, int | None]]:
    return [(one.name, one.place) for one in applicants.of_cohort(db, opened.fay, cohort_id)]


def in_line(db: Session, opened: Opened, at=LATER) -> str | None:
    return waiting_list.next_in_line(db, opened.fay, opened.cohort.id, at=at)


def test_a_place_that_becomes_free_is_for_whoever_waits_longest(db: Session) -> None:
    opened = full(db)
    assert in_line(db, opened) is None  # all twenty places are taken
    gone = members.roster(db, opened.fay, opened.cohort.id)[3]

    members.remove(db, opened.fay, gone.id, at=NOW)

    assert in_line(db, opened) == "Person 20"
    assert decide(db, opened, "Person 20", Decision.ACCEPTED) is Decision.ACCEPTED
    assert decide(db, opened, "Person 21", Decision.ACCEPTED) is Decision.WAITING
    assert in_line(db, opened) is None


def test_who_takes_their_application_back_frees_a_place_and_who_declines_another(db: Session) -> None:
    opened = an_opening(db)
    tokens = {name: applies(db, opened, name) for name in ("Ada", "Ben", "Cleo")}
    decide(db, opened, "Ada", Decision.ACCEPTED)
    decide(db, opened, "Ben", Decision.WAITING, minutes=1)
    decide(db, opened, "Cleo", Decision.WAITING, minutes=2)

    applying.take_back(db, tokens["Ada"], at=LATER)
    assert in_line(db, opened) == "Ben"
    applying.take_back(db, tokens["Ben"], at=LATER)

    assert in_line(db, opened) == "Cleo"
    assert line(db, opened, opened.cohort.id) == [("Cleo", 1)]


def test_from_session_two_on_nobody_is_asked_in(db: Session) -> None:
    opened = few(db)
    second = opened.cohort.session(2).starts_at

    assert in_line(db, opened, second - timedelta(seconds=1)) == "Cleo"
    assert in_line(db, opened, second) is None


def test_whoever_waits_opens_the_next_cohort_with_their_words_and_place(db: Session) -> None:
    opened = few(db)
    assert waiting_list.to_carry(db, opened.fay, opened.cohort.id) == 2

    made = prepared(db, opened)

    assert line(db, opened, opened.cohort.id) == [("Ada", None)]
    assert sorted(line(db, opened, made.id)) == [("Ben", 2), ("Cleo", 1)]
    cleo = next(one.id for one in applicants.of_cohort(db, opened.fay, made.id) if one.name == "Cleo")
    assert applicants.one(db, opened.fay, cleo).application.said("question") == "Cleo asks"
    assert applicants.decide(db, opened.fay, cleo, decision="accepted", at=END) is Decision.ACCEPTED
    assert [one.name for one in members.roster(db, opened.fay, made.id)] == ["Cleo"]
    assert waiting_list.to_carry(db, opened.fay, opened.cohort.id) == 0


def test_they_are_told_by_a_draft_and_their_own_link_still_works(db: Session) -> None:
    opened = an_opening(db)
    token = applies(db, opened, "Ada")
    decide(db, opened, "Ada", Decision.WAITING)

    made = prepared(db, opened)

    (row,) = db.scalars(select(MessageRow)).all()  # nothing of the old cohort's is left
    assert (row.cohort_id, row.kind, row.state) == (made.id, waiting_list.KIND, "draft")
    assert "25 March 2026, 09:00 (Europe/London)" in row.body
    assert "on 25 June 2026 at the latest" in row.body
    assert f"/apply/{token}" in late_words.filled_in(db, row, address="https://a.example", sending=True)
    found = applying.keep(db, token, {"Monday morning": "can't"}, at=END)  # another week, another time
    assert found.opening.cohort_id == made.id


def test_the_page_of_the_next_cohort_has_the_words_and_is_seen_by_nobody(db: Session) -> None:
    opened = few(db)
    made = prepared(db, opened)

    page = openings.of_cohort(db, opened.fay, made.id)

    assert page
    assert (page.published_at, page.words["contact"], page.takes_late) == (None, "Fay, fay@example.org", False)
    with pytest.raises(NotAllowed):
        openings.public(db, page.slug, at=END)
    slots.fix_as_they_are(db, opened.fay, made.id, at=END)
    assert openings.confirm(db, opened.fay, made.id, at=END) == 2


def test_another_date_of_the_page_is_in_what_has_not_gone_out(db: Session) -> None:
    opened = few(db)
    made = prepared(db, opened)
    plan = Plan(date_time := (END + timedelta(days=20)).replace(tzinfo=None))
    openings.write_down(db, opened.fay, made.id, plan=plan, words={"contact": "Fay"}, at=END)

    bodies = db.scalars(select(MessageRow.body).where(MessageRow.kind == waiting_list.KIND)).all()

    assert len(bodies) == 2
    assert all(f"{date_time.day} {date_time:%B %Y}" in body for body in bodies)


def test_for_a_cohort_that_begins_soon_applications_close_when_it_does(db: Session) -> None:
    opened = few(db)
    soon = (END + timedelta(days=8)).date()

    made = prepared(db, opened, first=soon)

    page = openings.of_cohort(db, opened.fay, made.id)
    assert page
    assert page.plan.closes == made.session(1).starts_local


def test_what_was_thought_of_the_fit_does_not_go_along(db: Session) -> None:
    opened = few(db)
    applicants.judge(db, opened.fay, the_id(db, opened, "Ben"), says="yes", note="Warm", at=IN_TIME)

    prepared(db, opened)

    assert db.scalars(select(FitRow)).all() == []


def test_only_who_owns_both_carries_anybody_over(db: Session) -> None:
    """What people wrote for the coordinator alone must not get to a co-facilitator by a cohort of their own."""
    opened = few(db)
    co = a_facilitator(db, "co")
    facilitators.accept_as(db, co, facilitators.invite(db, opened.fay, opened.cohort.id, at=NOW), at=NOW)
    theirs = next_cohort.prepare(db, co, opened.cohort.id, name="Theirs", first=FIRST, at=END)

    assert waiting_list.to_carry(db, co, opened.cohort.id) == 0
    for who, to in ((co, theirs.id), (opened.fay, theirs.id)):
        with pytest.raises(NotAllowed):
            waiting_list.carry(db, who, opened.cohort.id, to, at=END)
    with pytest.raises(Refused, match="wait here already"):
        waiting_list.carry(db, opened.fay, opened.cohort.id, opened.cohort.id, at=END)
    assert len(line(db, opened, opened.cohort.id)) == 3


def test_nobody_waits_and_nothing_is_made(db: Session) -> None:
    opened = an_opening(db)
    made = prepared(db, opened)

    assert db.get(OpeningRow, made.id) is None


def test_if_they_do_not_join_the_next_one_either_all_of_it_is_deleted_by_its_dates(database: str) -> None:
    with write() as db:
        opened = few(db)
        made = prepared(db, opened)
        page = openings.of_cohort(db, opened.fay, made.id)
        assert page
        over = page.kept_until

    def left(day: date) -> list[str]:
        retention.keep_house(at=NOW.replace(year=day.year, month=day.month, day=day.day))
        with read() as db:
            return list(db.scalars(select(ApplicationRow.name).order_by(ApplicationRow.name)))

    assert left(date(2026, 4, 7)) == ["Ada", "Ben", "Cleo"]  # the old page's day
    assert left(over - timedelta(days=1)) == ["Ada", "Ben", "Cleo"]
    assert left(over) == ["Ada"]
    with read() as db:
        assert {row.to_name for row in db.scalars(select(MessageRow))} <= {"Ada"}


def test_who_was_carried_over_takes_everything_back_at_once(db: Session) -> None:
    opened = an_opening(db)
    token = applies(db, opened, "Ada")
    decide(db, opened, "Ada", Decision.WAITING)
    prepared(db, opened)

    applying.take_back(db, token, at=END)

    assert db.scalars(select(ApplicationRow)).all() == []
    assert db.scalars(select(MessageRow)).all() == []
