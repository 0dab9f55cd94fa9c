"""How people usually move: as an intruder learns it from the screens, and as tests/intruders/cohorts.py lets them live.

Somebody's level and hope together are one state, `4 * (level - 1) + (hope - 1)`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from tests.intruders.cohorts import HOPE_STEP, LEVELS, STEP

STATES = LEVELS * LEVELS
SESSIONS, AGAIN = 7, 7
"""So many weeks, and so many votes again, may lie between two answers of somebody."""
SURPRISE = 0.01
"""How often the intruder reckons with anything at all."""

Steps = tuple[tuple[float, float, float], tuple[float, float, float]]
"""The chances of a step down, of none and of a step up within a week: of levels, and of hopes."""
TRUE: Steps = tuple((steps[-1], steps[0], steps[1]) for steps in (STEP, HOPE_STEP))  # type: ignore[assignment]
PLAIN, WEIGHT = np.array([0.25, 0.5, 0.25]), 16
"""What anybody supposes, and how many moves must be seen to count as much as that: half stay, a quarter each way."""

LEVEL, HOPE = np.divmod(np.arange(STATES), LEVELS)


def learned(moved: Iterable[np.ndarray]) -> Steps:
    """What somebody supposes who has seen these counts of up, same, at the top and down: [track, 4], of a week each."""
    found = np.stack([PLAIN * WEIGHT] * 2)
    for counts in moved:
        for track, (up, same, _top, down) in enumerate(counts):
            found[track] += (down, same, up) if up >= 0 else 0
    levels, hopes = found / found.sum(axis=1, keepdims=True)
    return tuple(levels.tolist()), tuple(hopes.tolist())


def _steps(chances: tuple[float, float, float]) -> np.ndarray:
    moved = np.zeros((LEVELS, LEVELS))
    for was in range(LEVELS):
        for move, chance in zip((-1, 0, 1), chances, strict=True):
            moved[was, min(LEVELS - 1, max(0, was + move))] += chance
    return moved


def _week(steps: Steps) -> np.ndarray:
    """From each state to each: first the level moves, then the hope, which stays at or above the level."""
    levels, hopes = map(_steps, steps)
    week = np.zeros((STATES, STATES))
    for was in range(STATES):
        for level in range(LEVELS):
            for hope in range(LEVELS):
                week[was, LEVELS * level + max(level, hope)] += levels[LEVEL[was], level] * hopes[HOPE[was], hope]
    return week


def _at_first() -> np.ndarray:
    chances = np.zeros(STATES)
    for level in range(LEVELS):
        for more in range(3):
            chances[LEVELS * level + min(LEVELS - 1, level + more)] += 1 / (3 * LEVELS)
    return chances


@lru_cache(maxsize=2)
def logs(steps: Steps) -> np.ndarray:
    """The logarithms of all chances: [kind, before, after], a kind from `between` or `first`."""
    week = _week(steps)
    again = (week + np.eye(STATES)) / 2
    kinds = [
        np.linalg.matrix_power(week, weeks) @ np.linalg.matrix_power(again, votes)
        for weeks in range(SESSIONS)
        for votes in range(AGAIN)
    ]
    kinds += [np.tile(_at_first() @ kind, (STATES, 1)) for kind in kinds]
    unsure = [np.log((1 - SURPRISE) * kind + SURPRISE / STATES) for kind in kinds]
    return np.array(unsure)


NONE = np.zeros(((SESSIONS * AGAIN) * 2, STATES, STATES))
"""Of whoever has no idea how people move: every life that fits is as likely to them."""


def between(weeks: int, again: int) -> int:
    """The kind of the chances after so many weeks and votes again."""
    return weeks * AGAIN + again


def first(weeks: int, again: int) -> int:
    """The kind of the chances of a first answer after so many weeks and votes again."""
    return SESSIONS * AGAIN + between(weeks, again)
