"""My account: the password, the second step, and where I am signed in. For facilitators; members have none."""

from __future__ import annotations

import streamlit as st

from mcm_core.services import provider, second_step
from mcm_core.ui.chrome import watch
from mcm_core.ui.my_account import password, second_step_of, sign_ins, what_happened
from mcm_core.ui.page import FACILITATORS, Enough, open_to
from mcm_core.ui.pieces import words
from mcm_core.ui.second_step import recovery_codes
from mcm_core.ui.visit import visit

visitor = open_to(FACILITATORS)
st.title("My account", anchor=False)
watch(visitor)
if visit().recovery_codes:
    if recovery_codes():
        st.rerun()
    raise Enough
words(visitor.name, kind="fact")
st.header("Where I am signed in", anchor=False)
sign_ins(visitor)
if not provider.is_used():
    st.header("Password", anchor=False)
    password(visitor)
if second_step.required():
    st.header("Second step", anchor=False)
    second_step_of(visitor)
st.header("What happened to my account", anchor=False)
with st.expander("The last sign-ins and changes", key="account.log"):
    what_happened(visitor)
