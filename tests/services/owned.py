"""What is stored under a member's id, found in the tables themselves: for the tests of My data and of erasing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Row, Table, and_, delete, or_, select, text, update
from sqlalchemy.orm import Session

from mcm_core.domain.consent import Purpose
from mcm_core.domain.mode import Mode
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.services import consents, members, names, notes
from mcm_core.store.tables import Base
from mcm_core.store.tables.base import Instant
from tests.services.people import NOW
from tests.services.stories import (
    Group,
    a_card,
    a_group,
    an_anonymous_round,
    an_open_round,
    answer,
    close_and_reveal,
    drop,
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
    consents.say(db, ada, Purpose.TOTALS_BEYOND, yes=True, at=NOW)
    named = an_open_round(db, fay, cohort, card=a_card(themes=["tools"], mode=Mode.NAMED), at=NOW)
    names.consent(db, ada, named.id, yes=True, at=NOW)
    answer(db, named, group.members, [(2, 3)] * 9, at=NOW)
    close_and_reveal(db, fay, named, at=NOW)
    told = an_anonymous_round(db, group, 2)
    drop(db, told, group.members, [(1, 2)] * 9)
    close_and_reveal(db, fay, told, at=NOW)
    drop(db, an_anonymous_round(db, group, 3, themes=["skills"]), group.members[:4], [(1, 2)] * 4)
    note = notes.add(
        db, ada, cohort.id, session_number=1, theme=None, instrument=None, kind=Kind.STORY,
        audience=Audience.COHORT, attribution=Attribution.NAME, body="hers", at=NOW,
    )  # fmt: skip
    for body in ("second", "third"):  # the third was written over the first, too, and is kept beside the second
        notes.edit(db, ada, note.id, body=body, kind=note.kind, audience=note.audience, attribution=note.attribution,
                   version=1, at=NOW)  # fmt: skip
    return group


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
