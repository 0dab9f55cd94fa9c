"""What a facilitator needs besides the password: the key that an app makes codes from, and codes on paper."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from mcm_core.store.tables.base import Base


class SecondStepRow(Base):
    """The key of somebody's app. Sealed by the server's secret, so a copied database makes no codes."""

    __tablename__ = "second_step"
    facilitator_id: Mapped[str] = mapped_column(ForeignKey("facilitator.id", ondelete="CASCADE"), primary_key=True)
    #: The key in force; None until its owner has shown that their app has it.
    sealed_key: Mapped[str | None] = mapped_column(String(255), default=None)
    #: The key that is being set up.
    offered_key: Mapped[str | None] = mapped_column(String(255), default=None)
    #: The 30 seconds of the last code that was taken: no code counts twice.
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCodeRow(Base):
    """A code on paper, for when the phone is lost. A keyed hash; it goes when it is used."""

    __tablename__ = "recovery_code"
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    facilitator_id: Mapped[str] = mapped_column(ForeignKey("facilitator.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime]
