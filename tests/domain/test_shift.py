import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcm_core.domain.reading import NonAnswer
from mcm_core.domain.shift import Movement, movement

ANSWER = st.sampled_from([None, *NonAnswer, 1, 2, 3, 4])
LEVEL = st.integers(1, 4)


def test_people_are_counted_by_direction_and_those_at_the_top_apart():
    moved = movement([(1, 3), (2, 2), (4, 4), (4, 4), (3, 2)], top=4)

    assert moved == Movement(up=1, same=3, down=1, at_top=2, steps=1)
    assert moved.n == 5
    assert moved.net_share == 0


@given(st.lists(st.tuples(ANSWER, ANSWER)))
def test_only_people_with_two_levels_are_paired(pairs):
    paired = [(was, now) for was, now in pairs if was in (1, 2, 3, 4) and now in (1, 2, 3, 4)]

    assert movement(pairs, top=4) == movement(paired, top=4)
    assert movement(pairs, top=4).n == len(paired)


def test_someone_who_answered_once_is_never_counted_as_the_same():
    assert movement([(2, None), (None, 2), (2, NonAnswer.NOT_SURE)], top=4) == Movement(0, 0, 0)


def test_nobody_paired_is_no_movement():
    assert movement([], top=4).net_share == 0


@given(st.lists(st.tuples(LEVEL, LEVEL, LEVEL, LEVEL), min_size=1))
def test_we_moved_and_we_moved_the_bar_sum_to_the_change_of_gap(people):
    """Each person: current then, desired then, current now, desired now. Exact for people with all four answers."""
    moved = movement([(was, now) for was, _, now, _ in people], top=4)
    bar = movement([(was, now) for _, was, _, now in people], top=4)
    gap_change = sum((hoped - now) - (hoped_then - then) for then, hoped_then, now, hoped in people)

    assert bar.steps - moved.steps == gap_change


@pytest.mark.parametrize(
    ("people", "moved", "bar"),
    [
        ([(1, 3, 2, 3), (2, 3, 3, 3)], 2, 0),  # the gap closed because we moved
        ([(2, 4, 2, 3), (1, 3, 1, 2)], 0, -2),  # the gap closed because we lowered the bar
        ([(2, 3, 3, 4), (1, 2, 2, 3)], 2, 2),  # the gap stayed: we moved, and so did our hope
    ],
)
def test_pure_and_mixed_stories_stay_apart(people, moved, bar):
    assert movement([(then, now) for then, _, now, _ in people], top=4).steps == moved
    assert movement([(then, now) for _, then, _, now in people], top=4).steps == bar
