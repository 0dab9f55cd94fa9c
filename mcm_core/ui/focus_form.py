"""Choosing the relationship that the readings are about: once, before the first ballot."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.instrument import Instrument
from mcm_core.services import focuses
from mcm_core.services.focuses import Focus
from mcm_core.store.engine import write
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import plain, showing_errors, words


def focus_form(here: Here, instrument: Instrument, focus: Focus | None) -> None:
    """Ask for party, constellation and a private label; seeded with the present focus."""
    parties, shapes = list(map(str, instrument.parties)), list(map(str, instrument.constellations))
    with st.form("focus"):
        words("Think of one relationship in your work. You will rate the same one every week.", kind="need")
        party = st.radio(
            "Who is it with?",
            parties,
            index=_at(parties, focus.party if focus else None),
            format_func=plain,
            key="focus.party",
        )
        shape = st.radio(
            "What shape has it?",
            shapes,
            index=_at(shapes, focus.constellation if focus else None),
            format_func=plain,
            key="focus.shape",
        )
        label = st.text_input(
            "Your private name for it (needed)",
            value=focus.label if focus else "",
            placeholder="for example: outreach calls",
            max_chars=80,
            key="focus.label",
        )
        words("Only you see this name. Please do not name a person.", kind="how-to")
        if st.form_submit_button("This is the one", type="primary"):
            with showing_errors():
                with write() as db:
                    focuses.choose(
                        db,
                        here.visitor,
                        instrument,
                        party=party or "",
                        constellation=shape or "",
                        label=label,
                        at=now(),
                    )
                st.rerun()


def _at(options: list[str], chosen: str | None) -> int | None:
    return options.index(chosen) if chosen in options else None
