"""The form after the last session: filled in and finished later, counted once, and shared answer by answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from mcm_core.domain import release as rules
from mcm_core.domain.cohort import SESSIONS, Cohort
from mcm_core.domain.errors import Refused
from mcm_core.domain.evaluation import Answer, Form, Question, Window, last_of, refuse_answer, refuse_closed, window
from mcm_core.domain.reading import Reading
from mcm_core.domain.release import Release
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, cohorts
from mcm_core.services.access import COHORT, FACILITATORS, MEMBERS, open_to
from mcm_core.services.cohorts import turn
from mcm_core.store import forms
from mcm_core.store.tables import BlockRow, CohortRow, EvaluationPictureRow, EvaluationRow, MemberRow

_PICTURE = TypeAdapter(Release)


@dataclass(frozen=True)
class Shared:
    """One answer that its author wants the facilitators to read, with their name."""

    name: str
    ask: str
    words: str


@dataclass(frozen=True)
class Begun:
    """How many have said anything yet, of how many."""

    people: int
    of: int


def form() -> Form:
    """The form that is asked."""
    return forms.evaluation()


@open_to(COHORT)
def opening(db: Session, visitor: Visitor, cohort_id: str) -> Window:
    """When the cohort's form is open."""
    return _window(db, cohorts.get(db, visitor, cohort_id))


@open_to(MEMBERS)
def mine(db: Session, visitor: Visitor) -> dict[str, Answer]:
    """The visitor's own answers, by question."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    rows = db.scalars(select(EvaluationRow).where(EvaluationRow.member_id == member_id))
    return {row.question: Answer(row.level, row.body, row.shared_at) for row in rows}


@open_to(MEMBERS)
def answer(
    db: Session, visitor: Visitor, question: str, *, level: int | None, body: str, at: datetime
) -> Answer | None:
    """Keep the visitor's answer to one question; None and "" take it away. What is shared stays shared.

    A yes to being asked for an interview shows the visitor's name to the facilitators: that is what it is for. Raises
    Refused outside the seven days, and for an answer that the question does not have.
    """
    member_id, cohort = _writer(db, visitor, at)
    asked = form().question(question)
    words = body.strip()
    refuse_answer(asked, level, words)
    row = db.get(EvaluationRow, (member_id, question))
    if level is None and not words:
        if row:
            db.delete(row)
        db.flush()
        return None
    if row is None:
        row = EvaluationRow(member_id=member_id, question=question, cohort_id=cohort)
        row.shared_at = at if asked.yes else None
        db.add(row)
    row.level, row.body, row.form, row.saved_at = level, words, form().version, at
    db.flush()
    return Answer(row.level, row.body, row.shared_at)


@open_to(MEMBERS)
def share(db: Session, visitor: Visitor, question: str, yes: bool, *, at: datetime) -> None:
    """Let the facilitators read one's words to this question, with one's name, or no longer; at any time.

    Raises Refused for a level: those are counted, and to know some of them would tell the others by subtraction.
    """
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    if form().question(question).levels:
        raise Refused("This answer is only counted, together with the others. Say it in words, if you like.")
    row = db.get(EvaluationRow, (member_id, question), with_for_update=True)
    if row is None:
        raise Refused("There is nothing here to share yet. Write it first.")
    row.shared_at = (row.shared_at or at) if yes else None
    db.flush()


@open_to(FACILITATORS)
def begun(db: Session, visitor: Visitor, cohort_id: str) -> Begun:
    """How many members have answered anything. Never who, and never what."""
    people = select(func.count(distinct(EvaluationRow.member_id))).where(EvaluationRow.cohort_id == cohort_id)
    members = select(func.count()).select_from(MemberRow).where(MemberRow.cohort_id == cohort_id)
    return Begun(db.scalars(people).one(), db.scalars(members).one())


@open_to(FACILITATORS)
def shared(db: Session, visitor: Visitor, cohort_id: str) -> tuple[Shared, ...]:
    """What members have shared on purpose, question by question; nothing else of the form is readable."""
    rows = db.execute(
        select(MemberRow.name, EvaluationRow)
        .join(EvaluationRow, EvaluationRow.member_id == MemberRow.id)
        .where(EvaluationRow.cohort_id == cohort_id, EvaluationRow.shared_at.is_not(None))
        .order_by(MemberRow.name_key)
    ).all()
    return tuple(
        Shared(name, str(question.ask), str(question.yes) if question.yes else row.body)
        for question in form().questions
        for name, row in rows
        if row.question == question.key and not question.levels
    )


@open_to(FACILITATORS)
def count(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> Mapping[str, Release]:
    """Count the answers, once and for good, after the form has closed. Counted again, nothing changes.

    Raises Refused before: whoever compares two counts a day apart reads the answer that came between.
    """
    db.get_one(CohortRow, cohort_id, with_for_update=True)  # of two who press at once the second finds it done
    done = pictures(db, visitor, cohort_id)
    if done:
        return done
    if not opening(db, visitor, cohort_id).is_over(at):
        raise Refused("The form is still open. The answers can be counted after it has closed, once.")
    db.add_all(
        EvaluationPictureRow(
            cohort_id=cohort_id,
            question=question.key,
            picture=_PICTURE.dump_python(_frozen(db, visitor, cohort_id, question), mode="json"),
        )
        for question in form().questions
        if question.levels
    )
    db.flush()
    turn(db, cohort_id)
    return pictures(db, visitor, cohort_id)


@open_to(COHORT)
def pictures(db: Session, visitor: Visitor, cohort_id: str) -> Mapping[str, Release]:
    """What was counted, by question in the form's order; empty before. Stays as it is, whoever leaves."""
    rows = db.scalars(select(EvaluationPictureRow).where(EvaluationPictureRow.cohort_id == cohort_id))
    found = {row.question: _PICTURE.validate_python(row.picture) for row in rows}
    return {question.key: found[question.key] for question in form().questions if question.key in found}


def _window(db: Session, cohort: Cohort) -> Window:
    began = select(func.min(BlockRow.began_at)).where(BlockRow.session_id == last_of(cohort.sessions).id)
    return window(cohort.sessions, db.scalar(began))


def _writer(db: Session, visitor: Visitor, at: datetime) -> tuple[str, str]:
    """The visitor and their cohort, while the form is open; two phones of one member take turns."""
    cohort = cohorts.get(db, visitor, visitor.cohort_id or "")
    member_id = access.member(db, visitor, cohort.id)
    refuse_closed(_window(db, cohort), cohort.time_zone, at)
    db.get_one(MemberRow, member_id, with_for_update=True)
    return member_id, cohort.id


def _frozen(db: Session, visitor: Visitor, cohort_id: str, question: Question) -> Release:
    """One question's picture by the rules of every other: of fewer than the cohort's threshold nothing is shown. Who
    would rather not say has not answered."""
    of_question = EvaluationRow.cohort_id == cohort_id, EvaluationRow.question == question.key
    rows = db.scalars(select(EvaluationRow).where(*of_question, EvaluationRow.level > 0))
    answers = {row.member_id: Reading(row.level) for row in rows}
    return rules.freeze(
        question.key,
        answers,
        session_number=SESSIONS,
        attempt=1,
        levels=len(question.levels),
        ordered=True,
        threshold=cohorts.get(db, visitor, cohort_id).threshold,
        of=begun(db, visitor, cohort_id).of,
    )
