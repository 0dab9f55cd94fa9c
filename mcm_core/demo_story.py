"""What the file of the demo's story may hold: circles of people, what they answered, and the notes they wrote."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, ValidationError, model_validator

from mcm_core.demo_parts import Brought, Decided, Entry, Form, Gathering, Number, Week
from mcm_core.domain.cohort import INTERVAL_DAYS, SESSIONS
from mcm_core.domain.consent import Purpose
from mcm_core.domain.news import Outcome
from mcm_core.domain.reading import NonAnswer, Reading
from mcm_core.store import content_lines

FACILITATOR = "facilitator"
MARKS = {"?": NonAnswer.NOT_SURE, "n": NonAnswer.DOES_NOT_APPLY, "x": NonAnswer.PASS}
MARK = r"([1-9?](>[1-9?x])?|[nx])"

Row = Annotated[str, StringConstraints(pattern=rf"^{MARK}( +{MARK})*$")]
About = Annotated[str, StringConstraints(pattern=r"^[^/]+ / [^/]+ / [^/]+$")]


class Person(Entry):
    """A member: whom they have in mind, and whom instead from a later session on."""

    name: str
    about: About
    later: dict[Number, About] = Field({})
    joins: Number = 1

    def focus(self, session_number: int) -> dict[str, str]:
        """Party, constellation and label in a session."""
        since = [about for number, about in sorted(self.later.items()) if number <= session_number]
        words = [self.about, *since][-1].split(" / ")
        return dict(zip(("party", "constellation", "label"), words, strict=True))


class Vote(Entry):
    """A round; without `ask` another vote on the card before it. Without `themes` it asks all that there are."""

    minute: int
    ask: str | None = None
    themes: str = ""
    revealed: bool = True
    answers: dict[str, Row]


class Words(Entry):
    """A note of a member or the facilitator."""

    by: str
    kind: str
    audience: str
    attribution: str
    words: str
    theme: str | None = None
    minute: int = 110


class SaidBack(Entry):
    """A line of the facilitator under News and views."""

    you_said: str
    outcome: Outcome
    reply: str


class Meeting(Entry):
    """What happens in one session. `all_agree`: what everybody says yes to at its end.

    `check_in` opens it and `pulse` follows it, both anonymously; `said_back` is written before the next one.
    `moved` are blocks of its plan that stand elsewhere, and by how many places.
    """

    check_in: dict[str, Row] = Field({})
    votes: list[Vote]
    pulse: dict[str, Row] = Field({})
    said_back: list[SaidBack] = Field([])
    notes: list[Words]
    all_agree: list[Purpose] = Field([])
    moved: dict[str, int] = Field({})
    week: Week = Week()


class Today(Entry):
    """The session that is on, for how long it has been, and the minutes at which each block after the first began."""

    session: Number
    minutes_in: int
    next_at: list[int] = Field([])


class Circle(Entry):
    """A cohort: gathering, under way (`today`), or finished some days ago. `links`: whose links are handed out."""

    name: str
    time_zone: str
    today: Today | None = None
    ended_days_ago: int = 0
    gathering: Gathering | None = None
    links: list[str]
    members: dict[str, Person] = Field({})
    brought: dict[str, Brought] = Field({})
    sessions: dict[Number, Meeting] = Field({})
    looked_back: dict[str, Form] = Field({})
    decided: Decided | None = None

    @model_validator(mode="after")
    def _only_members_speak(self) -> Circle:
        known = self.gathering.applicants if self.gathering else self.members
        if strangers := {*self._named()} - known.keys() - {FACILITATOR}:
            raise ValueError(f"“{min(strangers)}” is not one of the members of {self.name}")
        return self

    def _named(self) -> Iterator[str]:
        yield from (*self.links, *self.brought, *self.looked_back)
        yield from self.gathering.preparing if self.gathering else ()
        for met in self.sessions.values():
            yield from (*met.check_in, *met.pulse, *met.week.people)
            yield from (who for vote in met.votes for who in vote.answers)
            yield from (note.by for note in met.notes)

    def begins(self, at: datetime) -> datetime:
        """The wall-clock start of session 1 when the story is told at this moment."""
        if self.gathering:
            first = at.astimezone(ZoneInfo(self.time_zone)) + timedelta(days=self.gathering.begins_in_days)
            return datetime.combine(first, time(14))
        ago = timedelta(minutes=self.today.minutes_in) if self.today else timedelta(days=self.ended_days_ago)
        began = (at - ago).astimezone(ZoneInfo(self.time_zone)).replace(tzinfo=None)
        if self.today is None:
            return datetime.combine(began, time(14)) - timedelta(days=INTERVAL_DAYS * (SESSIONS - 1))
        on_the_clock = began.replace(minute=began.minute // 5 * 5, second=0, microsecond=0)
        return on_the_clock - timedelta(days=INTERVAL_DAYS * (self.today.session - 1))


class Story(Entry):
    """The whole file. `card` holds the words that every round is asked with, where its instrument offers any."""

    facilitator: str
    card: dict[str, str]
    cohorts: list[Circle]


def load(path: Path) -> Story:
    """The story in a file. Raises BrokenContent with file, line and reason."""
    document = content_lines.read(path)
    try:
        return Story.model_validate(document.data)
    except ValidationError as error:
        wrong = error.errors()[0]
        name = next((part for part in reversed(wrong["loc"]) if isinstance(part, str)), "the file")
        raise document.broken(wrong["loc"], f"In “{name}”: {wrong['msg']}.") from error


def ballot(row: str) -> list[Reading]:
    """The readings of a row such as "2>3 ?>3 n", one a theme."""
    pairs = (mark.partition(">") for mark in row.split())
    return [Reading(_answer(now), _answer(hoped)) for now, _, hoped in pairs]


def _answer(mark: str) -> int | None:
    return MARKS[mark] if mark in MARKS else int(mark) if mark else None
