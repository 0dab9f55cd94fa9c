"""What one member says about one theme: where it is now, and where they hope it will be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from mcm_core.domain.errors import Refused
from mcm_core.domain.instrument import Instrument

UNKNOWN_LEVEL = "That level does not exist here, so nothing was saved. Please choose one of those shown."


class NonAnswer(IntEnum):
    """Three different ways of not choosing a level. None counts in a median; each is counted by itself."""

    NOT_SURE = -1
    DOES_NOT_APPLY = -2
    PASS = -3

    @property
    def label(self) -> str:
        """The words on the screen."""
        return {-1: "Not sure", -2: "Doesn't apply", -3: "Rather not say"}[self.value]


@dataclass(frozen=True)
class Reading:
    """One member's answers on one theme in one round.

    `current` and `desired` are a level code (1…), a `NonAnswer` code (-1…-3), or None for not answered yet.
    `focus` is the id of the relationship it is about; readings about two relationships are never joined.
    """

    current: int | None = None
    desired: int | None = None
    saved_at: datetime | None = None
    focus: str | None = None

    @property
    def gap(self) -> int | None:
        """Desired minus current in levels, or None unless both are levels. Negative is an easing back."""
        if self.current is None or self.desired is None or self.current < 0 or self.desired < 0:
            return None
        return self.desired - self.current

    @property
    def eases_back(self) -> bool:
        return (self.gap or 0) < 0


def unfolds_desired(current: int | None) -> bool:
    """Whether it makes sense to ask for the hope after this answer: yes after a level or "Not sure"."""
    return current is not None and (current > 0 or current == NonAnswer.NOT_SURE)


def refuse_unknown(instrument: Instrument, theme: str, reading: Reading) -> None:
    """Raise Refused unless theme and answers exist on the instrument (browsers can send anything)."""
    if instrument.theme(theme) is None:
        raise Refused("That theme is not part of this round. Reload the page and choose again.")
    allowed = {None, *instrument.codes, *instrument.non_answers}
    if reading.current not in allowed or reading.desired not in allowed:
        raise Refused(UNKNOWN_LEVEL)
    if reading.desired is not None and not instrument.asks_desired:
        raise Refused("This round asks one question only, so nothing was saved. Please choose one of those shown.")


def is_complete(instrument: Instrument, reading: Reading) -> bool:
    """Whether nothing more is asked of the member for this theme."""
    if reading.current is None:
        return False
    return not (instrument.asks_desired and unfolds_desired(reading.current) and reading.desired is None)
