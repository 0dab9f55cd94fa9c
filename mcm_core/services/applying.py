"""Applying: by a link of one's own, kept as it is typed, sent when it is whole, taken back at any time.

An applicant has no account and no cookie. Who has the link is the applicant, as with every personal link. Facilitators
never see it: it opens what only its author may read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from secrets import compare_digest

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from mcm_core.domain import application as rules
from mcm_core.domain.application import Application, Form, Question, Says, clean_line, clean_person
from mcm_core.domain.audit import Actor, Deed
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.message import To, clean_email
from mcm_core.domain.opening import Opening, spoken
from mcm_core.services import audit, members, messages, smtp
from mcm_core.services.access import ANYBODY, open_to
from mcm_core.services.interests import count_stranger, forget_reminders, refuse_closed
from mcm_core.services.opening_rows import (
    as_application,
    as_opening,
    in_order,
    link_of,
    messages_about,
    of_slug,
)
from mcm_core.store import erasures, opening_texts
from mcm_core.store.engine import afterwards, last
from mcm_core.store.scrub import scrub
from mcm_core.store.secret import derived_token, digest
from mcm_core.store.tables import ApplicationRow, CohortRow, MemberRow, MessageRow, OpeningRow, new_id

MOST = 300  # of one cohort: a limit for floods, not for people
GONE = "This link leads nowhere any more: the application was taken back, or its time is over."
DECIDED = "Your application has been decided, so it cannot be changed any more. You can still take it back."
CLOSED = "Applications have closed, so what you sent stays as it is. You can still take it back."


@dataclass(frozen=True)
class Mine:
    """An application with what its author needs to go on: the form, and until when it can be changed."""

    application: Application
    form: Form
    opening: Opening
    may_change: bool
    missing: tuple[Question, ...]


@open_to(ANYBODY)
def begin(
    db: Session,
    slug: str,
    *,
    name: str,
    email: str,
    organisation: str,
    late: str = "",
    network: str,
    at: datetime,
) -> str:
    """Begin an application and return the token of its own link. `late` is the end of the address for late ones.

    Raises NotAllowed, Throttled, and Refused when applications have closed or something cannot be stored.
    """
    opening = as_opening(db, of_slug(db, slug))
    if not takes_late(opening, late):
        refuse_closed(opening, at)
    called, address, works_for = clean_person(name), clean_email(email), clean_line(organisation)
    if address is None:
        raise Refused("Without an e-mail address we cannot write to you. Fill it in.")
    count_stranger(db, network, at)
    _refuse_flood(db, opening.cohort_id)
    made = new_id()
    row = ApplicationRow(
        id=made, cohort_id=opening.cohort_id, link_hash=digest(link_of(made)), name=called, email=address,
        organisation=works_for, answers={}, aside={}, times={}, version=opening_texts.form().version,
        begun_at=at, saved_at=at,
    )  # fmt: skip
    db.add(row)
    db.flush()
    audit.note(db, Actor.NOBODY, Deed.APPLICATION_BEGUN, made, cohort_id=opening.cohort_id, at=at)
    _write_to(db, row, opening, "application_link", at, is_late=at >= opening.closes_at)
    return link_of(made)


@open_to(ANYBODY)
def mine(db: Session, token: str, *, at: datetime) -> Mine:
    """The application behind a link, for whoever has the link. Raises NotAllowed."""
    return _mine(db, _of(db, token), at)


@open_to(ANYBODY)
def keep(db: Session, token: str, said: Mapping[str, str], *, at: datetime) -> Mine:
    """Keep what was typed so far, field by field: what `said` does not name stays as it is, and what the form does not
    ask (any more) is passed over.

    Raises NotAllowed, or Refused when it cannot be changed any more or an answer cannot be stored.
    """
    row = _of(db, token, lock=True)
    found = _mine(db, row, at)
    if not found.may_change:
        raise Refused(DECIDED if found.application.decision else CLOSED)
    form = found.form
    answers = {question: said[question.key] for question in form.questions if question.key in said}
    for question, words in answers.items():
        _answer(row, question, rules.clean_answer(question, words), form)
    row.times = _times(row.times, {time: said[time] for time in form.times if time in said})
    row.version, row.saved_at = form.version, at
    db.flush()
    return _mine(db, row, at)


@open_to(ANYBODY)
def send(db: Session, token: str, *, at: datetime) -> Mine:
    """Send the application; one that comes after the deadline is flagged as late, and not refused.

    Raises NotAllowed, and Refused while a needed answer is missing.
    """
    row = _of(db, token, lock=True)
    found = _mine(db, row, at)
    if row.sent_at is not None:
        return found
    if found.missing:
        raise Refused(f"One answer is still missing: “{found.missing[0].ask}”. Everything else is kept.")
    row.sent_at, row.is_late = at, at >= found.opening.closes_at
    db.flush()
    audit.note(db, Actor.NOBODY, Deed.APPLICATION_SENT, row.id, cohort_id=row.cohort_id, at=at)
    forget_reminders(db, row.cohort_id, row.email)
    _write_to(db, row, found.opening, "application_received", at, is_late=row.is_late)
    return _mine(db, row, at)


@open_to(ANYBODY)
def take_back(db: Session, token: str, *, at: datetime) -> None:
    """Delete the application for good, and with it a place that was given. Raises NotAllowed, and Refused for somebody
    who has joined: they erase what is theirs under My data."""
    row = _of(db, token, lock=True)
    member = db.get(MemberRow, row.member_id) if row.member_id else None
    if member and member.joined_at:
        raise Refused("You have joined the group. Open My data there to erase what is yours, your application with it.")
    audit.note(db, Actor.NOBODY, Deed.APPLICATION_TAKEN_BACK, row.id, cohort_id=row.cohort_id, at=at)
    if member:
        members.rub_out(db, member, keep_notes=False)
    rub_out(db, row)


def rub_out(db: Session, row: ApplicationRow) -> None:
    """Delete an application and every message to its author, and remember it for older copies of the database. For
    services that have checked who asks."""
    last(db, partial(_remember, row.id))
    db.execute(delete(MessageRow).where(messages_about(row.cohort_id, [row.id])))
    db.execute(delete(ApplicationRow).where(ApplicationRow.id == row.id))
    afterwards(db, scrub)


def takes_late(opening: Opening, late: str) -> bool:
    """Whether `late` is the end of the address for late applications, and some are taken."""
    if not late or not opening.takes_late or opening.published_at is None:
        return False
    return compare_digest(late.encode(), derived_token("late application", opening.cohort_id).encode())


def _remember(application_id: str, _db: Session) -> None:
    erasures.remember(application_id, keep_notes=False)


def _of(db: Session, token: str, *, lock: bool = False) -> ApplicationRow:
    """The application behind a link. Whoever writes with a new one (services/lost_links.py) ends the old one."""
    shown = digest(token)
    wanted = select(ApplicationRow).where(or_(ApplicationRow.link_hash == shown, ApplicationRow.link_next == shown))
    row = db.scalar(wanted.with_for_update() if lock else wanted)
    if row is None:
        raise NotAllowed(GONE)
    if lock and row.link_next == shown:
        row.link_hash, row.link_next, row.link_version = shown, None, row.link_version + 1
    return row


def _mine(db: Session, row: ApplicationRow, at: datetime) -> Mine:
    opening_row = db.get(OpeningRow, row.cohort_id)
    if opening_row is None:
        raise NotAllowed(GONE)
    form, opening = opening_texts.form(), as_opening(db, opening_row)
    application = as_application(row, with_aside=True)
    may_change = rules.may_change(application, opening.closes_at, at)
    return Mine(application, form, opening, may_change, rules.missing(form, application))


def _answer(row: ApplicationRow, question: Question, said: str, form: Form) -> None:
    """Put one answer, with its question as it is asked now, where its readers look for it."""
    kept = dict(row.aside if question.aside else row.answers)
    kept.pop(question.key, None)
    stored = in_order(kept | ({question.key: (question.ask, said)} if said else {}), form)
    if question.aside:
        row.aside = stored
    else:
        row.answers = stored


def _times(before: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str]:
    """The grid after these taps; "" takes one back. Raises Refused."""
    try:
        changed = {time: Says(word).value if word else "" for time, word in said.items()}
    except ValueError:
        raise Refused("A time is preferred, possible or impossible. Choose one of the three.") from None
    return {time: word for time, word in {**before, **changed}.items() if word}


def _write_to(db: Session, row: ApplicationRow, opening: Opening, kind: str, at: datetime, *, is_late: bool) -> None:
    words = {"deadline": spoken(opening.plan.closes, opening.time_zone)}
    kind = f"{kind}_late" if is_late else kind
    if kind in messages.ONLY_A_LINK and not smtp.is_configured():
        return  # nobody could send it: the page shows its author the link
    messages.draft(db, row.cohort_id, kind, To(row.name, row.email), words, at=at, once=row.id, by_itself=True)


def _refuse_flood(db: Session, cohort_id: str) -> None:
    db.execute(select(CohortRow.id).where(CohortRow.id == cohort_id).with_for_update())
    if db.scalars(select(func.count()).where(ApplicationRow.cohort_id == cohort_id)).one() >= MOST:
        raise Refused("No more applications fit just now. Please write to the people named on this page.")
