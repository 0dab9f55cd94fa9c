"""What an onlooker can reckon from two pictures and the count of who moved between them.

Somebody who was there only once is in one picture and not among those who moved. Six people in session 1, five of them
in session 2, and how the five moved: in almost half of such cases nothing but one level fits the sixth person.
Source: domain.md §2.23, the motivated intruder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement, permutations, product

from mcm_core.domain.tally import Tally

GUARD = 3
"""So many people hide each other."""

Person = tuple[int | None, int | None, bool]
"""Somebody's level in the picture that is looked at and in the other one, and whether their move was counted.

A move is not counted when the relationship is another one; nobody but that person knows that it is.
"""


def tells_of_one(picture: Tally, people: Sequence[Person]) -> bool:
    """Whether `picture`, the other one and the movement leave one level for somebody who is in `picture` alone.

    `people` are all who are known to be in either. A picture with one level tells everybody's answer by itself. Of
    another the movement tells the answers of all who were compared when they chose the same: seven stayed at the top.
    """
    alone = Counter({code: count for code, count in enumerate(picture.levels, start=1) if count})
    if len(alone) == 1:
        return False
    if len({here for here, _, compared in people if compared}) == 1:
        return True
    alone.subtract(here for here, there, _ in people if here and there)
    if not alone.total():
        return False
    top = len(picture.levels)
    return not all(_may_be_another(level, Counter(people), top) for level, count in alone.items() if count)


def _may_be_another(level: int, people: Counter[Person], top: int) -> bool:
    """Whether some other level fits as well: looked for by exchanging levels with one or two others."""
    rest = people - Counter({(level, None, False): 1})
    for others in _one_or_two(rest):
        seen = _seen(others, top)
        heres = [level, *(here for here, _, _ in others if here)]
        theres = [there for _, there, _ in others if there]
        for (mine, *here), there in product(set(permutations(heres)), set(permutations(theres))):
            if mine != level and _seen(_with_levels(others, here, there), top) == seen:
                return True
    return False


def _one_or_two(people: Counter[Person]) -> Iterator[tuple[Person, ...]]:
    """One or two of the people, in every way that differs."""
    kinds = sorted(people, key=str)
    for size in (1, 2):
        for chosen in combinations_with_replacement(kinds, size):
            if Counter(chosen) <= people:
                yield chosen


def _with_levels(people: Sequence[Person], heres: Sequence[int], theres: Sequence[int]) -> list[Person]:
    """The same people with other levels, where they have any."""
    here, there = iter(heres), iter(theres)
    return [(was and next(here), now and next(there), compared) for was, now, compared in people]


def _seen(people: Sequence[Person], top: int) -> Counter[str]:
    """What is published of these people: directions, and who was at the top both times."""
    moved = [(here, there) for here, there, compared in people if compared and here and there]
    seen = Counter("higher" if here > there else "lower" if here < there else "same" for here, there in moved)
    seen["top"] = sum(here == there == top for here, there in moved)
    return seen
