"""The drawer "Is this more than chance?": exact tests for a handful of paired people, and effect sizes.

Sources (domain.md §2.22.4-5): sign test, Arbuthnot 1710 / Dixon and Mood, JASA 41 (1946); signed ranks, Wilcoxon,
Biometrics 1 (1945); zeros, Pratt, JASA 54 (1959); matched-pairs rank-biserial, Kerby, Comprehensive Psychology 3
(2014); dominance, Cliff, Psychological Bulletin 114 (1993).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import comb
from typing import Literal

MOVERS_NEEDED = 6
"""The fewest movers whose sign test can fall below .05: 2·½⁶ = .031, but 2·½⁵ = .0625."""

Zeros = Literal["discard", "pratt"]


def sign_test(up: int, down: int) -> float:
    """Exact two-sided p = 2·P(X ≤ min(up, down)), X ~ Binomial(up + down, ½); people who stayed are left out."""
    movers = up + down
    tail = sum(comb(movers, k) for k in range(min(up, down) + 1))
    return min(1.0, 2 * tail * 0.5**movers)


def smallest_p(movers: int) -> float:
    """The p that so many movers reach when all go one way: 2·½ⁿ."""
    return sign_test(movers, 0)


def too_few(movers: int) -> str | None:
    """The sentence to print in place of a p, or None when there are enough movers for one."""
    if movers >= MOVERS_NEEDED:
        return None
    return (
        f"{_people(movers)} moved. Fewer than {MOVERS_NEEDED} can never reach .05, "
        "even when all of them move the same way, so there is no test to run."
    )


def _people(count: int) -> str:
    return {0: "Nobody", 1: "1 person"}.get(count, f"{count} people")


@dataclass(frozen=True)
class SignedRanks:
    """Wilcoxon's rank sums of moves up and down, and the exact two-sided p over all 2ⁿ ways to sign them."""

    plus: float
    minus: float
    p: float

    @property
    def r(self) -> float:
        """Matched-pairs rank-biserial r = (R⁺ − R⁻) / (R⁺ + R⁻), -1…1; 0 when nobody moved."""
        total = self.plus + self.minus
        return (self.plus - self.minus) / total if total else 0.0


def signed_ranks(changes: Iterable[int], *, zeros: Zeros = "discard") -> SignedRanks:
    """Rank the sizes of paired changes, ties sharing their middle rank.

    Zeros never count. "discard" drops them before ranking, "pratt" lets them take up the lowest ranks first.
    A second opinion only: it takes sizes of moves on an ordinal scale at face value.
    """
    kept = [change for change in changes if change or zeros == "pratt"]
    doubled = _doubled_ranks([abs(change) for change in kept])
    plus = sum(rank for change, rank in zip(kept, doubled, strict=True) if change > 0)
    minus = sum(rank for change, rank in zip(kept, doubled, strict=True) if change < 0)
    moving = [rank for change, rank in zip(kept, doubled, strict=True) if change]
    return SignedRanks(plus / 2, minus / 2, _exact_p(moving, min(plus, minus)))


def _doubled_ranks(sizes: Sequence[int]) -> list[int]:
    """Twice the mid-rank of each size, which is always a whole number."""
    return [sum(other < size for other in sizes) + sum(other <= size for other in sizes) + 1 for size in sizes]


def _exact_p(ranks: Sequence[int], smaller: int) -> float:
    """2·P(rank sum ≤ `smaller`) when every rank is signed by the toss of a fair coin."""
    ways = Counter({0: 1})
    for rank in ranks:
        ways += Counter({total + rank: count for total, count in ways.items()})
    tail = sum(count for total, count in ways.items() if total <= smaller)
    return min(1.0, 2 * tail * 0.5 ** len(ranks))


def cliffs_delta(before: Sequence[int], after: Sequence[int]) -> float:
    """Unpaired δ = (#after > before − #after < before) / (n·m), -1…1: what is left when pairing is thrown away."""
    pairs = [(was, now) for was in before for now in after]
    if not pairs:
        raise ValueError("Both sessions need at least one answer to be compared.")
    return (sum(now > was for was, now in pairs) - sum(now < was for was, now in pairs)) / len(pairs)
