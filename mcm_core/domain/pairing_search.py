"""The search for the groups of one week, planned together with the weeks to come. For domain.pairing.

The circle method (domain.md §2.11) plans rounds without a repeat for people who stay the same. These do not: they join
late, leave, sit a week out, must not be paired. So a week is found by a small search with backtracking, which reaches
what the circle method does and, where repeats cannot be avoided, the exact minima of §2.11. With fewer fresh pairs than
meetings the difference is the least number of repeats, and the search begins with that. Its steps are counted, so it
ends soon.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

STEPS = 400  # of one search; then people are tried in another order
#: How often a search begins: with so many more repeats than must be, and whether trios must go round fairly.
ATTEMPTS = (*[(0, True)] * 20, *[(0, False)] * 20, (1, True), (1, False), (2, False), (3, False))
_ANY = 10_000  # repeats

Group = frozenset[str]
Round = tuple[Group, ...]


@dataclass(frozen=True)
class Past:
    """What pairing minds: how often two people were put together and somebody was in a trio, and who is kept apart."""

    together: Mapping[Group, int] = field(default_factory=dict)
    in_trios: Mapping[str, int] = field(default_factory=dict)
    apart: frozenset[Group] = frozenset()


def pairs_in(group: Iterable[str]) -> list[Group]:
    """Every two people of a group."""
    return [frozenset(two) for two in combinations(sorted(group), 2)]


def planned(people: Sequence[str], past: Past, weeks: int, seed: str) -> Round | None:
    """The first week of a plan with the fewest repeats found; None when these people do not all fit into groups."""
    if not people:
        return ()
    if len(people) == 1 or _Search(people, past, 1, _ANY, seed).first_week() is None:
        return None
    for ahead in range(weeks, 0, -1):  # as far-sighted as can be found in time
        for turn, (more, is_fair) in enumerate(ATTEMPTS):
            search = _Search(people, past, ahead, more, f"{seed}.{turn}", is_fair=is_fair)
            if found := search.first_week():
                return found
    return _Search(people, past, 1, _ANY, seed).first_week()


class _Search:
    """A plan for some weeks with as many repeats as must be and `more`.

    The trios of all weeks come first, by turns if it shall be fair, then pairs: whoever has the fewest ways is placed
    first.
    """

    def __init__(
        self, people: Sequence[str], past: Past, weeks: int, more: int, seed: str, *, is_fair: bool = True
    ) -> None:
        self.people = list(people)
        random.Random(seed).shuffle(self.people)
        self.together = Counter(dict(past.together))
        self.in_trios = Counter(dict(past.in_trios))
        self.apart = past.apart
        self.weeks, self.steps, self.is_fair = weeks, 0, is_fair
        self.found: Round = ()
        is_odd = len(people) % 2
        self.open = weeks * ((len(people) - 3 * is_odd) // 2 + 3 * is_odd)  # meetings that are still to be placed
        self.fresh = sum(not self.together[pair] for pair in pairs_in(people) if pair not in self.apart)
        self.budget = max(0, self.open - self.fresh, weeks - self._fewest_fresh()) + more
        self.trios: list[Group] = []

    def first_week(self) -> Round | None:
        """The groups of the first week of such a plan; None when there is none, or none was found in time."""
        if len(self.people) % 2 and not self._choose_trios():
            return None
        return self.found if self._begin(self.weeks) else None

    def _fewest_fresh(self) -> int:
        """How many people somebody could meet for the first time, who has the fewest."""
        met = {pair for pair, times in self.together.items() if times} | self.apart
        return min(
            sum(frozenset({one, other}) not in met for other in self.people if other != one) for one in self.people
        )

    def _choose_trios(self) -> bool:
        for _ in range(self.weeks):
            trios = list(self._allowed(combinations(self.people, 3)))
            if not trios:
                return False
            self.trios.append(min(trios, key=self._how_bad))
            self._take(self.trios[-1], 1)
        return True

    def _begin(self, weeks: int) -> bool:
        """Place everybody in this week, and in those that are left after it."""
        trio = self.trios[weeks - 1 : weeks]
        return self._place(weeks, [one for one in self.people if not trio or one not in trio[0]], tuple(trio))

    def _place(self, weeks: int, free: Sequence[str], groups: Round) -> bool:
        self.steps += 1
        if not free:
            self.found = groups if weeks == self.weeks else self.found
            return weeks == 1 or self._begin(weeks - 1)
        for pair in self._ways(free):
            if self.steps > STEPS:
                return False
            self._take(pair, 1)
            could_be = self.budget >= max(0, self.open - self.fresh)
            if could_be and self._place(weeks, [one for one in free if one not in pair], (*groups, pair)):
                return True
            self._take(pair, -1)
        return False

    def _take(self, group: Group, by: int) -> None:
        """Count a group in, or out again."""
        for pair in pairs_in(group):
            self.together[pair] += by
            again = self.together[pair] > (by > 0)
            self.budget -= by * again
            self.fresh -= by * (not again)
            self.open -= by
        if len(group) > 2:
            self.in_trios.update(dict.fromkeys(group, by))

    def _ways(self, free: Sequence[str]) -> list[Group]:
        """The pairs of whoever has the fewest people to meet for the first time, or any; the freshest first."""
        ways = {one: list(self._allowed((one, other) for other in free if other != one)) for one in free}
        fresh = {one: sum(not self.together[pair] for pair in pairs) for one, pairs in ways.items()}
        hardest = min(free, key=lambda one: (bool(ways[one]), fresh[one]))
        return sorted(ways[hardest], key=self._how_bad)

    def _allowed(self, groups: Iterable[Iterable[str]]) -> Iterator[Group]:
        return (frozenset(group) for group in groups if self.apart.isdisjoint(pairs_in(group)))

    def _how_bad(self, group: Group) -> tuple[int, int]:
        """How often these were in a trio, and were together; which of them counts more depends."""
        trios = sum(self.in_trios[one] for one in group) if len(group) > 2 else 0
        together = sum(self.together[pair] ** 2 for pair in pairs_in(group))
        return (trios, together) if self.is_fair else (together, trios)
