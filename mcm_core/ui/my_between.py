"""On My data: my catch-ups, what I asked for around them, and what I wrote for myself."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.entry import Entry
from mcm_core.services.my_data import Everything
from mcm_core.store import texts
from mcm_core.ui.catch_ups import together
from mcm_core.ui.page import PAGES
from mcm_core.ui.pieces import on_the_day, words


def between_sessions(mine: Everything) -> None:
    """All of it in sentences. It is changed and deleted on its own page."""
    _catch_ups(mine)
    _wishes(mine)
    if mine.entries:
        with st.expander(f"What you wrote for yourself: {len(mine.entries)}", key="my.entries"):
            for entry in mine.entries:
                for text in entry.said.texts.values():
                    words(text)
                words(about(entry), kind="how-to")
    if not (mine.catch_ups or mine.entries):
        words("Nothing yet.")
    st.page_link(PAGES / "between.py", label="Change or delete it")


def about(entry: Entry) -> str:
    """When an entry was written, in which log, and what was ticked in it."""
    energy = f"energy {entry.said.energy} of 4" if entry.said.energy else ""
    minutes = f"{entry.said.minutes} minutes" if entry.said.minutes else ""
    shared = "shared as a note" if entry.is_note else ""
    title = texts.between()[entry.kind].title
    return " · ".join(filter(None, [on_the_day(entry.written_at), title, *entry.said.ticks, energy, minutes, shared]))


def _catch_ups(mine: Everything) -> None:
    for one in mine.catch_ups:
        said = f" You said: {one.said}." if one.said else ""
        words(f"Week {one.number}: a catch-up with {together(one)}.{said}")
        for line in one.lines:
            if line.mine:
                words(line.body)
                words("Your line about it, which the group reads." if line.shared else "Your line.", kind="how-to")
                if line.agreed_at:
                    words(f"Said to be fine with them, last on {on_the_day(line.agreed_at)}.", kind="how-to")
            elif line.agreed_at:
                words(f"You said on {on_the_day(line.agreed_at)} that a line of {line.author} is fine with you.")


def _wishes(mine: Everything) -> None:
    asked = mine.wishes
    if asked.reach:
        words(f"How your partners may reach you: {asked.reach}")
    for number in asked.weeks_off:
        words(f"You sat week {number} out.")
    if asked.apart:
        words(f"People you asked not to be put together with: {len(asked.apart)}. Nobody is told who asked.")
    if mine.wellbeing_since:
        words(f"You said yes on {on_the_day(mine.wellbeing_since)} to keeping how you are.")
