"""Where to turn for help, and a pause: who may say so, who is told, and what two at once do."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.pause import LASTS_AT_MOST
from mcm_core.domain.reading import Reading
from mcm_core.services import cohorts, pauses, readings, signposting
from mcm_core.store.engine import read, write
from tests.services.people import NOW, a_facilitator
from tests.services.racing import race
from tests.services.stories import Group, a_group, an_open_round, choose_focus, connections

WORDS = {"danger": "Call 999", "contact": "Ann Lee: 020 7946 0000", "lines": ""}


@pytest.fixture
def group(db: Session) -> Group:
    a_group(db, username="noise", name="Not ours")
    return a_group(db, 3)


def test_nothing_is_written_down_until_a_facilitator_does(db: Session, group: Group) -> None:
    assert signposting.of(db, group.members[0], group.cohort.id) is None

    signposting.write_down(db, group.facilitator, group.cohort.id, **WORDS, at=NOW)

    kept = signposting.of(db, group.members[0], group.cohort.id)
    assert kept is not None
    assert (kept.danger, kept.contact, kept.lines, kept.checked_at) == ("Call 999", WORDS["contact"], "", NOW)


def test_writing_again_replaces_it(db: Session, group: Group) -> None:
    for contact in ("Ann", "Bo"):
        signposting.write_down(db, group.facilitator, group.cohort.id, **{**WORDS, "contact": contact}, at=NOW)

    kept = signposting.of(db, group.facilitator, group.cohort.id)
    assert kept is not None
    assert kept.contact == "Bo"


@pytest.mark.parametrize("left", [{"danger": ""}, {"contact": " "}, {"lines": "Helplines: ____"}])
def test_a_gap_is_refused(db: Session, group: Group, left: dict[str, str]) -> None:
    with pytest.raises(Refused):
        signposting.write_down(db, group.facilitator, group.cohort.id, **{**WORDS, **left}, at=NOW)

    assert signposting.of(db, group.facilitator, group.cohort.id) is None


def test_only_this_cohorts_people_read_and_only_its_facilitators_write(db: Session, group: Group) -> None:
    stranger = a_facilitator(db, "stranger")
    with pytest.raises(NotAllowed):
        signposting.of(db, stranger, group.cohort.id)
    for visitor in (stranger, group.members[0]):
        with pytest.raises(NotAllowed):
            signposting.write_down(db, visitor, group.cohort.id, **WORDS, at=NOW)
        with pytest.raises(NotAllowed):
            pauses.begin(db, visitor, group.cohort.id, at=NOW)
        with pytest.raises(NotAllowed):
            pauses.end(db, visitor, group.cohort.id)
    with pytest.raises(NotAllowed):
        pauses.is_on(db, stranger, group.cohort.id, at=NOW)


def test_a_pause_turns_every_screen_twice(db: Session, group: Group) -> None:
    member, cohort = group.members[0], group.cohort
    start = cohorts.phase(db, member, cohort.id)
    assert not pauses.is_on(db, member, cohort.id, at=NOW)

    pauses.begin(db, group.facilitator, cohort.id, at=NOW)
    assert pauses.is_on(db, member, cohort.id, at=NOW)
    pauses.end(db, group.facilitator, cohort.id)

    assert not pauses.is_on(db, member, cohort.id, at=NOW)
    assert cohorts.phase(db, member, cohort.id) == start + 2


def test_a_tap_on_its_way_counts_during_a_pause(db: Session, group: Group) -> None:
    member = group.members[0]
    round_ = an_open_round(db, group.facilitator, group.cohort)
    choose_focus(db, member, connections())
    pauses.begin(db, group.facilitator, group.cohort.id, at=NOW)

    readings.cast(db, member, round_.id, "tools", Reading(2, 3), at=NOW)

    assert readings.mine(db, member, round_.id)["tools"].current == 2


def test_a_forgotten_pause_does_not_meet_people_next_week(db: Session, group: Group) -> None:
    pauses.begin(db, group.facilitator, group.cohort.id, at=NOW)

    assert pauses.is_on(db, group.members[0], group.cohort.id, at=NOW + LASTS_AT_MOST - timedelta(minutes=1))
    assert not pauses.is_on(db, group.members[0], group.cohort.id, at=NOW + LASTS_AT_MOST)


def test_many_at_once_make_one_pause_and_one_text(database: str) -> None:
    with write() as db:
        group = a_group(db, 3)

    def press(number: int) -> None:
        with write() as db:
            pauses.begin(db, group.facilitator, group.cohort.id, at=NOW)
        with write() as db:
            signposting.write_down(db, group.facilitator, group.cohort.id, **{**WORDS, "contact": f"{number}"}, at=NOW)

    outcomes = race(*(partial(press, number) for number in range(8)))

    assert outcomes == [None] * 8
    with read() as db:
        assert pauses.is_on(db, group.members[0], group.cohort.id, at=NOW)
        kept = signposting.of(db, group.facilitator, group.cohort.id)
    assert kept is not None
    assert kept.contact in {str(number) for number in range(8)}
