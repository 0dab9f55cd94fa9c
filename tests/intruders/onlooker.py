"""The motivated intruder: sees every picture and every count of who moved, saw who was in the room, knows how people
usually move, may have one or two accomplices who tell their own answers, and guesses everybody else's.

The guess is the likeliest level over all the lives that fit everything seen (Metropolis sampling over them). The walk
starts with every picture's answers dealt out anew, so that it knows no more than the intruder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import exp, factorial, prod, sqrt
from random import Random

from mcm_core.domain import anonymous
from mcm_core.domain.mode import Mode
from mcm_core.domain.tally import Tally
from tests.intruders.cohorts import LEVELS, STEP, Life, Vote

STRICT = 0.9
"""How reluctantly the walk leaves what was shown; only lives that fit all of it are counted."""

Cell = tuple[str, int]
"""Somebody, and the place of a vote."""


@dataclass
class Score:
    """Guesses about people other than the accomplices.

    `certain`: the walk found no other level that fits. `unanimous`: the one picture, less the accomplices' answers,
    has one level only.
    """

    guesses: int = 0
    right: int = 0
    by_chance: int = 0
    certain: int = 0
    unanimous: int = 0

    @property
    def gain(self) -> float:
        """The share of answers attributed: guessed rightly beyond the best guess that is the same for everybody."""
        return (self.right - self.by_chance) / self.guesses

    @property
    def error(self) -> float:
        """The standard error of the gain (paired guesses; an upper bound, as most of them agree)."""
        share = abs(self.right - self.by_chance) + 0.15 * self.guesses
        return sqrt(share) / self.guesses

    def __iadd__(self, other: Score) -> Score:
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self

    def __str__(self) -> str:
        right, alone = self.right / self.guesses, self.by_chance / self.guesses
        return (
            f"{right:.1%} of {self.guesses} right, by one guess for all {alone:.1%}, "
            f"gain {self.gain:+.1%} ± {self.error:.1%}, all but certain {self.certain}, "
            f"in pictures whose other answers are all alike {self.unanimous}"
        )


def attack(life: Life, *, accomplices: int, steps: int, chance: Random) -> Score:
    """Guess every answer of every vote that was shown."""
    inside = set(chance.sample(life.members, accomplices))
    walk = _Walk(life, inside)
    walk.deal(chance)
    seen: dict[Cell, Counter[int]] = {cell: Counter() for cell in walk.cells}
    for number in range(steps):
        walk.step(chance)
        if walk.fits and number >= steps // 5:
            walk.found = True
            for cell in walk.cells:
                seen[cell][walk.level[cell]] += 1
    score = Score()
    if not walk.found:  # no life that fits was found: nothing to guess from, and said so by the number of guesses
        return score
    _look_longer(walk, seen, steps, chance)
    for place, vote in enumerate(life.votes):
        people = [who for who in vote.levels if who not in inside]
        if vote.shown.is_shown and people:
            score += _scored(vote, [(who, seen[who, place]) for who in people], _from_picture(life, vote, inside))
    return score


def _look_longer(walk: _Walk, seen: Mapping[Cell, Counter[int]], steps: int, chance: Random) -> None:
    """An answer counts as certain only if four times as long a walk finds no other that fits."""
    still = {cell for cell, levels in seen.items() if len(levels) == 1}
    for _ in range(4 * steps):
        if not still:
            return
        walk.step(chance)
        if walk.fits:
            for cell in [cell for cell in still if walk.level[cell] not in seen[cell]]:
                seen[cell][walk.level[cell]] += 1
                still.discard(cell)


def _scored(vote: Vote, guesses: Sequence[tuple[str, Counter[int]]], picture: Mapping[int, float]) -> Score:
    together: Counter[int] = Counter()
    for _, seen in guesses:
        together.update({level: count / seen.total() for level, count in seen.items()})
    for_everybody = max(sorted(together), key=lambda level: together[level])
    truths = [(vote.levels[who], seen) for who, seen in guesses]
    return Score(
        guesses=len(guesses),
        right=sum(max(sorted(seen), key=lambda level: seen[level]) == truth for truth, seen in truths),
        by_chance=sum(truth == for_everybody for truth, _ in truths),
        certain=sum(len(seen) == 1 and len(picture) > 1 for _, seen in truths),
        unanimous=len(guesses) if len(picture) == 1 else 0,
    )


def _from_picture(life: Life, vote: Vote, inside: set[str]) -> dict[int, float]:
    """How likely each level is for somebody in this picture, by this picture and the accomplices' answers alone."""
    own = tuple(sorted(level for who, level in vote.levels.items() if who in inside))
    shown = vote.shown.current.levels if vote.shown.current else vote.shown.current_shares
    return _shares(shown, len(vote.levels), own, life.mode)


@cache
def _shares(shown: object, people: int, own: tuple[int, ...], mode: Mode) -> dict[int, float]:
    weights: Counter[int] = Counter()
    for counts in _tallies(people, LEVELS):
        rest = [count - own.count(level) for level, count in enumerate(counts, start=1)]
        if min(rest) < 0 or visible(counts, mode) != shown:
            continue
        ways = factorial(sum(rest)) / prod(map(factorial, rest))
        for level, count in enumerate(rest, start=1):
            if count:
                weights[level] += ways * count
    return dict(weights)


