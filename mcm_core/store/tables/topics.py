"""What the group would like to talk about, and the dots by which it says what first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mcm_core.domain.dots import MOST_ON_ONE, DotState
from mcm_core.domain.offer import Side
from mcm_core.domain.topic import MAX_LENGTH, Kind
from mcm_core.store.tables.base import Base, new_id, one_of


def _other_topic() -> ForeignKey:
    """Checked when the transaction ends: a cohort that is taken over comes row by row, in any order."""
    return ForeignKey("topic.id", ondelete="SET NULL", deferrable=True, initially="DEFERRED")


class TopicRow(Base):
    """One topic, with one author or none: the group's, or of somebody who left and let the words stand."""

    __tablename__ = "topic"
    __table_args__ = (
        CheckConstraint(one_of("kind", Kind), name="kind"),
        CheckConstraint("planned_for BETWEEN 2 AND 5", name="planned_for"),
        CheckConstraint("member_id IS NOT NULL OR NOT named", name="nameless"),
        CheckConstraint("head_id <> id AND wish_id <> id", name="itself"),
        Index("ix_topic_cohort", "cohort_id", "created_at"),
        Index("ix_topic_member", "member_id"),
        Index("ix_topic_head", "head_id"),
        Index("ix_topic_wish", "wish_id"),
    )
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    member_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), default=None)
    kind: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(String(MAX_LENGTH))
    #: Whether its author said that their name may stand beside it. They may take that back at any time.
    named: Mapped[bool] = mapped_column(default=False)
    #: The topic that this one was merged into. Its own words and author stay.
    head_id: Mapped[str | None] = mapped_column(_other_topic(), default=None)
    #: The topic that its author would like it merged with, until the other's author or a facilitator agrees.
    wish_id: Mapped[str | None] = mapped_column(_other_topic(), default=None)
    planned_for: Mapped[int | None] = mapped_column(SmallInteger, default=None)
    aside: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class DotVoteRow(Base):
    """One time that everybody gives dots. Until it is revealed nobody but its giver sees one."""

    __tablename__ = "dot_vote"
    __table_args__ = (
        CheckConstraint(one_of("state", DotState), name="state"),
        CheckConstraint("threshold BETWEEN 5 AND 10", name="threshold"),
        CheckConstraint("session_number BETWEEN 1 AND 6", name="session_number"),
        Index("ix_dot_vote_cohort", "cohort_id"),
        Index(
            "uq_dot_vote_open",
            "cohort_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    session_number: Mapped[int] = mapped_column(SmallInteger)
    #: The smallest group of which counts are shown, as it was when the vote was opened.
    threshold: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(default=1)
    #: The facilitator who opened or revealed it, so that another one who comes second is told who it was.
    moved_by: Mapped[str | None] = mapped_column(String(16), default=None)
    opened_at: Mapped[datetime]
    revealed_at: Mapped[datetime | None] = mapped_column(default=None)
    #: What was revealed; written once.
    picture: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), default=None)
    #: Who was left out by the plan, counted once.
    left_out: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), default=None)


class DotRow(Base):
    """How many dots a member gave to a topic, if any."""

    __tablename__ = "dot"
    __table_args__ = (
        CheckConstraint(f"count BETWEEN 1 AND {MOST_ON_ONE}", name="count"),
        Index("ix_dot_member", "member_id"),
        Index("ix_dot_topic", "topic_id"),
        Index("ix_dot_cohort", "cohort_id"),
    )
    vote_id: Mapped[str] = mapped_column(ForeignKey("dot_vote.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[str] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    count: Mapped[int] = mapped_column(SmallInteger)


class OfferRow(Base):
    """That a member can offer something on a topic or would like something. Whoever says it shows their name with it,
    and takes both back at once. Without a member it was said aloud, and a facilitator wrote it down for the group."""

    __tablename__ = "offer"
    __table_args__ = (
        CheckConstraint(one_of("side", Side), name="side"),
        UniqueConstraint("topic_id", "member_id", "side"),
        Index("ix_offer_member", "member_id"),
        Index("ix_offer_cohort", "cohort_id"),
    )
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    topic_id: Mapped[str] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    member_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), default=None)
    side: Mapped[str] = mapped_column(String(10))
    said_at: Mapped[datetime]
