"""What the demo's story may hold around the votes: topics, catch-ups, what people write, looking back, gathering."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mcm_core.domain.cohort import SESSIONS
from mcm_core.domain.entry import EntryKind
from mcm_core.domain.topic import Kind

Number = Annotated[int, Field(ge=1, le=SESSIONS)]


class Entry(BaseModel):
    """An entry of the story; names that it does not know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Bringing(Entry):
    """A topic that somebody puts on the board, with who offers something on it and who would like something."""

    by: str
    kind: Kind
    words: str
    named: bool = True
    offers: list[str] = []
    needs: list[str] = []


class Meet(Entry):
    """A catch-up: who meets whom, what each says of it, and the one line that the others are fine with."""

    people: list[str]
    met: dict[str, str] = {}
    line: str = ""


class Written(Entry):
    """What a member writes for themselves some days after a session; with `shares` it becomes a note as well."""

    by: str
    kind: EntryKind
    days: int = 2
    texts: dict[str, str] = {}
    ticks: list[str] = []
    minutes: int | None = None
    energy: int | None = None
    shares: Literal["cohort", "facilitator", "network"] | None = None


class Week(Entry):
    """What comes with a session: on the boards while it lasts, and between the people until the next one.

    `dots` and `planned` name topics by their keys: "pause pause tools" are a member's three dots. `met` are the
    catch-ups that are told; whoever is in none of them is put together by the app.
    """

    agreement: list[str] = []
    topics: dict[str, Bringing] = {}
    merged: dict[str, str] = {}
    dots: dict[str, str] = {}
    planned: dict[Number, str] = {}
    catch_ups: list[Meet] = []
    written: list[Written] = []

    @property
    def people(self) -> set[str]:
        """Everybody who is named."""
        named = {one.by for one in self.topics.values()} | {one.by for one in self.written} | {*self.dots}
        named |= {who for one in self.topics.values() for who in (*one.offers, *one.needs)}
        return named | {who for one in self.catch_ups for who in (*one.people, *one.met)}


class Brought(Entry):
    """What a member hopes for and the question that they bring, before session one."""

    hope: str
    question: str


class Form(Entry):
    """A member's answers to the form after session six, by question: a level or words. `shares` names questions."""

    levels: dict[str, int] = {}
    words: dict[str, str] = {}
    shares: list[str] = []


class Decided(Entry):
    """What the group decided at the end."""

    options: str
    feedback: str
    resources: str
    decided: str
    who: str


class Applicant(Entry):
    """Somebody who applies: their answers by question, the grid as "Tuesday afternoon: prefer", what became of it."""

    name: str
    organisation: str
    answers: dict[str, str]
    times: dict[str, str]
    days_ago: int
    fit: str | None = None
    note: str = ""
    decision: str | None = None
    sent: bool = True


class Preparing(Entry):
    """What somebody with a place did before session one."""

    skills: dict[str, int] = {}
    practise: str = ""
    wants_help: bool = False
    plan: str = ""


class Gathering(Entry):
    """A cohort that still looks for its people: its page, who is interested, who applied, and who has come in."""

    begins_in_days: int
    opened_days_ago: int
    drop_in_in_days: int
    closes_in_days: int
    contact: str
    interested: dict[str, str]
    applicants: dict[str, Applicant]
    preparing: dict[str, Preparing]
