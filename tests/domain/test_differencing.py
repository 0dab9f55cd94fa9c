"""An onlooker reckons with the pictures and the movements that were shown, and finds nobody's answer."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from mcm_core.domain.reading import NonAnswer, Reading
from mcm_core.domain.release import Earlier, freeze
from mcm_core.domain.shift import movement


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


STAYED = [1, 1, 2, 3, 4, 1, 2, 4]


def test_somebody_who_may_be_another_keeps_no_shift_closed():
    """Five moved up and eight stayed: the fourteenth may have been at Forming, or at Maturing, too."""
    then, now = [1, 1, 2, 2, 3, *STAYED, 2], [2, 2, 3, 3, 4, *STAYED]
    second = picture(answers(now), session=2, earlier=[past(answers(then))])

    assert [(shift.current.up, shift.current.same) for shift in second.shifts] == [(5, 8)]


def test_in_a_group_of_up_to_twelve_who_moved_is_told_of_the_same_people_only():
    """Three newcomers hide each other in a picture, but not what those moved who were there both times."""
    then, now = [1, 2, 2, 3, 3, 1, 4, 2, 3], [2, 3, 3, 4, 4, 2, 4, 3, 4]
    same = picture(answers(now), session=2, earlier=[past(answers(then))])
    three_more = picture(answers([*now, 1, 2, 4]), session=2, earlier=[past(answers(then))])
    three_less = picture(answers(now[:6]), session=2, earlier=[past(answers(then))])

    assert [(shift.current.up, shift.current.same) for shift in same.shifts] == [(8, 1)]
    assert three_more.current
    assert three_less.current
    assert [shift.current for one in (three_more, three_less) for shift in one.shifts] == [None, None]


def test_that_seven_stayed_at_the_top_is_not_told_of_a_picture_in_which_three_others_were_lower():
    """All seven of the last session are at the top: that picture says so. How they got there tells of the first one."""
    first = past(answers([4, 4, 4, 4, 4, 4, 4, 1, 2, 3]))
    seven = picture(answers([4] * 7), session=6, earlier=[first])

    assert seven.current
    assert [shift.current for shift in seven.shifts] == [None]


def test_that_all_moved_up_is_told_where_both_pictures_say_it_anyway():
    second = picture(answers([3, 3, 4, 4, 4, 2]), session=2, earlier=[past(answers([2] * 6))])

    assert [(shift.current.up, shift.current.same) for shift in second.shifts] == [(5, 1)]


def test_in_the_last_session_who_moved_since_the_first_is_told_where_three_hide_each_other():
    then, now = [1, 2, 2, 3, 3, 1, 4, 2, 3], [2, 3, 3, 4, 4, 2, 4, 3, 4]
    three_less, one_less = (picture(answers(now[:n]), session=6, earlier=[past(answers(then))]) for n in (6, 8))

    assert [(shift.current.up, shift.current.same) for shift in three_less.shifts] == [(6, 0)]
    assert one_less.current
    assert [shift.current for shift in one_less.shifts] == [None]


def test_in_a_small_group_whoever_was_there_only_once_keeps_it_closed():
    """The same without those who stayed: two levels fit, one of them far better."""
    second = picture(answers([2, 2, 3, 3, 4]), session=2, earlier=[past(answers([1, 2, 2, 3, 3, 2]))])

    assert [shift.current for shift in second.shifts] == [None]


def test_who_moved_stays_closed_with_the_earlier_picture():
    """Hopes of session 2 stay closed, as six of seven hope for the same as before; so does how the six move on.
    It was shown once, because only the later picture was asked for: the intruder of T18 found it."""

    def given(hopes, now):
        return {f"m{place}": Reading(level, hope) for place, (hope, level) in enumerate(zip(hopes, now, strict=True))}

    first = past(given([2, 3, 3, 4, 4, 4, 2], now=[1, 1, 2, 2, 3, 3, 1]))
    second = past(given([2, 3, 3, 4, 4, 4], now=[2, 2, 3, 3, 3, 4]), session=2, earlier=[first])
    third = picture(given([4, 4, 4, 4, 4, 4], now=[3, 3, 3, 4, 4, 4]), session=3, earlier=[first, second])

    assert second.release.current
    assert second.release.desired is None
    assert third.desired
    assert [shift.desired for shift in third.shifts] == [None, None]


def test_a_changed_relationship_hides_who_came_later():
    """Their own move is not counted and nobody knows whose it is, so their level may be the newcomer's."""
    then = {who: replace(reading, focus="calls") for who, reading in answers([1, 1, 2, 2, 3, 3, *STAYED]).items()}
    now = {who: replace(then[who], current=level) for who, level in zip(then, [2, 2, 3, 3, 4, 4, *STAYED], strict=True)}
    now["m5"] = Reading(2, None, focus="food bank")
    newcomer = {**now, "late": Reading(4, None, focus="calls")}

    (shift,) = picture(newcomer, session=2, earlier=[past(then)]).shifts

    assert (shift.current.n, shift.current.up) == (13, 5)


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
