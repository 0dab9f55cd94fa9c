"""How often is too often: a bucket of tokens, and pauses that double. The moment is an argument, in seconds."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

PENALTY_MAX = 300.0
FORGIVEN_AFTER = 600.0  # seconds of peace after which the next pause is a short one again
REMEMBERED = 10_000  # keys; the oldest go first, so that many made-up ones cost little


@dataclass
class Bucket:
    """Lets `rate` through per second, and `burst` at once."""

    rate: float
    burst: float
    _left: float | None = None
    _at: float = 0.0

    def take(self, now: float) -> bool:
        """Whether one more may pass now."""
        full = self.burst if self._left is None else min(self.burst, self._left + (now - self._at) * self.rate)
        self._at, self._left = now, max(0.0, full - 1) if full >= 1 else full
        return full >= 1


class Buckets:
    """A bucket for each key."""

    def __init__(self) -> None:
        self._of: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, key: str, rate: float, burst: float, now: float) -> bool:
        """Whether one more of this key may pass now."""
        bucket = self._of.setdefault(key, Bucket(rate, burst))
        _keep_newest(self._of, key)
        return bucket.take(now)


class Penalties:
    """Pauses: `first` seconds, doubling with each strike up to five minutes, and forgiven after ten quiet ones.

    Trying again during a pause does not lengthen it: browsers reconnect by themselves.
    """

    def __init__(self, first: float) -> None:
        self._first = first
        self._until: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def strike(self, key: str, now: float) -> None:
        """Begin a pause for this key."""
        until, length = self._until.get(key, (0.0, 0.0))
        known = length and now < until + FORGIVEN_AFTER
        length = min(PENALTY_MAX, length * 2 if known else self._first)
        self._until[key] = (now + length, length)
        _keep_newest(self._until, key)

    def bars(self, key: str, now: float) -> bool:
        """Whether this key has to wait."""
        return now < self._until.get(key, (0.0, 0.0))[0]


def _keep_newest(kept: OrderedDict[str, Bucket] | OrderedDict[str, tuple[float, float]], key: str) -> None:
    kept.move_to_end(key)
    if len(kept) > REMEMBERED:
        kept.popitem(last=False)
