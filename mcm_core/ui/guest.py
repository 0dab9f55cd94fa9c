"""The one screen of a guest: what the session is asking about, and what its people wrote for others to read."""

from __future__ import annotations

import random

import streamlit as st

from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.round import Round, RoundState
from mcm_core.domain.visitor import Visitor
from mcm_core.services import guests
from mcm_core.services.guests import Screen
from mcm_core.store.engine import read
from mcm_core.ui.live import STILL_HERE, listen
from mcm_core.ui.looking_back import quote
from mcm_core.ui.now_on import countdown
from mcm_core.ui.page import now
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.recording import SAID

STATES = {
    RoundState.OPEN: "People are answering.",
    RoundState.CLOSED: "Voting has closed.",
    RoundState.REVEALED: "The vote is over. Talk about it with the group.",
}


def screen(visitor: Visitor) -> None:
    """Draw it, and draw it anew when the session moves on. From midnight on, or once revoked, it is gone."""

    def part() -> None:
        moves = (f"{kind}:{visitor.cohort_id}" for kind in ("phase", "count", "notes"))
        listen(f"visitor:{visitor.sign_in}", *moves, key="guest")
        try:
            with read() as db:
                seen = guests.screen(db, visitor, at=now())
        except NotAllowed:
            st.rerun()
        _draw(seen)

    st.fragment(part, run_every=STILL_HERE * random.uniform(0.8, 1.2))()


def _draw(seen: Screen) -> None:
    st.title(f"Session {seen.meeting.number}", anchor=False)
    words("Thank you for being with us today. This page is yours until midnight.", kind="need")
    if seen.recorded:
        words(SAID, kind="recorded")
    if seen.block:
        st.header(plain(seen.block.title), anchor=False)
        if seen.is_mine:
            words("This part is yours. Thank you for helping with it.", kind="fact")
        words(seen.block.prompt)
        countdown(seen.block, kind="fact")
    if seen.over:
        words("This session is over. Nothing more is asked here.", kind="question")
    if seen.round_ is None and not seen.over:
        words("What the group is asked appears here by itself.")
    if seen.round_:
        _prompt(seen.round_)
        if seen.turnout:
            words(str(seen.turnout), kind="count")
    st.header("Notes written for others to read", anchor=False)
    if not seen.notes:
        words("There are none from this session yet.")
    for note in seen.notes:
        quote(note)


def _prompt(round_: Round) -> None:
    """What the group is asked, as its members read it before they answer."""
    st.header(plain(round_.title), anchor=False)
    words(STATES[round_.state], kind="fact")
    card = round_.card
    words(str(card.instrument.current_question))
    if card.instrument.desired_question:
        words(str(card.instrument.desired_question))
    for theme in card.asked:
        with st.expander(plain(theme.label.words), key=f"guest.{theme.key}"):
            words(str(theme.need), kind="need")
            for element in theme.elements:
                words(str(element), kind="element")
