"""The members of a cohort as a table, and the box into which a list of names is pasted."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from mcm_core.domain.cohort import MEMBERS_MAX, Member, people_from
from mcm_core.domain.errors import Refused
from mcm_core.services import members
from mcm_core.store.engine import write
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import showing_errors, words
from mcm_core.ui.visit import Draft, visit

TABLE = "width: 100%; border-collapse: collapse; font-size: 1rem"
CELL = (
    "text-align: start; vertical-align: top; padding: 0.45rem 0.75rem 0.45rem 0; overflow-wrap: anywhere; "
    "border-bottom: 1px solid rgba(128, 118, 96, 0.45)"
)
ADDING = "members"  # what visit().editing says while the box is open


def members_table(people: Sequence[Member]) -> None:
    """Who is a member, and whether they have come in yet."""
    if not people:
        words("There are no members yet. Paste their names; each gets a link of their own.")
        return
    joined = sum(member.joined_at is not None for member in people)
    words(f"{len(people)} of {MEMBERS_MAX} members, {joined} joined", kind="fact")
    _table([(member.name, state(member)) for member in people])


def state(member: Member) -> str:
    """Where a member stands, in words."""
    if member.joined_at is None:
        return "Invited"
    if member.devices == 0:
        return "Joined, no phone signed in"
    return "Joined" if member.devices == 1 else f"Joined on {member.devices} phones"


def add_members(here: Here, people: Sequence[Member]) -> None:
    """The box for a list of names: open while there is nobody, and on demand. A refused list stays in it."""
    if not people:
        visit().editing = ADDING
    if visit().editing != ADDING:
        if len(people) < MEMBERS_MAX and st.button("Add members", key="members.open"):
            visit().editing = ADDING
            st.rerun()
        return
    place = f"members.pasted.{here.cohort.id}"
    draft = visit().drafts.setdefault(place, Draft())
    with half_typed(here, place, generation=draft.generation):
        pasted = st.text_area(
            "Names to add, one on each line",
            height=180,
            key=f"{place}.{draft.generation}",
            placeholder="Ada Okafor ada@example.org\nBo Lindqvist",
            persist_state="session",
        )
    words(_so_far(len(people), pasted or ""), kind="how-to")
    with st.container(horizontal=True):
        add = st.button("Add these members", type="primary", key="members.add")
        shut = bool(people) and st.button("Close without adding", key="members.shut")
    with showing_errors():
        if add:
            with write() as db:
                added = members.add(db, here.visitor, here.cohort.id, pasted or "", at=now())
            visit().message = f"{_counted(len(added))} added. Each has a link of their own."
        if add or shut:
            visit().editing, draft.generation = None, draft.generation + 1  # an empty box, the next time
            st.rerun()


def _table(rows: Sequence[tuple[str, str]]) -> None:
    """Names and states. Not st.table: its cells make links of what looks like one, whatever is escaped."""
    head = "".join(f'<th scope="col" style="{CELL}">{heading}</th>' for heading in ("Name", "State"))
    lines = "".join(f"<tr>{''.join(_cell(said) for said in row)}</tr>" for row in rows)
    st.html(f'<table class="members" style="{TABLE}"><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>')


def _cell(said: str) -> str:
    return f'<td style="{CELL}">{escape(said)}</td>'


def _so_far(present: int, pasted: str) -> str:
    """How many there would be. Co-facilitators do not count."""
    try:
        listed = len(people_from(pasted))
    except Refused:
        listed = 0  # the sentence comes when the list is sent
    so_far = f"{present} of {MEMBERS_MAX} so far"
    return f"{so_far}, {present + listed} of {MEMBERS_MAX} with this list." if listed else f"{so_far}."


def _counted(number: int) -> str:
    return "1 member is" if number == 1 else f"{number} members are"
