"""Checking passwords: at the door, and again before something that could harm somebody.

A check has three parts, because hashing is slow and must hold no transaction: `challenge`, `is_met_by`, `welcome`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Actor, Deed
from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, passwords, remembered, second_step, throttle, tickets, visitors
from mcm_core.services.access import ANY_FACILITATOR, ANYBODY, open_to
from mcm_core.services.throttle import HOUR, MONTH, Limit, Throttled
from mcm_core.store import secret
from mcm_core.store.tables import FacilitatorRow

PER_HOUR, PER_MONTH = 15, 100  # wrong passwords for one account (T16), and as many more for each browser it remembers
SHARE_HOUR, SHARE_MONTH = 10, 60  # what one network can use up of them: from another one the owner still gets in
NETWORK_HOUR = 60  # from one network for all accounts together
LONG = 60  # seconds
OTHERWISE = (
    "If that is too long, use a browser in which you have signed in before, or ask whoever runs this server for a new "
    "way in."
)


@dataclass(frozen=True)
class Challenge:
    """A password that is being asked for. It has been counted as a wrong one until `welcome` says otherwise."""

    username: str
    facilitator_id: str | None
    password_hash: str | None
    counted: tuple[str, ...]

    def is_met_by(self, password: str) -> bool:
        """Whether this is the password. Slow: call it between two transactions."""
        return passwords.matches(password, self.password_hash)


@open_to(ANYBODY)
def challenge(db: Session, username: str, *, network: str, kept: str = "", at: datetime) -> Challenge:
    """Begin to check a password: count the try, look the account up. Raises Throttled.

    `kept` is what the browser kept of earlier sign-ins (remembered.py): with it, the try counts for this browser alone.
    """
    account = username.strip().casefold()
    if browser := remembered.browser(db, account, kept, at=at):
        return _begun(db, account, _limits(PER_HOUR, PER_MONTH, "password in", account, browser, free=4), at)
    limits = [
        *_limits(SHARE_HOUR, SHARE_MONTH, "password from", account, network, free=4),
        *_limits(PER_HOUR, PER_MONTH, "password", account),
        Limit(secret.keyed("passwords from", network), most=NETWORK_HOUR, within=HOUR),
    ]
    return _begun(db, account, limits, at)


def _limits(hour: int, month: int, *key: str, free: int | None = None) -> list[Limit]:
    return [
        Limit(secret.keyed(*key), most=hour, within=HOUR, free=free),
        Limit(secret.keyed("a month", *key), most=month, within=MONTH),
    ]


def _begun(db: Session, account: str, limits: list[Limit], at: datetime) -> Challenge:
    try:
        counted = throttle.count(db, limits, at=at)
    except Throttled as wait:
        raise Throttled(wait.seconds, OTHERWISE if wait.seconds > LONG else "") from None
    row = db.scalar(select(FacilitatorRow).where(FacilitatorRow.username == account, FacilitatorRow.active))
    return Challenge(account, row.id if row else None, row.password_hash if row else None, counted)


@open_to(ANY_FACILITATOR)
def challenge_again(db: Session, visitor: Visitor, *, at: datetime) -> Challenge:
    """Begin to check the password of somebody who is in, counted apart from the door: nobody outside uses it up.

    Raises Throttled.
    """
    row = db.get_one(FacilitatorRow, access.facilitator(db, visitor))
    return _begun(db, row.username, _limits(PER_HOUR, PER_MONTH, "password again", row.id, free=4), at)


@open_to(ANYBODY)
def welcome(db: Session, met: Challenge, *, at: datetime) -> str:
    """Finish a challenge that was met: take the counted try back and return a ticket. Raises NotAllowed."""
    by = _met_by(db, met)
    return tickets.issue(db, by, halfway=second_step.required(), at=at)


@open_to(ANY_FACILITATOR)
def confirm(db: Session, visitor: Visitor, met: Challenge, *, at: datetime) -> None:
    """Note that somebody who is in has said again who they are. Raises NotAllowed when they are somebody else."""
    if access.facilitator(db, visitor) != _met_by(db, met):
        raise NotAllowed
    visitors.confirmed(db, visitor, at=at)


@open_to(ANYBODY)
def turn_down(db: Session, missed: Challenge, *, at: datetime) -> None:
    """Finish a challenge that was not met: it stays counted, and is written down without what was typed."""
    audit.note(db, Actor.NOBODY, Deed.SIGN_IN_FAILED, missed.facilitator_id, at=at)


@open_to(ANY_FACILITATOR)
def change_password(db: Session, visitor: Visitor, met: Challenge, password: str, *, at: datetime) -> None:
    """Give the visitor another password; all their other browsers are out. `met` is the old password's challenge.

    Raises Refused for a weak one.
    """
    passwords.refuse(password, username=met.username, name=visitor.name)
    password_hash = passwords.hashed(password)  # slow: before the first statement, so that nobody waits for us
    confirm(db, visitor, met, at=at)
    row = db.get_one(FacilitatorRow, met.facilitator_id)
    row.password_hash = password_hash
    audit.note(db, visitor, Deed.PASSWORD_CHANGED, row.id, at=at)
    db.flush()
    visitors.sign_out(db, row.id, keep=visitor.sign_in)


@open_to(ANYBODY)
def check_password(
    db: Session, username: str, password: str, *, network: str, kept: str = "", at: datetime
) -> str | None:
    """The facilitator's id, or None for a wrong username or password, which stays counted. Raises Throttled.

    It hashes inside the transaction. Where others wait to write, take the steps one by one, as ui/sign_in.py does.
    """
    asked = challenge(db, username, network=network, kept=kept, at=at)
    if not asked.is_met_by(password):
        turn_down(db, asked, at=at)
        return None
    throttle.forgive(db, asked.counted)
    return asked.facilitator_id


def _met_by(db: Session, met: Challenge) -> str:
    """Whose challenge it is, if the account is as it was when it began; the counted try is taken back."""
    wanted = select(FacilitatorRow).where(FacilitatorRow.id == met.facilitator_id).with_for_update()
    row = db.scalar(wanted.execution_options(populate_existing=True))
    if row is None or not row.active or row.password_hash != met.password_hash:
        raise NotAllowed("The account was changed a moment ago. Please sign in again.")
    throttle.forgive(db, met.counted)
    return row.id
