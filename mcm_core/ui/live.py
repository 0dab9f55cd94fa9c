"""Keeping a screen up to date without asking: the page listens, and only a small part of it runs again."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from mcm_core.domain.errors import NotAllowed
from mcm_core.live.bus import bus
from mcm_core.services import cohorts
from mcm_core.store.engine import read
from mcm_core.ui.component import component
from mcm_core.ui.page import Here, recognise

STILL_HERE = 1200.0  # seconds, ±20 %: an open page counts as being here. That it is up to date, listener.js sees to.

_listener = component(Path(__file__).resolve().parents[1] / "live" / "listener.js")


def listen(*topics: str, key: str) -> None:
    """Run the surrounding fragment again whenever one of the topics changes. Call it before reading what you draw."""
    _listener(
        data={"address": address_of(*topics), "drawn": bus.sequence(topics)},
        key=key,
        on_changed_change=_nothing,
        height=1,
    )


def address_of(*topics: str) -> str:
    """Where the event stream of these topics is."""
    return "/live?" + urlencode([("follow", topic) for topic in topics])


def follow(here: Here, *topics: str, draw: Callable[[], None] | None = None) -> None:
    """Redraw the page when the cohort's phase moves on, and only `draw` when another of `topics` changes.

    A member's page is also drawn anew when another phone of theirs has answered.
    """
    mine = [f"mine:{here.visitor.member_id}"] if here.visitor.member_id else []
    answered = bus.sequence(mine)

    def part() -> None:
        listen(f"phase:{here.cohort.id}", f"visitor:{here.visitor.sign_in}", *mine, *topics, key="follow")
        if bus.sequence(mine) != answered:
            st.rerun()
        if recognise() is None:
            st.rerun()
        try:
            with read() as db:
                phase = cohorts.phase(db, here.visitor, here.cohort.id)
        except NotAllowed:
            st.rerun()  # the visitor has no part in this cohort any more: nothing of it stays on the screen
        if phase != here.cohort.phase:
            st.rerun()
        if draw:
            draw()

    st.fragment(part, run_every=STILL_HERE * random.uniform(0.8, 1.2))()


def _nothing() -> None:
    """Streamlit delivers a trigger only to a component that has a callback for it."""
