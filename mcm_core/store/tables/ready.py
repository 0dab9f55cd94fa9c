"""What goes before the first session: the participation document and who has read it, digital skills, and what
members share of a plan for themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from mcm_core.store.tables.base import Base


class DocumentRow(Base):
    """What facilitators filled into the participation document. The highest `number` holds; without one nothing is."""

    __tablename__ = "document"
    cohort_id: Mapped[str] = mapped_column(String(16), ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    fillings: Mapped[dict[str, str]] = mapped_column(JSON())
    made_at: Mapped[datetime]


class DocumentCopyRow(Base):
    """One version of the document with one member. `read_at` of any of theirs opens the gate (services/access.py)."""

    __tablename__ = "document_copy"
    __table_args__ = (
        CheckConstraint("NOT spoken OR read_at IS NOT NULL", name="spoken"),
        Index("ix_document_copy_cohort", "cohort_id"),
    )
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    #: The version of the words, a point, and that of the fillings.
    version: Mapped[str] = mapped_column(String(20), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    #: When they asked to be talked through it.
    asked_at: Mapped[datetime | None] = mapped_column(default=None)
    read_at: Mapped[datetime | None] = mapped_column(default=None)
    #: A facilitator has said that they talked them through it.
    spoken: Mapped[bool] = mapped_column(default=False)


class SkillsRow(Base):
    """What a member says of their digital skills. Facilitators see it only where `wants_help`."""

    __tablename__ = "skills"
    __table_args__ = (Index("ix_skills_cohort", "cohort_id"),)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    version: Mapped[str] = mapped_column(String(20))
    levels: Mapped[dict[str, int]] = mapped_column(JSON())
    practise: Mapped[str] = mapped_column(String(80), default="")
    wants_help: Mapped[bool] = mapped_column(default=False)
    #: When `levels` last became other ones.
    changed_at: Mapped[datetime]


class SkillsSharedRow(Base):
    """What a cohort was last told of it: of each tool how many would like help, and how many can help."""

    __tablename__ = "skills_shared"
    cohort_id: Mapped[str] = mapped_column(String(16), ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True)
    counts: Mapped[dict[str, list[int]]] = mapped_column(JSON())
    answered: Mapped[int] = mapped_column(SmallInteger)
    shared_at: Mapped[datetime]


class SharedPlanRow(Base):
    """The one answer of a member's plan that they share with their facilitators: sealed, and gone with their no."""

    __tablename__ = "shared_plan"
    __table_args__ = (Index("ix_shared_plan_cohort", "cohort_id"),)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    sealed_words: Mapped[str] = mapped_column(Text())
    shared_at: Mapped[datetime]
