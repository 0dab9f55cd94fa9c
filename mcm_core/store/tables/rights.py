"""What a member agreed to, and the log of who did what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from mcm_core.domain.audit import Actor
from mcm_core.domain.consent import Purpose
from mcm_core.store.tables.base import Base, one_of


class ConsentRow(Base):
    """One yes or no to one purpose. Rows are added and never changed; the highest `number` of a purpose holds.

    A yes to one's name beside answers is for one round, and the highest `number` of that round holds.
    """

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint(one_of("purpose", Purpose), name="purpose"),
        CheckConstraint(f"(purpose = '{Purpose.NAME_WITH_ANSWERS}') = (round_id IS NOT NULL)", name="round"),
        Index("ix_consent_cohort", "cohort_id"),
        Index("ix_consent_round", "round_id"),
    )
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(30), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    round_id: Mapped[str | None] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), default=None)
    yes: Mapped[bool]
    #: The version of the words that were read.
    version: Mapped[str] = mapped_column(String(20))
    said_at: Mapped[datetime]


class AuditRow(Base):
    """One deed. No foreign keys: an entry outlives what it speaks of, and then leads to nobody."""

    __tablename__ = "audit"
    __table_args__ = (
        CheckConstraint(one_of("actor", Actor), name="actor"),
        Index("ix_audit_cohort", "cohort_id", "number"),
        Index("ix_audit_actor", "actor_id", "number"),
        Index("ix_audit_about", "about", "number"),
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[str | None] = mapped_column(String(16))
    #: A word of domain.audit.Deed. Without a CHECK: a new deed is no new shape, and the chain guards what is written.
    deed: Mapped[str] = mapped_column(String(30))
    about: Mapped[str | None] = mapped_column(String(16))
    cohort_id: Mapped[str | None] = mapped_column(String(16))
    #: A keyed hash of this entry and of the hash before it.
    hash: Mapped[str] = mapped_column(String(64))


class AuditHeadRow(Base):
    """How long the log is and how it ends, so that a torn-off end is missed. One row, locked to add an entry."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)
    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    count: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    #: A keyed hash of count and hash, which only this server can make.
    seal: Mapped[str] = mapped_column(String(64))
