"""Who may come in: accounts, invitations, and the browsers that are signed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from mcm_core.store.tables.base import Base, new_id


class FacilitatorRow(Base):
    __tablename__ = "facilitator"
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class InvitationRow(Base):
    """A one-time link by which somebody becomes a facilitator; into `cohort_id` when it is set."""

    __tablename__ = "invitation"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    cohort_id: Mapped[str | None] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), default=None)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class SignInRow(Base):
    """One browser. A facilitator, a member, a guest, or somebody at the door who waits to be let in."""

    __tablename__ = "sign_in"
    __table_args__ = (
        CheckConstraint("(facilitator_id IS NULL) <> (cohort_id IS NULL)", name="who"),
        CheckConstraint("member_id IS NULL OR cohort_id IS NOT NULL", name="cohort"),
        CheckConstraint("guest_id IS NULL OR (cohort_id IS NOT NULL AND member_id IS NULL)", name="guest"),
        CheckConstraint(
            "waiting OR facilitator_id IS NOT NULL OR member_id IS NOT NULL OR guest_id IS NOT NULL", name="waiting"
        ),
        Index("ix_sign_in_cohort_waiting", "cohort_id", "waiting"),
    )
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: What other people's screens call this browser; the hash never leaves for them.
    id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    facilitator_id: Mapped[str | None] = mapped_column(ForeignKey("facilitator.id", ondelete="CASCADE"), default=None)
    member_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), default=None, index=True)
    cohort_id: Mapped[str | None] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), default=None)
    guest_id: Mapped[str | None] = mapped_column(ForeignKey("guest.id", ondelete="CASCADE"), default=None, index=True)
    waiting: Mapped[bool] = mapped_column(default=False)
    #: The facilitator who answered the door, so that another one who answers too late is told who it was.
    let_in_by: Mapped[str | None] = mapped_column(ForeignKey("facilitator.id", ondelete="SET NULL"), default=None)
    #: What somebody with only the room code calls themselves; a facilitator matches it to a member.
    knock_name: Mapped[str | None] = mapped_column(String(80), default=None)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class TicketRow(Base):
    """A password check that a browser may exchange once, within a minute, for its cookie."""

    __tablename__ = "ticket"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    facilitator_id: Mapped[str] = mapped_column(ForeignKey("facilitator.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]


class AttemptRow(Base):
    """A failed sign-in or join, kept for an hour to slow down guessing. `key` is a keyed hash, never a name."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_key_at", "key", "at"),)
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
