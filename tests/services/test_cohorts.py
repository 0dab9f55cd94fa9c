"""Cohorts, on both databases, with a second cohort beside every one that nobody may see or change."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import cohorts
from mcm_core.store.engine import read, write
from tests.services.people import FIRST, NOW, a_cohort, a_facilitator, a_member

NEW = {"name": "Ours", "time_zone": "Europe/London", "first": FIRST, "weekday": 1, "at_time": time(14), "at": NOW}
LATER = datetime(2026, 1, 14, 16, 30)  # noqa: DTZ001 a clock on the wall
Change = Callable[[Session, Visitor, Cohort], object]
CHANGES: dict[str, Change] = {
    "get": lambda db, who, cohort: cohorts.get(db, who, cohort.id),
    "phase": lambda db, who, cohort: cohorts.phase(db, who, cohort.id),
    "rename": lambda db, who, cohort: cohorts.rename(db, who, cohort.id, "Mine now"),
    "move": lambda db, who, cohort: cohorts.move_session(db, who, cohort.sessions[0].id, LATER, 90, at=NOW),
    "threshold": lambda db, who, cohort: cohorts.set_threshold(db, who, cohort.id, 3),
}
FACILITATORS_ONLY = {name: change for name, change in CHANGES.items() if name not in ("get", "phase")}


@pytest.fixture
def noise(db: Session) -> tuple[Visitor, Cohort]:
    """Another facilitator with a cohort of the same name and at the same hours."""
    stranger = a_facilitator(db, "noise")
    cohort = a_cohort(db, stranger)
    a_member(db, stranger, cohort)
    return stranger, cohort


@pytest.fixture
def fay(db: Session, noise: tuple[Visitor, Cohort]) -> Visitor:
    return a_facilitator(db, "fay")


def stored(db: Session, visitor: Visitor, cohort: Cohort) -> Cohort:
    """The cohort as the database holds it, not as this transaction remembers it."""
    db.flush()
    db.expire_all()
    return cohorts.get(db, visitor, cohort.id)


def now_of(db: Session, noise: tuple[Visitor, Cohort]) -> Cohort:
    """The other cohort as its own facilitator sees it now."""
    return stored(db, *noise)


def test_a_new_cohort_has_six_weekly_sessions_of_two_hours(
    db: Session, fay: Visitor, noise: tuple[Visitor, Cohort]
) -> None:
    made = cohorts.create(db, fay, **{**NEW, "name": "  Ours\n"})

    assert (made.name, made.time_zone, made.threshold, made.phase) == ("Ours", "Europe/London", 5, 0)
    assert [meeting.number for meeting in made.sessions] == [1, 2, 3, 4, 5, 6]
    assert {meeting.minutes for meeting in made.sessions} == {120}
    assert made.sessions[0].starts_local == datetime(2026, 1, 13, 14)  # noqa: DTZ001
    assert made.sessions[5].starts_local - made.sessions[0].starts_local == timedelta(weeks=5)
    assert cohorts.get(db, fay, made.id) == made
    assert now_of(db, noise) == noise[1]


def test_a_cohort_over_the_clock_change_keeps_its_hour(db: Session, fay: Visitor) -> None:
    begun = NOW.replace(year=2021, month=9, day=20)
    made = cohorts.create(db, fay, **{**NEW, "first": date(2021, 9, 27), "weekday": 0, "at": begun})

    stored = cohorts.get(db, fay, made.id)
    assert {meeting.starts_local.time() for meeting in stored.sessions} == {time(14)}
    assert stored.sessions[5].starts_at - stored.sessions[4].starts_at == timedelta(days=7)  # on the wall
    assert stored.sessions[5].starts_at.utcoffset() != stored.sessions[4].starts_at.utcoffset()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": " \n"}, "The cohort name is empty"),
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"first": date(2026, 1, 4)}, "04 January 2026 is in the past"),
        ({"time_zone": "Europe/Atlantis"}, "That time zone is not known"),
    ],
)
def test_a_refused_cohort_leaves_nothing_behind(database: str, wrong: dict[str, Any], says: str) -> None:
    with write() as db:
        fay = a_facilitator(db, "fay")

    with pytest.raises(Refused, match=says), write() as db:
        cohorts.create(db, fay, **{**NEW, **wrong})

    with read() as db:
        assert cohorts.of_visitor(db, fay) == ()


def test_a_name_of_eighty_wide_characters_fits(db: Session, fay: Visitor) -> None:
    assert cohorts.create(db, fay, **{**NEW, "name": "🫂" * 80}).name == "🫂" * 80


def test_a_member_cannot_make_a_cohort(db: Session, fay: Visitor) -> None:
    ada = a_member(db, fay, a_cohort(db, fay))

    with pytest.raises(NotAllowed):
        cohorts.create(db, ada, **NEW)


def test_several_cohorts_newest_first_and_never_somebody_elses(
    db: Session, fay: Visitor, noise: tuple[Visitor, Cohort]
) -> None:
    older = a_cohort(db, fay, "Older")
    newer = a_cohort(db, fay, "Newer", at=NOW + timedelta(days=1))

    assert cohorts.of_visitor(db, fay) == (newer, older)
    assert cohorts.of_visitor(db, noise[0]) == (noise[1],)


def test_a_member_has_one_cohort(db: Session, fay: Visitor) -> None:
    cohort = a_cohort(db, fay)
    a_cohort(db, fay, "Another")
    ada = a_member(db, fay, cohort)

    assert cohorts.of_visitor(db, ada) == (cohort,)


@pytest.mark.parametrize("change", CHANGES)
def test_another_cohorts_people_see_and_change_nothing(
    db: Session, fay: Visitor, noise: tuple[Visitor, Cohort], change: str
) -> None:
    ada = a_member(db, fay, a_cohort(db, fay))

    for who in (fay, ada):
        with pytest.raises(NotAllowed):
            CHANGES[change](db, who, noise[1])
    assert now_of(db, noise) == noise[1]


@pytest.mark.parametrize("change", FACILITATORS_ONLY)
def test_a_member_changes_nothing_in_their_own_cohort(db: Session, fay: Visitor, change: str) -> None:
    cohort = a_cohort(db, fay)
    ada = a_member(db, fay, cohort)

    with pytest.raises(NotAllowed):
        CHANGES[change](db, ada, cohort)
    assert cohorts.get(db, ada, cohort.id) == cohort


def test_an_unknown_cohort_looks_like_a_foreign_one(db: Session, fay: Visitor, noise: tuple[Visitor, Cohort]) -> None:
    with pytest.raises(NotAllowed) as foreign:
        cohorts.get(db, fay, noise[1].id)
    with pytest.raises(NotAllowed) as unknown:
        cohorts.get(db, fay, "nothing")
    with pytest.raises(NotAllowed) as no_session:
        cohorts.move_session(db, fay, "nothing", LATER, 120, at=NOW)

    assert str(foreign.value) == str(unknown.value) == str(no_session.value)


def test_a_renamed_cohort_is_drawn_anew(db: Session, fay: Visitor, noise: tuple[Visitor, Cohort]) -> None:
    cohort = a_cohort(db, fay)

    cohorts.rename(db, fay, cohort.id, "  Thursday   group ")

    assert stored(db, fay, cohort).name == "Thursday group"
    assert cohorts.phase(db, fay, cohort.id) == cohort.phase + 1
    assert now_of(db, noise) == noise[1]


def test_a_moved_session_keeps_its_number_and_the_others_their_dates(
    db: Session, fay: Visitor, noise: tuple[Visitor, Cohort]
) -> None:
    cohort = a_cohort(db, fay)

    cohorts.move_session(db, fay, cohort.session(2).id, LATER, 90, at=NOW)

    moved = stored(db, fay, cohort)
    assert (moved.session(2).starts_local, moved.session(2).minutes) == (LATER, 90)
    assert [meeting for meeting in moved.sessions if meeting.number != 2] == [
        meeting for meeting in cohort.sessions if meeting.number != 2
    ]
    assert moved.phase == cohort.phase + 1
    assert now_of(db, noise) == noise[1]


@pytest.mark.parametrize(
    ("starts", "minutes", "says"),
    [
        (datetime(2026, 1, 4, 14), 120, "04 January 2026 is in the past"),  # noqa: DTZ001
        (LATER, 29, "between 30 minutes and 6 hours"),
        (LATER, 361, "between 30 minutes and 6 hours"),
    ],
)
def test_a_refused_move_changes_nothing(db: Session, fay: Visitor, starts: datetime, minutes: int, says: str) -> None:
    cohort = a_cohort(db, fay)

    with pytest.raises(Refused, match=says):
        cohorts.move_session(db, fay, cohort.session(1).id, starts, minutes, at=NOW)

    assert stored(db, fay, cohort) == cohort


@pytest.mark.parametrize("threshold", [3, 10])
def test_a_threshold_from_three_to_ten_is_kept(
    db: Session, fay: Visitor, noise: tuple[Visitor, Cohort], threshold: int
) -> None:
    cohort = a_cohort(db, fay)

    cohorts.set_threshold(db, fay, cohort.id, threshold)

    assert stored(db, fay, cohort).threshold == threshold
    assert now_of(db, noise).threshold == 5


@pytest.mark.parametrize("threshold", [-1, 0, 2, 11])
def test_any_other_threshold_is_refused(db: Session, fay: Visitor, threshold: int) -> None:
    cohort = a_cohort(db, fay)

    with pytest.raises(Refused, match="between 3 and 10"):
        cohorts.set_threshold(db, fay, cohort.id, threshold)
    assert cohorts.get(db, fay, cohort.id).threshold == 5


def test_changes_at_the_same_moment_all_count(database: str) -> None:
    with write() as db:
        fay = a_facilitator(db)
        cohort = a_cohort(db, fay)

    def rename(name: str) -> None:
        with write() as db:
            cohorts.rename(db, fay, cohort.id, name)

    with ThreadPoolExecutor(4) as others:
        list(others.map(rename, ("One", "Two", "Three", "Four")))

    with read() as db:
        assert cohorts.phase(db, fay, cohort.id) == 4
