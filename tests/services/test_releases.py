"""What is shown of a round: nothing before the reveal, one frozen picture after it, and never one person's answer."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from mcm_core.domain.errors import Refused
from mcm_core.domain.reading import Reading
from mcm_core.services import cohorts, members, readings, releases, rounds
from mcm_core.store.tables import ReleaseRow
from tests.services.people import NOW
from tests.services.stories import (
    a_card,
    a_group,
    an_open_round,
    answer,
    choose_focus,
    close_and_reveal,
    connections,
    run_round,
)


@pytest.fixture
def group(db):
    return a_group(db, 8)


@pytest.fixture(autouse=True)
def noise(request):
    """Another cohort that answers the same question in the same weeks, all at Embedded."""
    if "db" not in request.fixturenames:
        return None
    db = request.getfixturevalue("db")
    other = a_group(db, username="olga", name="Other group")
    for number in (1, 2):
        run_round(db, other.facilitator, other.cohort, other.members, number, [(4, 4)] * 5)
    return other


def frozen(db, round_) -> str:
    """The stored pictures of a round, to the letter."""
    rows = db.execute(
        select(ReleaseRow.theme, ReleaseRow.picture).where(ReleaseRow.round_id == round_.id).order_by(ReleaseRow.theme)
    )
    return json.dumps([list(row) for row in rows])


def vote_again(db, group, round_, who, answers):
    again = rounds.vote_again(db, group.facilitator, round_.id, at=NOW)
    answer(db, again, who, answers, at=NOW)
    return close_and_reveal(db, group.facilitator, again, at=NOW)


def tools(db, group, round_):
    return releases.of_round(db, group.members[0], round_)["tools"]


def test_nothing_that_happens_after_the_reveal_changes_the_picture(db, group):
    first = run_round(db, group.facilitator, group.cohort, group.members, 1, [(2, 3)] * 7 + [None])
    before = frozen(db, first)

    with pytest.raises(Refused):
        readings.cast(db, group.members[0], first.id, "tools", Reading(4, 4), at=NOW)
    second = vote_again(db, group, first, group.members, [(4, 4)] * 8)
    cohorts.set_threshold(db, group.facilitator, group.cohort.id, 10)
    members.remove(db, group.facilitator, group.members[1].member_id, at=NOW)
    run_round(db, group.facilitator, group.cohort, group.members[2:], 2, [(1, 1)] * 6)

    assert frozen(db, first) == before
    assert tools(db, group, first).current.levels == (0, 7, 0, 0)
    assert second.attempt == 2


def test_four_answers_show_nothing_but_that_four_answered(db, group):
    revealed = run_round(db, group.facilitator, group.cohort, group.members[:4], 1, [(1, 2), (2, 3), (3, 4), (4, 4)])

    shown = releases.of_round(db, group.facilitator, revealed)

    assert {release.answered for release in shown.values()} == {4}
    assert {(release.current, release.desired, release.shifts) for release in shown.values()} == {(None, None, ())}
    assert all("Fewer than 5 of us" in release.withheld for release in shown.values())


def test_a_round_that_nobody_answered_is_revealed_as_empty(db, group):
    shown = releases.of_round(
        db, group.facilitator, run_round(db, group.facilitator, group.cohort, group.members, 1, [None] * 8)
    )

    assert {(release.answered, release.of, release.current) for release in shown.values()} == {(0, 8, None)}


@pytest.mark.parametrize("late", [1, 2])
def test_a_vote_again_with_one_or_two_people_more_stays_closed(db, group, late):
    there = group.members[: 8 - late]
    first = run_round(db, group.facilitator, group.cohort, there, 1, [(2, 3)] * len(there))

    second = vote_again(db, group, first, group.members, [(3, 4)] * 8)

    assert tools(db, group, first).current is not None
    assert tools(db, group, second).current is None
    assert "one or two people" in tools(db, group, second).withheld


def test_a_vote_again_that_stays_closed_keeps_its_shift_closed(db, group):
    run_round(db, group.facilitator, group.cohort, group.members, 1, [(2, 3)] * 8)
    first = run_round(db, group.facilitator, group.cohort, group.members[:5], 6, [(3, 4)] * 5)
    second = vote_again(db, group, first, group.members[:6], [(3, 4)] * 5 + [(4, 1)])

    assert tools(db, group, first).shifts[0].current.up == 5
    assert [(shift.current, shift.desired) for shift in tools(db, group, second).shifts] == [(None, None)]


def test_a_vote_again_with_one_new_pair_keeps_its_shift_closed(db):
    """Four newcomers hide each other in the picture; only one of them was there in session 1."""
    group = a_group(db, 12)
    run_round(db, group.facilitator, group.cohort, group.members[:9], 1, [(2, 3)] * 9)
    first = run_round(db, group.facilitator, group.cohort, group.members[:5], 6, [(3, 4)] * 5)
    second = vote_again(db, group, first, [*group.members[:6], *group.members[9:]], [(3, 4)] * 9)

    assert tools(db, group, first).shifts[0].current.n == 5
    assert tools(db, group, second).current.n == 9
    assert tools(db, group, second).shifts[0].current is None


@pytest.mark.parametrize(("stayed", "told"), [([], False), ([1, 1, 2, 3, 4, 1, 2, 4], True)])
def test_in_a_small_group_one_absence_keeps_the_shift_closed(db, stayed, told):
    """Five moved up; whoever was away may have been at Forming or at Maturing."""
    then, now = [1, 1, 2, 2, 3, *stayed, 2], [2, 2, 3, 3, 4, *stayed]
    group = a_group(db, len(then))
    run_round(db, group.facilitator, group.cohort, group.members, 1, [(level, None) for level in then])
    second = run_round(db, group.facilitator, group.cohort, group.members[:-1], 2, [(level, None) for level in now])

    assert (tools(db, group, second).shifts[0].current is not None) is told


def test_somebody_erased_still_counts_when_pictures_are_compared(db, group):
    first = run_round(db, group.facilitator, group.cohort, group.members[:6], 1, [(2, 3)] * 5 + [(4, 4)])
    members.remove(db, group.facilitator, group.members[5].member_id, at=NOW)

    second = vote_again(db, group, first, group.members[:5], [(2, 3)] * 5)

    assert tools(db, group, first).current.levels == (0, 5, 0, 1)
    assert tools(db, group, second).current is None


def test_a_changed_relationship_is_not_paired(db, group):
    run_round(db, group.facilitator, group.cohort, group.members, 1, [(2, 3)] * 8)
    for member in group.members[:2]:
        choose_focus(db, member, connections(), "the food bank")
    second = run_round(db, group.facilitator, group.cohort, group.members, 2, [(3, 3)] * 8)

    (shift,) = tools(db, group, second).shifts

    assert (shift.current.n, shift.current.up, shift.desired.same) == (6, 6, 6)


def test_another_question_is_never_compared(db, group):
    run_round(db, group.facilitator, group.cohort, group.members, 1, [(2, 3)] * 8)
    we = run_round(db, group.facilitator, group.cohort, group.members, 2, [(3, 3)] * 8, card=a_card(lens="We"))

    assert tools(db, group, we).shifts == ()


def test_an_open_round_shows_nothing_to_anybody(db, group):
    opened = an_open_round(db, group.facilitator, group.cohort)
    answer(db, opened, group.members, [(2, 3)] * 8, at=NOW)
    closed = rounds.close(db, group.facilitator, opened.id, version=opened.version, at=NOW)

    for visitor in (group.facilitator, *group.members):
        assert releases.of_round(db, visitor, closed) == {}
        assert rounds.votes_of(db, visitor, closed) == ()


def test_a_threshold_lowered_after_the_opening_shows_no_more_than_members_were_told(db):
    group = a_group(db, 4)
    round_ = an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=["tools"]))
    answer(db, round_, group.members, [(2, 3)] * 4, at=NOW)
    cohorts.set_threshold(db, group.facilitator, group.cohort.id, 3)

    shown = releases.of_round(db, group.facilitator, close_and_reveal(db, group.facilitator, round_, at=NOW))

    assert shown["tools"].current is None
    assert "Fewer than 5" in (shown["tools"].withheld or "")
