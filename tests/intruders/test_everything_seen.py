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


@pytest.fixture(scope="module")
def confidential() -> Score:
    return small_groups(Mode.CONFIDENTIAL)


def small_groups(mode: Mode) -> Score:
    return whole(play(mode, 48, sizes=SMALL, steps=10_000))


def test_small_groups_tell_hardly_more_than_one_guess_for_everybody(confidential: Score) -> None:
    """Of so few cohorts within two standard errors; tests/security/onlookers.py plays more."""
    for score in (confidential, small_groups(Mode.ANONYMOUS)):
        assert score.guesses > 500
        assert score.gain - 2 * score.error <= BAR, score


def test_nothing_anonymous_is_known_for_certain_even_to_two_together() -> None:
    score = whole(play(Mode.ANONYMOUS, 24, sizes=range(5, 13), steps=10_000))

    assert (score.certain, score.unanimous) == (0, 0), score


def test_the_control_without_the_rule_for_small_groups(confidential: Score, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counting who moved unless an answer is *logically* certain leaves many answers without a likely alternative."""
    monkeypatch.setattr(release, "SMALL", 0)

    assert small_groups(Mode.CONFIDENTIAL).certain > 10
    assert confidential.certain <= 2, confidential


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
