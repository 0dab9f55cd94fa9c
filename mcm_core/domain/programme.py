"""Six sessions as a file describes them: the run-sheets that a new cohort begins with."""

from __future__ import annotations

from dataclasses import dataclass

from mcm_core.domain.block import Activity, Practice, RoundPlan
from mcm_core.domain.instrument import Text


@dataclass(frozen=True)
class PlannedBlock:
    """A block as the file has it, every text with its source. See `domain.block.Block` for what each is for."""

    title: Text
    minutes: int
    activity: Activity
    prompt: Text | None = None
    screen: Text | None = None
    note: Text | None = None
    captured: Text | None = None
    round_plan: RoundPlan | None = None
    practice: Practice | None = None
    keeps_picture: bool = False


@dataclass(frozen=True)
class PlannedSession:
    """One of the six: its blocks, whose minutes together are its length."""

    number: int
    title: Text
    minutes: int
    blocks: tuple[PlannedBlock, ...]


@dataclass(frozen=True)
class Programme:
    """A whole programme file."""

    key: str
    version: str
    title: Text
    credit: Text
    sessions: tuple[PlannedSession, ...]

    def session(self, number: int) -> PlannedSession:
        """The session with this number, 1 to 6."""
        return self.sessions[number - 1]
