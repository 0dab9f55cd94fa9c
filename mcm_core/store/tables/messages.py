"""Letters to people outside of the app."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mcm_core.domain.message import MessageState, Trouble
from mcm_core.store.tables.base import Base, new_id, one_of


class MessageRow(Base):
    """One message to one person. The row is the queue, too: a waiting one is tried from `next_try_at` on."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint(one_of("state", MessageState), name="state"),
        CheckConstraint(one_of("trouble", Trouble), name="trouble"),
        CheckConstraint("state <> 'waiting' OR next_try_at IS NOT NULL", name="waiting"),
        UniqueConstraint("cohort_id", "kind", "once"),
        Index("ix_message_cohort", "cohort_id", "due_at"),
        Index("ix_message_queue", "state", "next_try_at"),
        Index("ix_message_member", "member_id"),
    )
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    member_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), default=None)
    kind: Mapped[str] = mapped_column(String(40))
    #: What makes a second message of this kind the same message; None where there may be several.
    once: Mapped[str | None] = mapped_column(String(80), default=None)
    to_name: Mapped[str] = mapped_column(String(80))
    to_email: Mapped[str | None] = mapped_column(String(254), default=None)
    subject: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text())
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(default=None)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    #: Why it did not go when it was tried last, and since when. Empty for one that was not tried, or went.
    trouble: Mapped[str | None] = mapped_column(String(20), default=None)
    trouble_at: Mapped[datetime | None] = mapped_column(default=None)


class CalendarRow(Base):
    """The address at which a member's calendar can be followed. Its token is derived from the id, and never stored."""

    __tablename__ = "calendar"
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    link_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
