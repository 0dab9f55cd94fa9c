"""The first intruder: every picture, every count of who moved, who was in the room, and up to two accomplices (T18).

`python -m tests.security onlookers` plays 200 cohorts of each size; here are enough to notice a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import exp
from random import Random

import numpy as np
import pytest

from mcm_core.domain import moves, release
from mcm_core.domain.mode import Mode
from mcm_core.domain.talk import SPOKEN_FROM
from tests.intruders import habits, seen
from tests.intruders.cohorts import LEVELS, Life, lives
from tests.intruders.onlooker import Score, attack
from tests.intruders.walk import walk

BARS = {Mode.CONFIDENTIAL: 0.03, Mode.ANONYMOUS: 0.02}
"""The design asks for 2 % (T18). Confidential pictures show numbers from five people, as it asks, too, and that alone
tells more: docs/intruders.md."""
SIZES = range(5, 13)
SMALL = range(5, 10)


def play(
    mode: Mode, cohorts: int, *, sizes: range, helped: Sequence[int] = (0, 1, 2), walks: int = 8, steps: int = 5_000
) -> Score:
    """Attack so many cohorts, with so many accomplices by turns."""
    score, there = Score(), len(sizes)
    for place, life in enumerate(lives(cohorts, mode, seed=18, sizes=sizes)):
        accomplices = helped[place // there % len(helped)]
        score += attack(life, accomplices=accomplices, walks=walks, steps=steps, seed=place)
    return score


@pytest.mark.parametrize("mode", [Mode.CONFIDENTIAL, Mode.ANONYMOUS])
def test_the_onlooker_gets_hardly_more_than_one_guess_for_everybody(mode: Mode) -> None:
    """Of so few cohorts within two standard errors; tests/security/onlookers.py plays more."""
    score = play(mode, 48, sizes=SIZES)

    assert score.guesses > 2000
    assert score.gain - 2 * score.error <= BARS[mode], score
    assert score.unsettled <= 3, "so short a walk does not always find a life that fits"
    assert score.certain == 0, score


def test_the_control_without_the_rules_for_pictures_and_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = play(Mode.CONFIDENTIAL, 30, sizes=SMALL)
    monkeypatch.setattr(release, "too_close", lambda *_a, **_k: False)
    monkeypatch.setattr(moves, "SMALL", 0)
    monkeypatch.setattr(moves, "TINY", 0)
    without = play(Mode.CONFIDENTIAL, 30, sizes=SMALL)

    assert without.likely > 2 * kept.likely, (kept, without)
    assert without.certain > 2 * kept.certain, (kept, without)


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

    score = attack(life, accomplices=0, walks=2, steps=500)

    assert (score.cohorts, score.likely, score.alike) == ([(10, 10, 10)], 0, 10)


def test_the_walk_finds_what_can_be_reckoned_by_hand() -> None:
    """Two people whose answers nobody knows, over two weeks: sixteen lives, weighed one by one."""
    life = Life(Mode.CONFIDENTIAL, tuple("abcde"))
    known = dict.fromkeys("cde", 2)
    life.vote(1, 1, {"a": 1, "b": 3} | known, {"a": 2, "b": 4} | known)
    life.vote(2, 1, {"a": 2, "b": 3} | known, {"a": 3, "b": 3} | known)
    of = seen.of(life, set("cde"))
    found = walk(of, walks=4, steps=20_000, seed=1)

    chances, logs = np.zeros(habits.STATES), habits.logs()
    for swaps in product((0, 0b1100), (0, 0b0011), (0, 0b1100), (0, 0b0011)):
        a, b = of.state[0].copy(), of.state[1].copy()
        for vote, bits in ((0, swaps[0]), (0, swaps[1]), (1, swaps[2]), (1, swaps[3])):
            change = (a[vote] ^ b[vote]) & bits
            a[vote], b[vote] = a[vote] ^ change, b[vote] ^ change
        if fits(of, a, b):
            chances[a[0]] += exp(
                sum(
                    logs[of.kind[who, v], row[of.before[who, v]], row[v]]
                    for who, row in ((0, a), (1, b))
                    for v in (0, 1)
                )
            )

    assert np.allclose(found[0, 0] / found[0, 0].sum(), chances / chances.sum(), atol=0.03)


def fits(of: seen.Seen, a: np.ndarray, b: np.ndarray) -> bool:
    """Whether the wide gaps and moves of these two and the known three are those that were shown."""
    rows = np.stack([a, b, *of.state[2:]])
    level, hope = habits.LEVEL[rows], habits.HOPE[rows]
    wide = ((hope - level) >= 2)[:, :-1].sum(axis=0)
    if any(gaps != (told if told >= SPOKEN_FROM else seen.FEW) for gaps, told in zip(of.gaps, wide, strict=True)):
        return False
    for (then, now), both in zip(of.moves, of.moved, strict=True):
        for track, told in zip((level, hope), both, strict=True):
            up, down = ((side * (track[:, now] - track[:, then]) > 0).sum() for side in (1, -1))
            top = ((track[:, now] == track[:, then]) & (track[:, now] == LEVELS - 1)).sum()
            if told[0] >= 0 and (up, len(rows) - up - top - down, top, down) != tuple(told):
                return False
    return True
