"""Offers and needs by topic, and where nobody in the group can help. Source: domain.md §2.10, §1C rows 82 and 83."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mcm_core.domain.topic import Topic

ENOUGH_NEEDS = 2


class Side(StrEnum):
    """What somebody says of a topic."""

    OFFER = "offer"
    NEED = "need"


@dataclass(frozen=True)
class Offer:
    """One person's offer or need. `by` is their name, which they showed by saying it; or the group, without a name."""

    id: str
    side: Side
    by: str
    mine: bool
    from_the_group: bool


@dataclass(frozen=True)
class Exchange:
    """A topic with everybody who can offer something on it, and everybody who would like something."""

    topic: Topic
    offers: tuple[Offer, ...] = ()
    needs: tuple[Offer, ...] = ()

    @property
    def is_gap(self) -> bool:
        """Whether somebody from outside may be needed: several would like something, and nobody can offer it."""
        return len(self.needs) >= ENOUGH_NEEDS and not self.offers
