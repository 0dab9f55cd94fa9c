from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcm_core.domain.reading import NonAnswer, Reading
from mcm_core.domain.release import Earlier, freeze
from mcm_core.domain.tally import count

LEVEL = st.integers(1, 4)


def answers(*pairs, start=0):
    """Readings by member from (current, desired) pairs; members are numbered from `start`."""
    return {f"m{number}": Reading(*pair) for number, pair in enumerate(pairs, start=start)}


def reveal(given_answers, *, session=1, attempt=1, earlier=(), threshold=5, ordered=True):
    return freeze(
        "tools", given_answers, session_number=session, attempt=attempt, levels=4,
        ordered=ordered, threshold=threshold, earlier=tuple(earlier),
    )  # fmt: skip


def past(given_answers, **options):
    release = reveal(given_answers, **options)
    return Earlier(release.session_number, given_answers, release)


FIVE = answers((1, 2), (2, 3), (2, 4), (3, 3), (2, 4))


def test_five_people_are_enough_for_a_picture():
    release = reveal(FIVE)

    assert release.current.levels == (1, 3, 1, 0)
    assert release.desired.levels == (0, 1, 2, 2)
    assert (release.answered, release.wide_gap, release.withheld) == (5, 2, None)


def test_four_people_show_nothing_but_that_four_answered():
    release = reveal(dict(list(FIVE.items())[:4]))

    shown = {name: value for name, value in asdict(release).items() if value}
    assert shown == {
        "theme": "tools",
        "session_number": 1,
        "attempt": 1,
        "answered": 4,
        "withheld": "Fewer than 5 of us chose a level, so no picture is shown. Talk it through instead.",
    }


@given(st.lists(LEVEL, min_size=4, max_size=4), st.lists(st.sampled_from(list(NonAnswer)), max_size=8))
def test_people_who_chose_no_level_do_not_help_over_the_threshold(levels, non_answers):
    release = reveal(answers(*[(answer, None) for answer in [*levels, *non_answers]]))

    assert release.current is None
    assert release.answered == 4 + len(non_answers)


def test_now_and_hoped_for_are_released_apart():
    release = reveal(answers((1, 2), (2, None), (2, NonAnswer.PASS), (3, 4), (4, 4)))

    assert release.current.n == 5
    assert release.desired is None
    assert release.wide_gap == 0
    assert release.withheld is not None


def test_a_member_who_has_not_answered_is_not_counted_as_having_answered():
    assert reveal({**FIVE, "late": Reading()}) == reveal(FIVE)


def test_an_answer_after_the_reveal_cannot_change_the_frozen_picture():
    given_answers = dict(FIVE)
    release = reveal(given_answers)
    before = asdict(release)

    given_answers["late"] = Reading(4, 4)

    assert asdict(release) == before


def test_a_late_answer_would_be_given_away_by_a_second_picture_so_there_is_none():
    again = reveal({**FIVE, "late": Reading(4, 4)}, attempt=2, earlier=[past(FIVE)])

    assert again.current is None
    assert again.desired is None
    assert "one or two people" in again.withheld


@given(st.lists(LEVEL, min_size=5, max_size=18), st.lists(LEVEL, min_size=1, max_size=2), st.booleans())
def test_a_second_vote_in_the_session_by_one_or_two_people_more_or_fewer_is_withheld(stayed, others, left):
    few = answers(*[(level, None) for level in stayed])
    many = {**few, **answers(*[(level, None) for level in others], start=100)}
    first, second = (many, few) if left else (few, many)

    assert reveal(second, attempt=2, earlier=[past(first)]).current is None


def test_without_the_guard_subtracting_two_pictures_tells_what_the_late_person_chose():
    """The negative control: what the test above withholds would have leaked."""
    late = {**FIVE, "late": Reading(3, 4)}
    first, second = (count((r.current for r in who.values()), levels=4).levels for who in (FIVE, late))

    leaked = [after - before for before, after in zip(first, second, strict=True)]

    assert leaked == [0, 0, 1, 0]


def test_a_second_vote_by_the_same_people_is_shown():
    moved = {who: replace(reading, current=3) for who, reading in FIVE.items()}

    assert reveal(moved, attempt=2, earlier=[past(FIVE)]).current.levels == (0, 0, 5, 0)


def test_three_new_people_hide_each_other():
    more = {**FIVE, **answers((1, 1), (4, 4), (2, 4), start=10)}

    assert reveal(more, attempt=2, earlier=[past(FIVE)]).current.n == 8


def test_a_week_later_one_absence_is_shown_when_the_rest_of_the_picture_moved_too():
    next_week = {who: Reading(3, 4) for who in FIVE} | {"m9": Reading(3, 4)}

    assert reveal(next_week, session=2, earlier=[past(FIVE)]).current.n == 6


def test_a_week_later_one_absence_is_withheld_when_the_rest_of_the_picture_stood_still():
    assert reveal({**FIVE, "m9": Reading(4, 4)}, session=2, earlier=[past(FIVE)]).current is None


def test_shifts_compare_with_the_first_and_the_last_session_by_the_same_people():
    s1 = past(FIVE)
    s2 = past({who: Reading(2, 3) for who in FIVE}, session=2, earlier=[s1])

    shifts = reveal({who: Reading(3, 4) for who in FIVE}, session=3, earlier=[s1, s2]).shifts

    assert [(shift.from_session, shift.to_session) for shift in shifts] == [(1, 3), (2, 3)]
    assert (shifts[0].current.up, shifts[0].current.same, shifts[0].current.down) == (4, 1, 0)
    assert shifts[1].desired.up == 5


def test_a_shift_needs_as_many_paired_people_as_a_picture_does():
    strangers = answers(*[(3, 4)] * 6, start=4)

    (shift,) = reveal(strangers, session=2, earlier=[past(FIVE)]).shifts

    assert shift.current is None
    assert shift.desired is None


def test_levels_without_order_have_no_shift_and_no_gap():
    first = past(FIVE, ordered=False)

    release = reveal({who: Reading(3, 4) for who in FIVE}, session=2, ordered=False, earlier=[first])

    assert release.shifts == ()
    assert release.wide_gap == 0
    assert release.current is not None


@pytest.mark.parametrize("threshold", [3, 5, 10])
def test_the_threshold_is_the_cohorts_own(threshold):
    enough = answers(*[(2, 3)] * threshold)
    one_less = answers(*[(2, 3)] * (threshold - 1))

    assert reveal(enough, threshold=threshold).current is not None
    assert reveal(one_less, threshold=threshold).current is None
