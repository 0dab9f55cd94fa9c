"""How far people who chose levels agree, using nothing but the order of the levels.

Sources: C. van der Eijk, "Measuring agreement in ordered rating scales", Quality & Quantity 35 (2001) 325-341;
W. Tastle and M. Wierman, "Consensus and dissention", Int. J. Approximate Reasoning 45 (2007) 531-545.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import log2


def agreement(counts: Sequence[int]) -> float:
    """Van der Eijk's A of counts per level: 1 all agree, 0 evenly spread, -1 two camps at the ends.

    A = Σ wᵢ·A(layerᵢ): the counts are cut into layers of equal height, each weighted by its share of the people.
    """
    n = _people(counts)
    return sum(weight / n * _layer_agreement(pattern) for pattern, weight in _layers(counts))


def consensus(counts: Sequence[int]) -> float:
    """Tastle-Wierman Cns = 1 + Σ pᵢ·log₂(1 − |i − μ| / width), 0…1.

    For the evaluator's drawer only: μ is the mean of coded levels, which an ordinal scale does not really have.
    """
    n = _people(counts)
    centre = sum(code * count for code, count in enumerate(counts)) / n
    width = len(counts) - 1
    spoken = [(code, count) for code, count in enumerate(counts) if count]
    return 1 + sum(count / n * log2(1 - abs(code - centre) / width) for code, count in spoken if width)


def in_words(a: float) -> str:
    """A in everyday words; the thresholds are ours (domain.md §2.22.2)."""
    rounded = round(a, 9)
    if rounded >= 0.6:
        return "mostly agreed"
    if rounded >= 0.2:
        return "mixed"
    return "spread" if rounded >= -0.2 else "two camps"


def _people(counts: Sequence[int]) -> int:
    if any(count < 0 for count in counts):
        raise ValueError("A count of people cannot be negative.")
    n = sum(counts)
    if not n:
        raise ValueError("Nobody chose a level, so there is no agreement to speak of.")
    return n


def _layers(counts: Sequence[int]) -> Iterator[tuple[tuple[bool, ...], int]]:
    """Cut the counts into layers: which levels each one covers, and how many people are in it."""
    left = list(counts)
    while any(left):
        pattern = tuple(count > 0 for count in left)
        height = min(count for count in left if count)
        yield pattern, height * sum(pattern)
        left = [count - height if count else 0 for count in left]


def _layer_agreement(pattern: Sequence[bool]) -> float:
    """A of one layer = U·(1 − (S − 1)/(K − 1)), S of its K levels being covered."""
    k = len(pattern)
    return _unimodality(pattern) * (1 - (sum(pattern) - 1) / (k - 1)) if k > 1 else 1.0


def _unimodality(pattern: Sequence[bool]) -> float:
    """U = ((K−2)·TU − (K−1)·TDU) / ((K−2)·(TU + TDU)); triples 110 and 011 are TU, 101 is TDU."""
    k = len(pattern)
    triples = list(combinations(pattern, 3))
    single = sum(triple in ((True, True, False), (False, True, True)) for triple in triples)
    double = triples.count((True, False, True))
    if not single + double:
        return 1.0
    return ((k - 2) * single - (k - 1) * double) / ((k - 2) * (single + double))
