"""Prepare: what is read and said before the first meeting; for a facilitator, who is ready."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.visitor import Role
from mcm_core.services import documents
from mcm_core.store.engine import read
from mcm_core.ui import document, own_plan, skills
from mcm_core.ui.call import call_back
from mcm_core.ui.chrome import watch
from mcm_core.ui.live import follow
from mcm_core.ui.page import ARRIVED, EVERYBODY, Here, open_page
from mcm_core.ui.pieces import words


def for_facilitator(here: Here) -> None:
    """The document: who has read it, what is to be filled in, and how it reads."""

    def who() -> None:
        with read() as db:
            copies = documents.copies(db, here.visitor, here.cohort.id)
        if not copies:
            words("There are no members yet. Add them on the Cohort page.")
        document.board(here, copies)

    call_back(here)
    st.header("The participation document", anchor=False)
    words(
        "Everybody reads it before they take part, or is talked through it. Who has not sees it before anything else; "
        "nobody else waits for them.",
        kind="how-to",
    )
    follow(here, f"door:{here.cohort.id}", draw=who)
    found = document.of(here)
    with st.expander("Fill in what is your own", key="document.gaps"):
        document.gaps_form(here, found)
    with st.expander("How it reads", key="document.reads"):
        document.show(found)
    st.header("Who would like help", anchor=False)
    skills.help_list(here)
    skills.told(here)
    own_plan.for_facilitator(here)


def for_member(here: Here) -> None:
    """The document, with what I said to it."""
    found = document.of(here)
    if here.visitor.role is Role.UNREAD:
        watch(here.visitor)
        document.show(found)
        document.answering(here, found)
        return
    call_back(here)
    document.answering(here, found)
    with st.expander("What you were told before you came in", key="document.reads"):
        document.show(found)
    st.header("A plan for yourself", anchor=False)
    own_plan.for_member(here)
    st.header("The tools that we use", anchor=False)
    with st.expander("Say what you would like to learn", key="skills.fold"):
        skills.form(here)
    skills.told(here)


here = open_page(EVERYBODY | ARRIVED)
st.title("Before we meet", anchor=False)
(for_facilitator if here.visitor.facilitates else for_member)(here)
