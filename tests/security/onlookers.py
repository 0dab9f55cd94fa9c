"""T18 at length: 200 simulated cohorts of 5 to 12 over six weeks in each linked and unlinked mode."""

from __future__ import annotations

from mcm_core.domain.mode import Mode
from tests.intruders.test_everything_seen import BAR, SMALL, play, whole

COHORTS = 200


def run() -> str:
    """What the first intruder got. Raises AssertionError when the bar is missed."""
    linked = play(Mode.CONFIDENTIAL, COHORTS, sizes=SMALL, steps=20_000)
    larger = play(Mode.CONFIDENTIAL, COHORTS, sizes=range(10, 13), steps=40_000)
    unlinked = play(Mode.ANONYMOUS, COHORTS, sizes=range(5, 13), steps=20_000)
    line = (
        f"T18, {COHORTS} cohorts, 0 to 2 accomplices. Anonymous: {whole(unlinked)}. "
        f"Confidential, 5 to 9 people: {whole(linked)}; 10 to 12: {whole(larger)} (an upper bound)."
    )
    assert whole(unlinked).gain <= BAR, line
    assert whole(linked).gain <= BAR, line
    assert whole(unlinked).certain == whole(unlinked).unanimous == whole(linked).certain == 0, line
    return line
