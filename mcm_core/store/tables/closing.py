"""What members bring and say when it is over, and what the cohort agrees and decides."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from mcm_core.domain.journey import Lowered
from mcm_core.domain.reading import NonAnswer
from mcm_core.store.tables.base import Base, one_of
from mcm_core.store.tables.rounds import answer_is_known


class AspirationRow(Base):
    """What a member hoped for and the question they brought, in their own words. Nobody else reads it."""

    __tablename__ = "aspiration"
    __table_args__ = (Index("ix_aspiration_cohort", "cohort_id"),)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    hope: Mapped[str] = mapped_column(Text())
    brings: Mapped[str] = mapped_column(Text())
    changed_at: Mapped[datetime]


class EvaluationRow(Base):
    """One answer of the form after the last session. Read by its author, and by the facilitators once it is shared."""

    __tablename__ = "evaluation"
    __table_args__ = (
        CheckConstraint(f"level BETWEEN 1 AND 9 OR level = {NonAnswer.PASS.value}", name="level"),
        CheckConstraint("level IS NOT NULL OR body <> ''", name="said"),
        Index("ix_evaluation_cohort", "cohort_id", "question"),
    )
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    question: Mapped[str] = mapped_column(String(60), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    #: The version of the form whose words were answered.
    form: Mapped[str] = mapped_column(String(60))
    level: Mapped[int | None] = mapped_column(SmallInteger, default=None)
    body: Mapped[str] = mapped_column(Text(), default="")
    shared_at: Mapped[datetime | None] = mapped_column(default=None)
    saved_at: Mapped[datetime]


class EvaluationPictureRow(Base):
    """The counts of one question, written once, after the form has closed. Nothing updates them."""

    __tablename__ = "evaluation_picture"
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True)
    question: Mapped[str] = mapped_column(String(60), primary_key=True)
    picture: Mapped[dict[str, Any]] = mapped_column(JSON())


class DecisionRow(Base):
    """What the cohort decided about how to go on. Kept when everything that is linked to people goes."""

    __tablename__ = "decision"
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True)
    options: Mapped[str] = mapped_column(Text())
    feedback: Mapped[str] = mapped_column(Text())
    resources: Mapped[str] = mapped_column(Text())
    decided: Mapped[str] = mapped_column(Text())
    who: Mapped[str] = mapped_column(Text())
    version: Mapped[int]
    changed_at: Mapped[datetime]


class AgreementRow(Base):
    """One version of what the group agrees about how it works together."""

    __tablename__ = "agreement"
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    lines: Mapped[list[str]] = mapped_column(JSON())
    made_at: Mapped[datetime]


class AgreedRow(Base):
    """That a member agreed, and to which version. Only ever counted."""

    __tablename__ = "agreed"
    __table_args__ = (Index("ix_agreed_cohort", "cohort_id", "number"),)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(SmallInteger)
    agreed_at: Mapped[datetime]


class LateReadingRow(Base):
    """What a member says after the reveal, to a vote that they missed or in place of a slip. For their own journey: no
    picture has it."""

    __tablename__ = "late_reading"
    __table_args__ = (
        CheckConstraint(answer_is_known("current"), name="current"),
        CheckConstraint(answer_is_known("desired"), name="desired"),
        Index("ix_late_reading_member", "member_id"),
    )
    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    theme: Mapped[str] = mapped_column(String(60), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    focus_id: Mapped[str | None] = mapped_column(ForeignKey("focus.id", ondelete="CASCADE"), default=None)
    current: Mapped[int] = mapped_column(SmallInteger)
    desired: Mapped[int | None] = mapped_column(SmallInteger, default=None)
    saved_at: Mapped[datetime]


class LoweredRow(Base):
    """What a member says of an answer of theirs that is lower than the one before. Theirs alone, and never counted."""

    __tablename__ = "lowered"
    __table_args__ = (CheckConstraint(one_of("why", Lowered), name="why"),)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    theme: Mapped[str] = mapped_column(String(60), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    why: Mapped[str] = mapped_column(String(20))
