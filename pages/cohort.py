"""The cohort: its members and their links, its facilitators and guests, its six dates, its room, and its settings."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import clashes, cohorts, members
from mcm_core.store.engine import read
from mcm_core.ui.audit_log import audit_log
from mcm_core.ui.chrome import watch
from mcm_core.ui.cohort_dates import six_dates
from mcm_core.ui.cohort_form import create_form, settings
from mcm_core.ui.door import at_the_door
from mcm_core.ui.guest_links import guest_links
from mcm_core.ui.keeping import keep_until
from mcm_core.ui.live import follow
from mcm_core.ui.member_card import one_member
from mcm_core.ui.members_table import add_members, members_table
from mcm_core.ui.newcomers import SETTINGS
from mcm_core.ui.page import FACILITATORS, PAGES, Here, chosen, now, open_to
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.room_code import room_code
from mcm_core.ui.signposting_form import reminder, signposting_form
from mcm_core.ui.team_list import team_list


def first_cohort(visitor: Visitor) -> None:
    """What a facilitator sees who has no cohort yet."""
    st.title("Your first cohort", anchor=False)
    words("A cohort is up to twenty people who meet six times. Give it a name and a time; the six dates follow.")
    watch(visitor)
    create_form(visitor, key="create.0")


def manage(here: Here, mine: tuple[Cohort, ...]) -> None:
    """Everything about one cohort: who is in it first, the rest folded."""
    st.title(plain(here.cohort.name), anchor=False)
    with read() as db:
        people = members.roster(db, here.visitor, here.cohort.id)
    reminder(here)
    st.header("Members", anchor=False)
    follow(here, f"door:{here.cohort.id}", draw=lambda: who_is_here(here))
    add_members(here, people)
    with read() as db:
        double = clashes.of_members(db, here.visitor, here.cohort.id, at=here.at)
    for warning in double:
        st.warning(plain(warning))
    if people:
        one_member(here, people)
        st.page_link(PAGES / "messages.py", label="Write to members", icon=":material/mail:")
        st.link_button("Cards to print, twelve on a page", f"/cards/{here.cohort.id}", icon=":material/print:")
    st.page_link(PAGES / "applicants.py", label="Find members: a public page and applications", icon=":material/inbox:")
    st.header("Facilitators", anchor=False)
    team_list(here)
    st.header("Meetings", anchor=False)
    six_dates(here)
    st.header("More", anchor=False)
    # Without a key, an expander that stands elsewhere in the next run, below a message, closes.
    with st.expander("The room’s code", key="more.room"):
        room_code(here)
    with st.expander("A guest for one session", key="more.guest"):
        guest_links(here)
    with st.expander("Help and support", key="more.signs"):
        signposting_form(here)
    with st.expander("Settings", key="more.settings", expanded=st.query_params.get("open") == SETTINGS):
        settings(here)
        keep_until(here)
    if st.toggle("Who did what", key="more.log"):  # a fold would read the whole log with every run
        audit_log(here)
    with st.expander("Another cohort", key="more.another"):
        words("It has its own members, dates and pictures. Two cohorts never see each other.")
        create_form(here.visitor, key=f"create.{len(mine)}")  # a new key, so that a second tap makes no second one


def who_is_here(here: Here) -> None:
    """The part that changes while people come in."""
    at_the_door(here)
    with read() as db:
        members_table(members.roster(db, here.visitor, here.cohort.id))


visitor = open_to(FACILITATORS)
with read() as db:
    mine = cohorts.of_visitor(db, visitor)
if mine:
    manage(Here(visitor, chosen(mine), now()), mine)
else:
    first_cohort(visitor)
