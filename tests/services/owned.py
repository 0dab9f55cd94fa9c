"""What is stored under a member's id, found in the tables themselves: for the tests of My data and of erasing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Row, Table, and_, delete, or_, select, text, update
from sqlalchemy.orm import Session

from mcm_core.domain.catch_up import Outcome
from mcm_core.domain.cohort import Cohort
from mcm_core.domain.consent import Purpose
from mcm_core.domain.entry import EntryKind, Said
from mcm_core.domain.evaluation import window
from mcm_core.domain.mode import Mode
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.domain.opening import Plan
from mcm_core.domain.reading import Reading
from mcm_core.domain.visitor import Visitor
from mcm_core.services import (
    agreements,
    applicants,
    applying,
    aspirations,
    attendance,
    calendars,
    catch_ups,
    cohorts,
    consents,
    dots,
    entries,
    evaluations,
    late,
    lowered,
    members,
    my_catch_ups,
    names,
    notes,
    offers,
    openings,
    own_plans,
    practices,
    skills,
    slots,
    topics,
    wishes,
)
from mcm_core.store.tables import ApplicationRow, Base
from mcm_core.store.tables.base import Instant
from tests.services.people import NOW
from tests.services.sheets import go_to
from tests.services.stories import (
    Group,
    a_card,
    a_group,
    an_anonymous_round,
    an_open_round,
    answer,
    close_and_reveal,
    drop,
    run_round,
)

#: No table refers to a member from here, and their id stands in it all the same.
BESIDES = {"bag", "audit"}
Owned = dict[Table, list[Row[Any]]]


def a_full_life(db: Session) -> Group:
    """Nine people, of whom Ada has something in every table that can hold anything of a member's."""
    group = a_group(db, 9)
    fay, cohort, ada = group.facilitator, group.cohort, group.members[0]
    link = members.link_token(db, fay, ada.member_id or "", at=NOW)
    members.join_by_link(db, link, browser_token=None, at=NOW)  # a second phone, which waits
    own_plans.share(db, ada, "Breaks", at=NOW)
    skills.say(db, ada, {"video": 1}, practise="Miro", wants_help=True, at=NOW)
    consents.say(db, ada, Purpose.TOTALS_BEYOND, yes=True, at=NOW)
    members.set_email(db, fay, ada.member_id or "", "ada@example.org", at=NOW)
    calendars.begin(db, ada, at=NOW)
    cohorts.cancel_session(db, fay, cohort.session(6).id, at=NOW)  # and everybody is to be told
    _applied(db, fay, cohort, ada.member_id or "")
    named = an_open_round(db, fay, cohort, card=a_card(themes=["tools"], mode=Mode.NAMED), at=NOW)
    names.consent(db, ada, named.id, yes=True, at=NOW)
    answer(db, named, group.members, [(2, 3)] * 9, at=NOW)
    close_and_reveal(db, fay, named, at=NOW)
    lowered.say(db, ada, named.id, "tools", "harder now")
    told = an_anonymous_round(db, group, 2)
    drop(db, told, group.members, [(1, 2)] * 9)
    close_and_reveal(db, fay, told, at=NOW)
    aspirations.bring(db, ada, hope="to listen", brings="how?", at=NOW)
    after = window(cohort.sessions).opens
    evaluations.answer(db, ada, "surprised", level=None, body="the silence", at=after)
    evaluations.share(db, ada, "surprised", True, at=after)
    agreements.write_down(db, fay, cohort.id, lines="Pass is fine", version=0, at=NOW)
    agreements.agree(db, ada, 1, at=NOW)
    missed = a_card(themes=["safety"])
    run_round(db, fay, cohort, group.members[1:], 6, [(2, 3)] * 8, card=missed, at=NOW)
    (card,) = late.cards(db, ada, at=after)
    late.answer(db, ada, card.round.id, "safety", Reading(1, 2), at=after)
    drop(db, an_anonymous_round(db, group, 3, themes=["skills"]), group.members[:4], [(1, 2)] * 4)
    tea = go_to(db, group, "A vote to practise").current
    assert tea
    practices.tap(db, ada, tea.id, 1, at=NOW)
    attendance.correct(db, fay, cohort.session(1).id, ada.member_id or "", here=True)
    note = notes.add(
        db, ada, cohort.id, session_number=1, theme=None, instrument=None, kind=Kind.STORY,
        audience=Audience.COHORT, attribution=Attribution.NAME, body="hers", at=NOW,
    )  # fmt: skip
    for body in ("second", "third"):  # the third was written over the first, too, and is kept beside the second
        notes.edit(db, ada, note.id, body=body, kind=note.kind, audience=note.audience, attribution=note.attribution,
                   version=1, at=NOW)  # fmt: skip
    between_sessions(db, group)
    return group


def _applied(db: Session, fay: Visitor, cohort: Cohort, member_id: str) -> None:
    """Ada applied before she was on the list. (By acceptance there would be a second Ada.)"""
    plan = Plan(closes=NOW.replace(tzinfo=None, hour=17))
    slug = openings.write_down(db, fay, cohort.id, plan=plan, words={"contact": "Fay"}, at=NOW).slug
    openings.publish(db, fay, cohort.id, at=NOW)
    slots.fix_as_they_are(db, fay, cohort.id, at=NOW)
    token = applying.begin(
        db, slug, name="Ada", email="ada@example.org", organisation="Harbour", network="here", at=NOW
    )
    said = {"why": "x", "hope": "y", "role": "both", "access": "captions", "Monday morning": "can"}
    applying.keep(db, token, said, at=NOW)
    row = db.get_one(ApplicationRow, applying.send(db, token, at=NOW).application.id)
    applicants.judge(db, fay, row.id, says="yes", note="Brings chat", at=NOW)
    row.decision, row.decided_at, row.member_id = "accepted", NOW, member_id
    db.flush()


