"""A timed part of a session: what it is called, how long, what it asks of people and where it sends their phones.

Blocks come from a programme file (`store.programmes`) and are the cohort's own from then on (domain.md §3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mcm_core.domain.errors import Refused
from mcm_core.domain.instrument import Instrument, Text
from mcm_core.domain.mode import Mode
from mcm_core.domain.round import ON_STAGE, LaunchCard, Round, RoundState

TITLE_MAX = 80
WORDS_MAX = 600
MINUTES_MAX = 120
CHOICES_MAX = 9


class Activity(StrEnum):
    """Where a block sends the phones. A break and a prompt stay on Today, and so does the practice vote."""

    PROMPT = "prompt"
    BREAK = "break"
    PRACTICE = "practice"
    ROUND = "round"
    TOPICS = "topics"
    DOTS = "dots"
    OFFERS = "offers"
    PAIRS = "pairs"
    TRY_IT = "try_it"
    NEWS = "news"
    CLOSING = "closing"
    AGREEMENT = "agreement"


@dataclass(frozen=True)
class RoundPlan:
    """The vote that a block opens. What is left out is chosen as in the form for a round: all themes, first lens.

    `by_itself`: it opens when the block begins and closes when it ends, so that nobody presses anything for it.
    """

    instrument: str
    themes: tuple[str, ...] = ()
    mode: Mode = Mode.CONFIDENTIAL
    lens: str | None = None
    perspective: str | None = None
    purpose: str | None = None
    by_itself: bool = False

    def card(self, instrument: Instrument, minutes: int) -> LaunchCard:
        """The launch card of this vote."""
        return LaunchCard(
            instrument=instrument,
            themes=self.themes or tuple(theme.key for theme in instrument.themes),
            lens=self.lens or _one_of(instrument.lenses, 0),
            perspective=self.perspective or _one_of(instrument.perspectives, 1),
            purpose=self.purpose or _one_of(instrument.purposes, -1),
            minutes=min(minutes, 60),
            mode=self.mode,
        )


def _one_of(texts: tuple[Text, ...], place: int) -> str | None:
    return str(texts[min(place, len(texts) - 1)]) if texts else None


@dataclass(frozen=True)
class Practice:
    """A question of no weight, to learn how tapping works. Its answers go when the block is over."""

    question: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """One block of a cohort's run-sheet.

    `prompt` is for the phones, `screen` for the room, `note` for the facilitators alone, who also read what is
    `captured`. `extra` are minutes given while it was on: the plan keeps its own. `keeps_picture`: the picture revealed
    last stays on the screens. `round_id` is the vote that it opened, `guest_id` who helps with it.
    """

    id: str
    title: str
    minutes: int
    activity: Activity = Activity.PROMPT
    prompt: str = ""
    screen: str = ""
    note: str = ""
    captured: str = ""
    round_plan: RoundPlan | None = None
    practice: Practice | None = None
    keeps_picture: bool = False
    skipped: bool = False
    extra: int = 0
    began_at: datetime | None = None
    ended_at: datetime | None = None
    round_id: str | None = None
    guest_id: str | None = None

    @property
    def is_ahead(self) -> bool:
        """Whether it has not begun yet, so that it may still be moved, shortened or skipped."""
        return self.began_at is None

    def ends(self, round_: Round | None) -> bool:
        """Whether this vote opened by itself with the block, and ends with it."""
        by_itself = self.round_plan and self.round_plan.by_itself
        return bool(by_itself and round_ and round_.id == self.round_id)

    def fate(self, round_: Round | None, *, last: bool) -> str:
        """What the next step does with a vote that is under way, for the step's button; `last`: it ends the session."""
        if round_ is None or round_.state is RoundState.REVEALED:
            return ""
        if self.ends(round_) or (last and round_.state is RoundState.OPEN):
            return "closes the vote"
        return "the vote stays open" if round_.state is RoundState.OPEN else "the vote stays hidden"

    @property
    def until(self) -> datetime | None:
        """When its time is up. Nothing closes then."""
        return self.began_at and self.began_at + timedelta(minutes=self.minutes + self.extra)

    @property
    def took(self) -> int | None:
        """The minutes that it really took, rounded; None before it is over."""
        if self.began_at is None or self.ended_at is None:
            return None
        return round((self.ended_at - self.began_at) / timedelta(minutes=1))

    def is_on(self, at: datetime) -> bool:
        """Whether it is what the room does now."""
        return self.began_at is not None and self.ended_at is None and at - self.began_at < ON_STAGE


def clean_words(words: str, *, what: str) -> str:
    """Words of a block for storing: line ends alike, no blank around. Raises Refused when they are too long."""
    cleaned = "\n".join(words.split("\r\n")).strip()
    if len(cleaned) > WORDS_MAX:
        raise Refused(f"The {what} is too long: {len(cleaned)} characters, and {WORDS_MAX} fit. Shorten it.")
    return cleaned


def refuse_minutes(minutes: int) -> None:
    """Raise Refused unless a block can last that long."""
    if not 1 <= minutes <= MINUTES_MAX:
        raise Refused(f"A block lasts between 1 and {MINUTES_MAX} minutes.")
