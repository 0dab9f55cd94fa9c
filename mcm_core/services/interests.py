"""Who is interested: two messages for who wants them and no more, the link to the drop-in and a reminder to apply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hmac import compare_digest

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.orm import Session

from mcm_core.domain.application import clean_line, clean_person
from mcm_core.domain.audit import Deed
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.message import To, clean_email
from mcm_core.domain.opening import TAKES, Opening, Stage, spoken
from mcm_core.domain.visitor import Visitor
from mcm_core.services import audit, messages, throttle
from mcm_core.services.access import ANYBODY, FACILITATORS, open_to
from mcm_core.services.messages import NOT_GONE
from mcm_core.services.opening_rows import NOWHERE, as_opening, messages_about, of_slug
from mcm_core.services.throttle import HOUR, Limit
from mcm_core.store import erasures
from mcm_core.store.engine import afterwards, last
from mcm_core.store.scrub import scrub
from mcm_core.store.secret import derived_token, keyed
from mcm_core.store.tables import ApplicationRow, InterestRow, MemberRow, MessageRow, OpeningRow

MOST = 500  # of one cohort: a limit for floods, not for people
REMIND_BEFORE = timedelta(days=3)
TOLD = 22  # characters after the id, which prove that we wrote the address (132 bits)
DROP_IN, REMINDER = "interest_drop_in", "interest_reminder"


@dataclass(frozen=True)
class Interest:
    """Somebody who wants to hear more."""

    id: str
    name: str
    email: str
    organisation: str
    wants_link: bool
    wants_reminder: bool


@open_to(ANYBODY)
def express(
    db: Session,
    slug: str,
    *,
    name: str,
    email: str,
    organisation: str,
    wants_link: bool,
    wants_reminder: bool,
    network: str,
    at: datetime,
) -> None:
    """Note an interest. The same address again changes what it wants, and looks the same: nobody learns who is on the
    list. Raises NotAllowed, Throttled, and Refused when applications have closed or something cannot be stored."""
    row = of_slug(db, slug)
    opening = as_opening(db, row)
    refuse_closed(opening, at)
    called, address = clean_person(name), clean_email(email)
    if address is None:
        raise Refused("Without an e-mail address we cannot write to you. Fill it in.")
    if not (wants_link or wants_reminder):
        raise Refused("Nothing is ticked, so we would not write to you. Tick what we should send you.")
    count_stranger(db, network, at)
    found = db.scalar(select(InterestRow).filter_by(cohort_id=row.cohort_id, email=address.casefold()))
    if found is None:
        _refuse_flood(db, row.cohort_id)
        found = InterestRow(cohort_id=row.cohort_id, email=address.casefold(), created_at=at)
        db.add(found)
    found.name, found.organisation = called, clean_line(organisation)
    found.wants_link, found.wants_reminder = wants_link, wants_reminder
    db.flush()
    _forget_unsent(db, row.cohort_id, [found.id])
    _draft(db, opening, found, at)


@open_to(ANYBODY)
def known(db: Session, slug: str, token: str) -> Interest | None:
    """Who is meant by the address in a reminder to apply: they type nothing twice. None for any other address."""
    row = db.get(InterestRow, token[:-TOLD])
    page = db.scalar(select(OpeningRow).where(OpeningRow.slug == slug))
    if row is None or page is None or row.cohort_id != page.cohort_id:
        return None
    return _interest(row) if compare_digest(token.encode(), _token(row.id).encode()) else None


@open_to(FACILITATORS)
def of_cohort(db: Session, visitor: Visitor, cohort_id: str) -> tuple[Interest, ...]:
    """Everybody who is interested, by name."""
    rows = db.scalars(select(InterestRow).where(InterestRow.cohort_id == cohort_id).order_by(InterestRow.name))
    return tuple(_interest(one) for one in rows)


@open_to(FACILITATORS)
def forget(db: Session, visitor: Visitor, interest_id: str, *, at: datetime) -> None:
    """Delete somebody from the list who asks for it, and every message to them."""
    row = db.get_one(InterestRow, interest_id)
    audit.note(db, visitor, Deed.INTEREST_FORGOTTEN, cohort_id=row.cohort_id, at=at)
    db.execute(delete(MessageRow).where(messages_about(row.cohort_id, [row.id])))
    last(db, partial(_remember, row.id))
    db.delete(row)
    afterwards(db, scrub)


def draft_anew(db: Session, row: OpeningRow, *, at: datetime) -> None:
    """After a change of the page: draft anew what has not gone out. For services that have checked who asks."""
    interested = db.scalars(select(InterestRow).where(InterestRow.cohort_id == row.cohort_id)).all()
    _forget_unsent(db, row.cohort_id, [one.id for one in interested])
    opening = as_opening(db, row)
    for one in interested:
        _draft(db, opening, one, at)


def forget_reminders(db: Session, cohort_id: str, email: str | None = None) -> None:
    """Take back reminders to apply that have not gone out: to an address that has applied, or all of them once nobody
    can any more. For services that have checked who asks."""
    unsent = [MessageRow.cohort_id == cohort_id, MessageRow.kind == REMINDER, MessageRow.state.in_(NOT_GONE)]
    if email is not None:
        unsent.append(MessageRow.to_email == email.casefold())
    db.execute(delete(MessageRow).where(*unsent))


def refuse_closed(opening: Opening, at: datetime) -> None:
    """Raise NotAllowed for a page that is not published, and Refused once applications have closed."""
    stage = opening.stage(at)
    if stage is Stage.DRAFT:
        raise NotAllowed(NOWHERE)
    if stage not in TAKES:
        raise Refused(
            f"Applications closed on {spoken(opening.plan.closes, opening.time_zone)}. If you would still like to take "
            "part, write to the people named on this page: they can give you a link."
        )


def count_stranger(db: Session, network: str, at: datetime) -> None:
    """Count one form of a stranger: thirty an hour from one network, as a whole office may come through one address;
    three hundred from everywhere. Raises Throttled."""
    here = Limit(keyed("openings from", network), most=30, within=HOUR)
    everywhere = Limit(keyed("openings"), most=300, within=HOUR)
    throttle.count(db, [here, everywhere], at=at)


def _interest(row: InterestRow) -> Interest:
    return Interest(row.id, row.name, row.email, row.organisation, row.wants_link, row.wants_reminder)


def _token(interest_id: str) -> str:
    """The end of the address by which somebody who was interested applies: it tells who they are, and no more."""
    return interest_id + derived_token("interest", interest_id)[:TOLD]


def _remember(interest_id: str, _db: Session) -> None:
    erasures.remember(interest_id, keep_notes=False)


def _draft(db: Session, opening: Opening, one: InterestRow, at: datetime) -> None:
    """The two messages, each once and only when there is something to say. They go when they are due."""
    to = To(one.name, one.email)
    ends = opening.drop_in_ends
    if one.wants_link and opening.plan.drop_in and opening.plan.drop_in_link and ends and ends > at:
        words = {"when": spoken(opening.plan.drop_in, opening.time_zone), "link": opening.plan.drop_in_link}
        messages.draft(db, opening.cohort_id, DROP_IN, to, words, at=at, once=one.id, by_itself=True)
    if one.wants_reminder and opening.closes_at > at and not opening.confirmed_at and not _is_in(db, one):
        words = {
            "link": f"{{address}}/open/{opening.slug}/for/{_token(one.id)}#apply",
            "deadline": spoken(opening.plan.closes, opening.time_zone),
        }
        due = max(at, opening.closes_at - REMIND_BEFORE)
        messages.draft(db, opening.cohort_id, REMINDER, to, words, at=at, due_at=due, once=one.id, by_itself=True)


def _is_in(db: Session, one: InterestRow) -> bool:
    """Whether somebody has applied with this address, or has a place."""
    applied = ApplicationRow.cohort_id == one.cohort_id, ApplicationRow.sent_at.is_not(None)
    has_applied = exists().where(*applied, func.lower(ApplicationRow.email) == one.email)
    is_member = exists().where(MemberRow.cohort_id == one.cohort_id, func.lower(MemberRow.email) == one.email)
    return bool(db.scalar(select(or_(has_applied, is_member))))


def _forget_unsent(db: Session, cohort_id: str, ids: Sequence[str]) -> None:
    db.execute(delete(MessageRow).where(messages_about(cohort_id, ids), MessageRow.state.in_(NOT_GONE)))


def _refuse_flood(db: Session, cohort_id: str) -> None:
    if db.scalars(select(func.count()).where(InterestRow.cohort_id == cohort_id)).one() >= MOST:
        raise Refused("The list is full just now. Please write to the people named on this page.")
