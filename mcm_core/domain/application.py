"""An application: what is asked, what was said, how facilitators judge the fit, and what became of it.

Nobody is scored: a facilitator says yes, no, or abstains, and writes a note (seed 002, domain.md §1C row 70).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from mcm_core.domain.cohort import MEMBERS_MAX, clean_name
from mcm_core.domain.errors import Refused

WORDS_MAX = 3000
NOTE_MAX = 2000
LINE_MAX = 120
TICKED = "yes"
#: The questions whose answers go on into the group, by their keys in session_data/applications.
HOPE, QUESTION, SHARED, NAMED, APART = "hope", "question", "question_shared", "question_named", "apart"


class Kind(StrEnum):
    """How a question is answered."""

    WORDS = "words"
    CHOICE = "choice"
    TICK = "tick"


class Says(StrEnum):
    """What an applicant says of one time of the week."""

    PREFER = "prefer"
    CAN = "can"
    CANNOT = "can't"


class Verdict(StrEnum):
    """What a facilitator says of the fit."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"


class Decision(StrEnum):
    """What became of an application. `NEXT`: the next group was offered."""

    ACCEPTED = "accepted"
    WAITING = "waiting"
    NEXT = "next"
    DECLINED = "declined"


@dataclass(frozen=True)
class Question:
    """One question of the form. `aside`: only the coordinator reads the answer (the owner of the cohort)."""

    key: str
    ask: str
    kind: Kind = Kind.WORDS
    hint: str = ""
    options: tuple[str, ...] = ()
    needed: bool = False
    aside: bool = False


@dataclass(frozen=True)
class Form:
    """The programme's own questions, the times of the week that it offers, and what facilitators look for.

    `parts` are the parts of a day with the time at which a session would begin.
    """

    version: str
    questions: tuple[Question, ...]
    days: tuple[str, ...]
    parts: Mapping[str, time]
    criteria: tuple[str, ...]

    @property
    def times(self) -> tuple[str, ...]:
        """The keys of the grid, such as "Tuesday afternoon"."""
        return tuple(f"{day} {part}" for day in self.days for part in self.parts)


@dataclass(frozen=True)
class Answer:
    """One answer with the question as it was asked then."""

    key: str
    asked: str
    said: str


@dataclass(frozen=True)
class Application:
    """An application as its author sees it. `times` are what they said of the week, `aside` for the coordinator."""

    id: str
    cohort_id: str
    name: str
    email: str
    organisation: str
    answers: tuple[Answer, ...]
    aside: tuple[Answer, ...]
    times: Mapping[str, Says]
    version: str
    begun_at: datetime
    saved_at: datetime
    sent_at: datetime | None = None
    is_late: bool = False
    decision: Decision | None = None
    decided_at: datetime | None = None
    is_member: bool = False

    def said(self, key: str) -> str:
        """What was answered to a question; "" for nothing."""
        return next((one.said for one in (*self.answers, *self.aside) if one.key == key), "")


@dataclass(frozen=True)
class Fit:
    """What one facilitator says of an application."""

    by: str
    says: Verdict
    note: str
    said_at: datetime


def clean_answer(question: Question, said: str) -> str:
    """One answer for storing; "" for none. Raises Refused when it is too long or not one of the choices."""
    cleaned = said.replace("\x00", "").replace("\r\n", "\n").strip()
    if question.kind is Kind.TICK:
        return TICKED if cleaned else ""
    if question.kind is Kind.CHOICE and cleaned and cleaned not in question.options:
        raise Refused(f"“{question.ask}”: that is not one of the choices. Choose again.")
    if len(cleaned) > WORDS_MAX:
        over = len(cleaned) - WORDS_MAX
        raise Refused(f"“{question.ask}”: your answer is {over:,} characters too long. Shorten it; it is still there.")
    return cleaned


def as_read(form: Form, application: Application) -> tuple[tuple[str, str], ...]:
    """Each question and its answer for whoever reads it, in the order of the form. What is for the coordinator alone is
    not in it. A box is "Not ticked" where this is the form that was filled in: nobody can tell whether it was a no."""
    said = {one.key: (one.asked, "Yes" if one.said == TICKED else one.said) for one in application.answers}
    if application.version != form.version:
        return tuple(said.values())
    ticks = {one.key: (one.ask, "Not ticked") for one in form.questions if one.kind is Kind.TICK and not one.aside}
    keys = [one.key for one in form.questions if one.key in {**ticks, **said}]
    return tuple({**ticks, **said}[key] for key in keys)


