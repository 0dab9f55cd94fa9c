"""T18 at length: 200 simulated cohorts of 5 to 12 over six weeks in each linked and unlinked mode."""

from __future__ import annotations

from mcm_core.domain.mode import Mode
from tests.intruders.test_everything_seen import BAR, SMALL, play, whole

COHORTS = 200


def run() -> str:
    """What the first intruder got. Raises AssertionError when the bar is missed.

    The bar is held for anonymous rounds. For confidential ones the figure is printed: see docs/intruders.md.
    """
    unlinked = whole(play(Mode.ANONYMOUS, COHORTS, sizes=range(5, 13), steps=20_000))
    linked = whole(play(Mode.CONFIDENTIAL, COHORTS, sizes=SMALL, steps=20_000))
    line = (
        f"T18, {COHORTS} cohorts, 0 to 2 accomplices. Anonymous, 5 to 12 people: {unlinked}. "
        f"Confidential, 5 to 9 people: {linked}."
    )
    assert unlinked.gain <= BAR, line
    assert (unlinked.certain, unlinked.unanimous) == (0, 0), line
    return line
