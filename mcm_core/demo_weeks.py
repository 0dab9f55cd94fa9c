"""Telling what is around the votes: the run-sheet, the boards, catch-ups, what people write, and looking back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from mcm_core.demo_group import Group, arrive, sign_in_anew
from mcm_core.demo_parts import Form, Meet, Week, Written
from mcm_core.demo_story import FACILITATOR, Meeting
from mcm_core.domain.entry import Said
from mcm_core.domain.late import DAYS
from mcm_core.domain.offer import Side
from mcm_core.domain.pairing import GAPS
from mcm_core.domain.run_sheet import RunSheet
from mcm_core.domain.visitor import Visitor
from mcm_core.services import (
    agreements,
    aspirations,
    block_votes,
    catch_ups,
    decisions,
    dots,
    entries,
    evaluations,
    my_catch_ups,
    offers,
    plans,
    run_sheets,
    topic_plan,
    topics,
)
from mcm_core.store import texts

ON_THE_BOARD = timedelta(minutes=85)
DOTTED = timedelta(minutes=112)
SHARED = timedelta(minutes=117)


def brought(group: Group, at: datetime) -> None:
    """What members hope for and bring, said as they came in."""
    for who, said in group.circle.brought.items():
        if who in group.here:
            aspirations.bring(group.db, group.here[who], hope=said.hope, brings=said.question, at=at)


def run(group: Group, number: int, met: Meeting, starts: datetime) -> None:
    """Run a session by its run-sheet. The one that is on stays at the block that began last."""
    db, today = group.db, group.circle.today
    sheet = run_sheets.make(db, group.lead, group.cohort.session(number).id)
    for title, places in met.moved.items():
        block = next(block for block in sheet.blocks if block.title == title)
        sheet = plans.move(db, group.lead, block.id, places, version=sheet.version)
    is_on = bool(today and today.session == number)
    block_votes.by_hand(db, sheet.session_id, dots_too=not is_on)  # the story tells its votes itself
    began = today.next_at if today and is_on else _as_planned([block.minutes for block in sheet.blocks])
    sheet = _stepped(group, sheet.session_id, run_sheets.begin, starts)
    for minute in began:
        sheet = _stepped(group, sheet.session_id, run_sheets.go_on, starts + timedelta(minutes=minute))
    if not is_on:
        _stepped(group, sheet.session_id, run_sheets.end, starts + timedelta(minutes=123))


def _as_planned(minutes: list[int]) -> list[int]:
    return [sum(minutes[:place]) for place in range(1, len(minutes))]


def _stepped(group: Group, session_id: str, step: Callable[..., RunSheet], at: datetime) -> RunSheet:
    sheet = run_sheets.of_session(group.db, group.lead, session_id)
    assert sheet is not None, "it was made before it is run"
    return step(group.db, group.lead, session_id, version=sheet.version, at=at, is_connected=lambda _: False)


def tell_week(group: Group, number: int, week: Week, starts: datetime) -> None:
    """What the session leaves behind: the agreement, topics, offers, dots, whom people meet, what they write."""
    _agree(group, week, starts + ON_THE_BOARD)
    _bring(group, week, starts + ON_THE_BOARD)
    if week.dots:
        _dots(group, week, starts + DOTTED)
    for planned_for, key in week.planned.items():
        topic_plan.schedule(group.db, group.lead, group.topics[key], planned_for, was=None, at=starts + DOTTED)
    if week.catch_ups and number <= GAPS:
        _meet(group, number, week.catch_ups, starts + SHARED)
    for one in week.written:
        _write(group, one, starts + timedelta(days=one.days))


def _agree(group: Group, week: Week, at: datetime) -> None:
    if not week.agreement:
        return
    stands = agreements.of(group.db, group.lead, group.cohort.id)
    lines = "\n".join(week.agreement)
    kept = agreements.write_down(group.db, group.lead, group.cohort.id, lines=lines, version=stands.number, at=at)
    for member in group.here.values():
        agreements.agree(group.db, member, kept.number, at=at)


def _bring(group: Group, week: Week, at: datetime) -> None:
    for key, one in week.topics.items():
        by = _hand(group, one.by, at)
        kept = topics.propose(group.db, by, group.cohort.id, kind=one.kind, text=one.words, named=one.named, at=at)
        group.topics[key] = kept
        for side, people in ((Side.OFFER, one.offers), (Side.NEED, one.needs)):
            for who in people:
                offers.say(group.db, _hand(group, who, at), kept, side, at=at)
    for part, into in week.merged.items():
        topics.merge(group.db, group.lead, group.topics[part], group.topics[into])


def _dots(group: Group, week: Week, at: datetime) -> None:
    vote = dots.open_(group.db, group.lead, group.cohort.id, at=at)
    for who, given in week.dots.items():
        keys = given.split()
        for key in dict.fromkeys(keys):
            member = arrive(group, who, at)
            dots.place(group.db, member, vote.id, group.topics[key], keys.count(key), at=at)
    dots.reveal(group.db, group.lead, vote.id, version=vote.version, at=at)


def _meet(group: Group, number: int, told: list[Meet], at: datetime) -> None:
    """Share a week's catch-ups. Those that the story tells are put together by hand, the others by the app."""
    db, cohort_id = group.db, group.cohort.id
    catch_ups.suggest(db, group.lead, cohort_id, number, at=at)
    for one in told:
        catch_ups.keep_together(db, group.lead, cohort_id, number, [group.ids[who] for who in one.people], at=at)
    week = next(week for week in catch_ups.rounds(db, group.lead, cohort_id) if week.number == number)
    catch_ups.share(db, group.lead, cohort_id, number, version=week.version, at=at)
    for one in told:
        _said(group, one, at + timedelta(days=3))


