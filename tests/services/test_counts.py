"""The figures that leave the services: answers that were stored, and of anonymous ones nothing until the reveal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest

from mcm_core.domain.errors import Refused
from mcm_core.domain.mode import Mode
from mcm_core.domain.reading import Reading
from mcm_core.services import bags, members, readings, rounds
from mcm_core.services.readings import PRESENT
from mcm_core.store import counts
from mcm_core.store.engine import read, write
from mcm_core.store.together import write_together
from tests.services.people import NOW
from tests.services.stories import a_group_with_focus, an_anonymous_round, an_open_round, close_and_reveal, drop

SINCE = NOW - PRESENT


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, int]]]:
    """Every figure that went up, in order."""
    heard: list[tuple[str, int]] = []
    monkeypatch.setattr(counts, "_listeners", [])
    counts.on_count(lambda what, by: heard.append((what, by)))
    return heard


@pytest.fixture
def group(database):
    with write() as db:
        return a_group_with_focus(db, 6)


def vote(group, round_, level=2):
    return write_together(lambda db: readings.cast(db, group.members[0], round_.id, "tools", Reading(level, 3), at=NOW))


def test_a_vote_counts_once_it_is_stored(group, counted):
    with write() as db:
        round_ = an_open_round(db, group.facilitator, group.cohort)

    vote(group, round_)
    with pytest.raises(Refused):
        vote(group, round_, level=99)
    with suppress(ZeroDivisionError), write() as db:
        readings.cast(db, group.members[1], round_.id, "tools", Reading(2, 3), at=NOW)
        raise ZeroDivisionError

    assert counted == [(counts.VOTES, 1)]


def test_of_anonymous_answers_nothing_counts_until_the_reveal_and_then_all_at_once(group, counted):
    with write() as db:
        round_ = an_anonymous_round(db, group)
    for member in group.members:
        with write() as db:
            drop(db, round_, [member], [(2, 3)])
        assert counted == []

    with write() as db:
        close_and_reveal(db, group.facilitator, round_, at=NOW)

    assert counted == [(counts.VOTES, 6 * len(round_.card.asked))]


def test_an_anonymous_answer_may_come_while_its_round_is_open_and_somebody_is_here(group):
    def may_come(since=SINCE):
        with read() as db:
            return bags.may_come(db, since=since)

    assert not may_come()
    with write() as db:
        round_ = an_anonymous_round(db, group)
    assert may_come()
    assert not may_come(NOW + timedelta(seconds=1)), "nobody has been here since"

    with write() as db:
        rounds.close(db, group.facilitator, round_.id, version=round_.version, at=NOW)
    assert not may_come()


def test_a_round_of_another_kind_holds_nothing_back(group):
    with write() as db:
        round_ = an_open_round(db, group.facilitator, group.cohort)
        assert round_.card.mode is not Mode.ANONYMOUS
        assert not bags.may_come(db, since=SINCE)


def test_the_facilitator_sees_how_many_are_connected_and_who_is_not(group):
    there = {group.members[0].sign_in, group.members[2].sign_in}
    with read() as db:
        found = members.present(db, group.facilitator, group.cohort.id, at=NOW, is_connected=there.__contains__)
        later = members.present(
            db, group.facilitator, group.cohort.id, at=NOW + PRESENT, is_connected=there.__contains__
        )

    assert (found.here, found.connected) == (6, 2)
    assert set(found.away) == {one.name for one in group.members if one.sign_in not in there}
    assert later.here == 0, "who has not been seen for hours is not here"


def test_while_an_anonymous_round_is_open_nobody_is_named(group):
    with write() as db:
        round_ = an_anonymous_round(db, group)

    def away():
        with read() as db:
            return members.present(db, group.facilitator, group.cohort.id, at=NOW, is_connected=lambda _: False).away

    assert away() == ()
    with write() as db:
        rounds.close(db, group.facilitator, round_.id, version=round_.version, at=NOW)
    assert len(away()) == 6
