"""What a member writes for themselves between sessions. Nobody else's page reads these tables."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from mcm_core.domain.entry import EntryKind
from mcm_core.store.tables.base import Base, new_id, one_of


class EntryRow(Base):
    """One entry of a log or diary. `texts` are answers by question, `ticks` what was chosen of what was offered."""

    __tablename__ = "entry"
    __table_args__ = (
        CheckConstraint(one_of("kind", EntryKind), name="kind"),
        CheckConstraint("minutes IS NULL OR (kind = 'learning' AND minutes BETWEEN 0 AND 1440)", name="minutes"),
        CheckConstraint("energy IS NULL OR (kind = 'wellbeing' AND energy BETWEEN 1 AND 4)", name="energy"),
        Index("ix_entry_member", "member_id", "kind", "written_at"),
        Index("ix_entry_cohort", "cohort_id", "kind"),
    )
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    texts: Mapped[dict[str, str]] = mapped_column(JSON())
    ticks: Mapped[list[str]] = mapped_column(JSON())
    minutes: Mapped[int | None] = mapped_column(SmallInteger, default=None)
    energy: Mapped[int | None] = mapped_column(SmallInteger, default=None)
    #: The note that the entry became when its author shared it.
    note_id: Mapped[str | None] = mapped_column(ForeignKey("note.id", ondelete="SET NULL"), default=None, index=True)
    written_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class WellbeingRow(Base):
    """A member's yes to keeping wellbeing notes, which is health data: explicit, dated, and off until then.

    Taking it back deletes the row, and with it every such note.
    """

    __tablename__ = "wellbeing"
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    said_at: Mapped[datetime]
