"""What the verbs about members share: locking the cohort, telling the screens."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import SQLColumnExpression, delete, select
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import folded
from mcm_core.store.engine import announce
from mcm_core.store.secret import derived_token
from mcm_core.store.tables import CohortRow, SignInRow


def lock(db: Session, cohort_id: str) -> None:
    """Queue behind whoever changes this cohort's members. (On SQLite every write queues anyway.)"""
    db.execute(select(CohortRow.id).where(CohortRow.id == cohort_id).with_for_update())


def name_key(name: str) -> str:
    """The name folded, as long as the column takes it: folding may lengthen."""
    return folded(name)[:120]


def derived_link(member_id: str, version: int) -> str:
    """The token of a personal link. Derived, so that a card can be printed again and nothing but its digest is kept."""
    return derived_token("personal link", member_id, str(version))


def tell_door(db: Session, cohort_id: str) -> None:
    """The facilitators' screens: somebody came, went, or is called otherwise."""
    announce(db, f"door:{cohort_id}")


def tell_browsers(db: Session, sign_ins: Iterable[str]) -> None:
    """The browsers themselves: what they are signed in as has changed. `sign_ins` are token hashes."""
    for sign_in in sign_ins:
        announce(db, f"visitor:{sign_in}")


def send_away(db: Session, cohort_id: str, *which: SQLColumnExpression[bool]) -> None:
    """Sign these browsers of a cohort out, waiting or in, and tell them. For verbs that have checked who asks."""
    tell_browsers(db, db.scalars(delete(SignInRow).where(*which).returning(SignInRow.token_hash)))
    tell_door(db, cohort_id)
