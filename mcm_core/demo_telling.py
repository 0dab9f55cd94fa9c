"""Telling the story of a circle: every verb is called at the past moment at which people would have called it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from mcm_core.demo_story import FACILITATOR, Circle, Meeting, Vote, Words, ballot
from mcm_core.domain.cohort import Cohort
from mcm_core.domain.round import LaunchCard, Round
from mcm_core.domain.visitor import Visitor
from mcm_core.services import (
    cohorts,
    consents,
    facilitators,
    focuses,
    instruments,
    members,
    notes,
    readings,
    rounds,
    tickets,
    visitors,
)

BEFORE = timedelta(days=14)
PACE = timedelta(seconds=12)
VOTING = timedelta(minutes=4)
ENDING = timedelta(minutes=118)


@dataclass
class Group:
    """A circle while its story is told: its people, the browsers that are signed in, and the round last opened."""

    db: Session
    circle: Circle
    card: dict[str, str]
    cohort: Cohort
    lead: Visitor
    signed_in_at: datetime
    ids: dict[str, str] = field(default_factory=dict)
    here: dict[str, Visitor] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    round: Round | None = None


def an_account(db: Session, *, username: str, name: str, password: str, at: datetime) -> str:
    """The one facilitator of the demo, made through the first invitation; returns the id."""
    invitation = facilitators.first_invitation(db, at=at) or ""
    cookie = facilitators.accept(db, invitation, username=username, name=name, password=password, at=at)
    return _recognised(db, cookie, at).facilitator_id or ""


def tell(db: Session, circle: Circle, card: dict[str, str], facilitator_id: str, at: datetime) -> Group:
    """Live through a circle's sessions as they lie around this moment."""
    begins = circle.begins(at)
    before = begins.replace(tzinfo=ZoneInfo(circle.time_zone)) - BEFORE
    lead = _facilitator(db, facilitator_id, before)
    cohort = cohorts.create(
        db, lead, name=circle.name, time_zone=circle.time_zone,
        first=begins.date(), weekday=begins.weekday(), at_time=begins.time(), at=before,
    )  # fmt: skip
    group = Group(db, circle, card, cohort, lead, before)
    for number, met in circle.sessions.items():
        starts = cohort.session(number).starts_at.astimezone(UTC)  # minutes pass even while the clocks change
        group.lead, group.signed_in_at = _facilitator(db, facilitator_id, starts), starts
        _live(group, number, met, starts)
    return group


def _live(group: Group, number: int, met: Meeting, starts: datetime) -> None:
    new = {who: person.name for who, person in group.circle.members.items() if person.joins == number}
    if new:
        added = members.add(group.db, group.lead, group.cohort.id, "\n".join(new.values()), at=starts)
        group.ids |= {who: member.id for who, member in zip(new, added, strict=True)}
    for vote in met.votes:
        _vote(group, number, vote, starts + timedelta(minutes=vote.minute))
    for note in met.notes:
        _write(group, number, note, starts + timedelta(minutes=note.minute))
    for purpose in met.all_agree:
        for member in group.here.values():
            consents.say(group.db, member, purpose, yes=True, at=starts + ENDING)


def _vote(group: Group, number: int, vote: Vote, at: datetime) -> None:
    opened = group.round = _opened(group, number, vote, at)
    columns = vote.themes.split() or opened.card.themes
    for place, (who, row) in enumerate(vote.answers.items(), start=1):
        moment = at + place * PACE
        member = _arrive(group, who, moment)
        if opened.card.instrument.focus:
            focus = group.circle.members[who].focus(number)
            focuses.choose(group.db, member, opened.card.instrument, **focus, at=moment)
        for theme, reading in zip(columns, ballot(row), strict=True):
            readings.cast(group.db, member, opened.id, theme, reading, at=moment)
    if vote.revealed:
        closed = rounds.close(group.db, group.lead, opened.id, version=opened.version, at=at + VOTING)
        group.round = rounds.reveal(group.db, group.lead, closed.id, version=closed.version, at=at + VOTING)


def _opened(group: Group, number: int, vote: Vote, at: datetime) -> Round:
    if vote.ask is None and group.round:
        return rounds.vote_again(group.db, group.lead, group.round.id, at=at)
    asked = instruments.offered()[vote.ask or ""]
    themes = tuple(vote.themes.split()) or tuple(theme.key for theme in asked.themes)
    card = LaunchCard(
        instrument=asked,
        themes=themes,
        lens=group.card["lens"] if asked.lenses else None,
        perspective=group.card["perspective"] if asked.perspectives else None,
        purpose=group.card["purpose"] if asked.purposes else None,
    )
    drafted = rounds.draft(group.db, group.lead, group.cohort.session(number).id, card, at=at)
    return rounds.open_(group.db, group.lead, drafted.id, version=drafted.version, at=at)


def _write(group: Group, number: int, note: Words, at: datetime) -> None:
    by = group.lead if note.by == FACILITATOR else _arrive(group, note.by, at)
    asked = next(asked for asked in instruments.offered().values() if note.theme is None or asked.theme(note.theme))
    notes.add(
        group.db, by, group.cohort.id, session_number=number, theme=note.theme, instrument=asked, kind=note.kind,
        audience=note.audience, attribution=note.attribution, body=note.words, at=at,
    )  # fmt: skip


def _arrive(group: Group, who: str, at: datetime) -> Visitor:
    """The member at their browser, which joins by the personal link the first time."""
    if who not in group.here:
        link = members.link_token(group.db, group.lead, group.ids[who], at=group.signed_in_at)
        group.cookies[who] = members.join_by_link(group.db, link, browser_token=None, at=at).token
        group.here[who] = _recognised(group.db, group.cookies[who], at)
    visitors.touch(group.db, group.here[who], at=at)
    return group.here[who]


def links(group: Group) -> list[tuple[str, str]]:
    """Fresh links of some members, each with whose it is. A link lets the first browser in and later ones knock."""
    lines = []
    for who in group.circle.links:
        members.reissue(group.db, group.lead, group.ids[who], at=group.signed_in_at)
        group.cookies.pop(who, None)
        link = members.link_token(group.db, group.lead, group.ids[who], at=group.signed_in_at)
        lines.append((f"{group.circle.name}, {group.circle.members[who].name}", f"/j/{link}"))
    return lines


def _facilitator(db: Session, facilitator_id: str, at: datetime) -> Visitor:
    return _recognised(db, tickets.redeem(db, tickets.issue(db, facilitator_id, at=at), at=at), at)


def _recognised(db: Session, cookie: str, at: datetime) -> Visitor:
    found = visitors.recognise(db, cookie, at=at)
    assert found is not None, "a browser that has just signed in"
    return found
