"""A short meeting of two or three between two sessions, and what its people may say of it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.errors import Refused
from mcm_core.domain.pairing import GAPS

LINE_MAX = 300
REACH_MAX = 120


class Outcome(StrEnum):
    """What somebody says of their catch-up (domain.md §2.11). Not saying anything is as good."""

    MET = "met"
    NOT_YET = "not yet"
    SWAP = "swap"


OTHERWISE = frozenset({Outcome.NOT_YET.value, Outcome.SWAP.value})


@dataclass(frozen=True)
class Partner:
    """Somebody to meet, with the way to reach them that they gave, or ""."""

    id: str
    name: str
    reach: str


@dataclass(frozen=True)
class Line:
    """One thing that somebody takes from a catch-up. `shared` once every partner has said that it is fine with them.

    `agreed`: the visitor has; always true of one's own. `agreed_at`: when they did; of one's own, when somebody did
    last.
    """

    author_id: str
    author: str
    body: str
    written_at: datetime | None
    mine: bool
    agreed: bool
    shared: bool
    agreed_at: datetime | None = None


@dataclass(frozen=True)
class CatchUp:
    """A catch-up as one of its people sees it. `said` is their own word; what the others say stays with them.

    `is_note`: their own line has become a note. `changed`: the group has become another since they last said something.
    """

    id: str
    number: int
    partners: tuple[Partner, ...]
    said: Outcome | None
    lines: tuple[Line, ...]
    is_note: bool = False
    changed: bool = False


@dataclass(frozen=True)
class Together:
    """A group of a round as facilitators see it: names only. `kept`: a facilitator wants just these together."""

    id: str
    people: tuple[str, ...]
    kept: bool


@dataclass(frozen=True)
class PairingRound:
    """The catch-ups of one week. `shared_at` is None while only facilitators see them.

    `people` take part, by id. `alone` do so and are in no group, `resting` have the week off, `not_joined` have yet to
    come in. `to_mend`: in how many groups somebody left, or asked for another partner. `fits`: what was proposed is
    still right for those who take part.
    """

    number: int
    shared_at: datetime | None
    version: int
    groups: tuple[Together, ...]
    alone: tuple[str, ...]
    resting: tuple[str, ...]
    not_joined: tuple[str, ...]
    people: Mapping[str, str]
    to_mend: int
    fits: bool


def leads_up(cohort: Cohort, number: int, at: datetime) -> bool:
    """Whether the session that the catch-ups of this week lead up to is still to come."""
    return at < cohort.session(number + 1).starts_at


def week_to_share(cohort: Cohort, shared: int, at: datetime) -> int | None:
    """The week whose catch-ups come next: the first after the last that was shared (0 for none) that leads up to a
    session. One that went by without any is left empty. None after the last."""
    return next((number for number in range(shared + 1, GAPS + 1) if leads_up(cohort, number, at)), None)


def refuse_week(number: int) -> None:
    """Raise Refused unless there is such a week."""
    if not 1 <= number <= GAPS:
        raise Refused(f"Catch-ups are between two sessions: week 1 to {GAPS}. Choose one of these.")


def clean_line(words: str, *, what: str, longest: int) -> str:
    """One line for storing, "" for none. Raises Refused when it is too long."""
    line = " ".join(words.replace("\x00", "").split())
    if len(line) > longest:
        raise Refused(f"{what} is too long: {len(line)} characters, and {longest} fit. Shorten it; it is still there.")
    return line
