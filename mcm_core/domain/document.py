"""The participation document: what somebody is told before they take part, and where each person stands with it.

It is a gate: nobody takes part without having read it, or having been talked through it (domain.md §0.8, §1B 40, §5
rows 1 and 42). Having read any version opens the gate; who read an earlier one is told that the words have changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mcm_core.domain.cohort import Cohort, CohortSession


@dataclass(frozen=True)
class Gap:
    """What a facilitator fills in for their cohort. `until_then` stands there until they have."""

    key: str
    label: str
    hint: str
    until_then: str


@dataclass(frozen=True)
class Part:
    """A heading, sentences beneath it, and points that are drawn as a list."""

    heading: str
    says: tuple[str, ...]
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """The document of one cohort, ready to be read. `number` counts how often a facilitator has filled in the gaps."""

    number: int
    version: str
    title: str
    opening: str
    parts: tuple[Part, ...]
    gaps: tuple[Gap, ...]
    fillings: Mapping[str, str]


@dataclass(frozen=True)
class Copy:
    """Where one member stands. `read_at` is of any version, and opens the gate; `is_current` says that it was this one.

    `asked_at`: they asked to be talked through it, and nobody has done so yet. `spoken`: a facilitator did.
    `came_in`: they opened their link, so they stand before it whatever was sent. `link_sent_at`: when that link, which
    leads to it, went to them in a message.
    """

    member_id: str
    name: str
    sent_at: datetime | None = None
    asked_at: datetime | None = None
    read_at: datetime | None = None
    spoken: bool = False
    is_current: bool = False
    came_in: bool = False
    link_sent_at: datetime | None = None

    @property
    def state(self) -> str:
        """In words that need no colour beside them."""
        if self.read_at:
            done = "talked through it" if self.spoken else "read it" if self.is_current else "read an earlier version"
            return f"{done} on {_day(self.read_at)}"
        if self.asked_at:
            return f"asks to be talked through it, since {_day(self.asked_at)}"
        if self.sent_at:
            return f"sent on {_day(self.sent_at)}, not read yet"
        if self.came_in:
            return "came in, not read yet"
        return f"has a link since {_day(self.link_sent_at)}, not here yet" if self.link_sent_at else "not sent yet"


@dataclass(frozen=True)
class Held:
    """One version of the document with one member, as it is kept: for that member's own eyes."""

    version: str
    sent_at: datetime | None
    asked_at: datetime | None
    read_at: datetime | None
    spoken: bool


def filled(part: Part, said: Mapping[str, str]) -> Part:
    """The part with its placeholders filled in. Of a point that then has several lines, each line is a point."""
    points = (line for point in part.points for line in _fill(point, said).splitlines())
    return Part(part.heading, tuple(_fill(one, said) for one in part.says), tuple(points))


def of_cohort(cohort: Cohort, led_by: Sequence[str]) -> dict[str, str]:
    """The placeholders that nobody has to fill in: the app knows."""
    return {
        "cohort": cohort.name,
        "dates": "\n".join(_meeting(one) for one in cohort.sessions),
        "zone": cohort.time_zone.replace("_", " "),
        "threshold": str(cohort.threshold),
        "facilitators": ", ".join(led_by),
    }


def missing(copies: Sequence[Copy]) -> tuple[Copy, ...]:
    """Those who cannot take part yet, whoever waits for somebody first."""
    return tuple(sorted((one for one in copies if not one.read_at), key=lambda one: one.asked_at is None))


def by_state(copies: Sequence[Copy]) -> tuple[str, ...]:
    """A line for each state, with the names of those who stand there, in the order in which they come."""
    names: dict[str, list[str]] = {}
    for one in copies:
        names.setdefault(one.state, []).append(one.name)
    return tuple(f"{state[0].upper()}{state[1:]}: {', '.join(who)}" for state, who in names.items())


def _meeting(one: CohortSession) -> str:
    if one.cancelled:
        return f"Meeting {one.number} does not take place."
    when = f"{one.starts_local:%A} {_day(one.starts_local)}, {one.starts_local:%H:%M}"
    return f"Meeting {one.number}: {when}, for {one.minutes} minutes."


def _fill(sentence: str, said: Mapping[str, str]) -> str:
    """Filled in twice: what stands in a gap until a facilitator fills it may name the cohort."""
    for _ in range(2):
        sentence = re.sub(r"{(\w+)}", lambda found: said.get(found[1], found[0]), sentence)
    return sentence


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
