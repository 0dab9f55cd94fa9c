"""What is shown of a round: nothing before the reveal, one frozen picture after it, and never one person's answer."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from mcm_core.domain.errors import Refused
from mcm_core.domain.reading import NonAnswer, Reading
from mcm_core.domain.release import Earlier, freeze
from mcm_core.domain.shift import movement
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
    members.remove(db, group.facilitator, group.members[1].member_id)
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
    first = run_round(db, group.facilitator, group.cohort, group.members[:7], 2, [(3, 4)] * 7)
    second = vote_again(db, group, first, group.members, [(3, 4)] * 7 + [(4, 1)])

    assert tools(db, group, first).shifts[0].current.up == 7
    assert [(shift.current, shift.desired) for shift in tools(db, group, second).shifts] == [(None, None)]


def test_a_vote_again_with_one_new_pair_keeps_its_shift_closed(db, group):
    """Three newcomers hide each other in the picture; only one of them was there in session 1."""
    run_round(db, group.facilitator, group.cohort, group.members[:6], 1, [(2, 3)] * 6)
    first = run_round(db, group.facilitator, group.cohort, group.members[:5], 2, [(3, 4)] * 5)
    second = vote_again(db, group, first, group.members, [(3, 4)] * 8)

    assert tools(db, group, first).shifts[0].current.n == 5
    assert tools(db, group, second).current.n == 8
    assert tools(db, group, second).shifts[0].current is None


def test_somebody_erased_still_counts_when_pictures_are_compared(db, group):
    first = run_round(db, group.facilitator, group.cohort, group.members[:6], 1, [(2, 3)] * 5 + [(4, 4)])
    members.remove(db, group.facilitator, group.members[5].member_id)

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


def answers(levels, start=0):
    return {f"m{place}": Reading(level, None) for place, level in enumerate(levels, start=start)}


def picture(given_answers, *, session=1, attempt=1, earlier=()):
    return freeze(
        "tools", given_answers, session_number=session, attempt=attempt, levels=4, ordered=True, threshold=5,
        earlier=tuple(earlier),
    )  # fmt: skip


def past(given_answers, **options):
    release = picture(given_answers, **options)
    return Earlier(release.session_number, given_answers, release)


LEVELS = st.lists(st.integers(1, 4), min_size=6, max_size=12)


@given(LEVELS, LEVELS)
def test_no_sum_of_steps_is_shown(then, now):
    second = picture(answers(now), session=2, earlier=[past(answers(then))])

    assert {moved.steps for shift in second.shifts for moved in (shift.current, shift.desired) if moved} <= {0}


def test_the_negative_control_of_the_sum_of_steps():
    """With it, 2 + 2 + 2 + 2 + 2 + 4 − (15 − 5) = 4 would be the level of the sixth person, who was away later."""
    then, now = [2, 2, 2, 2, 2, 4], [3, 3, 3, 3, 3]
    steps = sum(after - before for before, after in zip(then, now, strict=False))

    assert sum(then) - (sum(now) - steps) == then[-1]


def fitting(then: list[int], now: tuple[int, ...], moved) -> set[int]:
    """The attacker, with pen and patience: every level that somebody who is in the first picture alone can have had."""

    def fits(left: tuple[int, ...], to_place: list[int], up: int, same: int, top: int) -> bool:
        if not to_place:
            return (up, same, top) == (0, 0, 0)
        after, *rest = to_place
        return any(
            fits(
                (*left[:before], left[before] - 1, *left[before + 1 :]), rest,
                up - (after > before), same - (after == before), top - (after == before == 3),
            )
            for before in range(4) if left[before]
        )  # fmt: skip

    later = [code for code, count in enumerate(now) for _ in range(count)]
    counts = [then.count(code) for code in range(1, 5)]
    return {
        level
        for level in range(4)
        if counts[level]
        and fits(tuple(c - (code == level) for code, c in enumerate(counts)), later, moved.up, moved.same, moved.at_top)
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(-1, 1)), min_size=6, max_size=8))
def test_whoever_was_away_may_have_answered_more_than_one_thing(people):
    then = [level for level, _ in people]
    now = [min(4, max(1, level + step)) for level, step in people[:-1]]
    second = picture(answers(now), session=2, earlier=[past(answers(then))])

    for shift in second.shifts:
        if shift.current and len(set(then)) > 1:
            assert len(fitting(then, second.current.levels, shift.current)) > 1


def test_the_negative_control_of_the_attacker():
    """Five of six all moved up by one, as the pictures say; then the sixth, away in session 2, was at Embedded."""
    then, now = [1, 1, 2, 2, 3, 4], [2, 2, 3, 3, 4]
    second = picture(answers(now), session=2, earlier=[past(answers(then))])

    assert second.current.levels == (0, 2, 2, 1)
    assert fitting(then, second.current.levels, movement(zip(then, now, strict=False), top=4)) == {3}
    assert [shift.current for shift in second.shifts] == [None]


def test_somebody_who_may_be_another_keeps_no_shift_closed():
    """Three moved up and two stayed: the sixth may have been at Forming, or at Maturing, too."""
    then, now = [1, 2, 2, 3, 3, 2], [2, 2, 3, 3, 4]
    second = picture(answers(now), session=2, earlier=[past(answers(then))])

    assert [(shift.current.up, shift.current.same) for shift in second.shifts] == [(3, 2)]


def test_a_changed_relationship_hides_who_came_later():
    """Their own move is not counted and nobody knows whose it is, so their level may be the newcomer's."""
    then = {who: replace(reading, focus="calls") for who, reading in answers([1, 1, 2, 2, 3, 3]).items()}
    now = {who: replace(reading, current=reading.current + 1) for who, reading in then.items()}
    now["m5"] = Reading(2, None, focus="food bank")
    newcomer = {**now, "late": Reading(4, None, focus="calls")}

    (shift,) = picture(newcomer, session=2, earlier=[past(then)]).shifts

    assert (shift.current.n, shift.current.up) == (5, 5)


@given(LEVELS, st.lists(st.integers(1, 4), min_size=1, max_size=2), LEVELS)
def test_a_vote_again_never_tells_how_one_or_two_newcomers_moved(levels, late, before):
    week1 = past(answers(before[: len(levels)] + late * 12))
    first = past(answers(levels), session=2, earlier=[week1])
    second = picture({**answers(levels), **answers(late, len(levels))}, session=2, attempt=2, earlier=[week1, first])

    assert all(shift.current is None for shift in second.shifts)


def test_one_who_now_prefers_not_to_say_is_not_given_away():
    five = answers([1, 2, 2, 3, 4])
    first = past(five)

    late = picture({**five, "late": Reading(NonAnswer.PASS)}, attempt=2, earlier=[first])

    assert late.current is None


def test_people_who_all_answer_anew_are_shown():
    first = past(answers([1, 2, 2, 3, 4, 4]))

    assert picture({who: replace(reading, current=2) for who, reading in first.answers.items()}, attempt=2,
                   earlier=[first]).current.levels == (0, 6, 0, 0)  # fmt: skip


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
