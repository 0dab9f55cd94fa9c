"""The meetings for one's own calendar: once as a file, or at an address that a calendar follows by itself."""

from __future__ import annotations

import streamlit as st

from mcm_core.services import calendars
from mcm_core.store.engine import read, write
from mcm_core.ui.addresses import public_url
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import words
from mcm_core.ui.press import button


def my_calendar(here: Here) -> None:
    """The file, and the address with the way to end it."""
    calendar_link(here)
    with read() as db:
        token = calendars.mine(db, here.visitor)
    if token is None:
        words("Or make an address that your calendar follows: when a session moves, it hears of it by itself.")
        button("Make a calendar address", lambda: _begin(here), key="calendar.begin")
        return
    words("Your calendar can follow this address. Whoever has it sees when the sessions are, and nothing else.")
    st.code(f"{public_url()}/calendar/{token}.ics", language=None, wrap_lines=True)
    button("End this address", lambda: _end(here), key="calendar.end")


def calendar_link(here: Here) -> None:
    """The meetings as a file. Its entries say “Session 1” and so on, and name nobody."""
    address = f"/calendar/{here.cohort.id}/sessions.ics"
    st.link_button("Put the sessions into my calendar", address, icon=":material/event:")
    words("The entries say “Session 1” and so on, with the time, and nothing else.", kind="how-to")


def _begin(here: Here) -> None:
    with write() as db:
        calendars.begin(db, here.visitor, at=now())


def _end(here: Here) -> None:
    with write() as db:
        calendars.end(db, here.visitor)
