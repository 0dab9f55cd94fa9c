"""That the meeting is being recorded: the line for every screen, and the tap by which a facilitator notes it."""

from __future__ import annotations

import streamlit as st

from mcm_core.services import recordings
from mcm_core.services.run_sheets import Now
from mcm_core.store.engine import write
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import words
from mcm_core.ui.press import button

SAID = "This session is being recorded, as you agreed."
ASK = (
    "This app records nothing. If you record with another program, ask everybody first, and stop if one person would "
    "rather not. What you note here stands on every phone and in the room until the session ends."
)


def recording_line(on: Now | None) -> None:
    """The line, in a place that is always there. Who was asked and says nothing has agreed to nothing: it is noted by
    hand, after everybody was asked."""
    with st.container(key="recorded"):
        if on and on.recorded:
            words(SAID, kind="recorded")


def recording_button(here: Here, on: Now | None) -> None:
    """For a facilitator, while a session is on."""
    if on is None:
        return
    with st.popover("Recording", icon=":material/fiber_manual_record:"):
        if on.recorded:
            words(SAID, kind="fact")
            button("The recording has ended", lambda: _say(here, on, yes=False), key="recording.end")
        else:
            words(ASK)
            button("Everybody agreed: we record", lambda: _say(here, on, yes=True), key="recording.begin")


def _say(here: Here, on: Now, *, yes: bool) -> None:
    with write() as db:
        recordings.say(db, here.visitor, on.session_id, yes=yes, at=now())
