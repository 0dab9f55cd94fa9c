"""Telling how a cohort finds its people: the page, interest, applications, places, and what comes before session 1."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from mcm_core.demo_group import Group, arrive, sign_in_anew
from mcm_core.demo_parts import Applicant, Gathering, Preparing
from mcm_core.domain.message import MessageState
from mcm_core.domain.opening import Plan
from mcm_core.services import (
    applicants,
    applying,
    documents,
    interests,
    mailing,
    openings,
    own_plans,
    skills,
)
from mcm_core.store import opening_texts

NETWORK = "the demo"
APART = timedelta(hours=2)  # so many forms in one hour from one network would be a flood


def gather(group: Group, told: Gathering, opened: datetime, at: datetime) -> None:
    """Publish the page, let people come to it, read what they sent, and let those in who have a place."""
    slug = _publish(group, told, opened, at)
    _interested(group, told, slug, opened)
    for who, one in told.applicants.items():
        _apply(group, who, one, slug, at)
    _have_sent(group, at - timedelta(days=1))
    documents.send(group.db, group.lead, group.cohort.id, at=at - timedelta(days=1))
    sign_in_anew(group, at - timedelta(hours=20))
    for who, did in told.preparing.items():
        _prepare(group, who, did, at - timedelta(hours=20))
    sign_in_anew(group, at - timedelta(hours=2))
    documents.write_messages(group.db, group.lead, group.cohort.id, at=at - timedelta(hours=2))


def _publish(group: Group, told: Gathering, opened: datetime, at: datetime) -> str:
    today = at.astimezone(ZoneInfo(group.circle.time_zone)).date()
    plan = Plan(
        closes=datetime.combine(today + timedelta(days=told.closes_in_days), time(9)),
        drop_in=datetime.combine(today + timedelta(days=told.drop_in_in_days), time(15)),
        drop_in_link="https://meet.example.org/lantern-drop-in",
    )
    words = {key: text.says for key, text in opening_texts.page().all_.items()} | {"contact": told.contact}
    written = openings.write_down(group.db, group.lead, group.cohort.id, plan=plan, words=words, at=opened)
    openings.publish(group.db, group.lead, group.cohort.id, at=opened)
    group.pages["the public page"] = f"/open/{written.slug}"
    return written.slug


def _interested(group: Group, told: Gathering, slug: str, opened: datetime) -> None:
    for place, (name, organisation) in enumerate(told.interested.items(), start=1):
        interests.express(
            group.db, slug, name=name, email=_email(name), organisation=organisation, wants_link=True,
            wants_reminder=place % 2 == 1, network=NETWORK, at=opened + place * APART,
        )  # fmt: skip


def _apply(group: Group, who: str, one: Applicant, slug: str, at: datetime) -> None:
    db, begins = group.db, at - timedelta(days=one.days_ago)
    token = applying.begin(
        db, slug, name=one.name, email=_email(one.name), organisation=one.organisation, network=NETWORK, at=begins
    )
    kept = applying.keep(db, token, one.answers | one.times, at=begins)
    if not one.sent:
        return
    applying.send(db, token, at=begins + timedelta(minutes=25))
    read = begins + timedelta(hours=26)
    if one.fit:
        applicants.judge(db, group.lead, kept.application.id, says=one.fit, note=one.note, at=read)
    if one.decision:
        applicants.decide(db, group.lead, kept.application.id, decision=one.decision, at=read)
        found = applying.mine(db, token, at=read).application
        if found.is_member:
            group.ids[who] = _member(group, one.name)


def _member(group: Group, name: str) -> str:
    copies = documents.copies(group.db, group.lead, group.cohort.id)
    return next(copy.member_id for copy in copies if copy.name == name)


def _have_sent(group: Group, at: datetime) -> None:
    """What was due by then was copied and sent by hand; the demo has no mail server."""
    for message in mailing.of_cohort(group.db, group.lead, group.cohort.id):
        if message.due_at <= at and message.state in (MessageState.DRAFT, MessageState.WAITING):
            mailing.sent_by_hand(group.db, group.lead, message.id, version=message.version, at=message.due_at)


def _prepare(group: Group, who: str, did: Preparing, at: datetime) -> None:
    member = arrive(group, who, at)
    if did.skills:
        skills.say(group.db, member, did.skills, practise=did.practise, wants_help=did.wants_help, at=at)
    if did.plan:
        own_plans.share(group.db, member, did.plan, at=at)


def _email(name: str) -> str:
    ascii_only = "".join(mark for mark in name.casefold() if mark.isascii() and (mark.isalpha() or mark == " "))
    return f"{'.'.join(ascii_only.split())}@example.org"
