"""News and views: when each session's pulse is open, and what the facilitators say back to it.

Sources: domain.md §2.4 (from a session's end to 48 hours before the next), §5 row 39 (on the clock on the wall).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from mcm_core.domain.cohort import CohortSession, held
from mcm_core.domain.errors import Refused

FOR_THE_LAST_BLOCK = timedelta(minutes=10)
BEFORE_NEXT = timedelta(hours=48)
SHORTEST = timedelta(days=1)
AFTER_THE_LAST = timedelta(days=5)
LINE_MAX = 600
GAP = "[…]"


class Outcome(StrEnum):
    """What came of something that members said."""

    CHANGED = "changed"
    COULD_NOT = "could not"

    @property
    def words(self) -> str:
        """How the facilitators' sentence begins."""
        return {"changed": "We changed", "could not": "We could not, because"}[self.value]


@dataclass(frozen=True)
class Line:
    """“You said … → we changed … / we could not, because …”, about one session."""

    id: str
    session_number: int
    you_said: str
    outcome: Outcome
    reply: str
    written_at: datetime

    @property
    def answer(self) -> str:
        """What came of it, as a sentence begins: "We changed: …"."""
        return f"{self.outcome.words}{':' if self.outcome is Outcome.CHANGED else ''} {self.reply}"


@dataclass(frozen=True)
class Window:
    """While the pulse of a session is open, in UTC; `closes_local` is the end on the clock on the wall."""

    opens_at: datetime
    closes_at: datetime
    closes_local: datetime

    def is_open(self, at: datetime) -> bool:
        """Whether an answer is taken at this moment."""
        return self.opens_at <= at < self.closes_at


def window(sessions: Sequence[CohortSession], number: int) -> Window:
    """From ten minutes before the end of a session, when its last block points there, to 48 hours before the next one.
    One that was ended early in the app opens it at once.

    Counted on the clock on the wall, so it closes at the hour at which the next session begins, also when clocks
    change. Where that would leave less than a day it closes half way to the next session; after the last, in five days.
    """
    this = next(meeting for meeting in sessions if meeting.number == number)
    zone = ZoneInfo(this.time_zone)
    later = [meeting for meeting in held(sessions) if meeting.starts_at > this.starts_at]
    ahead = min(later, key=lambda meeting: meeting.starts_at, default=None)
    if ahead is None:
        closes = _at(this.ends_at.astimezone(zone).replace(tzinfo=None) + AFTER_THE_LAST, zone)
    else:
        closes = _at(ahead.starts_local - BEFORE_NEXT, ZoneInfo(ahead.time_zone))
        if closes < this.ends_at + SHORTEST:
            closes = this.ends_at + max(timedelta(0), (ahead.starts_at.astimezone(UTC) - this.ends_at) / 2)
    opens = min(this.ends_at - FOR_THE_LAST_BLOCK, this.over_at)
    return Window(opens, closes, closes.astimezone(zone).replace(tzinfo=None))


def _at(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)


def clean_line(words: str, what: str) -> str:
    """The words to store. Raises Refused when there are none or too many."""
    cleaned = " ".join(words.replace("\x00", "").split())
    if not cleaned:
        raise Refused(f"“{what}” is empty. One sentence is enough.")
    if len(cleaned) > LINE_MAX:
        raise Refused(f"“{what}” is longer than {LINE_MAX} characters. Shorten it, or make it two lines.")
    return cleaned


def redacted(original: str, edited: str) -> str:
    """Somebody's words with some left out, each time with […] in their place. Raises Refused for any other change.

    Nobody else's words are put into the mouth of a writer who cannot be asked; those go into the line “You said”.
    """
    text = edited.replace("[...]", GAP).strip()
    pieces = [piece.strip() for piece in text.split(GAP)]
    place = len(pieces[0])
    fits = original.startswith(pieces[0]) and original.endswith(pieces[-1])
    for piece in pieces[1:-1]:
        found = original.find(piece, place)
        fits, place = fits and found >= 0, found + len(piece)
    whole = len(pieces) == 1 and pieces[0] != original
    if not fits or whole or (len(pieces) > 1 and place > len(original) - len(pieces[-1])):
        raise Refused(
            f"You can leave words out, with {GAP} in their place, and change nothing else. To say it in your own "
            "words, use “You said” below. Nothing was shared yet."
        )
    return text
