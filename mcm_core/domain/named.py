"""When names may stand beside a picture: as people said yes, and never so that the others can be reckoned from it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from mcm_core.domain.instrument import Asked
from mcm_core.domain.reading import Reading
from mcm_core.domain.release import Release


@dataclass(frozen=True)
class Named:
    """A member who said yes, and what they answered to one theme."""

    name: str
    reading: Reading


def names_may_stand(release: Release, named: Collection[Reading], threshold: int) -> bool:
    """Whether what is left of the picture without the named answers is of nobody, or of `threshold` people and more.

    Otherwise subtracting them would show what a small rest answered (domain.md §2.23.1, secondary suppression).
    """
    asked: tuple[Asked, Asked] = ("current", "desired")
    return all(_rest_is_safe(release, which, named, threshold) for which in asked)


def _rest_is_safe(release: Release, asked: Asked, named: Collection[Reading], threshold: int) -> bool:
    tally = release.current if asked == "current" else release.desired
    if tally is None:
        return True
    given = [answer for reading in named if (answer := getattr(reading, asked)) is not None]
    levels = tally.n - sum(answer > 0 for answer in given)
    everybody = tally.n + tally.non_answers - len(given)
    return all(rest <= 0 or rest >= threshold for rest in (levels, everybody))
