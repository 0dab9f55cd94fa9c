"""The room's own screen, for a projector: what is on, how many are in, then the picture. No controls, no names."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.cohort import current_session
from mcm_core.domain.round import Round, RoundState
from mcm_core.services import rounds
from mcm_core.store.engine import read
from mcm_core.ui.live import follow
from mcm_core.ui.now_on import beside, countdown, in_the_room, now_on
from mcm_core.ui.page import Here, open_page
from mcm_core.ui.pictures import projected
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.recording import recording_line
from mcm_core.ui.room_code import way_in
from mcm_core.ui.turnout import how_many


def count(here: Here, round_: Round) -> None:
    """The one number that may be known while people answer."""
    is_open = round_.state is RoundState.OPEN
    how_many(here, round_, kind="room-count", minutes="room-hint" if is_open else None)
    if not is_open:
        words("Voting has closed. The picture comes next.", kind="room-hint")


here = open_page()
with read() as db:
    round_ = rounds.on_stage(db, here.visitor, here.cohort.id, at=here.at)
on = now_on(here)
recording_line(on)
round_ = beside(on, round_)
if round_ is None and on:
    in_the_room(here, on)
elif round_ is None:
    meeting = current_session(here.cohort.sessions, here.at)
    st.title(f"Session {meeting.number}", anchor=False)
    words("Welcome. We start in a moment.", kind="room-hint")
    way_in(here)
    follow(here)
elif round_.state is RoundState.REVEALED:
    follow(here)
    projected(here, round_)
else:
    own = on.block if on and on.block.ends(round_) else None
    st.title(plain(own.title if own else round_.title), anchor=False)
    picture, door = st.columns([2, 1], gap="large")
    with picture:
        follow(here)
        if own:
            words(own.screen or own.prompt, kind="room-prompt")
            countdown(own, kind="room-left")
        count(here, round_)
    with door:
        way_in(here)
