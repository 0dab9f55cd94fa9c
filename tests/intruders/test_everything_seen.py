"""The first intruder: every picture, every count of who moved, who was in the room, and up to two accomplices (T18).

`python -m tests.security` plays 200 cohorts (tests/security/onlookers.py); here are enough to notice a change.
"""

from __future__ import annotations

from random import Random

import pytest

from mcm_core.domain import release
from mcm_core.domain.mode import Mode
from tests.intruders.cohorts import LEVELS, Life, lives
from tests.intruders.onlooker import Score, attack

BAR = 0.02
SMALL = range(5, 10)


def play(mode: Mode, cohorts: int, *, sizes: range, steps: int, seed: int = 18) -> list[Score]:
    """Attack so many cohorts; one score for no, one and two accomplices."""
    scores = [Score(), Score(), Score()]
    chosen = (life for life in lives(cohorts, mode, seed=seed) if len(life.members) in sizes)
    for place, life in enumerate(chosen):
        accomplices = place % 3
        scores[accomplices] += attack(life, accomplices=accomplices, steps=steps, chance=Random(place))
    return scores


def whole(scores: list[Score]) -> Score:
    """All of them together."""
    together = Score()
    for score in scores:
        together += score
    return together


@pytest.mark.parametrize("mode", [Mode.CONFIDENTIAL, Mode.ANONYMOUS])
def test_small_groups_tell_hardly_more_than_the_picture_says_of_everybody(mode: Mode) -> None:
    score = whole(play(mode, 48, sizes=SMALL, steps=10_000))

    assert score.guesses > 500
    assert score.gain <= BAR, score
    assert score.certain == 0, score


def test_nothing_anonymous_is_known_for_certain_even_to_two_together() -> None:
    score = whole(play(Mode.ANONYMOUS, 24, sizes=range(5, 13), steps=10_000))

    assert (score.certain, score.unanimous) == (0, 0), score


def test_the_control_without_the_rule_for_small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counting who moved whenever no answer was logically certain named far more of those who came or went."""
    monkeypatch.setattr(release, "SMALL", 0)

    assert whole(play(Mode.CONFIDENTIAL, 48, sizes=SMALL, steps=10_000)).gain > BAR


def test_the_control_a_live_mean_tells_the_newest_answer() -> None:
    """With one decimal, always, up to ten people: why nothing is shown before the close."""
    chance = Random(10)
    for _ in range(200):
        levels = [chance.randint(1, LEVELS) for _ in range(10)]
        for people in range(2, 11):
            before, after = (round(sum(levels[:n]) / n, 1) for n in (people - 1, people))
            fitting = [
                newest
                for newest in range(1, LEVELS + 1)
                for total in range(people - 1, LEVELS * (people - 1) + 1)
                if round(total / (people - 1), 1) == before and round((total + newest) / people, 1) == after
            ]
            assert set(fitting) == {levels[people - 1]}


def test_the_walk_keeps_to_what_was_shown() -> None:
    """Otherwise it would score nothing: a vote of five at one level leaves no doubt, and it has none."""
    life = Life(Mode.CONFIDENTIAL, tuple("abcde"))
    life.vote(1, 1, dict.fromkeys(life.members, 3))

    score = attack(life, accomplices=0, steps=500, chance=Random(1))

    assert (score.right, score.guesses, score.unanimous) == (5, 5, 5)
