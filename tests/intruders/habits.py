"""How people usually move, as the intruder knows it: the chances by which tests/intruders/cohorts.py lets them live.

Somebody's level and hope together are one state, `4 * (level - 1) + (hope - 1)`.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from tests.intruders.cohorts import HOPE_STEP, LEVELS, STEP

STATES = LEVELS * LEVELS
SESSIONS, AGAIN = 7, 7
"""So many weeks, and so many votes again, may lie between two answers of somebody."""
SURPRISE = 0.01
"""How often the intruder reckons with anything at all."""

LEVEL, HOPE = np.divmod(np.arange(STATES), LEVELS)


def _steps(chances: dict[int, float]) -> np.ndarray:
    moved = np.zeros((LEVELS, LEVELS))
    for was in range(LEVELS):
        for move, chance in chances.items():
            moved[was, min(LEVELS - 1, max(0, was + move))] += chance
    return moved


def _week() -> np.ndarray:
    """From each state to each: first the level moves, then the hope, which stays at or above the level."""
    levels, hopes = _steps(STEP), _steps(HOPE_STEP)
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


@cache
def logs() -> np.ndarray:
    """The logarithms of all chances: [kind, before, after], a kind from `between` or `first`."""
    week = _week()
    again = (week + np.eye(STATES)) / 2
    kinds = [
        np.linalg.matrix_power(week, weeks) @ np.linalg.matrix_power(again, votes)
        for weeks in range(SESSIONS)
        for votes in range(AGAIN)
    ]
    kinds += [np.tile(_at_first() @ kind, (STATES, 1)) for kind in kinds]
    unsure = [np.log((1 - SURPRISE) * kind + SURPRISE / STATES) for kind in kinds]
    return np.array(unsure)


def between(weeks: int, again: int) -> int:
    """The kind of the chances after so many weeks and votes again."""
    return weeks * AGAIN + again


def first(weeks: int, again: int) -> int:
    """The kind of the chances of a first answer after so many weeks and votes again."""
    return SESSIONS * AGAIN + between(weeks, again)
