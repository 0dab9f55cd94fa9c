"""Who stands behind a picture, and whether two pictures are so much alike that their difference is somebody's answer.

Source: domain.md §2.23, differencing guard.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from mcm_core.domain.differencing import GUARD
from mcm_core.domain.instrument import Asked
from mcm_core.domain.reading import Reading
from mcm_core.domain.tally import Tally, count

Answers = Mapping[str, Reading]
"""Readings of one theme in one round by member id."""


@dataclass(frozen=True)
class Crowd:
    """The people behind a picture who are still there, what was counted of them, and how many they were at first.

    Where it is not kept how many chose what, `counts` are the fewest that they may have been, and `most` the most.
    """

    people: Set[str]
    counts: tuple[int, ...]
    size: int
    most: tuple[int, ...] = ()


def choosers(answers: Answers, asked: Asked) -> Set[str]:
    """The people whose answer to `asked` is a level."""
    return {who for who, reading in answers.items() if (getattr(reading, asked) or 0) > 0}


def answerers(answers: Answers, asked: Asked) -> Set[str]:
    """The people who answered `asked` at all, if only with "Rather not say"."""
    return {who for who, reading in answers.items() if getattr(reading, asked) is not None}


def crowds(answers: Answers, asked: Asked, tally: Tally) -> tuple[Crowd, Crowd]:
    """Those who chose a level, and all who answered, because "Rather not say" is an answer too."""
    return (
        Crowd(choosers(answers, asked), tally.levels, tally.n),
        Crowd(answerers(answers, asked), tally.all_counts(), tally.n + tally.non_answers),
    )


def everybody(answers: Answers, *, levels: int, size: int) -> Crowd:
    """All who answered a theme, with their answers about now."""
    tally = count((reading.current for reading in answers.values()), levels=levels)
    return Crowd(answerers(answers, "current"), counted(tally), size)


def counted(tally: Tally) -> tuple[int, ...]:
    """How many chose each level, and how many none."""
    return (*tally.levels, tally.non_answers)


def too_close(then: Crowd, now: Crowd, *, same_session: bool) -> bool:
    """Whether subtracting one picture from the other would tell what one or two people answered."""
    apart = how_far_apart(then.people, now.people, shown=then.size)
    return 0 < apart < GUARD and (same_session or _explained_by(then, now, apart))


def how_far_apart(then: Set[str], now: Set[str], *, shown: int) -> int:
    """How many people tell two pictures apart. `shown` were in the earlier one: some may be erased since, and count."""
    return len(then ^ now) + shown - len(then)


def _explained_by(then: Crowd, now: Crowd, apart: int) -> bool:
    """Whether two pictures look, or may look, as if only the `apart` people who came or left changed them.

    A week later everybody answers anew, so one absence alone gives nobody away. It does when the rest of the
    picture stood still: then the difference is the answer of those one or two people.
    """
    between = zip(then.counts, then.most or then.counts, now.counts, strict=True)
    nearest = [min(max(fewest, b), most) for fewest, most, b in between]
    missing = abs(then.size - sum(nearest)) if then.most else 0  # they, too, chose something else then
    return sum(abs(a - b) for a, b in zip(nearest, now.counts, strict=True)) + missing <= apart
