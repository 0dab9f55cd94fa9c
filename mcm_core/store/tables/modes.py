"""What a round keeps instead of readings: answers without names."""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from mcm_core.store.tables.base import Base


class BagRow(Base):
    """The anonymous answers of an open round: a single row, written anew with every ballot (`store.bag`). Afterwards
    only comments wait in it to be read.

    No member's id stands with an answer, and nothing in it has a moment or an order: counts by theme and question,
    member ids and comments each in the order of the alphabet. While few have answered, or all the same, these tell all
    the same who answered what.
    """

    __tablename__ = "bag"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 -- SQLAlchemy reads it once
    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    answered: Mapped[list[str]] = mapped_column(JSON())
    counts: Mapped[dict[str, dict[str, list[int]]]] = mapped_column(JSON())
    comments: Mapped[list[str]] = mapped_column(JSON())


class AnsweredRow(Base):
    """That a member answered an anonymous round of which a picture is shown. Written for all at once when it is closed,
    in the order of ids."""

    __tablename__ = "answered"
    __table_args__ = (Index("ix_answered_member", "member_id"), {"sqlite_with_rowid": False})
    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))


class CommentsRow(Base):
    """The comments of an anonymous round that a facilitator shared with everybody, as one shuffled batch."""

    __tablename__ = "comments"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 -- SQLAlchemy reads it once
    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    bodies: Mapped[list[str]] = mapped_column(JSON())