def visible(counts: tuple[int, ...], mode: Mode) -> object:
    """What is shown of these counts."""
    picture = anonymous.picture(Tally(counts)) if mode is Mode.ANONYMOUS else Tally(counts)
    return picture.levels if isinstance(picture, Tally) else picture


def _tallies(people: int, levels: int) -> Iterator[tuple[int, ...]]:
    if levels == 1:
        yield (people,)
        return
    for here in range(people + 1):
        for rest in _tallies(people - here, levels - 1):
            yield (here, *rest)


class _Walk:
    """From one life that fits everything seen to another."""

    def __init__(self, life: Life, inside: set[str]) -> None:
        self.life = life
        self.level = {
            (who, place): level for place, vote in enumerate(life.votes) for who, level in vote.levels.items()
        }
        self.cells = [cell for cell in self.level if cell[0] not in inside]
        self.others = sorted({who for who, _ in self.cells})
        self.places = {who: [place for other, place in self.level if other == who] for who in life.members}
        self.compared = list(_comparisons(life))
        self.pictures = [self._picture(place) for place in range(len(life.votes))]
        self.moves = [self._moves(*one) for one in self.compared]
        self.misfits = dict.fromkeys(range(len(self.compared)), 0)
        self.found = False

    def step(self, chance: Random) -> None:
        """Try one change; keep it as often as the new life is likely and fits what was shown of who moved."""
        change = self._propose(chance)
        if not change:
            return
        people = {who for who, _ in change}
        places = {place for _, place in change}
        before = {cell: self.level[cell] for cell in change}
        likely = prod(self._likely(who) for who in people)
        self.level.update(change)
        if any(self._picture(place) != self.pictures[place] for place in places):
            self.level.update(before)
            return
        touched = [n for n, one in enumerate(self.compared) if one[0] in places or one[1] in places]
        misfits = {number: self._misfit(number) for number in touched}
        worse = sum(misfits.values()) - sum(self.misfits[number] for number in touched)
        ratio = prod(self._likely(who) for who in people) / likely * exp(-STRICT * worse)
        if chance.random() < ratio:
            self.misfits.update(misfits)
        else:
            self.level.update(before)

    def deal(self, chance: Random) -> None:
        """Deal the answers of every vote out anew among those who gave them, accomplices aside."""
        for place, vote in enumerate(self.life.votes):
            people = [who for who in self.others if who in vote.levels]
            dealt = chance.sample(people, len(people))
            levels = [self.level[who, place] for who in people]
            self.level.update({(who, place): level for who, level in zip(dealt, levels, strict=True)})
        self.misfits = {number: self._misfit(number) for number in self.misfits}

    @property
    def fits(self) -> bool:
        """Whether this life would have shown all that was shown."""
        return not any(self.misfits.values())

    def _misfit(self, number: int) -> int:
        moves, shown = self._moves(*self.compared[number]), self.moves[number]
        return sum(abs(moves[kind] - shown[kind]) for kind in moves | shown)

    def _propose(self, chance: Random) -> dict[Cell, int]:
        if chance.random() < 0.3:
            cell = chance.choice(self.cells)
            return {cell: chance.randint(1, LEVELS)}
        if len(self.others) < 2:
            return {}
        one, other = chance.sample(self.others, 2)
        both = [place for place in self.places[one] if (other, place) in self.level]
        some = both if chance.random() < 0.3 else [p for p in both if chance.random() < 0.4]
        change = {}
        for place in some:
            change[one, place], change[other, place] = self.level[other, place], self.level[one, place]
        return change

    def _likely(self, who: str) -> float:
        levels = [self.level[who, place] for place in self.places[who]]
        return prod(_STEPS[abs(now - was) * (1 if now > was else -1)] for was, now in pairwise(levels))

    def _picture(self, place: int) -> object:
        vote = self.life.votes[place]
        if not vote.shown.is_shown:
            return None
        levels = [self.level[who, place] for who in vote.levels]
        return visible(tuple(levels.count(code) for code in range(1, LEVELS + 1)), self.life.mode)

    def _moves(self, then: int, now: int) -> Counter[str]:
        found: Counter[str] = Counter()
        for who in self.life.votes[now].levels:
            was, level = self.level.get((who, then)), self.level[who, now]
            if was is not None:
                found["up" if level > was else "down" if level < was else "top" if level == LEVELS else "same"] += 1
        return found


_STEPS = {move: STEP.get(move, 0.02 / abs(move) if move else 1.0) for move in range(-LEVELS, LEVELS + 1)}


def _comparisons(life: Life) -> Iterator[tuple[int, int]]:
    """The pairs of votes of which it was shown who moved; of several votes in a session the last one shown counts."""
    for now, vote in enumerate(life.votes):
        for shift in vote.shown.shifts:
            if shift.current:
                earlier = (
                    place
                    for place, then in enumerate(life.votes[:now])
                    if then.session == shift.from_session and then.shown.current
                )
                yield max(earlier), now
