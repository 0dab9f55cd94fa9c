"""The motivated intruder: sees every picture, every gap and every count of who moved, saw who was in the room, knows
how people usually move, may have one or two accomplices who tell their own answers, and guesses everybody else's.

The guess is the likeliest level over all the lives that fit everything seen (tests/intruders/walk.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import sqrt
from random import Random

import numpy as np

from tests.intruders import habits, seen
from tests.intruders.cohorts import LEVELS, Life, Vote
from tests.intruders.walk import walk

TRACKS = (habits.LEVEL, habits.HOPE)


@dataclass
class Score:
    """Guesses about people other than the accomplices, cohort by cohort: how many, right, and right by one guess for
    everybody.

    `likely`: all but certain, as in thousands of lives that fit no other level was found. `certain` of these are so
    however people move: no other level fits. `alike` are neither, though certain: the picture, less what accomplices
    know, has one level. `unsettled` attacks found no life that fits, and guessed nothing.
    """

    cohorts: list[tuple[int, int, int]] = field(default_factory=list)
    likely: int = 0
    certain: int = 0
    alike: int = 0
    unsettled: int = 0

    @property
    def guesses(self) -> int:
        return sum(guesses for guesses, _, _ in self.cohorts)

    @property
    def gain(self) -> float:
        """The share of answers attributed: guessed rightly beyond the best guess that is the same for everybody."""
        return sum(right - chance for _, right, chance in self.cohorts) / max(1, self.guesses)

    @property
    def error(self) -> float:
        """The standard error of the gain; answers of one cohort hang together, so cohorts are what is drawn."""
        apart = sum((right - chance - self.gain * many) ** 2 for many, right, chance in self.cohorts)
        return sqrt(apart) / max(1, self.guesses)

    def __add__(self, other: Score) -> Score:
        return Score(
            self.cohorts + other.cohorts, self.likely + other.likely, self.certain + other.certain,
            self.alike + other.alike, self.unsettled + other.unsettled,
        )  # fmt: skip

    def of_one_cohort(self) -> Score:
        """The same, if all of it is about one cohort: its attacks hang together."""
        together = tuple(map(sum, zip(*self.cohorts, strict=True))) or (0, 0, 0)
        return replace(self, cohorts=[together])

    def __str__(self) -> str:
        low, high = (self.gain + side * 1.96 * self.error for side in (-1, 1))
        return (
            f"{self.gain:+.1%} ({low:+.1%} to {high:+.1%}) of {self.guesses} answers, "
            f"all but certain {self.likely}, certain {self.certain}, in pictures all alike {self.alike}"
        )


def attack(life: Life, *, accomplices: int, walks: int, steps: int, seed: int = 1) -> Score:
    """Guess every answer of every vote that was shown."""
    inside = set(Random(seed).sample(life.members, accomplices))
    of = seen.of(life, inside)
    found = walk(of, walks=walks, steps=steps, seed=seed)
    if not found.any():
        return Score(unsettled=1)
    score = Score()
    sure: list[tuple[int, int, int]] = []
    for place, vote in enumerate(life.votes):
        for track, shown in enumerate(seen.both(vote.shown)):
            people = [number for number, who in enumerate(life.members) if who in vote.levels and who not in inside]
            if shown is not None and people:
                chances = np.stack([_levels(found[number, place], track) for number in people])
                score += _guessed(vote, [life.members[number] for number in people], track, chances)
                if not _all_alike(chances):
                    sure += [
                        (number, place, track) for number, of_one in zip(people, chances, strict=True) if _one(of_one)
                    ]
    if sure:  # only by how people move, or however they do?
        possible = walk(of, walks=walks, steps=4 * steps, seed=seed, knowing=False)
        score.certain = sum(_one(_levels(possible[number, place], track)) for number, place, track in sure)
    score.likely = len(sure)
    return score.of_one_cohort()


def _guessed(vote: Vote, people: list[str], track: int, chances: np.ndarray) -> Score:
    truth = np.array([(vote.hopes if track else vote.levels)[who] - 1 for who in people])
    for_all = int(chances.sum(axis=0).argmax())
    right, by_chance = int((chances.argmax(axis=1) == truth).sum()), int((truth == for_all).sum())
    return Score([(len(people), right, by_chance)], alike=len(people) if _all_alike(chances) else 0)


def _one(chances: np.ndarray) -> bool:
    """Whether one level alone was found."""
    return bool((chances > 0).sum() == 1)


def _all_alike(chances: np.ndarray) -> bool:
    return _one(chances.sum(axis=0))


def _levels(states: np.ndarray, track: int) -> np.ndarray:
    """How likely each level is, by how often each state was found."""
    return np.bincount(TRACKS[track], weights=states, minlength=LEVELS) / states.sum()
