"""Looking back and on: what I hoped for and what became of it; for facilitators counts, and what is next."""

from __future__ import annotations

import streamlit as st

from mcm_core.ui.call import call_back
from mcm_core.ui.closing import counted, for_facilitators, my_look_back, start_seen_twice, what_i_bring
from mcm_core.ui.decision_form import decided, decision_form
from mcm_core.ui.door import at_the_door
from mcm_core.ui.next_cohort_form import next_cohort_form
from mcm_core.ui.page import open_page

here = open_page()
st.title("Looking back and on", anchor=False)
if here.visitor.facilitates:
    call_back(here, f"door:{here.cohort.id}", draw=lambda: at_the_door(here))
    st.header("Looking back", anchor=False)
    for_facilitators(here)
    start_seen_twice(here)
else:
    call_back(here, page="closing.py")
    st.header("Looking back", anchor=False)
    my_look_back(here)
    start_seen_twice(here)
    with st.expander("What I hope for, and the question I bring", key="closing.bring"):
        what_i_bring(here)
    st.header("How we go on", anchor=False)
    decided(here)
counted(here)
if here.visitor.facilitates:
    st.header("How we go on", anchor=False)
    decision_form(here)
    with st.expander("The next cohort, prepared from this one", key="closing.next"):
        next_cohort_form(here)
