"""Counts of answers. Computed when needed, never stored as a running number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mcm_core.domain.reading import NonAnswer


@dataclass(frozen=True)
class Tally:
    """How many people chose each level of one question; `levels[0]` counts level code 1."""

    levels: tuple[int, ...]
    not_sure: int = 0
    does_not_apply: int = 0
    passed: int = 0

    @property
    def n(self) -> int:
        """People who chose a level; non-answers are not among them."""
        return sum(self.levels)

    @property
    def non_answers(self) -> int:
        return self.not_sure + self.does_not_apply + self.passed

    def all_counts(self) -> tuple[int, ...]:
        """Levels, then the three non-answers."""
        return (*self.levels, self.not_sure, self.does_not_apply, self.passed)

    def __add__(self, other: Tally) -> Tally:
        return of_counts([one + more for one, more in zip(self.all_counts(), other.all_counts(), strict=True)])


def of_counts(counts: Sequence[int]) -> Tally:
    """The tally whose `all_counts` these are."""
    *levels, not_sure, does_not_apply, passed = counts
    return Tally(tuple(levels), not_sure, does_not_apply, passed)


def count(answers: Iterable[int | None], *, levels: int) -> Tally:
    """Tally answers (level codes 1…`levels`, `NonAnswer` codes, None = not answered, left out)."""
    given = [answer for answer in answers if answer is not None]
    return Tally(
        levels=tuple(given.count(code) for code in range(1, levels + 1)),
        not_sure=given.count(NonAnswer.NOT_SURE),
        does_not_apply=given.count(NonAnswer.DOES_NOT_APPLY),
        passed=given.count(NonAnswer.PASS),
    )
