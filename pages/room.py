"""The room's own screen, for a projector: how many are in, then the picture. No controls, no names."""

from __future__ import annotations

from functools import partial

import streamlit as st

from mcm_core.domain.cohort import current_session
from mcm_core.domain.round import Round, RoundState
from mcm_core.services import readings, rounds
from mcm_core.store.engine import read
from mcm_core.ui.live import follow
from mcm_core.ui.page import Here, now, open_page
from mcm_core.ui.pictures import projected
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.room_code import way_in


def count(here: Here, round_: Round) -> None:
    """The one number that may be known while people answer."""
    with read() as db:
        turnout = readings.turnout(db, here.visitor, round_.id, at=now())
    words(str(turnout), kind="room-count")
    if round_.state is RoundState.CLOSED:
        words("Voting has closed. The picture comes next.", kind="room-hint")
    elif round_.opened_at:
        minutes = int((now() - round_.opened_at).total_seconds() // 60)
        late = minutes >= round_.card.minutes
        words("When you’re ready" if late else f"{minutes} of about {round_.card.minutes} minutes", kind="room-hint")


here = open_page()
with read() as db:
    round_ = rounds.on_stage(db, here.visitor, here.cohort.id, at=here.at)
if round_ is None:
    meeting = current_session(here.cohort.sessions, here.at)
    st.title(f"Session {meeting.number}", anchor=False)
    words("Welcome. We start in a moment.", kind="room-hint")
    way_in(here)
    follow(here)
elif round_.state is RoundState.REVEALED:
    follow(here)
    projected(here, round_)
else:
    st.title(plain(round_.title), anchor=False)
    picture, door = st.columns([2, 1], gap="large")
    with picture:
        follow(here, f"count:{here.cohort.id}", draw=partial(count, here, round_))
    with door:
        way_in(here)
