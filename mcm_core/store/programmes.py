"""Programmes as files: six sessions of timed blocks. A wrong file raises BrokenContent with file, line and reason."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from mcm_core.domain.block import (
    CHOICES_MAX,
    MINUTES_MAX,
    TITLE_MAX,
    WORDS_MAX,
    Activity,
    Practice,
    RoundPlan,
)
from mcm_core.domain.cohort import SESSIONS
from mcm_core.domain.errors import Refused
from mcm_core.domain.instrument import Instrument, Text
from mcm_core.domain.mode import Mode
from mcm_core.domain.programme import PlannedBlock, PlannedSession, Programme
from mcm_core.domain.round import refuse_card
from mcm_core.store.content import ROOT
from mcm_core.store.content_check import Where, checked, topmost
from mcm_core.store.content_format import Entry, Key, Marked, ShortWords, Words
from mcm_core.store.content_lines import read

FOLDER = ROOT / "session_data" / "programmes"
Minutes = Annotated[int, Field(ge=1, le=MINUTES_MAX)]
Length = Annotated[int, Field(ge=30, le=360)]
Choice = Annotated[Words, StringConstraints(max_length=60)]


class RoundEntry(Entry):
    """The vote that a block opens."""

    instrument: Key
    themes: list[Key] = Field(default_factory=list)
    mode: Mode = Mode.CONFIDENTIAL
    lens: Words | None = None
    perspective: Words | None = None
    purpose: Words | None = None
    by_itself: bool = False

    def plan(self) -> RoundPlan:
        return RoundPlan(
            self.instrument, tuple(self.themes), self.mode, self.lens, self.perspective, self.purpose, self.by_itself
        )


class PracticeEntry(Entry):
    """The practice vote of a block."""

    question: Marked
    choices: Annotated[list[Choice], Field(min_length=2, max_length=CHOICES_MAX)]


class BlockEntry(Entry):
    """A block. `round` and `practice` belong to the activities of the same name."""

    title: Marked
    minutes: Minutes
    activity: Activity
    prompt: Marked | None = None
    screen: Marked | None = None
    note: Marked | None = None
    captured: Marked | None = None
    keeps_picture: bool = False
    round: RoundEntry | None = None
    practice: PracticeEntry | None = None

    def block(self) -> PlannedBlock:
        return PlannedBlock(
            title=self.title.text(),
            minutes=self.minutes,
            activity=self.activity,
            prompt=_text(self.prompt),
            screen=_text(self.screen),
            note=_text(self.note),
            captured=_text(self.captured),
            round_plan=self.round.plan() if self.round else None,
            practice=Practice(str(self.practice.question.text()), tuple(self.practice.choices))
            if self.practice
            else None,
            keeps_picture=self.keeps_picture,
        )


class SessionEntry(Entry):
    """A session: how long it is, and its blocks in order."""

    title: Marked
    minutes: Length
    blocks: Annotated[list[BlockEntry], Field(min_length=1)]


class ProgrammeEntry(Entry):
    """A whole programme file."""

    key: Key
    version: ShortWords
    title: Marked
    credit: Marked
    sessions: dict[Annotated[str, StringConstraints(pattern=r"^[1-9]$")], SessionEntry]

    def programme(self) -> Programme:
        return Programme(
            key=self.key,
            version=self.version,
            title=self.title.text(),
            credit=self.credit.text(),
            sessions=tuple(
                PlannedSession(int(number), one.title.text(), one.minutes, tuple(block.block() for block in one.blocks))
                for number, one in self.sessions.items()
            ),
        )


def file() -> Path:
    """The programme that new cohorts begin with (`MCM_PROGRAMME`, else six_weeks.yaml)."""
    return Path(os.environ.get("MCM_PROGRAMME") or FOLDER / "six_weeks.yaml")


def load(path: Path, instruments: Mapping[str, Instrument]) -> Programme:
    """The programme in the file at `path`, whose votes ask these instruments. Raises BrokenContent, topmost mistake."""
    document = read(path)
    entry = checked(document, ProgrammeEntry)
    if wrong := list(_mistakes(entry, instruments)):
        raise topmost(document, wrong)
    return entry.programme()


def _mistakes(entry: ProgrammeEntry, instruments: Mapping[str, Instrument]) -> Iterator[tuple[Where, str]]:
    numbers = [str(number) for number in range(1, SESSIONS + 1)]
    if list(entry.sessions) != numbers:
        yield ("sessions",), f"A programme has the sessions 1 to {SESSIONS}, in this order and each once."
    for number, session in entry.sessions.items():
        together = sum(block.minutes for block in session.blocks)
        if together != session.minutes:
            yield (
                ("sessions", number, "minutes"),
                f"The session has {session.minutes} minutes, and its blocks together {together}. Make them the same.",
            )
        for place, block in enumerate(session.blocks):
            where: Where = ("sessions", number, "blocks", place)
            yield from ((where + more, reason) for more, reason in _in_block(block, instruments))


def _in_block(block: BlockEntry, instruments: Mapping[str, Instrument]) -> Iterator[tuple[Where, str]]:
    for name, longest in (("title", TITLE_MAX), ("prompt", WORDS_MAX), ("screen", WORDS_MAX), ("note", WORDS_MAX),
                          ("captured", WORDS_MAX)):  # fmt: skip
        marked: Marked | None = getattr(block, name)
        if marked and len(marked.text().words) > longest:
            yield (name,), f"“{name}” is longer than {longest} characters."
    for name, activity in (("round", Activity.ROUND), ("practice", Activity.PRACTICE)):
        if (block.activity is activity) != (getattr(block, name) is not None):
            yield ("activity",), f"“{name}” belongs to blocks with the activity “{name}”, and to no others."
    if block.round:
        yield from _in_round(block.round, block.minutes, instruments)


def _in_round(entry: RoundEntry, minutes: int, instruments: Mapping[str, Instrument]) -> Iterator[tuple[Where, str]]:
    if entry.instrument not in instruments:
        yield ("round", "instrument"), f"There is no instrument “{entry.instrument}”. Known: {', '.join(instruments)}."
        return
    try:
        refuse_card(entry.plan().card(instruments[entry.instrument], minutes))
    except Refused as error:
        yield ("round",), f"This vote cannot be opened. {error}"


def _text(marked: Marked | None) -> Text | None:
    return marked.text() if marked else None
