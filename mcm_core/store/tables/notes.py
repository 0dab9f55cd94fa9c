"""Shared learning."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.store.tables.base import Base, new_id, one_of


class NoteRow(Base):
    __tablename__ = "note"
    __table_args__ = (
        CheckConstraint(one_of("kind", Kind), name="kind"),
        CheckConstraint(one_of("audience", Audience), name="audience"),
        CheckConstraint(one_of("attribution", Attribution), name="attribution"),
        # Neither: somebody who left let the words stand and took their name away.
        CheckConstraint("member_id IS NULL OR facilitator_id IS NULL", name="author"),
        CheckConstraint("attribution = 'none' OR member_id IS NOT NULL OR facilitator_id IS NOT NULL", name="nameless"),
        Index("ix_note_cohort", "cohort_id", "created_at"),
    )
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    session_id: Mapped[str] = mapped_column(ForeignKey("cohort_session.id", ondelete="CASCADE"))
    instrument_id: Mapped[str | None] = mapped_column(ForeignKey("instrument.id"), default=None)
    theme: Mapped[str | None] = mapped_column(String(60), default=None)
    member_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), default=None)
    facilitator_id: Mapped[str | None] = mapped_column(ForeignKey("facilitator.id", ondelete="CASCADE"), default=None)
    kind: Mapped[str] = mapped_column(String(30))
    audience: Mapped[str] = mapped_column(String(20))
    attribution: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text())
    #: The body folded for searching: lower case, accents off, so that both databases find the same notes.
    search_key: Mapped[str] = mapped_column(Text())
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    #: Since when a facilitator keeps it from everybody but its author, and whether others had seen it by then.
    paused_at: Mapped[datetime | None] = mapped_column(default=None)
    paused_seen: Mapped[bool] = mapped_column(default=False, server_default=false())


class KeptTextRow(Base):
    """The text of a note that came second when two were saved at once. Kept until its author decides."""

    __tablename__ = "kept_text"
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    note_id: Mapped[str] = mapped_column(ForeignKey("note.id", ondelete="CASCADE"), index=True)
    body: Mapped[str] = mapped_column(Text())
    kept_at: Mapped[datetime]
