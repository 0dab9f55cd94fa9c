"""Accounts of facilitators: invitations, what comes of them, and an account that is switched off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mcm_core.domain.account import clean_username
from mcm_core.domain.audit import Actor, Deed
from mcm_core.domain.cohort import clean_name
from mcm_core.domain.errors import Conflict, NotAllowed, Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, invitations, passwords, second_step, visitors
from mcm_core.services.access import ANY_FACILITATOR, ANYBODY, OWNER, open_to
from mcm_core.services.members.rows import lock, tell_door
from mcm_core.store import secret
from mcm_core.store.tables import FacilitationRow, FacilitatorRow, InvitationRow

FIRST_INVITATION = timedelta(hours=24)
INVITATION = timedelta(days=7)
SPENT = "This link has been used or is too old. Ask the person who gave it to you for a new one."


class UsernameTaken(Conflict):
    """Somebody else has this username."""

    def __init__(self) -> None:
        super().__init__("Somebody has this username already. Choose another one.")


def first_invitation(db: Session, *, at: datetime) -> str | None:
    """A link token that makes the first facilitator, for one day; earlier ones die. None when there is one already."""
    if db.scalar(select(FacilitatorRow.id).limit(1)):
        return None
    db.execute(delete(InvitationRow).where(InvitationRow.cohort_id.is_(None), InvitationRow.used_at.is_(None)))
    return _invitation(db, at, FIRST_INVITATION)


@open_to(OWNER)
def invite(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> str:
    """A link token by which one more person facilitates this cohort; it works once, within a week. Raises Reconfirm.

    When it ends before, services/invitations.py says.
    """
    by = access.facilitator(db, visitor)
    visitors.lock_account(db, by)  # an invitation that is just being made must not outlive the sign-in that makes it
    access.recently(db, visitor, at=at)
    audit.note(db, visitor, Deed.INVITED, cohort_id=cohort_id, at=at)
    tell_door(db, cohort_id)
    return _invitation(db, at, INVITATION, cohort_id=cohort_id, made_by=by)


@open_to(ANYBODY)
def is_open(db: Session, invitation: str, *, at: datetime) -> bool:
    """Whether an invitation can still be accepted."""
    return db.scalar(select(InvitationRow.id).where(*_good(invitation, at))) is not None


def mistakes(*, name: str, username: str, password: str | None) -> dict[str, str]:
    """What is wrong with a new account, a sentence for each field; empty when nothing is.

    `password` is None where none is kept here.
    """
    found = {"name": _refusal(lambda: clean_name(name)), "username": _refusal(lambda: clean_username(username))}
    if password is not None:
        found["password"] = _refusal(lambda: passwords.refuse(password, username=username, name=name))
    return {field: sentence for field, sentence in found.items() if sentence}


@open_to(ANYBODY)
def accept(db: Session, invitation: str, *, username: str, name: str, password: str | None, at: datetime) -> str:
    """Make the invited account and sign it in; returns the token. Raises Refused, UsernameTaken or NotAllowed.

    Where a second step is asked for, the sign-in waits for it; without a password, it waits to be bound to a provider.
    """
    chosen, called = clean_username(username), clean_name(name)
    password_hash = None
    if password is not None:
        passwords.refuse(password, username=chosen, name=called)
        password_hash = passwords.hashed(password)  # slow: before the first statement, so that nobody waits for us
    cohort_id = _spend(db, invitation, at)
    row = FacilitatorRow(username=chosen, name=called, password_hash=password_hash, created_at=at)
    db.add(row)
    try:
        db.flush()
    except IntegrityError as error:
        raise UsernameTaken from error
    if cohort_id:
        db.add(FacilitationRow(facilitator_id=row.id, cohort_id=cohort_id))
        tell_door(db, cohort_id)
    audit.note(db, Actor.NOBODY, Deed.ACCOUNT_MADE, row.id, cohort_id=cohort_id, at=at)
    return visitors.admit(db, facilitator_id=row.id, waiting=second_step.required() or password is None, at=at)


@open_to(ANY_FACILITATOR)
def accept_as(db: Session, visitor: Visitor, invitation: str, *, at: datetime) -> None:
    """Let a facilitator who has an account already facilitate the invitation's cohort too."""
    by = access.facilitator(db, visitor)
    cohort_id = _spend(db, invitation, at)
    if cohort_id and db.get(FacilitationRow, (by, cohort_id)) is None:
        db.add(FacilitationRow(facilitator_id=by, cohort_id=cohort_id))
        tell_door(db, cohort_id)
        audit.note(db, visitor, Deed.BECAME_FACILITATOR, by, cohort_id=cohort_id, at=at)


def switch(db: Session, username: str, *, on: bool, at: datetime) -> None:
    """For the operator: let an account sign in, or keep it out from now on, in every browser. Raises Refused.

    Open invitations into its cohorts end: it may hold links that others made.
    """
    row = named(db, username)
    row.active = on
    db.flush()
    audit.note(db, Actor.SERVER, Deed.SWITCHED_ON if on else Deed.SWITCHED_OFF, row.id, at=at)
    if on:
        return
    row.taken_back_at = at
    db.flush()
    visitors.sign_out(db, row.id)
    theirs = select(FacilitationRow.cohort_id).where(FacilitationRow.facilitator_id == row.id)
    invitations.end(db, InvitationRow.cohort_id.in_(theirs))


def named(db: Session, username: str) -> FacilitatorRow:
    """The row of an account, locked. Raises Refused when there is none. For services and the console."""
    row = db.scalar(
        select(FacilitatorRow)
        .where(FacilitatorRow.username == username.strip().casefold())
        .with_for_update(key_share=True)  # who joins a cohort at this moment need not wait
    )
    if row is None:
        raise Refused(f"There is no facilitator with the username “{username}”. Look at it once more.")
    return row


def _refusal(check: Callable[[], object]) -> str:
    try:
        check()
    except Refused as refusal:
        return str(refusal)
    return ""


def _invitation(
    db: Session, at: datetime, lasts: timedelta, *, cohort_id: str | None = None, made_by: str | None = None
) -> str:
    made = secret.token()
    about = {"cohort_id": cohort_id, "made_by": made_by, "made_at": at, "expires_at": at + lasts}
    db.add(InvitationRow(token_hash=secret.digest(made), **about))
    db.flush()
    return made


def _good(invitation: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (InvitationRow.token_hash == secret.digest(invitation), *invitations.are_open(at))


def _spend(db: Session, invitation: str, at: datetime) -> str | None:
    """Use the invitation up and return its cohort. One UPDATE, so two people at once make one account."""
    if cohort_id := db.scalar(select(InvitationRow.cohort_id).where(*_good(invitation, at))):
        lock(db, cohort_id)  # behind whoever changes its team at this moment, which may end the invitation
    used = update(InvitationRow).where(*_good(invitation, at)).values(used_at=at)
    cohorts = db.scalars(used.returning(InvitationRow.cohort_id).execution_options(synchronize_session=False)).all()
    if not cohorts:
        raise NotAllowed(SPENT)
    return cohorts[0]
