"""The second step of signing in: a code from an app (RFC 6238), or one of ten on paper.

Whoever has only given the password holds a sign-in that waits; `access` lets it do nothing. Each code counts once.
"""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from mcm_core.domain import second_step as rules
from mcm_core.domain.audit import Actor, Deed
from mcm_core.domain.errors import Conflict, NotAllowed, Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, provider, throttle, tickets, visitors
from mcm_core.services.access import ANY_FACILITATOR, HALFWAY, open_to
from mcm_core.services.throttle import DAY, HOUR, Limit
from mcm_core.store import secret
from mcm_core.store.tables import FacilitatorRow, RecoveryCodeRow, SecondStepRow, SignInRow

SHOWN_AS = "Session"  # what the entry in somebody's app is called: as neutral as our titles


@dataclass(frozen=True)
class Offer:
    """What an app needs to make codes: a key to type, and the same as an address for a QR code."""

    key: str
    address: str


def required() -> bool:
    """Whether this server asks for a second step: always, unless the operator says `MCM_SECOND_FACTOR=off`.

    Where facilitators sign in at a provider, that is its task.
    """
    return not provider.is_used() and os.environ.get("MCM_SECOND_FACTOR", "").strip().casefold() != "off"


@open_to(ANY_FACILITATOR | HALFWAY)
def is_set_up(db: Session, visitor: Visitor) -> bool:
    """Whether the facilitator at this browser has shown once that their app makes the right codes."""
    return _key_of(db, access.halfway_or_in(db, visitor)) is not None


@open_to(ANY_FACILITATOR | HALFWAY)
def offer(db: Session, visitor: Visitor, *, at: datetime) -> Offer:
    """The key to be set up: the same one until it is, so that loading the page anew spoils nothing.

    For somebody who has none yet, or who is in and has said lately who they are (else Reconfirm).
    """
    by = _may_set_up(db, visitor, at)
    row = db.get(SecondStepRow, by) or SecondStepRow(facilitator_id=by)
    if row.offered_key is None:
        row.offered_key = secret.sealed("".join(secrets.choice(rules.KEY_SYMBOLS) for _ in range(rules.KEY_LENGTH)))
        db.add(row)
        db.flush()
    key = secret.opened(row.offered_key)
    name = db.get_one(FacilitatorRow, by).username
    return Offer(key, pyotp.TOTP(key).provisioning_uri(name=name, issuer_name=SHOWN_AS))


@open_to(ANY_FACILITATOR | HALFWAY)
def set_up(db: Session, visitor: Visitor, code: str, *, at: datetime) -> tuple[str, ...]:
    """Put the offered key in force once its first code is right; all the visitor's other browsers are out.

    Returns ten fresh recovery codes, which nobody can read again. Raises Refused for a wrong code.
    Who was halfway goes on with `finish`.
    """
    by = _may_set_up(db, visitor, at)
    row = db.get(SecondStepRow, by, with_for_update=True, populate_existing=True)
    if row is None or row.offered_key is None:
        raise Conflict("This was set up in another window. Load the page again.")
    step = _step_of(secret.opened(row.offered_key), code, at)
    if step is None:
        raise Refused("That code is not the one your app shows now. Wait for the next one and type it.")
    row.sealed_key, row.offered_key, row.last_step = row.offered_key, None, step
    visitors.confirmed(db, visitor, at=at)
    audit.note(db, visitor, Deed.SECOND_STEP_SET_UP, by, at=at)
    visitors.sign_out(db, by, keep=visitor.sign_in)
    return _fresh_recovery_codes(db, by, at)


@open_to(HALFWAY)
def finish(db: Session, visitor: Visitor, *, at: datetime) -> str:
    """A ticket that lets somebody in who has just set up their second step. Raises Reconfirm for anybody else."""
    by = access.halfway(db, visitor)
    access.recently(db, visitor, at=at)
    return tickets.issue(db, by, at=at)


@open_to(ANY_FACILITATOR)
def renew_recovery_codes(db: Session, visitor: Visitor, *, at: datetime) -> tuple[str, ...]:
    """Ten fresh recovery codes; the old ones are worth nothing any more. Raises Reconfirm."""
    by = access.facilitator(db, visitor)
    access.recently(db, visitor, at=at)
    audit.note(db, visitor, Deed.CODES_RENEWED, by, at=at)
    return _fresh_recovery_codes(db, by, at)


@open_to(ANY_FACILITATOR)
def recovery_codes_left(db: Session, visitor: Visitor) -> int:
    """How many recovery codes are still good."""
    by = access.facilitator(db, visitor)
    counted = select(func.count()).select_from(RecoveryCodeRow).where(RecoveryCodeRow.facilitator_id == by)
    return db.scalars(counted).one()


