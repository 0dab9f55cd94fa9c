"""Two groups that met yesterday, with something of everybody's in them, for the forms of test_half_typed_forms.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.entry import EntryKind, Said
from mcm_core.domain.opening import Plan
from mcm_core.domain.visitor import Visitor
from mcm_core.services import (
    agreements,
    applying,
    cohorts,
    entries,
    instruments,
    mailing,
    members,
    openings,
    signposting,
    topics,
)
from tests.services.note_world import a_note
from tests.services.openings.applying_people import ANSWERS, WORDS
from tests.services.people import a_facilitator, a_member
from tests.services.stories import NAMES, Group, a_pulse, an_open_round, answer_pulse, close_pulse

if TYPE_CHECKING:
    from tests.browser.forms import Form

LONDON = ZoneInfo("Europe/London")
NOTE, TOPIC = "A note as it stands", "How do we say no kindly?"
ENTRY, TRY = "I was heard", "Ask it first"
COMMENT, DRAWN = "fewer slides", "Keep, change or pause: fewer slides"
AGREED, TOLD, MESSAGE = "Pass is fine", "Tell Fay", "Do come in"
CONTACT, DROP_IN = WORDS["contact"], "https://meet.example/drop-in"


@dataclass(frozen=True)
class World:
    """Two groups that met yesterday: one of two members, with something by Ada in it; and one of eight, which has
    answered News and views, and votes just now."""

    few: Group
    many: Group
    application: str  # the link of who has applied to the first

    def who(self, form: Form) -> Visitor:
        group = self.many if form.many else self.few
        return group.facilitator if form.facilitates else group.members[0]

    def address(self, form: Form) -> str:
        """A facilitator has both groups, and says which one."""
        group = self.many if form.many else self.few
        return f"{form.path}?cohort={group.cohort.id}" if form.facilitates else form.path


def two_groups(db: Session, username: str, *, at: datetime) -> World:
    """Made ten days ago, so that their first session was yesterday at noon."""
    instruments.register(db)
    fay = a_facilitator(db, username, at=at)
    few, many = (_group(db, fay, name, size, at) for name, size in (("A few", 2), ("Many", 8)))
    ada = few.members[0]
    _facilitated(db, fay, few.cohort, many.cohort, at)
    a_note(db, ada, few.cohort, NOTE)
    entries.add(db, ada, EntryKind.DIARY, Said({"words": ENTRY}), at=at)
    entries.add(db, ada, EntryKind.TRY, Said({"apply": TRY}), at=at)
    topics.propose(db, ada, few.cohort.id, kind="question", text=TOPIC, named=False, at=at)
    pulse = a_pulse(db, many)
    answer_pulse(db, many, pulse, [3] * 8, texts={"change": COMMENT})
    close_pulse(db, many, pulse)
    an_open_round(db, fay, many.cohort, 2, at=at)
    return World(few, many, _an_application(db, fay, few.cohort, at - timedelta(days=9)))


def _facilitated(db: Session, fay: Visitor, few: Cohort, many: Cohort, at: datetime) -> None:
    """What their facilitator has written, and somebody who is to be invited."""
    agreements.write_down(db, fay, few.id, lines=AGREED, version=0, at=at)
    signposting.write_down(db, fay, few.id, danger="Call 999", contact=TOLD, lines="", at=at)
    members.add(db, fay, many.id, "Pat", at=at)
    mailing.invite(db, fay, many.id, at=at)
    message = mailing.of_cohort(db, fay, many.id)[0]
    mailing.edit(db, fay, message.id, body=MESSAGE, version=message.version)


def _an_application(db: Session, fay: Visitor, few: Cohort, at: datetime) -> str:
    """Its link, of Zoe, who has sent it."""
    today = at.astimezone(LONDON).replace(tzinfo=None, hour=12, minute=0, second=0, microsecond=0)
    plan = Plan(today + timedelta(days=4), today + timedelta(days=2), drop_in_link=DROP_IN)
    opening = openings.write_down(db, fay, few.id, plan=plan, words=WORDS, at=at)
    openings.publish(db, fay, few.id, at=at)
    who = {"name": "Zoe", "email": "zoe@example.org", "organisation": ""}
    token = applying.begin(db, opening.slug, **who, network="there", at=at)
    applying.keep(db, token, ANSWERS, at=at)
    applying.send(db, token, at=at)
    return token


def _group(db: Session, fay: Visitor, name: str, size: int, at: datetime) -> Group:
    cohort = _met_yesterday(db, fay, name, at.astimezone(LONDON).date() - timedelta(days=1), at)
    return Group(fay, cohort, tuple(a_member(db, fay, cohort, called, at=at) for called in NAMES[:size]))


def _met_yesterday(db: Session, fay: Visitor, name: str, day: date, at: datetime) -> Cohort:
    when = {"first": day, "weekday": day.weekday(), "at_time": time(12), "at": at - timedelta(days=10)}
    return cohorts.create(db, fay, name=name, time_zone="Europe/London", **when)  # type: ignore[arg-type]
