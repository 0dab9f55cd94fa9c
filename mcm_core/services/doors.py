"""Who may come in, taken from the database that a restored copy takes the place of.

An older copy holds phones that were signed out since, links and passwords that were changed, accounts that were
switched off and facilitators who left. For everybody whom both know, it stays as it was right before the restore.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from mcm_core.store.tables import (
    ApplicationRow,
    ArrivalRow,
    Base,
    CohortRow,
    FacilitationRow,
    FacilitatorRow,
    GuestRow,
    InvitationRow,
    MemberRow,
    RecoveryCodeRow,
    SecondStepRow,
    SignInRow,
    TicketRow,
)

Rows = list[dict[str, Any]]
_LINK = ("link_hash", "link_version", "joined_at")
_APPLICANT = ("link_hash", "link_version", "link_next")
_ACCOUNT = ("password_hash", "active", "issuer", "subject", "taken_back_at")


@dataclass(frozen=True)
class Doors:
    """Rows as they were in the live database."""

    facilitators: Rows
    steps: Rows
    codes: Rows
    members: Rows
    applications: Rows
    facilitations: Rows
    sign_ins: Rows
    arrivals: Rows


def as_they_are(db: Session) -> Doors:
    """What to give to `put_back` later."""
    accounts = (FacilitatorRow, SecondStepRow, RecoveryCodeRow)
    kinds = (*accounts, MemberRow, ApplicationRow, FacilitationRow, SignInRow, ArrivalRow)
    return Doors(*([dict(row) for row in db.execute(select(kind.__table__)).mappings()] for kind in kinds))


def put_back(db: Session, doors: Doors | None) -> None:
    """Let in whom `doors` lets in; without them nobody is signed in. One-time links are made anew in any case."""
    for one_time in (SignInRow, TicketRow, InvitationRow):
        db.execute(delete(one_time))
    if doors is None:
        return
    known = _ids(db, FacilitatorRow)
    both = {row["id"] for row in doors.facilitators} & known
    _set(db, FacilitatorRow, doors.facilitators, _ACCOUNT)
    _set(db, MemberRow, doors.members, _LINK)
    _set(db, ApplicationRow, doors.applications, _APPLICANT)
    for kind, rows in ((SecondStepRow, doors.steps), (RecoveryCodeRow, doors.codes)):
        db.execute(delete(kind).where(kind.facilitator_id.in_(both)))
        _add(db, kind, [row for row in rows if row["facilitator_id"] in both])
    _facilitations(db, doors.facilitations, known)
    _sign_ins(db, doors.sign_ins, known)
    _arrivals(db, doors.arrivals, known)


def _facilitations(db: Session, rows: Rows, known: Collection[str]) -> None:
    """Cohort by cohort, and only where the accounts of all are there: no cohort may be left without its owner."""
    strangers = {row["cohort_id"] for row in rows if row["facilitator_id"] not in known}
    ours = {row["cohort_id"] for row in rows} & _ids(db, CohortRow) - strangers
    db.execute(delete(FacilitationRow).where(FacilitationRow.cohort_id.in_(ours)))
    _add(db, FacilitationRow, [row for row in rows if row["cohort_id"] in ours])


def _sign_ins(db: Session, rows: Rows, known: Collection[str]) -> None:
    there = {
        "facilitator_id": known,
        "let_in_by": known,
        "member_id": _ids(db, MemberRow),
        "guest_id": _ids(db, GuestRow),
        "cohort_id": _ids(db, CohortRow),
    }
    _add(db, SignInRow, [row for row in rows if all(row[key] is None or row[key] in ids for key, ids in there.items())])


def _arrivals(db: Session, rows: Rows, known: Collection[str]) -> None:
    """What members are told of phones that came in as them. Who let one in may be an account that is not there."""
    ours = {row["member_id"] for row in rows} & _ids(db, MemberRow)
    db.execute(delete(ArrivalRow).where(ArrivalRow.member_id.in_(ours)))
    there = [row for row in rows if row["member_id"] in ours]
    _add(
        db, ArrivalRow, [row | {"let_in_by": row["let_in_by"] if row["let_in_by"] in known else None} for row in there]
    )


def _set(
    db: Session, kind: type[FacilitatorRow | MemberRow | ApplicationRow], rows: Rows, columns: Collection[str]
) -> None:
    for row in rows:
        values = {name: row[name] for name in columns}
        db.execute(update(kind).where(kind.id == row["id"]).values(values))


def _add(db: Session, kind: type[Base], rows: Rows) -> None:
    if rows:
        db.execute(insert(kind.__table__), rows)  # type: ignore[arg-type]


def _ids(db: Session, kind: type[FacilitatorRow | MemberRow | GuestRow | CohortRow]) -> set[str]:
    return set(db.scalars(select(kind.id)))