def between_sessions(db: Session, group: Group) -> None:
    """A catch-up that Ada's partner agreed to her line of, what she asked for around it, and her logs."""
    fay, cohort, ada = group.facilitator, group.cohort, group.members[0]
    catch_ups.suggest(db, fay, cohort.id, 1, at=NOW)
    catch_ups.share(db, fay, cohort.id, 1, version=1, at=NOW)
    (catch_up,) = my_catch_ups.mine(db, ada)
    my_catch_ups.say(db, ada, catch_up.id, Outcome.MET)
    my_catch_ups.write_line(db, ada, catch_up.id, "We both listen.", at=NOW)
    for partner in group.members:
        if partner.member_id in {one.id for one in catch_up.partners}:
            my_catch_ups.agree(db, partner, catch_up.id, ada.member_id or "", body="We both listen.", yes=True, at=NOW)
    my_catch_ups.make_note(db, ada, catch_up.id, at=NOW)
    wishes.set_reach(db, ada, "By phone")
    wishes.take_week_off(db, ada, 2, yes=True)
    wishes.keep_apart(db, ada, group.members[1].member_id or "", yes=True)
    entries.set_wellbeing(db, ada, yes=True, at=NOW)
    entries.add(db, ada, EntryKind.WELLBEING, Said({"note": "Slept well"}, ("calm",), energy=3), at=NOW)
    entries.add(db, ada, EntryKind.LEARNING, Said({"what": "A film"}, minutes=40), at=NOW)
    diary = entries.add(db, ada, EntryKind.DIARY, Said({"words": "A good week"}, ("joys",)), at=NOW)
    shared = {"kind": Kind.STORY, "audience": Audience.COHORT, "attribution": Attribution.NONE}
    entries.share(db, ada, diary.id, body="A good week", at=NOW, **shared)
    a_board(db, group)
    return group


def a_board(db: Session, group: Group) -> None:
    """Ada's topic, which she would like merged with Ben's, her dots, and what she would like."""
    ada, ben = group.members[:2]
    hers, his = (
        topics.propose(db, who, group.cohort.id, kind="challenge", text=f"of {who.name}", named=True, at=NOW)
        for who in (ada, ben)
    )
    topics.merge(db, ada, hers, his)
    asked = dots.open_(db, group.facilitator, group.cohort.id, at=NOW)
    dots.place(db, ada, asked.id, his, 1, at=NOW)
    offers.say(db, ada, his, "need", at=NOW)


def hanging_on_members() -> set[str]:
    """The tables that refer to a member, or to a row that does; and those of `BESIDES`."""
    found = {"member"}
    for table in Base.metadata.sorted_tables:
        if any(key.column.table.name in found for key in table.foreign_keys):
            found.add(table.name)
    return found | BESIDES


def theirs(db: Session, member_id: str) -> Owned:
    """Every row that holds a member's id, or refers to a row that does, by table."""
    found: Owned = {}
    ids: dict[str, set[object]] = {}
    for table in Base.metadata.sorted_tables:
        rows = [row for row in db.execute(select(table)) if _is_theirs(table, row, member_id, ids)]
        if rows:
            found[table] = rows
            ids[table.name] = {getattr(row, "id", None) for row in rows} - {None}
    return found


def _is_theirs(table: Table, row: Row[Any], member_id: str, ids: dict[str, set[object]]) -> bool:
    refers = ((key.parent.name, key.column.table.name) for key in table.foreign_keys)
    hangs = any(row._mapping[column] in ids.get(other, ()) for column, other in refers)
    return hangs or member_id in json.dumps(list(row), default=str)


def unseen(db: Session, member_id: str, told: Callable[[], object], *, but: str) -> set[str]:
    """Each table and column in which something may change without `told` changing. `but`: the browser that asks.

    SQLite only, where constraints can be set aside. What cannot be told any more was looked at, and counts as told.
    """
    before, found = told(), set()
    db.execute(text("PRAGMA ignore_check_constraints=ON"))
    db.execute(text("PRAGMA defer_foreign_keys=ON"))
    for name, change in _changes(theirs(db, member_id), but):
        aside = db.begin_nested()
        db.execute(change)
        db.expire_all()
        try:
            found |= {name} if told() == before else set()
        except Exception:
            pass
        finally:
            aside.rollback()
            db.expire_all()
    db.execute(text("PRAGMA ignore_check_constraints=OFF"))
    return found


def _changes(owned: Owned, but: str) -> Iterator[tuple[str, Any]]:
    for table, rows in owned.items():
        kept = [row for row in rows if getattr(row, "token_hash", None) != but]
        these = or_(*(and_(*(column == row._mapping[column.name] for column in table.primary_key)) for row in kept))
        if table.name != "member":
            yield table.name, delete(table).where(these)
        for column in table.columns:
            if column.name not in {"id", "cohort_id"}:  # random words; and their one cohort
                value = next((row._mapping[column.name] for row in kept if row._mapping[column.name] is not None), None)
                yield f"{table.name}.{column.name}", update(table).where(these).values({column: _other(column, value)})


def _other(column: Column[Any], value: object) -> Any:
    """Something else than `value`, different in each row where rows differ."""
    match value:
        case bool():
            return ~column
        case datetime():
            return value + timedelta(days=400)
        case int():
            return column + 1000
        case list() | dict():
            return type(value)()
        case None:
            return NOW if isinstance(column.type, Instant) else "x"
        case _:
            return column + "x"
