"""Run the session: the run-sheet on the left, on the right the block that is on, with one thing to press."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.mode import Mode
from mcm_core.domain.round import MAX_ATTEMPTS, Round, RoundState
from mcm_core.domain.run_sheet import shown_beside
from mcm_core.services import members, rounds
from mcm_core.store.engine import read, write
from mcm_core.ui import launch_card
from mcm_core.ui.connected import connected
from mcm_core.ui.door import at_the_door
from mcm_core.ui.launch_form import launch_form
from mcm_core.ui.lead import has_lead, lead, team_of
from mcm_core.ui.live import follow
from mcm_core.ui.note_form import note_form
from mcm_core.ui.now_on import now_on
from mcm_core.ui.page import FACILITATORS, PAGES, Here, now, open_page
from mcm_core.ui.pause import pause_button
from mcm_core.ui.pictures import revealed
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.press import button
from mcm_core.ui.recording import recording_button
from mcm_core.ui.run_sheet import changes, lines, meeting_to_run, moved_on, progress_of, session_name, sheet_of
from mcm_core.ui.steps import before, block_head, block_note, counted, counts, steps, who_came
from mcm_core.ui.turnout import how_many
from mcm_core.ui.turns import pictures_first

Move = Callable[..., Round]
PRESS: dict[RoundState, tuple[str, Move]] = {
    RoundState.DRAFT: ("Open the vote", rounds.open_),
    RoundState.OPEN: ("Close the vote", rounds.close),
    RoundState.CLOSED: ("Reveal to everybody", rounds.reveal),
}
ENDS_WITH_ITS_BLOCK = "This vote ends with its block. If enough have answered, its picture {}."
STAYS = "is then on the room's screen and on the phones"
BESIDE = (
    "is then on the phones, under “The last picture”, until the next vote opens; "
    "the room shows it if you come back to this block"
)


def step(here: Here, round_: Round) -> None:
    """The one primary button of a round, and what may be done instead."""
    name, verb = PRESS[round_.state]
    key = f"{round_.id}.{round_.state}"
    with st.container(horizontal=True):
        primary = sheet.current is None or not (round_.state is RoundState.DRAFT or sheet.current.ends(round_))
        button(name, lambda: move(here, round_, verb), key=f"{key}.next", primary=primary)
        if round_.state is RoundState.CLOSED and round_.card.mode is not Mode.ANONYMOUS:
            button("Open it again", lambda: move(here, round_, rounds.open_), key=f"{key}.reopen")
        if round_.state is RoundState.DRAFT:
            button("Throw away", lambda: discard(here, round_), key=f"{key}.discard")
    if round_.state is RoundState.CLOSED:
        words(
            f"If at least {round_.threshold} chose a level, a reveal shows the picture on every screen; otherwise it "
            "says that there is none. It cannot be taken back.",
            kind="how-to",
        )


def move(here: Here, round_: Round, verb: Move) -> None:
    """Open, close or reveal the round as it was drawn."""
    with write() as db:
        verb(db, here.visitor, round_.id, version=round_.version, at=now())
    if verb is rounds.reveal:
        pictures_first()


def discard(here: Here, round_: Round) -> None:
    """Throw a draft away."""
    with write() as db:
        rounds.discard(db, here.visitor, round_.id)


def under_way(here: Here, round_: Round) -> None:
    """A round that people answer, or that waits to be revealed."""
    with head:
        st.header(plain(round_.title), anchor=False)
        words({RoundState.OPEN: "Open: people are answering.", RoundState.CLOSED: "Closed."}[round_.state], kind="fact")
        how_many(here, round_, kind="count")
    with press:
        if mine and asks:
            step(here, round_)
    with more:
        if mine and not asks:
            step(here, round_)
            following = sheet.following
            place = STAYS if following is None or following.keeps_picture else BESIDE
            words(ENDS_WITH_ITS_BLOCK.format(place), kind="how-to")
        launch_card.prompt(round_)


def shown(here: Here, round_: Round) -> None:
    """The picture that has just been revealed, a note about it, and another vote."""
    launch_card.prompt(round_)
    theme = revealed(here, round_, narrow=False)
    with st.expander("Write a note about this", icon=":material/edit_note:", key="facilitate.note"):
        note_form(
            here, session_number=round_.session_number, theme=theme, instrument=round_.card.instrument, key="facilitate"
        )
    if mine:
        again(here, round_)


def prepare(here: Here, prepared: tuple[Round, ...], *, folded: bool) -> None:
    """The rounds that wait, and the form for another one."""
    for waiting in prepared:
        with st.container(border=True):
            launch_card.prepared(waiting)
            if mine:
                step(here, waiting)
    with st.expander("Prepare a round", expanded=not folded, icon=":material/add:", key="facilitate.prepare"):
        launch_form(here)


def people(here: Here) -> None:
    """Who is there, drawn anew as they come and go, and as they tap in a practice vote or give dots."""
    kinds = ("door", "here", "count") if counts(sheet) else ("door", "here")
    follow(here, *(f"{kind}:{here.cohort.id}" for kind in kinds), draw=lambda: people_and_door(here))


def people_and_door(here: Here) -> None:
    """How many are connected, whose turn it is to press, and who waits to be let in."""
    connected(here)
    lead(here, facilitators)
    moved_on(here, sheet)
    counted(here, sheet)
    at_the_door(here)


def again(here: Here, round_: Round) -> None:
    """Another vote after talking, on all themes or some; both are kept."""
    if round_.attempt == MAX_ATTEMPTS:
        return
    labels = {theme.key: theme.label.words for theme in round_.card.asked}
    with st.container(border=True):
        themes = list(labels)
        if len(labels) > 1:
            themes = st.pills(
                "Vote again on",
                themes,
                selection_mode="multi",
                default=themes,
                format_func=lambda key: plain(labels[key]),
                key=f"{round_.id}.again.themes",
            )
        words(
            "A new picture is shown only if the same people answer again, or if at least three come or go. "
            "If only one or two did, it would give their answers away.",
            kind="how-to",
        )
        button(
            "Vote again after talking", lambda: vote_again(here, round_, themes), key=f"{round_.id}.again.{len(themes)}"
        )


def vote_again(here: Here, round_: Round, themes: list[str]) -> None:
    """Open the same card for another vote on these themes."""
    with write() as db:
        rounds.vote_again(db, here.visitor, round_.id, themes=themes, at=now())


def choose_session(here: Here) -> CohortSession:
    """The session that is being run or comes next; another one on purpose."""
    next_ = meeting_to_run(here, progress)
    if progress.on:
        return next_
    numbers = [meeting.number for meeting in here.cohort.sessions]
    with plan, st.expander("Another session", key="facilitate.another"):
        number = st.selectbox(
            "Session", numbers, index=next_.number - 1, key=f"facilitate.session.{next_.number}",
            format_func=partial(session_name, here),
        )  # fmt: skip
    return here.cohort.session(number or next_.number)


here = open_page(FACILITATORS)
# Always these, so that a part of the screen that is drawn late finds the place it was drawn for.
top = st.container()
with st.container(key="desk"):
    left, right = st.columns([2, 3], gap="large")
plan = left.container()
with right:
    block, head, press, more, live, about, below = (st.container(gap="xsmall") for _ in range(7))
with read() as db:
    stage = rounds.on_stage(db, here.visitor, here.cohort.id, at=here.at)
    prepared = rounds.drafts(db, here.visitor, here.cohort.id)
    roster = members.roster(db, here.visitor, here.cohort.id)
facilitators = team_of(here)
mine = has_lead(here, facilitators)
progress = progress_of(here)
meeting = choose_session(here)
sheet = sheet_of(here, meeting)
stage = shown_beside(sheet.current, stage)
voting = bool(stage and stage.state is not RoundState.REVEALED)
asks = voting and not (sheet.current and sheet.current.ends(stage))  # a vote that ends with its block asks nothing
with top:
    room = f"/room?cohort={here.cohort.id}"
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="desk-top"):
        st.title("Facilitate", anchor=False)
        st.link_button("Room screen", room, icon=":material/open_in_new:")
        pause_button(here)
    if not roster:
        st.info("There are no members yet. Add them first; then each gets a link.")
        st.page_link(PAGES / "cohort.py", label="Add members")
with plan:
    chosen = lines(here, sheet, meeting)
    if chosen and mine:
        changes(here, sheet, chosen)
    st.page_link(PAGES / "plan.py", label="Change the plan", icon=":material/edit_calendar:")
with block:
    block_head(sheet)
if stage and voting:
    under_way(here, stage)
with press:
    if mine and sheet.current is None:
        before(here, sheet, meeting, progress, voting=asks)
    elif mine:
        steps(here, sheet, stage if voting else None)
with live:
    people(here)
with about:
    block_note(here, sheet, folded=voting)
    who_came(here, sheet)
    recording_button(here, now_on(here))
with below:
    if stage and not voting:
        shown(here, stage)
    if not voting:
        prepare(here, prepared, folded=bool(prepared or stage or sheet.current))
