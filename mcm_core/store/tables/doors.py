"""Who may come in: accounts, invitations, and the browsers that are signed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from mcm_core.store.tables.base import Base, new_id


class FacilitatorRow(Base):
    __tablename__ = "facilitator"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        CheckConstraint("(issuer IS NULL) = (subject IS NULL)", name="provider"),
    )
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    #: None where an OpenID Connect provider knows the password, and after `mcm reset-link` until a new one is chosen.
    password_hash: Mapped[str | None] = mapped_column(String(100), default=None)
    created_at: Mapped[datetime]
    #: Switched off by the operator: nothing of theirs is deleted, and nobody signs in with it.
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    #: Who this is at the OpenID Connect provider, where there is one.
    issuer: Mapped[str | None] = mapped_column(String(255), default=None)
    subject: Mapped[str | None] = mapped_column(String(255), default=None)
    #: When it was last switched off or given back by `mcm reset-link`. What it gave out before is worth nothing.
    taken_back_at: Mapped[datetime | None] = mapped_column(default=None)


class InvitationRow(Base):
    """A one-time link by which somebody becomes a facilitator; into `cohort_id` when it is set, by leave of `made_by`.

    With `facilitator_id` it is the way back in for somebody who has an account and lost the password or the phone.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("cohort_id IS NULL OR facilitator_id IS NULL", name="purpose"),
        CheckConstraint("(cohort_id IS NULL) = (made_by IS NULL)", name="maker"),
        Index("ix_invitation_cohort", "cohort_id"),
    )
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: What the owner's screen calls it; the hash never leaves for it.
    id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    cohort_id: Mapped[str | None] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), default=None)
    made_by: Mapped[str | None] = mapped_column(ForeignKey("facilitator.id", ondelete="CASCADE"), default=None)
    facilitator_id: Mapped[str | None] = mapped_column(ForeignKey("facilitator.id", ondelete="CASCADE"), default=None)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class SignInRow(Base):
    """One browser. A facilitator, a member, a guest, or somebody who waits: at the door, or for a second step."""

    __tablename__ = "sign_in"
    __table_args__ = (
        CheckConstraint("(facilitator_id IS NULL) <> (cohort_id IS NULL)", name="who"),
        CheckConstraint("member_id IS NULL OR cohort_id IS NOT NULL", name="cohort"),
        CheckConstraint("guest_id IS NULL OR (cohort_id IS NOT NULL AND member_id IS NULL)", name="guest"),
        CheckConstraint(
            "waiting OR facilitator_id IS NOT NULL OR member_id IS NOT NULL OR guest_id IS NOT NULL", name="waiting"
        ),
        Index("ix_sign_in_cohort_waiting", "cohort_id", "waiting"),
        Index("ix_sign_in_facilitator", "facilitator_id"),
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
    #: When a facilitator last said here who they are, by password or code.
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    #: On a member's phone: they have said of all phones that came in as them until then that it was them.
    told_until: Mapped[datetime | None] = mapped_column(default=None)


class ArrivalRow(Base):
    """A phone that came in as a member. It stays when the phone has gone: the member is told of it all the same."""

    __tablename__ = "arrival"
    __table_args__ = (
        CheckConstraint("let_in OR let_in_by IS NULL", name="door"),
        Index("ix_arrival_member", "member_id", "at"),
        Index("ix_arrival_cohort", "cohort_id", "disowned_at"),
    )
    #: The `id` of its sign-in, which may have ended.
    phone_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    #: By a facilitator; otherwise it was the first that opened the link.
    let_in: Mapped[bool]
    let_in_by: Mapped[str | None] = mapped_column(ForeignKey("facilitator.id", ondelete="SET NULL"), default=None)
    #: When the member said that it was not them.
    disowned_at: Mapped[datetime | None] = mapped_column(default=None)


class TicketRow(Base):
    """A check that a browser may exchange once, within a minute, for its cookie.

    `waiting`: the password was right and the second step is still to come.
    """

    __tablename__ = "ticket"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    facilitator_id: Mapped[str] = mapped_column(ForeignKey("facilitator.id", ondelete="CASCADE"))
    waiting: Mapped[bool] = mapped_column(default=False, server_default=false())
    expires_at: Mapped[datetime]


class AttemptRow(Base):
    """A failed sign-in or join, kept for as long as it counts. `key` is a keyed hash, never a name."""

    __tablename__ = "attempt"
    __table_args__ = (
        CheckConstraint("at < until", name="until"),
        Index("ix_attempt_key_at", "key", "at"),
        Index("ix_attempt_until", "until"),
    )
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    until: Mapped[datetime]
