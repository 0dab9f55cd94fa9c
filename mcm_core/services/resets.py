"""The way back in for a facilitator who lost the password or the phone: a link that only the console gives out."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Actor, Deed
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.services import audit, facilitators, passwords, second_step, visitors
from mcm_core.services.access import ANYBODY, open_to
from mcm_core.store import secret
from mcm_core.store.tables import FacilitatorRow, InvitationRow, RecoveryCodeRow, SecondStepRow

LASTS = timedelta(days=1)
SPENT = "This link has been used or is too old. Ask whoever runs this server for a new one."


def link(db: Session, username: str, *, at: datetime) -> str:
    """A link token by which this account gets a new password and a new second step, once, within a day.

    For the operator. Until it is used the old ones work; earlier links die. Raises Refused for an unknown username.
    """
    row = facilitators.named(db, username)
    if not row.active:
        raise Refused(f"The account {row.username} is switched off. First run: mcm enable {row.username}")
    db.execute(delete(InvitationRow).where(InvitationRow.facilitator_id == row.id))
    made = secret.token()
    db.add(InvitationRow(token_hash=secret.digest(made), facilitator_id=row.id, made_at=at, expires_at=at + LASTS))
    audit.note(db, Actor.SERVER, Deed.WAY_BACK_MADE, row.id, at=at)
    db.flush()
    return made


@open_to(ANYBODY)
def username_of(db: Session, token: str, *, at: datetime) -> str | None:
    """Whose link this is, for the password manager; None when it is spent. It writes nothing."""
    row = _account(db, token, at)
    return row.username if row else None


@open_to(ANYBODY)
def use(db: Session, token: str, password: str | None, *, at: datetime) -> str:
    """Give the account its new password, forget the second step, sign everybody out; returns a sign-in's token.

    Somebody else may have had the account: its invitations end, and no browser is known from before (remembered.py).

    `password` is None where an OpenID Connect provider knows it: then the account waits to be bound anew.
    Raises Refused for a weak password, NotAllowed for a spent link.
    """
    whose = _account(db, token, at)
    if whose is None:
        raise NotAllowed(SPENT)
    password_hash = None
    if password is not None:
        passwords.refuse(password, username=whose.username, name=whose.name)
        password_hash = passwords.hashed(password)
    row = _spend(db, token, at)
    for table in (SecondStepRow, RecoveryCodeRow):
        db.execute(delete(table).where(table.facilitator_id == row.id))
    row.password_hash, row.issuer, row.subject, row.taken_back_at = password_hash, None, None, at
    audit.note(db, Actor.NOBODY, Deed.WAY_BACK_USED, row.id, at=at)
    db.flush()
    visitors.sign_out(db, row.id)
    return visitors.admit(db, facilitator_id=row.id, waiting=second_step.required() or password is None, at=at)


def _account(db: Session, token: str, at: datetime) -> FacilitatorRow | None:
    wanted = select(FacilitatorRow).join(InvitationRow, InvitationRow.facilitator_id == FacilitatorRow.id)
    return db.scalar(wanted.where(FacilitatorRow.active, *_unspent(token, at)))


def _unspent(token: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        InvitationRow.token_hash == secret.digest(token),
        InvitationRow.used_at.is_(None),
        InvitationRow.expires_at > at,
    )


def _spend(db: Session, token: str, at: datetime) -> FacilitatorRow:
    """Use the link up and return its account. One UPDATE, so of two people at once one gets it."""
    used = update(InvitationRow).where(*_unspent(token, at)).values(used_at=at)
    found = db.scalars(used.returning(InvitationRow.facilitator_id)).one_or_none()
    if found is None:
        raise NotAllowed(SPENT)
    return db.get_one(FacilitatorRow, found)
