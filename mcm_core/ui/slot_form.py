"""The weekly time: whom each would shut out, by name, what lies in the way, and the six dates fixed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from mcm_core.domain import slots as rules
from mcm_core.domain.cohort import WEEKDAYS
from mcm_core.domain.opening import Opening
from mcm_core.domain.slots import Slot
from mcm_core.services import slots
from mcm_core.store import opening_texts
from mcm_core.store.engine import read, write
from mcm_core.ui import press
from mcm_core.ui.cohort_dates import on_the_wall
from mcm_core.ui.members_table import CELL, TABLE
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import plain, showing_errors, words
from mcm_core.ui.visit import visit

NOBODY = "nobody"
FIRST = 4  # rows at first sight


def slot_form(here: Here, opening: Opening) -> None:
    """The grid of everybody's times, then one choice with its consequences, then fixing it."""
    with read() as db:
        found = slots.outlook(db, here.visitor, here.cohort.id)
    first = here.cohort.sessions[0]
    known = "are fixed, from" if opening.dates_fixed_at else "are planned, not fixed: from"
    words(f"The six dates {known} {on_the_wall(first.starts_local)} on. Each can be moved on the Cohort page.")
    if not found.people:
        words("Nobody has told us their times yet.")
    else:
        who = "of those with a place" if found.have_places else "of those who applied"
        words(
            f"What {found.people} {who} said. The times that the most people say they can make come first, and of "
            "those the ones that shut out the fewest.",
            kind="how-to",
        )
        _grid(found.slots[:FIRST])
        with st.expander("Every time of the week", key="slots.all"):
            _grid(found.slots)
    if first.starts_at > here.at:
        _choose(here, found.slots)


def _grid(rows: tuple[Slot, ...]) -> None:
    """A plain table: for each time how many prefer it and can, and the names of whom it shuts out."""
    head = "".join(f'<th scope="col" style="{CELL}">{said}</th>' for said in ("Time", "Prefer", "Can", "Shuts out"))
    lines = "".join(f"<tr>{_cells(slot)}</tr>" for slot in rows)
    st.html(f'<table style="{TABLE}" class="slots"><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>')


def _cells(slot: Slot) -> str:
    silent = f"; {len(slot.silent)} did not say" if slot.silent else ""
    out = (", ".join(slot.shut_out) or NOBODY) + silent
    said = (slot.time, str(len(slot.prefer)), str(len(slot.can)), out)
    return "".join(f'<td style="{CELL}">{escape(one)}</td>' for one in said)


def _choose(here: Here, rows: tuple[Slot, ...]) -> None:
    by_time = {slot.time: slot for slot in rows}
    now_at = here.cohort.sessions[0].starts_local
    # What it meets at now is part of the key: when somebody else moved it, the fields must not show what was before.
    key, has = f"{here.cohort.id}.slot.{now_at}", rules.time_of(now_at, opening_texts.form().parts)
    times = list(by_time)
    chosen = st.selectbox("Weekly time", times, index=times.index(has) if has in times else None, key=f"{key}.time")
    if chosen not in by_time:
        return
    day, part = chosen.split(" ", 1)
    left, right = st.columns(2)
    soon = max(now_at.date(), _today(here))
    first = left.date_input("In the week of", soon, format="DD/MM/YYYY", key=f"{key}.first")
    usual = now_at.time() if chosen == has else opening_texts.form().parts[part]
    at_time = right.time_input("Begins at", usual, key=f"{key}.at.{chosen}")
    begin = max(first - timedelta(days=first.weekday()), _today(here))
    weekday = WEEKDAYS.index(day)
    with showing_errors():
        with read() as db:
            choice = slots.look_ahead(db, here.visitor, here.cohort.id, first=begin, weekday=weekday, at_time=at_time)
        words("; ".join(_short(start) for start in choice.starts), kind="fact")
        words(_what_moves(here, choice.starts), kind="how-to")
        out = by_time[chosen].shut_out
        if out:
            st.warning(plain(f"This time would shut out {', '.join(out)}."))
        for warning in choice.warnings:
            st.warning(plain(warning))
        press.button("Fix these six dates", lambda: _fix(here, begin, weekday, at_time), key=f"{key}.fix", primary=True)


def _what_moves(here: Here, starts: tuple[datetime, ...]) -> str:
    """What fixing these dates does to those that there are, said before it is done."""
    pairs = zip(here.cohort.sessions, starts, strict=True)
    moved = [str(meeting.number) for meeting, start in pairs if rules.moves(meeting, start)]
    if not moved:
        return "These are the dates that the cohort has. Fixing them moves nothing."
    what = f"session {moved[0]}" if len(moved) == 1 else f"sessions {', '.join(moved[:-1])} and {moved[-1]}"
    return f"Fixing them moves {what}. For each, a message to every member who knows of their place stands ready."


def _fix(here: Here, first: date, weekday: int, at_time: time) -> None:
    with write() as db:
        starts = slots.fix(db, here.visitor, here.cohort.id, first=first, weekday=weekday, at_time=at_time, at=now())
    visit().message = f"The six dates are fixed, from {on_the_wall(starts[0])} on."


def _today(here: Here) -> date:
    return here.at.astimezone(ZoneInfo(here.cohort.time_zone)).date()


def _short(start: datetime) -> str:
    return f"{start:%a} {start.day} {start:%b %Y, %H:%M}"
