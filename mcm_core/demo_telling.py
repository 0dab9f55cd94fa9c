"""Telling the story of a circle: every verb is called at the past moment at which people would have called it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from mcm_core import demo_gathering, demo_weeks
from mcm_core.demo_group import Group, arrive, as_facilitator, sign_in_anew
from mcm_core.demo_story import FACILITATOR, Circle, Meeting, Row, Vote, Words, ballot
from mcm_core.domain.mode import Mode
from mcm_core.domain.news import window
from mcm_core.domain.reading import Reading
from mcm_core.domain.round import LaunchCard, Round
from mcm_core.services import (
    bags,
    cohorts,
    consents,
    focuses,
    instruments,
    members,
    news,
    notes,
    pulses,
    readings,
    rounds,
)
from mcm_core.services.members import arrivals

BEFORE = timedelta(days=14)
PACE = timedelta(seconds=12)
VOTING = timedelta(minutes=4)
ENDING = timedelta(minutes=118)
ARRIVED = timedelta(minutes=3)


def tell(db: Session, circle: Circle, card: dict[str, str], facilitator_id: str, at: datetime) -> Group:
    """Live through a circle's sessions as they lie around this moment."""
    begins = circle.begins(at)
    before = begins.replace(tzinfo=ZoneInfo(circle.time_zone)) - BEFORE
    if circle.gathering:
        before = at - timedelta(days=circle.gathering.opened_days_ago)
    lead = as_facilitator(db, facilitator_id, before)
    cohort = cohorts.create(
        db, lead, name=circle.name, time_zone=circle.time_zone,
        first=begins.date(), weekday=begins.weekday(), at_time=begins.time(), at=before,
    )  # fmt: skip
    group = Group(db, circle, card, cohort, lead, before)
    for number, met in circle.sessions.items():
        starts = cohort.session(number).starts_at.astimezone(UTC)  # minutes pass even while the clocks change
        sign_in_anew(group, starts)
        _live(group, number, met, starts)
    if circle.gathering:
        demo_gathering.gather(group, circle.gathering, before, at)
    if circle.decided:
        demo_weeks.look_back(group, cohort.sessions[-1].ends_at)
    arrivals.strike_out(db, cohort.id)
    return group


def _live(group: Group, number: int, met: Meeting, starts: datetime) -> None:
    new = {who: person.name for who, person in group.circle.members.items() if person.joins == number}
    if new:
        added = members.add(group.db, group.lead, group.cohort.id, "\n".join(new.values()), at=starts)
        group.ids |= {who: member.id for who, member in zip(new, added, strict=True)}
    if met.check_in:
        _check_in(group, number, met.check_in, starts + ARRIVED)
    for vote in met.votes:
        _vote(group, number, vote, starts + timedelta(minutes=vote.minute))
    for note in met.notes:
        _write(group, number, note, starts + timedelta(minutes=note.minute))
    if number == 1:
        demo_weeks.brought(group, starts)
    demo_weeks.run(group, number, met, starts)
    demo_weeks.tell_week(group, number, met.week, starts)
    for purpose in met.all_agree:
        for member in group.here.values():
            consents.say(group.db, member, purpose, yes=True, at=starts + ENDING)
    if met.pulse:
        _pulse(group, number, met.pulse)
    for line in met.said_back:
        news.say_back(
            group.db, group.lead, group.cohort.session(number).id, you_said=line.you_said, outcome=line.outcome,
            reply=line.reply, at=starts + ENDING,
        )  # fmt: skip


def _check_in(group: Group, number: int, answers: Mapping[str, Row], at: datetime) -> None:
    asked = instruments.offered()["safety_checkin"]
    card = LaunchCard(asked, tuple(theme.key for theme in asked.themes), mode=Mode.ANONYMOUS)
    drafted = rounds.draft(group.db, group.lead, group.cohort.session(number).id, card, at=at)
    opened = rounds.open_(group.db, group.lead, drafted.id, version=drafted.version, at=at)
    for who, row in answers.items():
        bags.drop(group.db, arrive(group, who, at), opened.id, _whole(opened, row))
    closed = rounds.close(group.db, group.lead, opened.id, version=opened.version, at=at + VOTING)
    rounds.reveal(group.db, group.lead, opened.id, version=closed.version, at=at + VOTING)


def _pulse(group: Group, number: int, answers: Mapping[str, Row]) -> None:
    when = window(group.cohort.sessions, number)
    pulses.settle(group.db, group.cohort.id, at=when.opens_at)
    for who, row in answers.items():
        member = arrive(group, who, when.opens_at)
        asked = news.to_answer(group.db, member, at=when.opens_at)
        assert asked is not None, "the pulse that was opened above"
        news.answer(group.db, member, asked[0].id, _whole(asked[0], row), {}, at=when.opens_at)
    pulses.settle(group.db, group.cohort.id, at=when.closes_at)


def _whole(round_: Round, row: Row) -> dict[str, Reading]:
    return dict(zip((theme.key for theme in round_.card.asked), ballot(row), strict=True))


def _vote(group: Group, number: int, vote: Vote, at: datetime) -> None:
    opened = group.round = _opened(group, number, vote, at)
    columns = vote.themes.split() or opened.card.themes
    for place, (who, row) in enumerate(vote.answers.items(), start=1):
        moment = at + place * PACE
        member = arrive(group, who, moment)
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
    by = group.lead if note.by == FACILITATOR else arrive(group, note.by, at)
    asked = next(asked for asked in instruments.offered().values() if note.theme is None or asked.theme(note.theme))
    notes.add(
        group.db, by, group.cohort.id, session_number=number, theme=note.theme, instrument=asked, kind=note.kind,
        audience=note.audience, attribution=note.attribution, body=note.words, at=at,
    )  # fmt: skip
