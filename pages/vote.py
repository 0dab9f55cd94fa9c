"""Vote, on a phone: one scroll through the themes, each answer saved as it is tapped."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.mode import Mode
from mcm_core.domain.round import Round, RoundState
from mcm_core.services import ballots, focuses, rounds, run_sheets
from mcm_core.store.engine import read
from mcm_core.ui.anonymous_form import anonymous_form
from mcm_core.ui.arrivals import other_phones
from mcm_core.ui.asked import Asked, asked_of_me
from mcm_core.ui.ballot import draw_ballot
from mcm_core.ui.early import early_picture
from mcm_core.ui.focus_form import focus_form
from mcm_core.ui.launch_card import launch_card
from mcm_core.ui.live import follow
from mcm_core.ui.modes import ask_for_name
from mcm_core.ui.news import how_was_it
from mcm_core.ui.note_form import note_form
from mcm_core.ui.now_on import beside, now_on, on_the_phone
from mcm_core.ui.page import MEMBERS, Here, open_page
from mcm_core.ui.pictures import revealed
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.recording import recording_line


def ballot(here: Here, round_: Round) -> None:
    """The launch card, the relationship it is about, then the themes."""
    card = round_.card
    launch_card(round_)
    if card.mode is Mode.ANONYMOUS:
        anonymous_form(here, round_)
        return
    with read() as db:
        focus = focuses.mine(db, here.visitor) if card.instrument.focus else None
        mine = ballots.mine(db, here.visitor, round_.id, at=here.at)
    ask_for_name(here, round_)
    if card.instrument.focus and focus is None:
        focus_form(here, card.instrument, None)
        return
    if focus:
        words(f"My relationship: {focus.label}", kind="focus")
        if not mine.readings:
            with st.expander("Choose another relationship", key="vote.focus"):
                words("Another relationship starts a new line. The old one is kept.")
                focus_form(here, card.instrument, focus)
    draw_ballot(here, round_, mine)


def picture(here: Here, round_: Round) -> None:
    """What was revealed, and a note about it."""
    theme = revealed(here, round_, narrow=True)
    with st.expander("Write a note about this", icon=":material/edit_note:", key="vote.note"):
        note_form(
            here, session_number=round_.session_number, theme=theme, instrument=round_.card.instrument, key="vote"
        )


def closed(round_: Round) -> None:
    """That there is a picture to come."""
    st.title(plain(round_.title), anchor=False)
    with st.container(key="closed"):
        st.info("Voting has closed. The picture appears here when your facilitator reveals it.")
    early_picture(round_)


def has_ended(here: Here, number: int) -> None:
    """That the session is over, and the one way on: how it was, or what is said back about it."""
    st.title(f"Session {number} has ended", anchor=False)
    words("Thank you for being here.", kind="need")
    asked_of_me(how_was_it(here) or [Asked("news.py", "Go to News and views", "campaign")], beside=False)


here = open_page(MEMBERS)
follow(here)
other_phones(here)
with read() as db:
    round_ = rounds.on_stage(db, here.visitor, here.cohort.id, at=here.at)
    over = run_sheets.just_ended(db, here.visitor, here.cohort.id, at=here.at)
on = now_on(here)
open_ = bool(round_ and round_.state is RoundState.OPEN)
recording_line(on)
if on and (beside(on, round_) is None or on.block.ends(round_)):
    on_the_phone(here, on)
elif over and not open_:
    has_ended(here, over)
if round_ is None:
    if on is None and over is None:
        st.title("Vote", anchor=False)
        st.info("Nothing to vote on just now. When your facilitator opens a round, it appears here by itself.")
elif round_.state is RoundState.OPEN:
    ballot(here, round_)
elif round_.state is RoundState.CLOSED:
    if not over:
        closed(round_)
elif over or beside(on, round_) is None:
    with st.expander("The last picture", icon=":material/bar_chart:", key="vote.last"):
        picture(here, round_)
else:
    picture(here, round_)
