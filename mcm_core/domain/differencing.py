"""What an onlooker can reckon from two pictures and the count of who moved between them.

Somebody who was there only once is in one picture and not among the pairs. Six people in session 1, five of them in
session 2, and how those five moved: in almost half of such cases nothing but one level fits the sixth person.
Source: domain.md §2.23, the motivated intruder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement, permutations

from mcm_core.domain.tally import Tally

GUARD = 3
"""So many people hide each other."""

Pair = tuple[int, int]
"""One person's level in the picture that is looked at, and in the other one."""


def tells_of_one(picture: Tally, pairs: Sequence[Pair]) -> bool:
    """Whether `picture`, the other one and the movement of `pairs` leave one level for somebody who is in it alone.

    `pairs` are the levels of those who are in both. A picture with a single level tells everybody's answer by itself.
    """
    alone = Counter({code: count for code, count in enumerate(picture.levels, start=1) if count})
    if len(alone) == 1:
        return False
    alone.subtract(level for level, _ in pairs)
    if not 0 < alone.total() < GUARD:
        return False
    top = len(picture.levels)
    return not all(_may_be_another(level, pairs, top) for level, count in alone.items() if count)


def _may_be_another(level: int, pairs: Sequence[Pair], top: int) -> bool:
    """Whether some other level fits as well: found by exchanging levels with one pair, or among two of them."""
    people = Counter(pairs)
    for others in _some(people):
        seen = _seen(others, top)
        for mine, *theirs in permutations((level, *(was for was, _ in others))):
            moved = [(was, now) for was, (_, now) in zip(theirs, others, strict=True)]
            if mine != level and _seen(moved, top) == seen:
                return True
    return False


def _some(people: Counter[Pair]) -> Iterator[tuple[Pair, ...]]:
    """One or two of the pairs, in every way that differs."""
    for size in (1, 2):
        for chosen in combinations_with_replacement(sorted(people), size):
            if Counter(chosen) <= people:
                yield chosen


def _seen(pairs: Sequence[Pair], top: int) -> Counter[str]:
    """What is published of these people: directions, and who was at the top both times."""
    seen = Counter("higher" if was > now else "lower" if was < now else "same" for was, now in pairs)
    seen["top"] = sum(was == now == top for was, now in pairs)
    return seen
