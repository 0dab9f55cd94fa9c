"""What a ballot says about how answers are kept, and the yes or no to one's own name."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.mode import Mode, promise
from mcm_core.domain.round import Round
from mcm_core.services import names
from mcm_core.store.engine import read, write
from mcm_core.ui.page import Here
from mcm_core.ui.pieces import words
from mcm_core.ui.press import button


def say_mode(round_: Round) -> None:
    """The promise of this round, before anybody answers."""
    words(promise(round_.card.mode, round_.threshold), kind="promise")


def ask_for_name(here: Here, round_: Round) -> None:
    """In a named round: what this member said, and the button to say the other. Draws nothing in others."""
    if round_.card.mode is not Mode.NAMED:
        return
    with read() as db:
        yes = names.consented(db, here.visitor, round_.id)
    with st.container(border=True, key="consent"):
        words("Your name will show with your answers." if yes else "Your name will not show.", kind="question")
        words("Everybody in the cohort sees it with the picture. You can take it away again at any time.")
        label = "Take my name away" if yes else "Yes, show my name"
        button(label, lambda: _consent(here, round_, not yes), key=f"{round_.id}.name.{yes}")


def take_name_away(here: Here, round_: Round) -> None:
    """After the reveal: only for somebody whose name shows."""
    if round_.card.mode is not Mode.NAMED or here.visitor.facilitates:
        return
    with read() as db:
        yes = names.consented(db, here.visitor, round_.id)
    if yes:
        button("Take my name away", lambda: _consent(here, round_, False), key=f"{round_.id}.name.away")


def _consent(here: Here, round_: Round, yes: bool) -> None:
    with write() as db:
        names.consent(db, here.visitor, round_.id, yes)