def missing(form: Form, application: Application) -> tuple[Question, ...]:
    """The questions that still need an answer before it can be sent."""
    return tuple(one for one in form.questions if one.needed and not application.said(one.key))


def may_change(application: Application, closes_at: datetime, at: datetime) -> bool:
    """Whether its author can still change it: until it is sent at any time, then until applications close.

    Whoever waits can, too: their week may look different when the next group is made up.
    """
    is_open = application.decision in (None, Decision.WAITING)
    return is_open and (application.sent_at is None or at < closes_at)


def decide(
    wanted: Decision, *, members: int, second_session: datetime, before: Decision | None, at: datetime
) -> Decision:
    """What becomes of an application for which `wanted` is chosen: a place when there is one, else the waiting list.

    Raises Refused for a place from the waiting list once session two has begun, and for undoing an acceptance
    (domain.md §5 row 41).
    """
    if before is Decision.ACCEPTED:
        raise Refused(
            "This person has a place already. To take it back, remove them from the members on the Cohort page."
        )
    if wanted is not Decision.ACCEPTED:
        return wanted
    if before is Decision.WAITING and at >= second_session:
        raise Refused(
            "Session two has begun, so a place that became free stays free: the group has found itself. "
            "Offer the next group instead."
        )
    return Decision.ACCEPTED if members < MEMBERS_MAX else Decision.WAITING


def clean_note(note: str) -> str:
    """A facilitator's note for storing. Raises Refused when it is too long."""
    cleaned = note.replace("\x00", "").strip()
    if len(cleaned) > NOTE_MAX:
        over = len(cleaned) - NOTE_MAX
        raise Refused(f"The note is {over:,} characters too long. Shorten it; it is still in the box.")
    return cleaned


def why_waiting(*, applied: int, by_hand: int) -> str:
    """What somebody reads who is put on the waiting list. `by_hand` are members who did not apply."""
    so_many = "More people applied than there are places, so we" if applied > MEMBERS_MAX - by_hand else "We"
    return f"{so_many} have put you on the waiting list."


def why_next(*, members: int, has_begun: bool) -> str:
    """What somebody reads who is offered the next group instead of this one."""
    reasons = [*(["is full"] if members >= MEMBERS_MAX else []), *(["has begun"] if has_begun else [])]
    if not reasons:
        return "We cannot offer you a place in this group."
    return f"This group {' and '.join(reasons)}, so we cannot offer you a place in it."


def in_order(decided: Mapping[str, datetime]) -> dict[str, int]:
    """Places on the waiting list by id: first come, first served; equal moments by id."""
    ranked = sorted(decided, key=lambda one: (decided[one], one))
    return {one: place for place, one in enumerate(ranked, start=1)}


def same_organisation(people: Mapping[str, str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Organisations from which two or more come, with their names. `people` is name → organisation."""
    found: dict[str, tuple[str, list[str]]] = {}
    for name, organisation in people.items():
        if organisation.strip():
            found.setdefault(" ".join(organisation.casefold().split()), (organisation, []))[1].append(name)
    return tuple((label, tuple(sorted(names))) for label, names in found.values() if len(names) > 1)


def is_over(until: date, at: datetime) -> bool:
    """Whether the day has come on which applications of people who did not join go."""
    return at.date() >= until


def clean_person(name: str) -> str:
    """A stranger's name for storing. No address goes into a message as a name: it would be an advertisement."""
    cleaned = clean_name(name)
    if any(mark in cleaned for mark in "/@"):
        raise Refused("Write your name alone, without an address.")
    return cleaned


def clean_line(words: str) -> str:
    """One line for storing, such as an organisation; "" for none. Raises Refused when it is too long."""
    cleaned = " ".join(words.replace("\x00", "").split())
    if len(cleaned) > LINE_MAX:
        raise Refused(f"“{cleaned[:30]}…” is too long (at most {LINE_MAX} characters). Shorten it.")
    return cleaned
