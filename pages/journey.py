"""Journey: what I said over the sessions, for members alone, and what we said. There is nothing to set."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.cohort import current_session
from mcm_core.domain.journey import OurJourney
from mcm_core.services import journeys, notes
from mcm_core.store.engine import read
from mcm_core.ui import looking_back
from mcm_core.ui.call import call_back
from mcm_core.ui.late_card import late_cards, slips
from mcm_core.ui.looking_back import Counts
from mcm_core.ui.page import PAGES, Here, open_page
from mcm_core.ui.pieces import plain, words

PARTS = ("Mine", "Ours")
# Streamlit draws the heads of compact folds at 60 %, which is too faint to read (WCAG 1.4.3).
STYLE = '<style>[data-testid="stExpander"] summary { opacity: 1 !important; }</style>'


def mine(here: Here, asked: str | None) -> None:
    """The member's own part."""
    late_cards(here)
    own = looking_back.mine_of(here)
    if not own.journeys:
        st.info("You have no reading yet. It appears here when you have voted in a session. Only you will see it.")
        st.page_link(PAGES / "today.py", label="See when we meet next", icon=":material/event:")
        return
    words("Only you see this part. Beside each theme stands what you wrote about it.", kind="promise")
    looking_back.mine(here, own, first=asked)
    slips(here)


def ours(here: Here, asked: str | None) -> None:
    """The cohort's part: a line a theme, of which the first is open."""
    with read() as db:
        several = journeys.ours(db, here.visitor, here.cohort.id)
        counts = notes.counts_behind(db, here.visitor, here.cohort.id)
    if not several:
        nothing_yet(here)
        return
    st.html(STYLE)
    for number, journey in enumerate(several):
        if len(several) > 1:
            st.header(plain(journey.question.title), anchor=False)
        our_themes(here, journey, counts, asked, number=number)


def our_themes(here: Here, journey: OurJourney, counts: Counts, asked: str | None, *, number: int) -> None:
    """One question's themes, folded but for the first."""
    instrument = journey.question.instrument
    if journey.is_shown:
        words(journey.describes, kind="fact")
    now = current_session(here.cohort.sessions, here.at).number
    for place, theme in enumerate(looking_back.themes(instrument, journey.releases, asked)):
        short = looking_back.in_short(instrument, journey.releases[theme.key])
        label = f"**{plain(theme.label.words)}**" + (f"  ·  {plain(short)}" if short else "")
        key = f"ours.{number}.{theme.key}"
        fold = st.expander(label, expanded=number == place == 0, type="compact", on_change="rerun", key=key)
        if fold.open:  # what is folded is not drawn, so that a phone has little to load
            with fold:
                looking_back.our_theme(here, journey, theme, key=key)
                looking_back.note_links(theme, counts, session_number=now)


def nothing_yet(here: Here) -> None:
    """What to do while there is no picture."""
    st.info("There is no picture of ours yet. The first one appears here when a round has been revealed.")
    if here.visitor.facilitates:
        st.page_link(PAGES / "facilitate.py", label="Prepare a round", icon=":material/add:")
    else:
        st.page_link(PAGES / "today.py", label="See when we meet next", icon=":material/event:")


here = open_page()
asked = st.query_params.get("theme")
st.title("Journey", anchor=False)
call_back(here)
if here.visitor.facilitates:
    ours(here, asked)
else:
    # Who comes from a note wants to know what happened to its theme among us.
    tabs = st.tabs(PARTS, default="Ours" if asked else "Mine", on_change="rerun", key="journey.part")
    for tab, draw in zip(tabs, (mine, ours), strict=True):
        if tab.open:
            with tab:
                draw(here, asked)
st.page_link(PAGES / "review.py", label="Look back together, theme by theme", icon=":material/groups:")
