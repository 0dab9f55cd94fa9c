"""What facilitators say back to what members said."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from mcm_core.domain.news import Outcome
from mcm_core.store.tables.base import Base, new_id, one_of


class NewsLineRow(Base):
    """One line “You said → we changed / we could not”, about a session. It is the team's: no author stands in it."""

    __tablename__ = "news_line"
    __table_args__ = (
        CheckConstraint(one_of("outcome", Outcome), name="outcome"),
        Index("ix_news_line_cohort", "cohort_id"),
        Index("ix_news_line_session", "session_id"),
    )
    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    session_id: Mapped[str] = mapped_column(ForeignKey("cohort_session.id", ondelete="CASCADE"))
    you_said: Mapped[str] = mapped_column(Text())
    outcome: Mapped[str] = mapped_column(String(20))
    reply: Mapped[str] = mapped_column(Text())
    written_at: Mapped[datetime]
