"""The block that is on, on a facilitator's screen, and the steps from one to the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import streamlit as st

from mcm_core.domain.block import Activity, Block
from mcm_core.domain.cohort import CohortSession, days_until
from mcm_core.domain.mode import Mode
from mcm_core.domain.round import Round
from mcm_core.domain.run_sheet import RunSheet, lesson, not_run_before
from mcm_core.live.bus import bus
from mcm_core.services import attendance, rounds, run_sheets
from mcm_core.services.attendance import Attended
from mcm_core.services.run_sheets import Progress
from mcm_core.store.engine import read, write
from mcm_core.ui.asked import draw_all
from mcm_core.ui.newcomers import newcomers_asked
from mcm_core.ui.news import to_say_back
from mcm_core.ui.now_on import countdown, lead_on, tapped
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.press import button
from mcm_core.ui.topic_dots import at_the_desk

EARLY = timedelta(hours=12)  # as long before its time a session is begun on another day
MORE = 2  # minutes, in one tap


def block_head(sheet: RunSheet) -> None:
    """What is on, and its time: above what is to be pressed."""
    if sheet.current:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="block"):
            st.header(plain(sheet.current.title), anchor=False)
            countdown(sheet.current, kind="time-left")


def block_note(here: Here, sheet: RunSheet, *, folded: bool) -> None:
    """What its leader reads, beneath what is to be pressed: the note, what the phones say, and where the block leads.

    `folded` while people answer, when it has been read.
    """
    block = sheet.current
    if block is None:
        return
    if block.activity is not Activity.DOTS:  # of which `counted` tells
        lead_on(here, block)
    if not (block.note or block.prompt or block.captured):
        return
    with st.expander("About this block", key=f"block.note.{block.id}") if folded else st.container():
        if block.note:
            words(block.note, kind="need")
        if block.prompt:
            words(f"On the phones: {block.prompt}", kind="how-to")
        if block.captured:
            words(f"What this leaves behind: {block.captured}", kind="how-to")


def counts(sheet: RunSheet) -> bool:
    """Whether `counted` changes with every tap of a member."""
    return bool(sheet.current and (sheet.current.practice or sheet.current.activity is Activity.DOTS))


def counted(here: Here, sheet: RunSheet) -> None:
    """How many have tried the practice vote or given dots, for the part of the page that changes while they do."""
    if sheet.current and sheet.current.practice:
        tapped(here, sheet.current)
    at_the_desk(here, sheet.current)


def before(here: Here, sheet: RunSheet, meeting: CohortSession, progress: Progress, *, voting: bool) -> None:
    """A session that has not begun, or is over: what stands in its way, and the tap that begins it."""
    if sheet.ended_at:
        words(f"Session {sheet.session_number} has ended.", kind="question")
        words(lesson(sheet), kind="fact")
        _back(here, sheet)
        return
    with read() as db:
        hindrances = run_sheets.hindrances(db, here.visitor, meeting.id)
    for said in hindrances:
        st.warning(plain(said))
    draw_all([*to_say_back(here, meeting), *newcomers_asked(here)])
    for number in not_run_before(meeting, here.cohort.sessions, progress.over):
        words(f"Session {number} was not run by its plan. You can begin this one all the same.", kind="how-to")
    if not hindrances and meeting.starts_at - here.at > EARLY:
        when = f"{meeting.starts_local:%A %-d %B, %H:%M}, {days_until(meeting, here.at)}"
        words(f"This session is planned for {when}. Begin it now only if you meet today.", kind="need")
    label = f"Begin session {sheet.session_number}"
    _step(here, sheet, label, run_sheets.begin, primary=not voting, disabled=bool(hindrances))


def steps(here: Here, sheet: RunSheet, vote: Round | None) -> None:
    """The one primary button of a block, unless a vote has it; more time; and the way back.

    `vote` is the one under way: what a step does with it stands on the step's button. While the block's own waits to be
    opened the button is that, so that nobody passes it over without reading it.
    """
    block, following = sheet.current, sheet.following
    if block is None:
        return
    voting = bool(vote) and not block.ends(vote)  # a vote that ends with its block asks for no press of its own
    ends = f"End session {sheet.session_number}"
    opens = bool(block.round_plan and not block.round_id and not voting)
    why_not = _too_small(here, block) if opens else None
    if why_not:
        words(f"The vote of this block stays closed. {why_not}", kind="need")
    opens = opens and not why_not
    first = opens and not (block.round_plan and block.round_plan.by_itself)  # else it could not open, and may be left
    goes_on = following if block.is_on(here.at) else None
    if following and not goes_on:
        words(f"Session {sheet.session_number} was begun and never ended.", kind="need")
    with st.container(horizontal=True):
        if opens:
            button("Open the vote", partial(_open, here, sheet), key=f"{block.id}.open", primary=first)
        if goes_on:
            onwards = _with(f"Next: {goes_on.title}", block.fate(vote, last=False))
            label = "Go on without this vote" if first else onwards
            _step(here, sheet, label, run_sheets.go_on, primary=not (first or voting))
        else:
            label = _with(ends, block.fate(vote, last=True))
            _step(here, sheet, label, run_sheets.end, primary=not (first or voting))
        button(f"{MORE} more minutes", partial(_give, here, sheet), key=f"{sheet.session_id}.more")
        _back(here, sheet)
    if goes_on:
        with st.expander("More", key=f"steps.{sheet.session_id}"):
            words("What has not been run stays as it was planned.", kind="how-to")
            _step(here, sheet, _with(f"{ends} now", block.fate(vote, last=True)), run_sheets.end)


def _too_small(here: Here, block: Block) -> str | None:
    """Why the vote that this block describes cannot be anonymous; None where it can, or need not be."""
    if block.round_plan is None or block.round_plan.mode is not Mode.ANONYMOUS:
        return None
    with read() as db:
        return rounds.too_small(db, here.visitor, here.cohort.id)


def _with(label: str, fate: str) -> str:
    return f"{label} ({fate})" if fate else label


def _step(
    here: Here,
    sheet: RunSheet,
    label: str,
    verb: Callable[..., RunSheet],
    *,
    primary: bool = False,
    disabled: bool = False,
) -> None:
    """A step that also notes who is here."""

    def press() -> None:
        with write() as db:
            connected = bus.presence.is_here
            verb(db, here.visitor, sheet.session_id, version=sheet.version, at=now(), is_connected=connected)

    # The key stays when a colleague was quicker: beneath this very button the press is answered.
    key = f"{sheet.session_id}.{verb.__name__}"
    button(plain(label), press, key=key, primary=primary, disabled=disabled)


def _back(here: Here, sheet: RunSheet) -> None:
    label = f"Back to “{sheet.previous.title}”" if sheet.previous else "Take the beginning back"
    button(plain(label), partial(_go_back, here, sheet), key=f"{sheet.session_id}.back")


def _go_back(here: Here, sheet: RunSheet) -> None:
    with write() as db:
        run_sheets.go_back(db, here.visitor, sheet.session_id, version=sheet.version, at=now())


def _give(here: Here, sheet: RunSheet) -> None:
    with write() as db:
        run_sheets.give(db, here.visitor, sheet.session_id, MORE, version=sheet.version, at=now())


def _open(here: Here, sheet: RunSheet) -> None:
    with write() as db:
        run_sheets.open_round(db, here.visitor, sheet.session_id, version=sheet.version, at=now())


def who_came(here: Here, sheet: RunSheet) -> None:
    """Who is here today, as the phones say, to be corrected by hand."""
    if not sheet.has_begun or not st.toggle("Who came", key="facilitate.came"):
        return
    words("Noted from the phones with every step. Only facilitators see it; correct what is wrong.", kind="how-to")
    with read() as db:
        people = attendance.of_session(db, here.visitor, sheet.session_id)
    words(f"{sum(bool(one.here) for one in people)} of {len(people)} came", kind="fact")
    for one in people:
        said = "came" if one.here else "was not here"
        label = f"{one.name} {said}. Change it" + (" back" if one.by_hand else "")
        button(plain(label), partial(_correct, here, sheet, one), key=f"came.{one.member_id}.{one.here}")


def _correct(here: Here, sheet: RunSheet, one: Attended) -> None:
    with write() as db:
        attendance.correct(db, here.visitor, sheet.session_id, one.member_id, here=not one.here)
