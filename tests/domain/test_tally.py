from hypothesis import given
from hypothesis import strategies as st

from mcm_core.domain.reading import NonAnswer
from mcm_core.domain.tally import Tally, count

ANSWERS = st.lists(st.sampled_from([None, *NonAnswer, 1, 2, 3, 4]))


def test_levels_and_the_three_ways_of_not_choosing_one_are_counted_apart():
    answers = [1, 2, 2, 4, NonAnswer.NOT_SURE, NonAnswer.DOES_NOT_APPLY, NonAnswer.PASS, NonAnswer.PASS, None]

    tally = count(answers, levels=4)

    assert tally == Tally(levels=(1, 2, 0, 1), not_sure=1, does_not_apply=1, passed=2)
    assert (tally.n, tally.non_answers) == (4, 4)


def test_nobody_is_an_empty_tally_with_every_level():
    assert count([], levels=4) == Tally(levels=(0, 0, 0, 0))


@given(ANSWERS)
def test_everybody_who_answered_is_counted_once(answers):
    tally = count(answers, levels=4)

    assert tally.n + tally.non_answers == sum(answer is not None for answer in answers)


@given(ANSWERS, st.randoms())
def test_the_order_of_answers_does_not_matter(answers, chance):
    shuffled = list(answers)
    chance.shuffle(shuffled)

    assert count(shuffled, levels=4) == count(answers, levels=4)