def _said(group: Group, one: Meet, at: datetime) -> None:
    for who, met in one.met.items():
        member = group.here[who]
        held = my_catch_ups.mine(group.db, member)[0]
        my_catch_ups.say(group.db, member, held.id, met)
    if one.line:
        author, *others = (group.here[who] for who in one.people)
        held = my_catch_ups.mine(group.db, author)[0]
        my_catch_ups.write_line(group.db, author, held.id, one.line, at=at)
        for other in others:
            my_catch_ups.agree(group.db, other, held.id, author.member_id or "", body=one.line, yes=True, at=at)


def _write(group: Group, one: Written, at: datetime) -> None:
    member = group.here[one.by]
    if one.kind == "wellbeing":
        entries.set_wellbeing(group.db, member, yes=True, at=at)
    kept = entries.add(
        group.db, member, one.kind, Said(one.texts, tuple(one.ticks), one.minutes, one.energy), at=at
    )  # fmt: skip
    if one.shares:
        kind = texts.between()[one.kind].notes
        assert kind is not None, "only what may become a note is shared"
        entries.share(
            group.db, member, kept.id, kind=kind, audience=one.shares, attribution="first name",
            body="\n".join(kept.said.texts.values()), at=at,
        )  # fmt: skip


def look_back(group: Group, ended: datetime) -> None:
    """The form after the last session, counted when it has closed, and what the group decided."""
    circle, db = group.circle, group.db
    for who, form in circle.looked_back.items():
        _look_back(group, who, form, ended + timedelta(days=1))
    closed = ended + timedelta(days=DAYS, hours=1)
    sign_in_anew(group, closed)
    if circle.looked_back:
        evaluations.count(db, group.lead, group.cohort.id, at=closed)
    if said := circle.decided:
        decisions.write_down(db, group.lead, group.cohort.id, version=0, at=closed, **said.model_dump())


def _look_back(group: Group, who: str, form: Form, at: datetime) -> None:
    member = arrive(group, who, at)
    for question, level in form.levels.items():
        evaluations.answer(group.db, member, question, level=level, body="", at=at)
    for question, words in form.words.items():
        evaluations.answer(group.db, member, question, level=None, body=words, at=at)
    for question in form.shares:
        evaluations.share(group.db, member, question, True, at=at)


def _hand(group: Group, who: str, at: datetime) -> Visitor:
    return group.lead if who == FACILITATOR else arrive(group, who, at)
