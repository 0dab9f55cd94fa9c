"""A pause on the screens: calm words over everything, beneath which nothing typed or tapped is lost."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import pauses
from mcm_core.store.engine import read, write
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import words
from mcm_core.ui.press import button

#: What a wise facilitator does when somebody has told something hard (domain.md §5, row 27).
TO_DO = (
    "Listen. Do not ask for details.",
    "Do not promise to keep it secret.",
    "Offer a quiet room; a co-facilitator can stay with the others.",
    "Say what happens next, and do it today: write down their words, and pass it on.",
)
# What stands beneath stays where it is, with everything that was typed, and can be neither seen nor reached.
COVER = """<style>
[data-testid="stMain"] { overflow: hidden !important; }
[data-testid="stMain"] *:not(.st-key-pause, .st-key-pause *) { visibility: hidden !important; }
.st-key-pause {
  visibility: visible; position: fixed; inset: var(--bar) 0 0; z-index: 1000; overflow-y: auto;
  padding: 18vh 1.25rem 2rem; background: var(--paper); text-align: center;
}
</style>
<div role="status">
<h1>A short pause</h1>
<p class="need">Take a breath. There is nothing to do just now.</p>
<p>What you wrote and tapped is kept. This page goes on by itself when we do.</p>
</div>"""


def cover(visitor: Visitor, cohort_id: str) -> None:
    """The calm screen while this cohort pauses. Draws a place for it in any case, so that the page keeps its own."""
    with st.container(key="calm"):
        if not _is_on(visitor, cohort_id):
            return
        with st.container(key="pause"):
            st.html(COVER)


def notice(visitor: Visitor, cohort: Cohort) -> None:
    """For a facilitator, while this cohort pauses: what everybody else sees, what to do, and the tap that ends it."""
    with st.container(key="calm"):
        if not _is_on(visitor, cohort.id):
            return
        with st.container(border=True):
            words("You are pausing. Every phone and the room show a calm screen.", kind="question")
            for sentence in TO_DO:
                words(sentence, kind="element")
            button("Go on", lambda: _end(visitor, cohort.id), key="pause.end", primary=True)


def pause_button(here: Here) -> None:
    """The tap that begins a pause. It stays while one is on, so that nothing beneath it moves."""
    on = _is_on(here.visitor, here.cohort.id)
    button("Pause for everybody", lambda: _begin(here), key=f"pause.begin.{on}", disabled=on)


def _is_on(visitor: Visitor, cohort_id: str) -> bool:
    with read() as db:
        return pauses.is_on(db, visitor, cohort_id, at=now())


def _begin(here: Here) -> None:
    with write() as db:
        pauses.begin(db, here.visitor, here.cohort.id, at=now())


def _end(visitor: Visitor, cohort_id: str) -> None:
    with write() as db:
        pauses.end(db, visitor, cohort_id)
