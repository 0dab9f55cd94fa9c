"""Today: the next meeting in words, and one large button to what is happening now."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from mcm_core.domain.cohort import CohortSession, days_until, next_session
from mcm_core.domain.mode import Mode
from mcm_core.domain.round import Round, RoundState
from mcm_core.services import bags, focuses, members, readings, releases, rounds, run_sheets
from mcm_core.services.run_sheets import Now
from mcm_core.store.engine import read
from mcm_core.ui.arrivals import other_phones
from mcm_core.ui.asked import Asked, asked_of_me
from mcm_core.ui.between_today import catch_up_asked
from mcm_core.ui.clocks import on_both_clocks
from mcm_core.ui.closing import closing_asked, closing_link
from mcm_core.ui.door import at_the_door
from mcm_core.ui.keeping import warning
from mcm_core.ui.late_card import late_asked
from mcm_core.ui.live import follow
from mcm_core.ui.messages_today import messages_asked
from mcm_core.ui.my_calendar import calendar_link
from mcm_core.ui.my_choices import first_notice
from mcm_core.ui.newcomers import newcomers_asked
from mcm_core.ui.news import news_asked, what_changed
from mcm_core.ui.now_on import beside, now_on, on_the_phone
from mcm_core.ui.opening_form import applications_asked
from mcm_core.ui.page import PAGES, Here, open_page
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.readiness import document_asked, document_missing
from mcm_core.ui.recording import recording_line
from mcm_core.ui.signposting_form import reminder
from mcm_core.ui.topics_today import dots_asked, topics_line

SOON = timedelta(hours=12)  # as long before a session as it counts as the one that is on


def meeting_in_words(here: Here, meeting: CohortSession | None, on: Now | None) -> str:
    """Such as "Session 3, Tuesday 20 January, 14:00 (Europe/London), in 2 days", and when that is for who is
    elsewhere. One that is on is on, whenever it was planned for."""
    if on:
        running = here.cohort.session(on.session_number)
        planned = "" if running.starts_at <= here.at < running.ends_at else f", planned for {_when(running)}"
        return f"Session {running.number} is on now{planned}"
    if meeting is None:
        return "No more sessions lie ahead."
    return f"Session {meeting.number}, {_when(meeting)}, {days_until(meeting, here.at)}"


def _when(meeting: CohortSession) -> str:
    return on_both_clocks(meeting.starts_at, meeting.starts_local, meeting.time_zone)


def cancelled(here: Here) -> None:
    """The sessions ahead that do not take place, so that nobody comes."""
    for meeting in here.cohort.sessions:
        if meeting.cancelled and meeting.ends_at > here.at:
            words(f"Session {meeting.number}, {meeting.starts_local:%A %-d %B}, does not take place.", kind="fact")


def what_is_on(here: Here, stage: Round | None, on: Now | None) -> None:
    """The one large button while a session is on."""
    if here.visitor.facilitates:
        coming = next_session(here.cohort.sessions, here.at)
        if on or (coming and coming.starts_at <= here.at + SOON):
            with st.container(key="next-run"):
                st.page_link(PAGES / "facilitate.py", label="Run the session", icon=":material/play_arrow:")
    elif stage and stage.state is RoundState.OPEN:
        with read() as db:
            anonymous = stage.card.mode is Mode.ANONYMOUS
            answered = bags.sent(db, here.visitor, stage.id) if anonymous else readings.mine(db, here.visitor, stage.id)
        if not answered and stage.calls(here.at):
            st.switch_page(PAGES / "vote.py")  # the ballot opens by itself
        st.page_link(PAGES / "vote.py", label="Back to your ballot", icon=":material/how_to_vote:")
    elif stage and stage.state is RoundState.REVEALED:
        with read() as db:
            shown = any(one.is_shown for one in releases.of_round(db, here.visitor, stage).values())
        label = "See the picture that we have just made" if shown else "See why there is no picture this time"
        st.page_link(PAGES / "vote.py", label=label, icon=":material/bar_chart:" if shown else ":material/forum:")


def asks(here: Here, *, in_session: bool) -> list[Asked]:
    """Everything that is asked of this person just now, the most pressing first. In a session its block asks how it
    was."""
    how = () if in_session else (news_asked,)
    of_members = (document_asked, *how, dots_asked, catch_up_asked, closing_asked, late_asked)
    of_facilitators = (
        unended_asked, news_asked, catch_up_asked, messages_asked, applications_asked, newcomers_asked,
    )  # fmt: skip
    return [one for ask in (of_facilitators if here.visitor.facilitates else of_members) for one in ask(here)]


def unended_asked(here: Here) -> list[Asked]:
    """A session that was begun on another day and never ended: the next one cannot begin before."""
    with read() as db:
        progress = run_sheets.progress(db, here.visitor, here.cohort.id)
        if progress.on is None or run_sheets.now_on(db, here.visitor, here.cohort.id, at=here.at):
            return []
    number = next(one.number for one in here.cohort.sessions if one.id == progress.on)
    said = f"Session {number} was begun and never ended. What is open in it stays open on phones until you do."
    return [Asked("facilitate.py", f"End session {number}", "stop_circle", said)]


def for_member(here: Here, meeting: CohortSession | None) -> None:
    """What a member may want to know before the next meeting."""
    what_changed(here)
    first_notice(here)
    if meeting is None:
        return
    with read() as db:
        focus = focuses.mine(db, here.visitor)
    if focus:
        words(f"Your relationship: {focus.label} ({focus.party}, {focus.constellation}). Only you see this.")
    else:
        words(
            "Think of one relationship in your work that you would like to look at. You choose it when we first vote."
        )


def for_facilitator(here: Here, meeting: CohortSession | None) -> None:
    """How ready the next session is."""
    reminder(here)
    if meeting is None:
        return
    with read() as db:
        people = members.roster(db, here.visitor, here.cohort.id)
        prepared = rounds.drafts(db, here.visitor, here.cohort.id)
    st.header("How ready are we?", anchor=False)
    document_missing(here)
    joined = sum(member.joined_at is not None for member in people)
    some = "1 member" if len(people) == 1 else f"{len(people)} members"
    ready = "1 round" if len(prepared) == 1 else f"{len(prepared)} rounds"
    words(f"{some}, {joined} {'has' if joined == 1 else 'have'} joined. {ready} prepared.")
    if not people:
        st.page_link(PAGES / "cohort.py", label="Add members and hand out their links", icon=":material/group_add:")
    st.page_link(PAGES / "plan.py", label="Look at the plan of the next session", icon=":material/edit_calendar:")
    st.page_link(PAGES / "prepare.py", label="Get everybody ready", icon=":material/checklist:")


def our_group(here: Here) -> None:
    """The pages of the group that are reached from here alone: three at hand, the rest folded."""
    st.header("Our group", anchor=False)
    st.page_link(PAGES / "topics.py", label="What we would like to talk about", icon=":material/forum:")
    st.page_link(PAGES / "news.py", label="News and views: what we said, what changed", icon=":material/campaign:")
    st.page_link(PAGES / "between.py", label="Between sessions", icon=":material/coffee:")
    closing_link(here)
    with st.expander("More", key="today.more"):
        st.page_link(PAGES / "agreement.py", label="How we work together", icon=":material/handshake:")
        if here.visitor.facilitates:
            return
        st.page_link(PAGES / "prepare.py", label="Get ready for our meetings", icon=":material/checklist:")
        st.page_link(PAGES / "my_data.py", label="See what is stored about me", icon=":material/folder_shared:")
        calendar_link(here)


here = open_page()
st.title(plain(here.cohort.name), anchor=False)
if here.visitor.facilitates:
    follow(here, f"door:{here.cohort.id}", draw=lambda: at_the_door(here))
else:
    follow(here)
with read() as db:
    stage = rounds.on_stage(db, here.visitor, here.cohort.id, at=here.at)
on = now_on(here)
recording_line(on)
warning(here)
other_phones(here)
meeting = next_session(here.cohort.sessions, here.at)
words(meeting_in_words(here, meeting, on), kind="need")
cancelled(here)
topics_line(here)
what_is_on(here, beside(on, stage), on)
if on:
    on_the_phone(here, on)
asked_of_me(asks(here, in_session=on is not None), beside=bool(on or stage))
if meeting is None:
    st.page_link(PAGES / "review.py", label="Look back together, theme by theme", icon=":material/groups:")
(for_facilitator if here.visitor.facilitates else for_member)(here, meeting)
our_group(here)
