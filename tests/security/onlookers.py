"""T18 at length: 200 simulated cohorts of each size from 5 to 12 over six weeks, in each linked and unlinked mode."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from mcm_core.domain.mode import Mode
from mcm_core.domain.shift import Movement
from tests.intruders import seen
from tests.intruders.cohorts import THRESHOLD, Life, lives
from tests.intruders.onlooker import Score
from tests.intruders.test_everything_seen import BARS, SIZES, play
from tests.security.world import longer

COHORTS, STEPS = (1_000, 20_000) if longer() else (200, 10_000)
MODES = (Mode.CONFIDENTIAL, Mode.ANONYMOUS)
ALONE, HELPED = (0,), (1, 2)
HEAD = "| mode | people | gain (95 %) | certain | all but | helped | certain | pictures closed | moves closed |"


def run() -> str:
    """What the first intruder got, as a table whose rows are printed as they come. Raises AssertionError when the bar,
    which is for an intruder alone, is missed."""
    asked = [(mode, size) for mode in MODES for size in SIZES]
    print(f"{HEAD}\n|{'---|' * 9}", flush=True)
    found: dict[tuple[Mode, int], Score] = {}
    with ProcessPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        for (mode, size), (alone, helped) in zip(asked, pool.map(_played, *zip(*asked, strict=True)), strict=True):
            found[mode, size] = alone
            print(_row(mode, size, alone, helped), flush=True)
    whole = {mode: sum((found[mode, size] for size in SIZES), Score()) for mode in MODES}
    said = f"T18, {COHORTS} cohorts of each size: " + "; ".join(
        f"{mode}: {score}, {score.unsettled} attacks without a result" for mode, score in whole.items()
    )
    assert all(score.unsettled * 100 <= COHORTS * len(SIZES) for score in whole.values()), said
    assert all(score.gain <= BARS[mode] for mode, score in whole.items()), said
    assert not any(score.certain for score in found.values()), said
    return said


def _played(mode: Mode, size: int) -> tuple[Score, Score]:
    sizes = range(size, size + 1)
    alone = play(mode, COHORTS, sizes=sizes, helped=ALONE, steps=STEPS)
    return alone, play(mode, COHORTS // 4, sizes=sizes, helped=HELPED, steps=STEPS)


def _row(mode: Mode, size: int, alone: Score, helped: Score) -> str:
    pictures, moves = (f"{closed:.0%}" for closed in cost(mode, size))
    return (
        f"| {mode} | {size} | {_gain(alone)} | {alone.certain} | {alone.likely} | {_gain(helped)} | {helped.certain} "
        f"| {pictures} | {moves if mode is Mode.CONFIDENTIAL else '–'} |"
    )


def _gain(score: Score) -> str:
    return f"{score.gain:+.1%} (± {1.96 * score.error:.1%}) of {score.guesses}"


def cost(mode: Mode, size: int) -> tuple[float, float]:
    """The shares of pictures of enough people, and of counts of who moved between two pictures, that stay closed."""
    pictures: list[bool] = []
    moves: list[bool] = []
    for life in lives(COHORTS, mode, seed=18, sizes=range(size, size + 1)):
        pictures += [shown is None for shown in _pictures(life)]
        moves += [moved is None for moved in _moves(life)]
    return sum(pictures) / len(pictures), sum(moves) / max(1, len(moves))


def _pictures(life: Life) -> Iterator[object]:
    for vote in life.votes:
        if len(vote.levels) >= THRESHOLD:
            yield from seen.both(vote.shown)


def _moves(life: Life) -> Iterator[Movement | None]:
    for vote in life.votes:
        for shift in vote.shown.shifts:
            yield from (shift.current, shift.desired)
