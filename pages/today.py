"""Today: the next meeting in words, and one large button to what is happening now."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.cohort import CohortSession, days_until, next_session
from mcm_core.domain.mode import Mode
from mcm_core.domain.round import Round, RoundState
from mcm_core.services import bags, focuses, members, readings, rounds
from mcm_core.store.engine import read
from mcm_core.ui.arrivals import other_phones
from mcm_core.ui.keeping import warning
from mcm_core.ui.live import follow
from mcm_core.ui.my_choices import first_notice
from mcm_core.ui.page import PAGES, Here, open_page
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.signposting_form import reminder


def meeting_in_words(here: Here, meeting: CohortSession | None) -> str:
    """Such as "Session 3, Tuesday 20 January, 14:00 (Europe/London), in two days"."""
    if meeting is None:
        return "All six sessions have taken place. Look back together on the Review page."
    when = f"{meeting.starts_local:%A %-d %B, %H:%M} ({meeting.time_zone})"
    return f"Session {meeting.number}, {when}, {days_until(meeting, here.at)}"


def what_is_on(here: Here, stage: Round | None) -> None:
    """The one large button while a session is on."""
    if here.visitor.facilitates:
        st.page_link(PAGES / "facilitate.py", label="Run the session", icon=":material/play_arrow:")
    elif stage and stage.state is RoundState.OPEN:
        with read() as db:
            anonymous = stage.card.mode is Mode.ANONYMOUS
            answered = bags.sent(db, here.visitor, stage.id) if anonymous else readings.mine(db, here.visitor, stage.id)
        if not answered:
            st.switch_page(PAGES / "vote.py")  # the ballot opens by itself
        st.page_link(PAGES / "vote.py", label="Back to your ballot", icon=":material/how_to_vote:")
    elif stage and stage.state is RoundState.REVEALED:
        st.page_link(PAGES / "vote.py", label="See the picture that we have just made", icon=":material/bar_chart:")


def for_member(here: Here) -> None:
    """What a member can do before the next meeting."""
    with read() as db:
        focus = focuses.mine(db, here.visitor)
    first_notice(here)
    st.header("Before we meet", anchor=False)
    if focus:
        words(f"Your relationship: {focus.label} ({focus.party}, {focus.constellation}). Only you see this.")
    else:
        words(
            "Think of one relationship in your work that you would like to look at. You choose it when we first vote."
        )
    st.page_link(PAGES / "notes.py", label="Write or read notes", icon=":material/edit_note:")
    st.page_link(PAGES / "journey.py", label="Look at the journey so far", icon=":material/timeline:")
    st.page_link(PAGES / "my_data.py", label="See what is stored about me", icon=":material/folder_shared:")


def for_facilitator(here: Here) -> None:
    """How ready the next session is."""
    with read() as db:
        people = members.roster(db, here.visitor, here.cohort.id)
        prepared = rounds.drafts(db, here.visitor, here.cohort.id)
    st.header("How ready are we?", anchor=False)
    reminder(here)
    joined = sum(member.joined_at is not None for member in people)
    words(f"{len(people)} members, {joined} have joined. {len(prepared)} rounds prepared.")
    if not people:
        st.page_link(PAGES / "cohort.py", label="Add members and hand out their links", icon=":material/group_add:")
    elif not prepared:
        st.page_link(PAGES / "facilitate.py", label="Prepare a round", icon=":material/add:")


here = open_page()
st.title(plain(here.cohort.name), anchor=False)
follow(here)
with read() as db:
    stage = rounds.on_stage(db, here.visitor, here.cohort.id, at=here.at)
warning(here)
other_phones(here)
words(meeting_in_words(here, next_session(here.cohort.sessions, here.at)), kind="need")
what_is_on(here, stage)
if here.visitor.facilitates:
    for_facilitator(here)
else:
    for_member(here)
