"""What a member answered and looked back on, in words: a part of everything that is stored about them.

For `services/my_data.py`, which has asked who reads.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.evaluation import Question
from mcm_core.domain.instrument import Instrument
from mcm_core.domain.reading import NonAnswer
from mcm_core.services import evaluations, instruments
from mcm_core.services.lowered import with_words
from mcm_core.store.tables import (
    EvaluationRow,
    FocusRow,
    LateReadingRow,
    ReadingRow,
    RoundRow,
)

LATE, CORRECTED = "answered afterwards", "corrected afterwards"


@dataclass(frozen=True)
class Answer:
    """One stored answer in words. `hoped` is "" where it was not asked or not answered."""

    session_number: int
    vote: int
    question: str
    theme: str
    relationship: str
    now: str
    hoped: str
    saved_at: datetime
    why_lower: str = ""


@dataclass(frozen=True)
class Relationship:
    """A relationship that the member had in mind. `until` is None for the one they rate at present."""

    label: str
    party: str
    constellation: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Evaluated:
    """One answer of the form after the last session. `form` is the version of its words."""

    ask: str
    said: str
    form: str
    saved_at: datetime
    shared_at: datetime | None


def relationships(db: Session, member_id: str) -> tuple[Relationship, ...]:
    """Those that the member had in mind, the first one first."""
    rows = db.scalars(select(FocusRow).where(FocusRow.member_id == member_id).order_by(FocusRow.created_at))
    return tuple(Relationship(row.label, row.party, row.constellation, row.created_at, row.closed_at) for row in rows)


def answers(db: Session, member_id: str) -> tuple[Answer, ...]:
    """Every vote, also those that a later vote of the same session has taken the place of; and what was answered or
    corrected afterwards."""
    found = [
        (meeting.number, round_.opened_at, row.saved_at, row.theme, row, round_, label or "", why or "")
        for row, round_, meeting, label, why in with_words(db, member_id)
    ]
    ordered = sorted(found, key=lambda one: one[:4])
    tapped = {(row.round_id, row.theme) for *_, row, _, _, _ in found if isinstance(row, ReadingRow)}
    return tuple(
        replace(_answer(db, row, round_, number, label, tapped), why_lower=why)
        for number, _, _, _, row, round_, label, why in ordered
    )


def _answer(
    db: Session,
    reading: ReadingRow | LateReadingRow,
    round_: RoundRow,
    number: int,
    relationship: str,
    tapped: set[tuple[str, str]],
) -> Answer:
    late = None
    if isinstance(reading, LateReadingRow):
        late = CORRECTED if (reading.round_id, reading.theme) in tapped else LATE
    worded = round_.instrument_id if isinstance(reading, LateReadingRow) else reading.instrument_id
    instrument = instruments.stored(db, worded)
    theme = instrument.theme(reading.theme)
    asked = (instrument.title.words, round_.lens, round_.perspective, late)
    return Answer(
        session_number=number,
        vote=round_.attempt,
        question=" · ".join(part for part in asked if part),
        theme=theme.label.words if theme else reading.theme,
        relationship=relationship,
        now=_said(instrument, reading.current),
        hoped=_said(instrument, reading.desired),
        saved_at=reading.saved_at,
    )


def evaluation(db: Session, member_id: str) -> tuple[Evaluated, ...]:
    """In the order of the form; an answer to a question that the form has no more comes last, under its bare name."""
    rows = {row.question: row for row in db.scalars(select(EvaluationRow).where(EvaluationRow.member_id == member_id))}
    known = {question.key: question for question in evaluations.form().questions}
    keys = [*(key for key in known if key in rows), *sorted(rows.keys() - known.keys())]
    return tuple(_evaluated(rows[key], known.get(key)) for key in keys)


def _evaluated(row: EvaluationRow, question: Question | None) -> Evaluated:
    labels = {NonAnswer.PASS.value: NonAnswer.PASS.label, **(_labels(question) if question else {})}
    tapped = str(labels.get(row.level, row.level)) if row.level else ""
    ask = str(question.ask) if question else row.question
    return Evaluated(ask, ": ".join(filter(None, [tapped, row.body])), row.form, row.saved_at, row.shared_at)


def _labels(question: Question) -> dict[int, str]:
    return dict(enumerate(map(str, question.levels or filter(None, [question.yes])), start=1))


def _said(instrument: Instrument, answer: int | None) -> str:
    if answer is None:
        return ""
    return NonAnswer(answer).label if answer < 0 else instrument.label(answer)
