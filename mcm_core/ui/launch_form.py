"""Filling in a launch card: what is asked, through whose eyes, and why."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mcm_core.domain.cohort import current_session
from mcm_core.domain.errors import Refused
from mcm_core.domain.instrument import Instrument, Text
from mcm_core.domain.mode import Mode, promise, refuse_too_small, threshold
from mcm_core.domain.round import LaunchCard
from mcm_core.services import instruments, members, rounds
from mcm_core.store.engine import read, write
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import plain, showing_errors, words

MODES = (Mode.CONFIDENTIAL, Mode.ANONYMOUS, Mode.NAMED)


def launch_form(here: Here) -> None:
    """Ask for the card and prepare a round that members do not see yet."""
    offered = {key: one for key, one in instruments.offered().items() if not one.between}
    keys = list(offered)
    key = st.selectbox("What shall we look at?", keys, format_func=lambda key: str(offered[key].title))
    instrument = offered.get(key or keys[0], offered[keys[0]])
    words(str(instrument.how_to), kind="how-to")
    modes = _modes(here, instrument)
    if not modes:
        return
    with st.form(f"launch.{instrument.key}"):
        numbers = [meeting.number for meeting in here.cohort.sessions]
        at = current_session(here.cohort.sessions, here.at).number
        number = st.selectbox("Session", numbers, index=numbers.index(at), format_func=lambda one: f"Session {one}")
        themes = _themes(instrument)
        lens = _choice("I or We", instrument.lenses, 0)
        perspective = _choice("Through whose eyes", instrument.perspectives, 1)
        purpose = _choice("Why we ask", instrument.purposes, len(instrument.purposes) - 1)
        mode = _mode(modes)
        minutes = st.number_input("Time guide in minutes (nothing closes by itself)", 1, 60, 5, key="launch.minutes")
        if st.form_submit_button("Prepare this round"):
            card = LaunchCard(instrument, tuple(themes), lens, perspective, purpose, int(minutes), mode)
            with showing_errors():
                with write() as db:
                    rounds.draft(db, here.visitor, here.cohort.session(number or 1).id, card, at=now())
                st.rerun()


def _themes(instrument: Instrument) -> Sequence[str]:
    labels = {theme.key: theme.label.words for theme in instrument.themes}
    if len(labels) == 1:
        return tuple(labels)
    chosen: Sequence[str] = st.pills(
        "Themes",
        list(labels),
        selection_mode="multi",
        default=list(labels),
        format_func=lambda key: plain(labels[key]),
        key=f"launch.themes.{instrument.key}",
    )
    return chosen


def _modes(here: Here, instrument: Instrument) -> dict[Mode, str]:
    """How answers may be kept, with the promise; anonymous only where the group is large enough, and else why not."""
    with read() as db:
        people = len(members.roster(db, here.visitor, here.cohort.id))
    modes = (Mode.ANONYMOUS,) if instrument.anonymous else MODES
    offered = {mode: promise(mode, threshold(mode, here.cohort.threshold)) for mode in modes}
    try:
        refuse_too_small(people, threshold(Mode.ANONYMOUS, here.cohort.threshold))
    except Refused as small:
        del offered[Mode.ANONYMOUS]
        words(str(small), kind="how-to")
    return offered


def _mode(offered: dict[Mode, str]) -> Mode:
    return st.radio(
        "How answers are kept (fixed when the vote opens)",
        list(offered),
        format_func=lambda mode: mode.label,
        captions=[plain(words.removeprefix(f"{mode.label}. ")) for mode, words in offered.items()],
        key="launch.mode",
    )


def _choice(question: str, texts: Sequence[Text], preset: int) -> str | None:
    if not texts:
        return None
    options = [str(text) for text in texts]
    return st.selectbox(question, options, index=min(preset, len(options) - 1))
