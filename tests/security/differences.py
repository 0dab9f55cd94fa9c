"""T19 at length: every two pictures of 2 × 200 simulated cohorts, subtracted."""

from __future__ import annotations

from tests.intruders.test_differences import LINKED_AND_NOT, pairs_told
from tests.security.world import longer

COHORTS = 1000 if longer() else 200


def run() -> str:
    """What the second intruder got. Raises AssertionError when two pictures differ by one or two people's answers."""
    pairs, told = pairs_told(LINKED_AND_NOT, COHORTS, seed=1900)
    line = f"T19, {COHORTS} cohorts in each of two modes: {pairs} pairs of pictures subtracted, {told} told an answer."
    assert told == 0, line
    return line
