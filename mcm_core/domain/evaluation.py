"""The form after the last session: what it asks, when it is open, and what of it anybody else may see.

Sources: domain.md §2.19, §4.8 (evaluation) and §4.11 (value story, after Wenger-Trayner). Levels are only ever counted,
once, after the form has closed; words are read by nobody unless their author shares them, answer by answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from mcm_core.domain.cohort import CohortSession, held
from mcm_core.domain.errors import Refused
from mcm_core.domain.instrument import Instrument, Level, Text, Theme
from mcm_core.domain.late import a_week_after
from mcm_core.domain.opening import spoken
from mcm_core.domain.reading import NonAnswer

WORDS_MAX = 4000
YES = 1
Again = Literal["hope", "brings"]


@dataclass(frozen=True)
class Question:
    """One question: `levels` to choose from, or `yes` for one tap, or neither of them for words.

    `again` names what was said at the start and is shown beside it. `short` is what a picture calls the question.
    """

    key: str
    ask: Text
    levels: tuple[Text, ...] = ()
    yes: Text | None = None
    again: Again | None = None
    short: Text | None = None

    @property
    def takes_words(self) -> bool:
        return not (self.levels or self.yes)


@dataclass(frozen=True)
class Part:
    """Some questions under a heading."""

    title: Text
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Form:
    """One version of the form."""

    version: str
    title: Text
    parts: tuple[Part, ...]

    @property
    def questions(self) -> Iterator[Question]:
        """All questions in order."""
        return (question for part in self.parts for question in part.questions)

    def question(self, key: str) -> Question:
        """The question with this key. Raises Refused: browsers can send anything."""
        for question in self.questions:
            if question.key == key:
                return question
        raise Refused("That question is not part of the form. Reload the page; nothing was saved.")


@dataclass(frozen=True)
class Answer:
    """What a member said to one question. `level` is `NonAnswer.PASS` for "Rather not say"; `shared_at` is since when
    the facilitators may read it, if they may."""

    level: int | None = None
    body: str = ""
    shared_at: datetime | None = None


@dataclass(frozen=True)
class Window:
    """When the form is open, on the clock of the cohort."""

    opens: datetime
    closes: datetime

    def is_open(self, at: datetime) -> bool:
        return self.opens <= at < self.closes

    def is_over(self, at: datetime) -> bool:
        return at >= self.closes


def last_of(sessions: Sequence[CohortSession]) -> CohortSession:
    """The meeting that the form looks back from: the one that ends last."""
    return max(held(sessions) or sessions, key=lambda meeting: meeting.ends_at)


def window(sessions: Sequence[CohortSession], began_at: datetime | None = None) -> Window:
    """From the start of the last meeting until seven days after its end, on the wall clock if the clocks change.

    `began_at` is when it was begun, if it was: a session begun before its time opens the form then.
    """
    last = last_of(sessions)
    opens = last.starts_at.astimezone(UTC)
    return Window(min(opens, began_at or opens), a_week_after(last.ends_at, last.time_zone))


def refuse_closed(open_: Window, zone: str, at: datetime) -> None:
    """Raise Refused outside the window, with the day that it opens or closed."""
    if at < open_.opens:
        raise Refused(f"The form opens with the last session, on {open_.opens.astimezone(ZoneInfo(zone)):%-d %B}.")
    if open_.is_over(at):
        when = open_.closes.astimezone(ZoneInfo(zone))
        raise Refused(
            f"The form closed on {spoken(when, zone)}, so this was not saved. Say it to your facilitator instead."
        )


def refuse_answer(question: Question, level: int | None, body: str) -> None:
    """Raise Refused for a level that the question does not have, words where none are asked, or too many."""
    levels = [*range(1, len(question.levels) + 1), NonAnswer.PASS] if question.levels else [YES] if question.yes else []
    if level is not None and level not in levels:
        raise Refused("That is not one of the answers, so nothing was saved. Please choose one of those shown.")
    if body and not question.takes_words:
        raise Refused("This question takes a tap and no words, so nothing was saved.")
    if len(body) > WORDS_MAX:
        raise Refused(f"That is {len(body)} characters; there is room for {WORDS_MAX}. Shorten it a little.")


def as_instrument(form: Form, question: Question) -> Instrument:
    """A question with levels as the pictures know one: a single theme on an ordered scale."""
    return Instrument(
        key=question.key,
        version=form.version,
        title=form.title,
        credit=form.title,
        how_to=question.ask,
        ordered=True,
        answers=("current",),
        focus=False,
        levels=tuple(Level(code, label) for code, label in enumerate(question.levels, start=1)),
        themes=(Theme(question.key, question.short or question.ask, question.ask, (), {}),),
        current_question=question.ask,
    )
