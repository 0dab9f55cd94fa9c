import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcm_core.domain.agreement import agreement, consensus, in_words

VECTORS = [
    ([30, 40, 210, 130, 530, 50, 10], 0.6113333, 0.7256876),
    ([10, 0, 0, 0], 1, 1),
    ([0, 5, 5, 0], 0.667, 0.737),
    ([3, 3, 3, 3], 0, 0.368),
    ([5, 0, 5, 0], -0.167, 0.415),
    ([5, 0, 0, 5], -1, 0),
    ([0, 2, 7, 3], 0.611, 0.737),
    ([4, 1, 1, 4], -0.6, 0.147),
]
COUNTS = st.lists(st.integers(0, 20), min_size=3, max_size=7).filter(any)


@pytest.mark.parametrize(("counts", "a", "cns"), VECTORS)
def test_published_and_worked_vectors_come_out_to_three_decimals(counts, a, cns):
    assert agreement(counts) == pytest.approx(a, abs=5e-4)
    assert consensus(counts) == pytest.approx(cns, abs=5e-4)


def test_the_worked_case_agrees_less_at_the_end_than_at_the_start():
    assert agreement([4, 6, 2, 0]) == pytest.approx(0.556, abs=5e-4)
    assert agreement([2, 4, 5, 1]) == pytest.approx(0.389, abs=5e-4)


@given(COUNTS)
def test_agreement_lies_between_two_camps_and_all_agree_and_reads_the_same_backwards(counts):
    a = agreement(counts)

    assert -1 - 1e-9 <= a <= 1 + 1e-9
    assert agreement(counts[::-1]) == pytest.approx(a)


@given(COUNTS, st.integers(2, 9))
def test_agreement_and_consensus_do_not_depend_on_how_many_people_there_are(counts, times):
    many = [count * times for count in counts]

    assert agreement(many) == pytest.approx(agreement(counts))
    assert consensus(many) == pytest.approx(consensus(counts))


@given(st.integers(0, 4), st.integers(1, 20))
def test_everybody_on_one_level_is_full_agreement(level, people):
    counts = [people if code == level else 0 for code in range(5)]

    assert agreement(counts) == 1
    assert consensus(counts) == pytest.approx(1)


@pytest.mark.parametrize("measure", [agreement, consensus])
@pytest.mark.parametrize("counts", [[], [0, 0, 0]])
def test_no_answers_have_no_agreement_and_the_error_says_so(measure, counts):
    with pytest.raises(ValueError, match="Nobody chose a level"):
        measure(counts)


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="cannot be negative"):
        agreement([3, -1, 2])


def test_scales_of_one_or_two_levels_are_measured_without_triples():
    assert agreement([4]) == consensus([4]) == 1
    assert agreement([4, 0]) == 1
    assert agreement([2, 2]) == 0


@pytest.mark.parametrize(
    ("a", "words"),
    [
        (1, "mostly agreed"), (0.6, "mostly agreed"), (0.5999, "mixed"), (0.2, "mixed"),
        (0.1999, "spread"), (0, "spread"), (-0.2, "spread"), (-0.2001, "two camps"), (-1, "two camps"),
    ],
)  # fmt: skip
def test_agreement_is_said_in_words(a, words):
    assert in_words(a) == words
