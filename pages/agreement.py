"""How we work together: the group's agreement, to read and agree to; for facilitators also to change."""

from __future__ import annotations

import streamlit as st

from mcm_core.services import agreements
from mcm_core.store.engine import read
from mcm_core.ui.agreement_form import agree, agreement_form, how_many
from mcm_core.ui.call import call_back
from mcm_core.ui.live import follow
from mcm_core.ui.page import Here, open_page
from mcm_core.ui.pieces import words

here: Here = open_page()
st.title("How we work together", anchor=False)
call_back(here, page="agreement.py")
with read() as db:
    stands = agreements.of(db, here.visitor, here.cohort.id)
if stands.number == 0:
    words("A place to begin, from those who invited us. In session one we make it our own.", kind="need")
for line in stands.lines:
    words(line, kind="element")
if here.visitor.facilitates:
    follow(here, f"count:{here.cohort.id}", draw=lambda: how_many(here))
    with st.expander("Change it with the group", key="agreement.change", expanded=stands.number == 0):
        agreement_form(here, stands)
else:
    follow(here)
    agree(here, stands)
