"""What a ballot says about how answers are kept, and the yes or no to one's own name."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.consent import Purpose
from mcm_core.domain.mode import Mode, promise
from mcm_core.domain.round import Round
from mcm_core.services import names
from mcm_core.store.engine import read, write
from mcm_core.store.notice import notice
from mcm_core.ui.page import Here, now
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
    wording = next(one for one in notice().wordings if one.purpose is Purpose.NAME_WITH_ANSWERS)
    with st.container(border=True, key="consent"):
        words(wording.title, kind="question")
        words(wording.after_yes if yes else wording.after_no)
        label = "Take my name away" if yes else "Yes, show my name"
        button(label, lambda: say(here, round_.id, yes=not yes), key=f"{round_.id}.name.{yes}")


def take_name_away(here: Here, round_: Round) -> None:
    """After the reveal: only for somebody whose name shows."""
    if round_.card.mode is not Mode.NAMED or here.visitor.facilitates:
        return
    with read() as db:
        yes = names.consented(db, here.visitor, round_.id)
    if yes:
        button("Take my name away", lambda: say(here, round_.id, yes=False), key=f"{round_.id}.name.away")


def say(here: Here, round_id: str, *, yes: bool) -> None:
    """Keep a yes or no to one's own name."""
    with write() as db:
        names.consent(db, here.visitor, round_id, yes, at=now())
