"""What is asked, what was answered, and what was shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mcm_core.domain.mode import Mode
from mcm_core.domain.round import MAX_ATTEMPTS, Lane, RoundState
from mcm_core.store.tables.base import Base, new_id, one_of


def answer_is_known(column: str) -> str:
    """The CHECK that allows levels and the ways of not choosing one."""
    return f"{column} BETWEEN -3 AND 9 AND {column} <> 0"


class InstrumentRow(Base):
    """The exact wording of one version of an instrument, kept for as long as a reading answered it."""

    __tablename__ = "instrument"
    __table_args__ = (UniqueConstraint("key", "version"),)
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(60))
    content: Mapped[str] = mapped_column(Text())


class FocusRow(Base):
    """The relationship that a member has in mind. A change starts a new one, and with it a new line."""

    __tablename__ = "focus"
    __table_args__ = (
        Index("ix_focus_member", "member_id"),
        Index(
            "uq_focus_current",
            "member_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    party: Mapped[str] = mapped_column(String(60))
    constellation: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)


class RoundRow(Base):
    __tablename__ = "round"
    __table_args__ = (
        CheckConstraint(one_of("state", RoundState), name="state"),
        CheckConstraint(f"attempt BETWEEN 1 AND {MAX_ATTEMPTS}", name="attempt"),
        CheckConstraint("threshold BETWEEN 3 AND 10", name="threshold"),
        CheckConstraint(one_of("mode", Mode), name="mode"),
        CheckConstraint(one_of("lane", Lane), name="lane"),
        UniqueConstraint("first_id", "attempt"),
        Index("ix_round_cohort", "cohort_id"),
        Index(
            "uq_round_live",
            "cohort_id",
            unique=True,
            sqlite_where=text("state IN ('open', 'closed') AND lane = 'room' AND aside_at IS NULL"),
            postgresql_where=text("state IN ('open', 'closed') AND lane = 'room' AND aside_at IS NULL"),
        ),
        Index(
            "uq_round_between",
            "session_id",
            unique=True,
            sqlite_where=text("lane = 'between'"),
            postgresql_where=text("lane = 'between'"),
        ),
    )
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    session_id: Mapped[str] = mapped_column(ForeignKey("cohort_session.id", ondelete="CASCADE"))
    instrument_id: Mapped[str] = mapped_column(ForeignKey("instrument.id"))
    #: The first vote of this launch card; a vote again shares it.
    first_id: Mapped[str] = mapped_column(String(16))
    attempt: Mapped[int] = mapped_column(SmallInteger)
    themes: Mapped[list[str]] = mapped_column(JSON())
    lens: Mapped[str | None]
    perspective: Mapped[str | None]
    purpose: Mapped[str | None]
    minutes: Mapped[int] = mapped_column(SmallInteger)
    #: The cohort's threshold when the round was first opened: what members were told holds at the reveal.
    threshold: Mapped[int] = mapped_column(SmallInteger)
    #: How answers are kept. A trigger refuses to change it, the threshold and the audience once the round was opened.
    mode: Mapped[str] = mapped_column(String(12), default=Mode.CONFIDENTIAL, server_default=Mode.CONFIDENTIAL)
    #: Beside the one round that the room is at, a session has one that is open until the next.
    lane: Mapped[str] = mapped_column(String(10), default=Lane.ROOM, server_default=Lane.ROOM)
    state: Mapped[str] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(default=1)
    #: The facilitator who opened, closed or revealed it last, so that another one who comes second is told who it was.
    #: No foreign key: SQLite would have to copy the table for it, and drop all readings with the old one.
    moved_by: Mapped[str | None] = mapped_column(String(16), default=None)
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None] = mapped_column(default=None)
    revealed_at: Mapped[datetime | None] = mapped_column(default=None)
    #: Since when a vote that opened by itself is off every screen, with its answers, until its block is on again.
    aside_at: Mapped[datetime | None] = mapped_column(default=None)


class ReadingRow(Base):
    __tablename__ = "reading"
    __table_args__ = (
        CheckConstraint(answer_is_known("current"), name="current"),
        CheckConstraint(answer_is_known("desired"), name="desired"),
        Index("ix_reading_member", "member_id"),
    )
    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    theme: Mapped[str] = mapped_column(String(60), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    instrument_id: Mapped[str] = mapped_column(ForeignKey("instrument.id"))
    focus_id: Mapped[str | None] = mapped_column(ForeignKey("focus.id", ondelete="CASCADE"), default=None)
    current: Mapped[int] = mapped_column(SmallInteger)
    desired: Mapped[int | None] = mapped_column(SmallInteger, default=None)
    saved_at: Mapped[datetime]


class ReleaseRow(Base):
    """A picture as it was revealed. Written once; nothing updates it."""

    __tablename__ = "release"
    __table_args__ = (Index("ix_release_cohort", "cohort_id"),)
    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    theme: Mapped[str] = mapped_column(String(60), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    picture: Mapped[dict[str, Any]] = mapped_column(JSON())
    #: What is kept behind an anonymous picture, to compare the next one with (`domain.anonymous.kept`). Never shown.
    counts: Mapped[dict[str, list[int]] | None] = mapped_column(JSON(none_as_null=True), default=None)
