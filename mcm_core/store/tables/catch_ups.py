"""Who catches up with whom between sessions, what they say of it, and whom a round must not put together."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from mcm_core.domain.catch_up import LINE_MAX, REACH_MAX, Outcome
from mcm_core.store.tables.base import Base, new_id, one_of


class PairingRow(Base):
    """The catch-ups of one week: proposed to facilitators, and everybody's from `shared_at` on."""

    __tablename__ = "pairing"
    __table_args__ = (
        UniqueConstraint("cohort_id", "number"),
        CheckConstraint("number BETWEEN 1 AND 5", name="number"),
    )
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(SmallInteger)
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime]
    shared_at: Mapped[datetime | None] = mapped_column(default=None)


class CatchUpRow(Base):
    """One group of a week."""

    __tablename__ = "catch_up"
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    pairing_id: Mapped[str] = mapped_column(ForeignKey("pairing.id", ondelete="CASCADE"), index=True)
    kept: Mapped[bool] = mapped_column(default=False)


class PlaceRow(Base):
    """Somebody in a group: what they said of it, and the one line they wrote."""

    __tablename__ = "place"
    __table_args__ = (
        CheckConstraint(one_of("said", Outcome), name="said"),
        Index("ix_place_member", "member_id"),
        Index("ix_place_cohort", "cohort_id"),
    )
    catch_up_id: Mapped[str] = mapped_column(ForeignKey("catch_up.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    said: Mapped[str | None] = mapped_column(String(20), default=None)
    #: The group became another after it was shared, and its member has said nothing of it since.
    changed: Mapped[bool] = mapped_column(default=False, server_default=false())
    line: Mapped[str | None] = mapped_column(String(LINE_MAX), default=None)
    line_at: Mapped[datetime | None] = mapped_column(default=None)
    #: The note that the line became.
    note_id: Mapped[str | None] = mapped_column(ForeignKey("note.id", ondelete="SET NULL"), default=None, index=True)


class LineAgreedRow(Base):
    """A partner says that a line is fine with them. It goes with either of the two, and with a changed line."""

    __tablename__ = "line_agreed"
    __table_args__ = (Index("ix_line_agreed_member", "member_id"), Index("ix_line_agreed_author", "author_id"))
    catch_up_id: Mapped[str] = mapped_column(ForeignKey("catch_up.id", ondelete="CASCADE"), primary_key=True)
    author_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    #: None where it was said before this was kept.
    agreed_at: Mapped[datetime | None] = mapped_column(default=None)


class WeekOffRow(Base):
    """A member sits one week's catch-ups out. No reason is asked."""

    __tablename__ = "week_off"
    __table_args__ = (
        CheckConstraint("number BETWEEN 1 AND 5", name="number"),
        Index("ix_week_off_cohort", "cohort_id", "number"),
    )
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))


class KeptApartRow(Base):
    """Two people who are never put together: `one_id` asked for it and nobody is told, or a facilitator did."""

    __tablename__ = "kept_apart"
    __table_args__ = (
        CheckConstraint("one_id <> other_id", name="two"),
        Index("ix_kept_apart_other", "other_id"),
        Index("ix_kept_apart_cohort", "cohort_id"),
    )
    one_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    by_facilitator: Mapped[bool] = mapped_column(primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))


class ReachRow(Base):
    """How a member's partners of the moment may reach them, in the member's own words."""

    __tablename__ = "reach"
    __table_args__ = (Index("ix_reach_cohort", "cohort_id"),)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    words: Mapped[str] = mapped_column(String(REACH_MAX))
