"""Choosing the relationship that the readings are about: once, before the first ballot."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.ahead import meets_again
from mcm_core.domain.focus import mistakes
from mcm_core.domain.instrument import Instrument
from mcm_core.services import focuses
from mcm_core.services.focuses import Focus
from mcm_core.store.engine import write
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import plain, showing_errors, words
from mcm_core.ui.visit import Draft, visit

WEEKLY = "You will rate the same one every week."
ONCE = "What you answer here is about that one."


def focus_form(here: Here, instrument: Instrument, focus: Focus | None) -> None:
    """Ask for party, constellation and a private label; seeded with the present focus.

    What is missing is said all at once, each beneath its field.
    """
    beneath = {}
    place = f"focus.{here.cohort.id}"
    draft = visit().drafts.setdefault(place, Draft())
    called = focus.label if focus else ""
    with half_typed(here, place, stored=[called], generation=draft.generation), st.form("focus"):
        how_often = WEEKLY if meets_again(here.cohort, here.at) else ONCE
        words(f"Think of one relationship in your work. {how_often}", kind="need")
        party = _one_of("Who is it with?", instrument.parties, focus.party if focus else None, key="focus.party")
        beneath["party"] = st.empty()
        before = focus.constellation if focus else None
        shape = _one_of("What shape has it?", instrument.constellations, before, key="focus.shape")
        beneath["constellation"] = st.empty()
        label = st.text_input(
            "Your private name for it (needed)",
            value=called,
            placeholder="for example: outreach calls",
            max_chars=80,
            key=f"focus.label.{called}",  # a new box when it was changed elsewhere
        )
        words("Only you see this name. Please do not name a person.", kind="how-to")
        beneath["label"] = st.empty()
        sent = st.form_submit_button("This is the one", type="primary")
    if not sent:
        return
    wrong = mistakes(instrument, party=party, constellation=shape, label=label)
    for field, sentence in wrong.items():
        beneath[field].error(plain(sentence))
    if not wrong:
        with showing_errors():
            with write() as db:
                focuses.choose(db, here.visitor, instrument, party=party, constellation=shape, label=label, at=now())
            draft.generation += 1
            st.rerun()


def _one_of(question: str, offered: tuple[object, ...], chosen: str | None, *, key: str) -> str:
    """One of the offered words; "" while none is chosen."""
    options = list(map(str, offered))
    index = options.index(chosen) if chosen in options else None
    return st.radio(question, options, index=index, format_func=plain, key=key) or ""
