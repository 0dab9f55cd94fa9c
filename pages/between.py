"""Between sessions: whom I catch up with, what I write for myself, and what was shared this week."""

from __future__ import annotations

import streamlit as st

from mcm_core.ui.call import call_back
from mcm_core.ui.catch_ups import my_catch_ups_of_the_week
from mcm_core.ui.digest import this_week
from mcm_core.ui.entries import my_entries
from mcm_core.ui.page import open_page
from mcm_core.ui.pairing_desk import pairing_desk

here = open_page()
st.title("Between sessions", anchor=False)
call_back(here, f"notes:{here.cohort.id}", page="between.py")
if here.visitor.facilitates:
    st.header("Catch-ups", anchor=False)
    pairing_desk(here)
else:
    st.header("My catch-up", anchor=False)
    my_catch_ups_of_the_week(here)
    st.header("For myself", anchor=False)
    my_entries(here)
st.header("This week in the group", anchor=False)
this_week(here)
