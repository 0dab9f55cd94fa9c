"""What a group shared since its last session, put together from what people shared themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.news import Line
from mcm_core.domain.note import Note
from mcm_core.domain.topic import Topic


@dataclass(frozen=True)
class Digest:
    """`lines` are what people took from their catch-ups and all agreed to share; `notes` are for the whole group.

    `answers` are what the facilitators said back, `topics` what is new on the board.
    """

    since: CohortSession | None
    lines: tuple[str, ...]
    notes: tuple[Note, ...]
    answers: tuple[Line, ...] = ()
    topics: tuple[Topic, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.lines or self.notes or self.answers or self.topics)

    @property
    def summary(self) -> str:
        """How much there is to read, for a message: nobody's words leave the app with it (domain.md §1B row 26)."""
        counts = (
            (len(self.answers), "reply of the facilitators in News and views"),
            (len(self.topics), "topic"),
            (len(self.notes), "note"),
            (len(self.lines), "line about a catch-up"),
        )
        said = [f"{count} {_several(what) if count > 1 else what}" for count, what in counts if count]
        if not said:
            return "Nothing new this week."
        *first, last = said
        where = "It is" if sum(count for count, _ in counts) == 1 else "They are"
        return f"{' and '.join(filter(None, [', '.join(first), last]))}. {where} on the page, for this group alone."


def began(meeting: CohortSession) -> datetime:
    """When a meeting begins, or began where it was run, and ended, before its time: as long before as it lasts."""
    early = meeting.over_at < meeting.starts_at
    return meeting.over_at - timedelta(minutes=meeting.minutes) if early else meeting.starts_at.astimezone(UTC)


def last_begun(sessions: Sequence[CohortSession], at: datetime) -> CohortSession | None:
    """The session that began last, or None before the first. One that was run before its time has begun, too."""
    begun = [meeting for meeting in sessions if began(meeting) <= at]
    return max(begun, key=began, default=None)


def _several(what: str) -> str:
    first, *rest = what.split()
    many = f"{first[:-1]}ies" if first.endswith("y") else f"{first}s"
    return " ".join([many, *rest])
