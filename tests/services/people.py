"""People for tests, made by calling the services as the product does."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pyotp
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import cohorts, documents, facilitators, members, second_step, tickets, visitors
from mcm_core.store import secret
from mcm_core.store.tables import InvitationRow

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # a Monday morning, one week before the first session
FIRST = date(2026, 1, 13)  # the Tuesday on which a cohort made at NOW meets first
PASSWORD = "marble lantern otter ferry"


def a_facilitator(db: Session, username: str = "fay", *, name: str = "", at: datetime = NOW) -> Visitor:
    """A facilitator without a cohort, who has set up the second step and is signed in."""
    return signed_in(db, through(db, invited(db, username, name=name, at=at), at=at), at=at)


def through(db: Session, halfway: Visitor, *, at: datetime = NOW) -> str:
    """Set the second step up, as the page does; returns the token of the browser that is then in."""
    second_step.set_up(db, halfway, code_of(key_of(db, halfway, at=at), at), at=at)
    token = tickets.redeem(db, second_step.finish(db, halfway, at=at), at=at)
    visitors.sign_out(db, halfway.facilitator_id or "", keep=secret.digest(token))  # its cookie replaces the other
    return token


def invited(db: Session, username: str = "fay", *, name: str = "", at: datetime = NOW) -> Visitor:
    """Somebody who has accepted an invitation to facilitate; the second step is still to come."""
    called = name or username.title()
    token = facilitators.accept(db, an_invitation(db, at=at), username=username, name=called, password=PASSWORD, at=at)
    return signed_in(db, token, at=at)


def key_of(db: Session, visitor: Visitor, *, at: datetime = NOW) -> str:
    """The key that this facilitator's app is given."""
    return second_step.offer(db, visitor, at=at).key


def code_of(key: str, at: datetime = NOW) -> str:
    """What an app with this key shows at a moment."""
    return pyotp.TOTP(key).at(at)


def a_cohort(db: Session, visitor: Visitor, name: str = "Tuesday group", *, at: datetime = NOW) -> Cohort:
    """A cohort of this facilitator's, six Tuesdays at 14:00 in London, from a week after `at` on."""
    return cohorts.create(
        db,
        visitor,
        name=name,
        time_zone="Europe/London",
        first=(at + timedelta(days=7)).date(),
        weekday=1,
        at_time=time(14),
        at=at,
    )


def a_member(db: Session, visitor: Visitor, cohort: Cohort, name: str = "Ada", *, at: datetime = NOW) -> Visitor:
    """A member who has joined by their personal link and read the document, signed in. `visitor` facilitates."""
    token = joined(db, visitor, cohort, name, at=at)
    read_document(db, signed_in(db, token, at=at), at=at)
    return signed_in(db, token, at=at)


def an_unread_member(
    db: Session, visitor: Visitor, cohort: Cohort, name: str = "Una", *, at: datetime = NOW
) -> Visitor:
    """A member who has joined by their personal link; the participation document is still to be read."""
    return signed_in(db, joined(db, visitor, cohort, name, at=at), at=at)


def joined(db: Session, visitor: Visitor, cohort: Cohort, name: str, *, at: datetime = NOW) -> str:
    """The token of the browser of a new member, who came by their personal link."""
    member = members.add(db, visitor, cohort.id, name, at=at)[0]
    link = members.link_token(db, visitor, member.id, at=at)
    return members.join_by_link(db, link, browser_token=None, at=at).token


def read_document(db: Session, member: Visitor, *, at: datetime = NOW) -> None:
    """Read the participation document, as everybody does before they take part. Who has read it, reads it in vain."""
    documents.have_read(db, member, documents.of(db, member, member.cohort_id or "", at=at).version, at=at)


def the_code(db: Session, visitor: Visitor, cohort: Cohort, *, at: datetime = NOW) -> str:
    """The code with which one can knock now. If no meeting is near, the first that was not run is moved to now."""
    room = members.room(db, visitor, cohort.id, at=at)
    if room is None or room.door.opens > at:
        clock = at.astimezone(ZoneInfo(cohort.time_zone)).replace(tzinfo=None)
        run = cohorts.begun(db, visitor, cohort.id)
        ahead = next(meeting for meeting in cohort.sessions if meeting.id not in run)
        cohorts.move_session(db, visitor, ahead.id, clock, 120, at=at)
        room = members.room(db, visitor, cohort.id, at=at)
    assert room
    return room.code


def signed_in(db: Session, token: str, *, at: datetime = NOW) -> Visitor:
    """The visitor whose browser holds this token."""
    visitor = visitors.recognise(db, token, at=at)
    assert visitor is not None
    return visitor


def an_invitation(db: Session, *, at: datetime = NOW) -> str:
    """An invitation into no cohort. The product makes only the first of these; tests need strangers."""
    made = secret.token()
    db.add(InvitationRow(token_hash=secret.digest(made), made_at=at, expires_at=at + timedelta(days=1)))
    db.flush()
    return made
