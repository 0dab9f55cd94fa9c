"""A cohort's public page, who is interested, who applies, and what facilitators say of the fit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from mcm_core.domain.application import Decision, Verdict
from mcm_core.store.tables.base import Base, new_id, one_of


class OpeningRow(Base):
    """The public page of a cohort: nobody sees it before it is published. Times are a clock on the cohort's wall."""

    __tablename__ = "opening"
    __table_args__ = (CheckConstraint("drop_in_minutes BETWEEN 10 AND 240", name="drop_in_minutes"),)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True)
    slug: Mapped[str] = mapped_column(String(12), unique=True)
    #: The texts that a facilitator has written, by section; a section that is not here has the words of the file.
    words: Mapped[dict[str, str]] = mapped_column(JSON())
    closes_local: Mapped[datetime] = mapped_column(DateTime())
    drop_in_local: Mapped[datetime | None] = mapped_column(DateTime(), default=None)
    drop_in_minutes: Mapped[int] = mapped_column(SmallInteger)
    drop_in_link: Mapped[str] = mapped_column(String(400), default="")
    takes_late: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    dates_fixed_at: Mapped[datetime | None] = mapped_column(default=None)


class InterestRow(Base):
    """Somebody who wants the link to the drop-in, a reminder, or both."""

    __tablename__ = "interest"
    __table_args__ = (UniqueConstraint("cohort_id", "email"),)
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(254))
    organisation: Mapped[str] = mapped_column(String(120), default="")
    wants_link: Mapped[bool]
    wants_reminder: Mapped[bool]
    created_at: Mapped[datetime]


class ApplicationRow(Base):
    """An application. Each answer stands with the question as it was asked; `version` is the form's. Once its author is
    a member it is theirs, and goes with them."""

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint(one_of("decision", Decision), name="decision"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("member_id IS NULL OR decision = 'accepted'", name="member"),
        CheckConstraint("sent_at IS NOT NULL OR NOT is_late", name="late"),
        Index("ix_application_cohort", "cohort_id", "sent_at"),
        Index("uq_application_link_next", "link_next", unique=True),
    )
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    #: SHA-256 of the token of the applicant's own link; the token itself is derived and never stored.
    link_hash: Mapped[str] = mapped_column(String(64), unique=True)
    link_version: Mapped[int] = mapped_column(default=1, server_default="1")
    #: The same of a new link that was asked for. From the first use of it on it is the one that there is.
    link_next: Mapped[str | None] = mapped_column(String(64), default=None)
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(254))
    organisation: Mapped[str] = mapped_column(String(120), default="")
    answers: Mapped[dict[str, Any]] = mapped_column(JSON())
    #: What only the coordinator reads: access needs, expenses, and with whom somebody should not be paired.
    aside: Mapped[dict[str, Any]] = mapped_column(JSON())
    times: Mapped[dict[str, str]] = mapped_column(JSON())
    version: Mapped[str] = mapped_column(String(20))
    begun_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    is_late: Mapped[bool] = mapped_column(default=False)
    decision: Mapped[str | None] = mapped_column(String(12), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    member_id: Mapped[str | None] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), unique=True, default=None
    )


class FitRow(Base):
    """What one facilitator says of the fit of one application: yes, no or nothing, and a note. Never a number."""

    __tablename__ = "fit"
    __table_args__ = (CheckConstraint(one_of("says", Verdict), name="says"),)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), primary_key=True)
    facilitator_id: Mapped[str] = mapped_column(ForeignKey("facilitator.id", ondelete="CASCADE"), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    says: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text())
    said_at: Mapped[datetime]
