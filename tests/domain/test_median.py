import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcm_core.domain.median import in_words, median
from mcm_core.domain.tally import Tally, count
from tests.builders import instrument, unordered


@pytest.mark.parametrize(
    ("levels", "middle", "words"),
    [
        ((4, 6, 2, 0), (2, 2), "Forming"),
        ((2, 4, 5, 1), (2, 3), "between Forming and Maturing"),
        ((5, 0, 0, 5), (1, 4), "between Early stages and Embedded"),
        ((0, 0, 0, 1), (4, 4), "Embedded"),
        ((1, 1, 1, 0), (2, 2), "Forming"),
    ],
)
def test_the_middle_is_a_level_or_lies_between_two(levels, middle, words):
    tally = Tally(levels)

    assert median(tally) == middle
    assert in_words(instrument(), tally) == words


def test_people_who_chose_no_level_do_not_pull_the_middle():
    assert median(Tally((0, 1, 0, 0), not_sure=5, does_not_apply=2, passed=3)) == (2, 2)


def test_nobody_has_no_middle():
    nobody = Tally((0, 0, 0, 0), passed=3)

    assert median(nobody) is None
    assert in_words(instrument(), nobody) == "nobody chose a level"


def test_levels_without_order_have_no_middle():
    with pytest.raises(ValueError, match="no order"):
        in_words(unordered(), Tally((1, 2, 1, 0)))


@given(st.lists(st.integers(1, 4), min_size=1))
def test_the_middle_is_where_the_middle_people_stand_and_never_a_number(answers):
    tally = count(answers, levels=4)
    line = sorted(answers)

    assert median(tally) == (line[(len(line) - 1) // 2], line[len(line) // 2])
    assert not any(character.isdigit() for character in in_words(instrument(), tally))
