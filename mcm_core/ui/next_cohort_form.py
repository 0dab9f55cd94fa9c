"""The next cohort, prepared from this one: its name and its first day, and the rest is taken over."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from mcm_core.services import next_cohort, waiting_list
from mcm_core.store.engine import read, write
from mcm_core.ui.cohort_form import same_name
from mcm_core.ui.page import PAGES, Here, now
from mcm_core.ui.pieces import showing_errors, words
from mcm_core.ui.visit import visit

TAKEN_OVER = (
    "It begins with this cohort’s hour, lengths, settings, agreement, plans of the sessions, and help and support. The "
    "topics that were not chosen go with it, without a name: before anybody joins, set aside those by which somebody "
    "could be recognised. Nothing else about the people goes with it: no names, answers, notes or pictures. The two "
    "never see each other and are never compared."
)


WAITING = (
    "Their applications go over with their words and their place, and leave this cohort. A message to each is drafted; "
    "until you publish its page, nobody else can apply."
)


def next_cohort_form(here: Here) -> None:
    """Ask for name and first day, make it, and go to its page."""
    words(TAKEN_OVER, kind="how-to")
    with read() as db:
        wait = waiting_list.to_carry(db, here.visitor, here.cohort.id)
    key = f"next.{here.cohort.id}"
    today = here.at.astimezone(ZoneInfo(here.cohort.time_zone)).date()
    usual = here.cohort.session(1).starts_local.weekday()
    soon = today + timedelta(days=28 + (usual - today.weekday()) % 7)
    with st.form(key, border=False):
        name = st.text_input("Name of the next cohort", key=f"{key}.name")
        first = st.date_input("Its first session", soon, format="DD/MM/YYYY", key=f"{key}.first")
        along = wait > 0 and st.checkbox(f"Take along who is on the waiting list ({wait})", key=f"{key}.along")
        if wait:
            words(WAITING, kind="how-to")
        words("The others follow weekly, at the same hour. Each can be moved afterwards.", kind="how-to")
        pressed = st.form_submit_button("Prepare the next cohort")
    if pressed:
        with showing_errors():
            with write() as db:
                made = next_cohort.prepare(db, here.visitor, here.cohort.id, name=name, first=first, at=now())
                if along:
                    waiting_list.carry(db, here.visitor, here.cohort.id, made.id, at=now())
            visit().cohort_id = made.id
            told = "Who waited is on its page Applicants, and a message to each is drafted."
            warned = same_name(here.visitor, name, but=made.id)
            visit().message = f"“{made.name}” has its six dates. {told if along else 'Add its members next.'}{warned}"
            st.switch_page(PAGES / "cohort.py")
