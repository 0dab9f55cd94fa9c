"""On a page beside the session: a line that says what is on now, and leads there."""

from __future__ import annotations

import random
from collections.abc import Callable

import streamlit as st

from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.round import Round, RoundState
from mcm_core.live.bus import bus
from mcm_core.services import pauses, rounds, run_sheets
from mcm_core.services.run_sheets import Now
from mcm_core.store.engine import read
from mcm_core.ui.live import STILL_HERE, listen
from mcm_core.ui.now_on import LEADS
from mcm_core.ui.page import PAGES, Here, now, recognise
from mcm_core.ui.pieces import plain


def call_back(here: Here, *topics: str, page: str = "", draw: Callable[[], None] | None = None) -> None:
    """A line that appears when a vote opens or, for members, while a block is on that does not lead to this `page`
    (its file); and a pause. The page is drawn anew when one of `topics` changes, or `draw` alone where there is one.

    Facilitators are led to where they run the vote: a colleague may have opened it, or begun the pause.
    """
    with read() as db:
        paused = pauses.is_on(db, here.visitor, here.cohort.id, at=now())
    drawn = bus.sequence(topics)

    def part() -> None:
        listen(f"phase:{here.cohort.id}", f"visitor:{here.visitor.sign_in}", *topics, key="call")
        if recognise() is None:
            st.rerun()
        try:
            with read() as db:
                round_ = rounds.on_stage(db, here.visitor, here.cohort.id, at=now())
                on = run_sheets.now_on(db, here.visitor, here.cohort.id, at=now())
                turned = pauses.is_on(db, here.visitor, here.cohort.id, at=now()) != paused
        except NotAllowed:
            st.rerun()
        if turned or (draw is None and bus.sequence(topics) != drawn):
            st.rerun()  # the calm screen comes or goes (ui/pause.py), or the page shows what is not there any more
        _line(here, round_, on, page)
        if draw:
            draw()

    with st.container():  # always there, so that what stands beneath keeps its place in the page
        st.fragment(part, run_every=STILL_HERE * random.uniform(0.8, 1.2))()


def _line(here: Here, round_: Round | None, on: Now | None, page: str) -> None:
    file, said = "", ""
    if round_ and round_.state is RoundState.OPEN:
        file, where = ("facilitate.py", "Run") if here.visitor.facilitates else ("vote.py", "Go to")
        said = f"A vote is open. {where} “{round_.title}”"
    elif on and not here.visitor.facilitates and _leads_to(on) != page:
        file, said = "today.py", f"“{on.block.title}” is on now. Go to Today"
    if said:
        with st.container(key="call-back"):
            st.page_link(PAGES / file, label=plain(said), icon=":material/arrow_forward:")


def _leads_to(on: Now) -> str | None:
    """The page on which the block happens; None where it stays on Today."""
    leads = LEADS.get(on.block.activity)
    return leads and leads[0]
