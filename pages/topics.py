"""Topics: what the group would like to talk about, its dots, what comes when, and who can help with what."""

from __future__ import annotations

from functools import partial

import streamlit as st

from mcm_core.ui.call import call_back
from mcm_core.ui.live import follow
from mcm_core.ui.page import open_page
from mcm_core.ui.pieces import words
from mcm_core.ui.topic_board import board
from mcm_core.ui.topic_form import brought_one, topic_form
from mcm_core.ui.topic_offers import exchanges
from mcm_core.ui.topic_plan import plan

PARTS = {"board": ("Board", board), "plan": ("Plan", plan), "offers": ("Offers and needs", exchanges)}

here = open_page()
st.title("Topics", anchor=False)
call_back(here, page="topics.py")
words("The group sets what its sessions are about: issues, challenges and questions of its own.")
asked = st.query_params.get("part", "")  # a block of a run-sheet leads to a part; for dots these come first
part = st.segmented_control(
    "What to look at", list(PARTS), default=asked if asked in PARTS else "board", required=True,
    format_func=lambda one: PARTS[one][0], label_visibility="collapsed", key=f"topics.part.{asked}",
)  # fmt: skip
first, second = st.container(), st.container()
if part == "board":
    # Open until somebody has brought one: afterwards the board comes first.
    is_open = not brought_one(here)
    with second if asked == "dots" else first, st.expander("Bring a topic", expanded=is_open, key="topic-form"):
        topic_form(here)
kinds = ("topics", "count") if here.visitor.facilitates else ("topics",)
with first if asked == "dots" else second:
    follow(here, *(f"{kind}:{here.cohort.id}" for kind in kinds), draw=partial(PARTS[part or "board"][1], here))
