"""Notes: write one at the top, read the wall beneath it, newest session first."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from mcm_core.domain.cohort import SESSIONS, current_session
from mcm_core.domain.note import Kind, Note
from mcm_core.services import note_reading, notes
from mcm_core.services.note_reading import SEARCH_MAX
from mcm_core.store.engine import read
from mcm_core.ui.call import call_back
from mcm_core.ui.note_card import note_card
from mcm_core.ui.note_form import note_form, topics
from mcm_core.ui.note_pauses import paused_notes
from mcm_core.ui.page import Here, open_page
from mcm_core.ui.pieces import plain, showing_errors, words

AT_FIRST = 30


def filters() -> tuple[int | None, str | None, str | None, str]:
    """Session, theme, type and words to look for; seeded from the address, which other pages link to."""
    search = st.text_input("Find words in the notes", key="notes.search", max_chars=SEARCH_MAX)
    labels = {key: theme.label.words for key, (_, theme) in topics().items()}
    asked = {name: st.query_params.get(name) for name in ("session", "theme", "type")}
    with st.expander("Show only some notes", expanded=any(asked.values())):
        sessions = [str(number) for number in range(1, SESSIONS + 1)]
        number = pills("Session", {each: each for each in sessions}, asked["session"])
        theme = pills("Theme", labels, asked["theme"])
        kind = pills("Type", {str(each): each.capitalize() for each in Kind}, asked["type"])
    return int(number) if number else None, theme, kind, search


def pills(label: str, options: dict[str, str], asked: str | None) -> str | None:
    """One of the options, or None for all of them."""
    seed = asked if asked in options else None
    name = f"notes.{label}.{seed}"
    chosen = st.pills(label, list(options), default=seed, format_func=lambda each: plain(options[each]), key=name)
    return chosen if chosen in options else None


def wall(here: Here, found: tuple[Note, ...], *, narrowed: bool) -> None:
    """The cards by session, newest first; the first few until all are asked for."""
    if not found and narrowed:
        st.info("No note is like that. Take a filter away, or look for other words.")
    elif not found:
        st.info("No notes yet. Write the first one above: one sentence is enough.")
    by_session = sorted(found, key=lambda note: -note.session_number)
    if len(found) > AT_FIRST and not st.toggle(f"Show all {len(found)} notes", key="notes.all"):
        by_session = by_session[:AT_FIRST]
    for number, of_session in groupby(by_session, key=lambda note: note.session_number):
        st.header(f"Session {number}", anchor=False)
        for note in of_session:
            note_card(here, note)


here = open_page()
st.title("Notes", anchor=False)
call_back(here, f"notes:{here.cohort.id}")
box = st.container()
st.divider()
number, theme, kind, search = filters()
with box:
    current = current_session(here.cohort.sessions, here.at).number
    note_form(here, session_number=number or current, theme=theme, instrument=None, key="wall")
with showing_errors():
    with read() as db:
        found = notes.wall(
            db, here.visitor, here.cohort.id, session_number=number, theme=theme, kind=kind, search=search
        )
        earlier = note_reading.hides_earlier(db, here.visitor, here.cohort.id)
    if earlier:
        first = "" if here.cohort.newcomers_asked else " It is asked first."
        words(f"What the group wrote for itself before you came is not shown here.{first}", kind="how-to")
    paused_notes(here)
    wall(here, found, narrowed=bool(number or theme or kind or search.strip()))
