from dataclasses import replace

import pytest

from mcm_core.domain.release import Release
from mcm_core.domain.talk import TalkFirst, talk_first
from mcm_core.domain.tally import Tally
from tests.builders import instrument, unordered

MIXED, CAMPS, AGREED = (0, 5, 5, 2), (6, 0, 0, 6), (0, 12, 0, 0)


def release(theme, levels, *, wide=0, answered=12):
    return Release(theme, 1, 1, answered, Tally(levels), Tally(levels), wide_gap=wide)


def test_the_theme_with_least_agreement_comes_first_and_the_sentence_says_why():
    found = talk_first(instrument(), [release("feelings", AGREED), release("tools", CAMPS, wide=6)])

    assert found == TalkFirst(
        "tools", "Talk about Tools first: half of us hope for at least two levels more, and we are in two camps."
    )


def test_among_equal_agreement_the_wider_gap_comes_first():
    found = talk_first(instrument(), [release("space", CAMPS, wide=4), release("skills", CAMPS[::-1], wide=7)])

    assert found == TalkFirst(
        "skills", "Talk about Skills first: 7 of 12 hope for at least two levels more, and we are in two camps."
    )


def test_among_equals_safety_comes_first():
    found = talk_first(instrument(), [release("feelings", CAMPS), release("safety", CAMPS)])

    assert found.theme == "safety"


@pytest.mark.parametrize(
    ("levels", "wide", "sentence"),
    [
        (AGREED, 12, "all of us hope for at least two levels more, and we mostly agree on where it is now."),
        (AGREED, 0, "we mostly agree on where it is now."),
        ((3, 3, 3, 3), 0, "our answers are spread."),
        ((2, 4, 5, 1), 0, "our answers are mixed."),
    ],
)
def test_the_sentence_is_plain_for_every_kind_of_picture(levels, wide, sentence):
    found = talk_first(instrument(), [release("tools", levels, wide=wide)])

    assert found.sentence == f"Talk about Tools first: {sentence}"


@pytest.mark.parametrize("wide", [1, 2])
def test_a_gap_of_one_or_two_people_is_not_spoken_of(wide):
    assert "hope" not in talk_first(instrument(), [release("tools", CAMPS, wide=wide)]).sentence


def test_no_percentage_is_said():
    for wide in range(13):
        assert "%" not in talk_first(instrument(), [release("tools", CAMPS, wide=wide)]).sentence


def test_nothing_is_suggested_when_nothing_is_released_or_levels_have_no_order():
    withheld = replace(release("tools", CAMPS), current=None, desired=None, withheld="Fewer than 5 of us.")

    assert talk_first(instrument(), []) is None
    assert talk_first(instrument(), [withheld]) is None
    assert talk_first(unordered(), [release("this_week", CAMPS)]) is None
