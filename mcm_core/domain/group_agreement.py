"""What a group agrees about how it works together, version by version (domain.md §4.7 and §3, S1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mcm_core.domain.errors import Conflict, Refused

LINES_MAX = 20
LINE_MAX = 200


@dataclass(frozen=True)
class GroupAgreement:
    """One version: its lines, and how many of the members have agreed to just these words.

    `number` is 0 while the lines are those that every cohort begins with. `mine` is the version that whoever looks has
    agreed to, if any.
    """

    number: int
    lines: tuple[str, ...]
    made_at: datetime | None = None
    agreed: int = 0
    of: int = 0
    mine: int | None = None

    @property
    def is_mine(self) -> bool:
        """Whether whoever looks has agreed to these words."""
        return self.number > 0 and self.mine == self.number


def cleaned(lines: str) -> tuple[str, ...]:
    """The lines as they are kept. Raises Refused for none, too many, or one that is too long."""
    kept = tuple(" ".join(line.split()) for line in lines.splitlines() if line.strip())
    if not kept:
        raise Refused("The agreement is empty. Write one line for each thing that you agree on.")
    if len(kept) > LINES_MAX:
        raise Refused(f"These are {len(kept)} lines; there is room for {LINES_MAX}. What matters most?")
    for line in kept:
        if len(line) > LINE_MAX:
            raise Refused(f"“{line[:30]}…” is longer than {LINE_MAX} characters. Shorten it or make two lines of it.")
    return kept


def refuse_unseen(now: int, drawn: int) -> None:
    """Raise Conflict when the agreement has become another one since it was drawn."""
    if now != drawn:
        raise Conflict("The agreement has been changed since you opened it. Read it again, then decide.")
