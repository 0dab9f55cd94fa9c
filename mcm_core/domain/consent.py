"""What people agree to, purpose by purpose. The words are data (session_data/consent.yaml); here is what they are for.

Sources: domain.md §2.23.7 (names only for a stated purpose and audience; dated, revocable), §5 rows 16, 17 and 50.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Purpose(StrEnum):
    """The uses of what a member gives. Each but the first waits for a yes; without one the product does without."""

    TAKING_PART = "taking part"
    NAME_WITH_ANSWERS = "name with answers"
    NAME_WITH_NOTES = "name with notes"
    NOTES_BEYOND = "notes beyond"
    TOTALS_BEYOND = "totals beyond"
    PLAN_SHARED = "plan shared"


@dataclass(frozen=True)
class Wording:
    """One purpose in plain words: what we do, and what follows a no. `needed`: nobody can take part without it.

    `until_then`: what holds before anything was said, which is what a no brings about. `each_round`: asked for every
    round by itself, on its ballot, and said for that round alone.
    """

    purpose: Purpose
    title: str
    after_yes: str
    after_no: str
    until_then: str = ""
    needed: bool = False
    each_round: bool = False


@dataclass(frozen=True)
class Notice:
    """Everything that is asked, in one version of the words."""

    version: str
    opening: str
    wordings: tuple[Wording, ...]


@dataclass(frozen=True)
class Choice:
    """Where a member stands on one purpose. `said_at` and `version` are None until they have said anything."""

    wording: Wording
    yes: bool
    said_at: datetime | None = None
    version: str | None = None

    @property
    def effect(self) -> str:
        """What follows from where they stand."""
        if self.yes:
            return self.wording.after_yes
        return self.wording.after_no if self.said_at else self.wording.until_then or self.wording.after_no


@dataclass(frozen=True)
class Said:
    """One yes or no of a member, as it was said. `about` names the round that it was for, "" for a purpose in general.

    `stands`: nothing was said about the same since. `version` is that of the words that were read.
    """

    purpose: Purpose
    title: str
    about: str
    yes: bool
    said_at: datetime
    version: str
    stands: bool
    round_id: str | None = None
