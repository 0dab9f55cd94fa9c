"""A cohort, its six sessions, and who belongs to it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from mcm_core.domain.visitor import Standing
from mcm_core.store.tables.base import Base, new_id, one_of


def _one_each_cohort(name: str, condition: str) -> Index:
    """At most one row of a cohort is like this."""
    where = text(condition)
    return Index(f"uq_facilitation_{name}", "cohort_id", unique=True, sqlite_where=where, postgresql_where=where)


class CohortRow(Base):
    __tablename__ = "cohort"
    __table_args__ = (CheckConstraint("threshold BETWEEN 3 AND 10", name="threshold"),)
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80))
    time_zone: Mapped[str] = mapped_column(String(60))
    #: What the codes of the room are made from, one for each meeting (services/members/room.py). Never shown.
    code: Mapped[str] = mapped_column(String(8), unique=True)
    threshold: Mapped[int] = mapped_column(SmallInteger)
    #: Goes up with every change of phase; screens compare it with the one they drew.
    phase: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    #: The day on which everything linked to people goes; None for the usual time after the last session.
    keep_until: Mapped[date | None] = mapped_column(Date(), default=None)
    warned_at: Mapped[datetime | None] = mapped_column(default=None)
    deleted_at: Mapped[datetime | None] = mapped_column(default=None)
    #: Whether the group said that who comes later reads what it wrote for itself before (domain.md §5 row 1).
    newcomers_read: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Whether it said anything, yes or no.
    newcomers_asked: Mapped[bool] = mapped_column(default=False, server_default=false())


class FacilitationRow(Base):
    """Who facilitates which cohort. One of them owns it, and at most one has the lead in a session."""

    __tablename__ = "facilitation"
    __table_args__ = (
        CheckConstraint(one_of("standing", [Standing.OWNER, Standing.CO_FACILITATOR]), name="standing"),
        _one_each_cohort("owner", "standing = 'owner'"),
        _one_each_cohort("lead", "leads"),
    )
    facilitator_id: Mapped[str] = mapped_column(ForeignKey("facilitator.id", ondelete="CASCADE"), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True)
    standing: Mapped[str] = mapped_column(String(20), default=Standing.CO_FACILITATOR)
    leads: Mapped[bool] = mapped_column(default=False)


class CohortSessionRow(Base):
    __tablename__ = "cohort_session"
    __table_args__ = (
        UniqueConstraint("cohort_id", "number"),
        CheckConstraint("number BETWEEN 1 AND 6", name="number"),
    )
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(SmallInteger)
    #: Wall-clock time in the cohort's zone, so that 14:00 stays 14:00 when the clocks change.
    starts_local: Mapped[datetime] = mapped_column(DateTime())
    minutes: Mapped[int] = mapped_column(SmallInteger)
    #: Goes up with every change that a calendar must hear of (RFC 5545 §3.8.7.4).
    sequence: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    #: A session that does not run keeps its number (domain.md §5 row 37).
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)


class MemberRow(Base):
    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("cohort_id", "name_key"),)
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    #: The name folded for comparison, so that "ada " and "Ada" are one person.
    name_key: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254), default=None)
    #: SHA-256 of the personal link's token; the token itself is derived and never stored.
    link_hash: Mapped[str] = mapped_column(String(64), unique=True)
    link_version: Mapped[int] = mapped_column(default=1)
    joined_at: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime]


class GuestRow(Base):
    """Somebody from outside who helps with one session. Their link works for one browser, until midnight."""

    __tablename__ = "guest"
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("cohort_session.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    link_hash: Mapped[str] = mapped_column(String(64), unique=True)
    joined_at: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime]
