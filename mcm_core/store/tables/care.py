"""What looks after people: where to turn for help, and a pause."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from mcm_core.store.tables.base import Base


class SignpostingRow(Base):
    """Where this cohort's people can turn. There is none until a facilitator has checked and saved it."""

    __tablename__ = "signposting"
    cohort_id: Mapped[str] = mapped_column(String(16), ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True)
    danger: Mapped[str] = mapped_column(Text())
    contact: Mapped[str] = mapped_column(Text())
    lines: Mapped[str] = mapped_column(Text())
    checked_at: Mapped[datetime]


class PauseRow(Base):
    """A cohort that pauses just now. It says nothing of who or why."""

    __tablename__ = "pause"
    cohort_id: Mapped[str] = mapped_column(String(16), ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime]
