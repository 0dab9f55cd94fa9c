"""The relationship that a member has in mind. Choosing another one starts a new line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import clean_name
from mcm_core.domain.errors import Conflict, Refused
from mcm_core.domain.focus import mistakes
from mcm_core.domain.instrument import Instrument
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access
from mcm_core.services.access import MEMBERS, open_to
from mcm_core.store.tables import FocusRow


@dataclass(frozen=True)
class Focus:
    """A relationship in the member's own words. Only the member ever sees the label."""

    id: str
    party: str
    constellation: str
    label: str


@open_to(MEMBERS)
def mine(db: Session, visitor: Visitor) -> Focus | None:
    """The relationship that the visitor rates at present, or None before they chose one."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    row = _current(db, member_id)
    return Focus(row.id, row.party, row.constellation, row.label) if row else None


@open_to(MEMBERS)
def choose(
    db: Session,
    visitor: Visitor,
    instrument: Instrument,
    *,
    party: str,
    constellation: str,
    label: str,
    at: datetime,
) -> Focus:
    """Say which relationship the readings are about.

    A change closes the old line and starts a new one; coming back to an earlier relationship goes on with its line.
    """
    cohort_id = visitor.cohort_id or ""
    member_id = access.member(db, visitor, cohort_id)
    if wrong := mistakes(instrument, party=party, constellation=constellation, label=label):
        raise Refused(" ".join(wrong.values()))
    wanted = (party, constellation, clean_name(label))
    row = _current(db, member_id)
    if row and (row.party, row.constellation, row.label) == wanted:
        return Focus(row.id, *wanted)
    if row:
        row.closed_at = at
        db.flush()
    row = _known(db, member_id, wanted) or FocusRow(
        cohort_id=cohort_id,
        member_id=member_id,
        party=wanted[0],
        constellation=wanted[1],
        label=wanted[2],
        created_at=at,
    )
    row.closed_at = None
    db.add(row)
    try:
        db.flush()
    except IntegrityError:
        raise Conflict("Your other device has just chosen a relationship. Look again before you change it.") from None
    return Focus(row.id, *wanted)


def _known(db: Session, member_id: str, wanted: tuple[str, str, str]) -> FocusRow | None:
    """A relationship that the member had in mind before: coming back to it goes on with its line."""
    party, constellation, label = wanted
    return db.scalar(
        select(FocusRow)
        .where(
            FocusRow.member_id == member_id,
            FocusRow.party == party,
            FocusRow.constellation == constellation,
            FocusRow.label == label,
        )
        .limit(1)
    )


def _current(db: Session, member_id: str) -> FocusRow | None:
    return db.scalar(select(FocusRow).where(FocusRow.member_id == member_id, FocusRow.closed_at.is_(None)))
