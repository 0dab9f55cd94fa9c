"""Applicants: the public page, who is interested, applications to read, the weekly time, and the group confirmed."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.message import MessageState
from mcm_core.domain.opening import TAKES, Opening
from mcm_core.services import applicants, interests, mailing, openings, waiting_list
from mcm_core.services.document_rows import MESSAGE as DOCUMENT
from mcm_core.services.interests import Interest
from mcm_core.services.waiting_list import Places
from mcm_core.store.engine import read, write
from mcm_core.ui import press
from mcm_core.ui.half_typed import forget_all_but
from mcm_core.ui.live import follow
from mcm_core.ui.opening_form import public_page
from mcm_core.ui.page import FACILITATORS, PAGES, Here, now, open_page
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.reading_applications import before_confirming, counts, free_places, one_application
from mcm_core.ui.slot_form import slot_form
from mcm_core.ui.visit import visit


def interested(here: Here, people: tuple[Interest, ...]) -> None:
    """Who wants to hear more. Two messages at most are drafted for each; they are under Messages."""
    with st.expander(f"Interested: {len(people)}", key="applicants.interested"):
        for one in people:
            wants = [*(["drop-in link"] if one.wants_link else []), *(["reminder"] if one.wants_reminder else [])]
            words(
                f"{one.name}, {one.email}{', ' + one.organisation if one.organisation else ''}: {' and '.join(wants)}"
            )
        if people:
            by_id = {one.id: one for one in people}
            gone = st.selectbox(
                "Somebody asks to be taken off the list",
                list(by_id),
                index=None,
                format_func=lambda id_: f"{by_id[id_].name}, {by_id[id_].email}",
                key="applicants.gone",
            )
            if gone in by_id:
                press.button("Take off the list, with all messages", lambda: forget(here, gone), key=f"forget.{gone}")


def forget(here: Here, interest_id: str) -> None:
    with write() as db:
        interests.forget(db, here.visitor, interest_id, at=now())


def together(pairs: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
    """For the coordinator: people from one organisation, who may be manager and report."""
    for organisation, names in pairs:
        st.info(
            plain(f"From {organisation} come {', '.join(names)}. Only you see this. Ask whether that is all right.")
        )


def confirm(here: Here, opening: Opening, places: Places) -> None:
    """The last step: a kind message to everybody who applied."""
    if opening.confirmed_at:
        words("The group is confirmed. A message to each applicant is drafted; later decisions draft their own.")
        st.page_link(PAGES / "messages.py", label="To the messages", icon=":material/mail:")
        return
    words(
        "When everybody is decided and the dates are fixed: a message is drafted for each applicant, for you to send."
    )
    warned = before_confirming(opening.stage(here.at) in TAKES, places)
    key = "applicants.confirm"
    if warned:
        st.warning(warned)
    sure = not warned or st.checkbox("I understand that this cannot be undone", key=f"{key}.sure")
    press.button("Confirm the group", lambda: do_confirm(here), key=key, primary=True, disabled=not sure)


def do_confirm(here: Here) -> None:
    with write() as db:
        told = openings.confirm(db, here.visitor, here.cohort.id, at=now())
        drafts = [one for one in mailing.of_cohort(db, here.visitor, here.cohort.id) if one.state is MessageState.DRAFT]
    papers = sum(one.kind == DOCUMENT for one in drafts)
    also = f", and {papers} with the document to read before we meet" if papers else ""
    visit().message = f"The group is confirmed. Messages drafted: {told} with an answer{also}."


here = open_page(FACILITATORS)
st.title("Applicants", anchor=False)
follow(here)
with read() as db:
    opening = openings.of_cohort(db, here.visitor, here.cohort.id)
    people = interests.of_cohort(db, here.visitor, here.cohort.id)
    lines = applicants.of_cohort(db, here.visitor, here.cohort.id)
    begun = applicants.begun(db, here.visitor, here.cohort.id)
    pairs = applicants.from_one_place(db, here.visitor, here.cohort.id)
    next_ = waiting_list.next_in_line(db, here.visitor, here.cohort.id, at=here.at)
    places = waiting_list.places(db, here.visitor, here.cohort.id)
st.header("The public page", anchor=False)
public_page(here, opening)
if opening:
    if people:
        interested(here, people)
    st.header("Applications", anchor=False)
    counts(lines, begun, places)
    if next_:
        words(f"{free_places(places.free)}. First on the waiting list: {next_}.", kind="fact")
    together(pairs)
    one_application(here, lines)
    st.header("The weekly time and the six dates", anchor=False)
    slot_form(here, opening)
    st.header("Confirm the group", anchor=False)
    confirm(here, opening, places)
st.page_link(PAGES / "cohort.py", label="To the cohort", icon=":material/group:")
forget_all_but(here, f"fit.{here.cohort.id}", [line.id for line in lines])
