"""The run-sheet of each session, who came, and the answers of a practice vote while it is on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from mcm_core.domain.block import MINUTES_MAX, TITLE_MAX, Activity
from mcm_core.store.tables.base import Base, new_id, one_of


class RunSheetRow(Base):
    """A session's copy of the programme. One at most is being run in a cohort."""

    __tablename__ = "run_sheet"
    __table_args__ = (
        Index("ix_run_sheet_cohort", "cohort_id"),
        Index(
            "uq_run_sheet_on",
            "cohort_id",
            unique=True,
            sqlite_where=text("block_id IS NOT NULL"),
            postgresql_where=text("block_id IS NOT NULL"),
        ),
    )
    session_id: Mapped[str] = mapped_column(ForeignKey("cohort_session.id", ondelete="CASCADE"), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(default=1)
    #: The facilitator who changed it last, so that another one who comes second is told who it was. No foreign key, as
    #: in `round`.
    moved_by: Mapped[str | None] = mapped_column(String(16), default=None)
    #: The block that is on. No foreign key: blocks refer to this table.
    block_id: Mapped[str | None] = mapped_column(String(16), default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    #: Its people agreed that it is recorded, and it is on.
    recorded: Mapped[bool] = mapped_column(default=False, server_default=false())


class BlockRow(Base):
    __tablename__ = "block"
    __table_args__ = (
        CheckConstraint(f"minutes BETWEEN 1 AND {MINUTES_MAX}", name="minutes"),
        CheckConstraint(one_of("activity", Activity), name="activity"),
        CheckConstraint("ended_at IS NULL OR began_at IS NOT NULL", name="ended"),
        Index("ix_block_session", "session_id", "place"),
        Index("ix_block_cohort", "cohort_id"),
        Index("ix_block_round", "round_id"),
        Index("ix_block_guest", "guest_id"),
    )
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    session_id: Mapped[str] = mapped_column(ForeignKey("run_sheet.session_id", ondelete="CASCADE"))
    place: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    #: As planned; `extra` are those given while it was on.
    minutes: Mapped[int] = mapped_column(SmallInteger)
    extra: Mapped[int] = mapped_column(SmallInteger, default=0)
    activity: Mapped[str] = mapped_column(String(10))
    #: The vote that it opens, or its practice question (services/sheet_rows.py).
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), default=None)
    prompt: Mapped[str] = mapped_column(Text())
    screen: Mapped[str] = mapped_column(Text())
    note: Mapped[str] = mapped_column(Text())
    captured: Mapped[str] = mapped_column(Text())
    keeps_picture: Mapped[bool] = mapped_column(default=False)
    skipped: Mapped[bool] = mapped_column(default=False)
    round_id: Mapped[str | None] = mapped_column(ForeignKey("round.id", ondelete="SET NULL"), default=None)
    guest_id: Mapped[str | None] = mapped_column(ForeignKey("guest.id", ondelete="SET NULL"), default=None)
    began_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class PractisedRow(Base):
    """What somebody tapped in a practice vote. Gone as soon as its block is over."""

    __tablename__ = "practised"
    __table_args__ = (
        CheckConstraint("choice BETWEEN 0 AND 8", name="choice"),
        Index("ix_practised_member", "member_id"),
    )
    block_id: Mapped[str] = mapped_column(ForeignKey("block.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    choice: Mapped[int] = mapped_column(SmallInteger)


class AttendanceRow(Base):
    """Who came to which session. Without a time: when somebody's phone came and went is nobody's business."""

    __tablename__ = "attendance"
    __table_args__ = (Index("ix_attendance_member", "member_id"),)
    session_id: Mapped[str] = mapped_column(ForeignKey("cohort_session.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    here: Mapped[bool]
    #: A facilitator said so; what phones say does not change it any more.
    by_hand: Mapped[bool] = mapped_column(default=False)
