"""Who moved between two sessions: people who answered both times, and nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Movement:
    """Paired people counted by direction; `at_top` of the `same` had no room to move up.

    `steps` is the sum of signed level moves, kept so that a change of gap can be split into its two parts.
    """

    up: int
    same: int
    down: int
    at_top: int = 0
    steps: int = 0

    @property
    def n(self) -> int:
        """Paired people."""
        return self.up + self.same + self.down

    @property
    def net_share(self) -> float:
        """(up − down) / n in -1…1: within-person ordinal dominance (domain.md §2.22.3). 0 when nobody is paired."""
        return (self.up - self.down) / self.n if self.n else 0.0


@dataclass(frozen=True)
class Shift:
    """Movement of one theme from an earlier to a later session, current and desired apart.

    "We moved" is `current`, "we raised or lowered the bar" is `desired`. Either is None where it is not released.
    """

    theme: str
    from_session: int
    to_session: int
    current: Movement | None
    desired: Movement | None


def movement(pairs: Iterable[tuple[int | None, int | None]], *, top: int) -> Movement:
    """Count (earlier, later) answers of the same people; a pair without two levels (1…`top`) is left out."""
    levels = [(was, now) for was, now in pairs if was is not None and now is not None and was > 0 and now > 0]
    return Movement(
        up=sum(now > was for was, now in levels),
        same=sum(now == was for was, now in levels),
        down=sum(now < was for was, now in levels),
        at_top=sum(was == now == top for was, now in levels),
        steps=sum(now - was for was, now in levels),
    )
