"""One opening of voting, and the order in which it may move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mcm_core.domain.errors import Conflict, Refused
from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.mode import Mode

MAX_ATTEMPTS = 3
ON_STAGE = timedelta(hours=6)
"""As long as a picture stays on every screen, and what nobody ended is taken for under way: it must not meet the next
week."""
ANONYMOUS_LEVELS = 4
"""With fewer to choose from, words such as "few" would be as good as numbers (see domain.anonymous)."""


class Lane(StrEnum):
    """Where a round is answered: by the room together, one at a time; or by everybody for themselves until the next
    session. The latter open and close by themselves (services/news.py)."""

    ROOM = "room"
    BETWEEN = "between"


class RoundState(StrEnum):
    """Draft → open → closed → revealed. A closed round may be opened again; a revealed one never."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    REVEALED = "revealed"


NEXT = {
    RoundState.DRAFT: {RoundState.OPEN},
    RoundState.OPEN: {RoundState.CLOSED},
    RoundState.CLOSED: {RoundState.OPEN, RoundState.REVEALED},
    RoundState.REVEALED: set[RoundState](),
}


@dataclass(frozen=True)
class LaunchCard:
    """What a round asks and why; members see it before they answer.

    `lens`, `perspective` and `purpose` are the instrument's own words, or None where it offers none.
    `minutes` is a guide for the room's timer; nothing closes when it runs out. `mode` says how answers are kept.
    """

    instrument: Instrument
    themes: tuple[str, ...]
    lens: str | None = None
    perspective: str | None = None
    purpose: str | None = None
    minutes: int = 5
    mode: Mode = Mode.CONFIDENTIAL

    @property
    def asked(self) -> tuple[Theme, ...]:
        """The chosen themes in the instrument's order, the core (Safety) last."""
        chosen = [theme for theme in self.instrument.themes if theme.key in self.themes]
        return tuple(sorted(chosen, key=lambda theme: theme.core))


@dataclass(frozen=True)
class Round:
    """A round as everybody in its cohort may know it: never an answer, only its card and state.

    `threshold` is the smallest group of which a picture is shown, as it was when the round was first opened.
    """

    id: str
    cohort_id: str
    session_id: str
    session_number: int
    card: LaunchCard
    attempt: int
    state: RoundState
    version: int
    threshold: int
    opened_at: datetime | None = None
    revealed_at: datetime | None = None

    def calls(self, at: datetime) -> bool:
        """Whether it takes phones to its ballot. One that nobody closed stays open, but not in everybody's way."""
        return self.state is RoundState.OPEN and self.opened_at is not None and at - self.opened_at < ON_STAGE

    @property
    def title(self) -> str:
        """What the room calls it, such as "Session 3: Tools, second vote"."""
        names = [theme.label.words for theme in self.card.asked]
        what = names[0] if len(names) == 1 else self.card.instrument.title.words
        again = {1: "", 2: ", second vote", 3: ", third vote"}[self.attempt]
        return f"Session {self.session_number}: {what}{again}"


def refuse_move(now: RoundState, to: RoundState, mode: Mode = Mode.CONFIDENTIAL) -> None:
    """Raise Conflict unless a round may go from `now` to `to`. Anonymous answers are sealed by the close."""
    if to not in NEXT[now]:
        raise Conflict(f"This round is already {now.value}. Look at the screen again before you decide what is next.")
    if mode is Mode.ANONYMOUS and (now, to) == (RoundState.CLOSED, RoundState.OPEN):
        raise Refused("Anonymous answers are sealed when the vote closes, so it cannot be opened again.")


def refuse_card(card: LaunchCard) -> None:
    """Raise Refused unless the launch card asks something that the instrument has."""
    instrument = card.instrument
    if not card.asked or len(card.asked) != len(set(card.themes)):
        raise Refused("Choose at least one theme to vote on.")
    for word, offered, name in (
        (card.lens, instrument.lenses, "I or We"),
        (card.perspective, instrument.perspectives, "a perspective"),
        (card.purpose, instrument.purposes, "a purpose"),
    ):
        if (word is None) == bool(offered) or (word is not None and word not in map(str, offered)):
            raise Refused(f"Choose {name} from the list.")
    if instrument.between:
        raise Refused("This opens by itself at the end of every session. There is nothing to prepare.")
    if instrument.anonymous and card.mode is not Mode.ANONYMOUS:
        raise Refused("This question is asked anonymously or not at all. Choose anonymous, or talk it through.")
    if card.mode is Mode.ANONYMOUS and len(instrument.levels) < ANONYMOUS_LEVELS:
        raise Refused("This question offers too few answers to be asked anonymously. Choose confidential or named.")
    if not 1 <= card.minutes <= 60:
        raise Refused("The time guide is between 1 and 60 minutes.")