@open_to(HALFWAY)
def take(db: Session, visitor: Visitor, said: str, *, at: datetime) -> str | None:
    """A ticket that lets the visitor in, for a code of their app or a recovery code; None for a wrong one.

    Wrong ones stay counted, over all networks: nobody gets here without the password. Raises Throttled.
    """
    by = access.halfway(db, visitor)
    return tickets.issue(db, by, at=at) if _is_right(db, by, said, at, recovery=True) else None


@open_to(ANY_FACILITATOR)
def confirm(db: Session, visitor: Visitor, said: str, *, at: datetime) -> bool:
    """Note that somebody who is in has said again who they are, by a code of their app. Raises Throttled."""
    by = access.facilitator(db, visitor)
    right = _is_right(db, by, said, at, recovery=False)
    if right:
        visitors.confirmed(db, visitor, at=at)
    return right


def insist(db: Session) -> None:
    """Sign out who came in while no second step was asked for and has none. Run at every start."""
    has_one = select(SecondStepRow.facilitator_id).where(SecondStepRow.sealed_key.is_not(None))
    came_in = SignInRow.facilitator_id.is_not(None) & SignInRow.waiting.is_(False)
    db.execute(delete(SignInRow).where(came_in, SignInRow.facilitator_id.not_in(has_one)))


def _may_set_up(db: Session, visitor: Visitor, at: datetime) -> str:
    by = access.halfway_or_in(db, visitor)
    if visitor.facilitates:
        access.recently(db, visitor, at=at)
    elif _key_of(db, by) is not None:
        raise NotAllowed  # the password alone replaces nothing
    return by


def _is_right(db: Session, facilitator_id: str, said: str, at: datetime, *, recovery: bool) -> bool:
    limits = [
        Limit(secret.keyed("second step", facilitator_id), most=15, within=HOUR, free=4),
        Limit(secret.keyed("second step, a day", facilitator_id), most=40, within=DAY),
    ]
    counted = throttle.count(db, limits, at=at)
    if rules.is_code(said):
        right = _spend_step(db, facilitator_id, said, at)
    else:
        right = recovery and _spend_recovery(db, facilitator_id, said)
    if right:
        throttle.forgive(db, counted)
    else:
        audit.note(db, Actor.NOBODY, Deed.SIGN_IN_FAILED, facilitator_id, at=at)
    return right


def _spend_step(db: Session, facilitator_id: str, said: str, at: datetime) -> bool:
    """Whether this is a code of the app that has not been taken yet. One UPDATE, so it is taken once."""
    key = _key_of(db, facilitator_id)
    step = _step_of(key, said, at) if key else None
    if step is None:
        return False
    spent = update(SecondStepRow).where(SecondStepRow.facilitator_id == facilitator_id, SecondStepRow.last_step < step)
    return bool(db.scalars(spent.values(last_step=step).returning(SecondStepRow.last_step)).all())


def _spend_recovery(db: Session, facilitator_id: str, said: str) -> bool:
    """Whether this is a recovery code that has not been used yet. One DELETE, so it is used once."""
    gone = delete(RecoveryCodeRow).where(RecoveryCodeRow.code_hash == _hashed(facilitator_id, said))
    return bool(db.scalars(gone.returning(RecoveryCodeRow.code_hash)).all())


def _fresh_recovery_codes(db: Session, facilitator_id: str, at: datetime) -> tuple[str, ...]:
    db.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.facilitator_id == facilitator_id))
    symbols = range(rules.RECOVERY_LENGTH)
    made = tuple(
        rules.in_groups("".join(secrets.choice(rules.RECOVERY_SYMBOLS) for _ in symbols))
        for _ in range(rules.RECOVERY_CODES)
    )
    hashes = {_hashed(facilitator_id, code) for code in made}
    db.add_all(RecoveryCodeRow(code_hash=one, facilitator_id=facilitator_id, made_at=at) for one in hashes)
    db.flush()
    return made


def _hashed(facilitator_id: str, code: str) -> str:
    return secret.keyed("recovery code", facilitator_id, rules.compact(code))


def _key_of(db: Session, facilitator_id: str) -> str | None:
    sealed = db.scalar(select(SecondStepRow.sealed_key).where(SecondStepRow.facilitator_id == facilitator_id))
    return None if sealed is None else secret.opened(sealed)


def _step_of(key: str, said: str, at: datetime) -> int | None:
    """The step whose code this is, the latest if two are alike; None when it is none that is good now."""
    code, made = rules.compact(said), pyotp.HOTP(key, digits=rules.DIGITS)
    fits = [step for step in rules.steps_around(at) if hmac.compare_digest(made.at(step).encode(), code.encode())]
    return max(fits, default=None)
