"""Run the session: one card for what is happening now, with one thing to press."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mcm_core.domain.mode import Mode
from mcm_core.domain.round import MAX_ATTEMPTS, Round, RoundState
from mcm_core.services import members, rounds
from mcm_core.store.engine import read, write
from mcm_core.ui import launch_card
from mcm_core.ui.connected import connected
from mcm_core.ui.door import at_the_door
from mcm_core.ui.launch_form import launch_form
from mcm_core.ui.lead import has_lead, lead, team_of
from mcm_core.ui.live import follow
from mcm_core.ui.note_form import note_form
from mcm_core.ui.page import FACILITATORS, PAGES, Here, now, open_page
from mcm_core.ui.pause import pause_button
from mcm_core.ui.pictures import revealed
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.press import button
from mcm_core.ui.turnout import how_many
from mcm_core.ui.turns import pictures_first

Move = Callable[..., Round]
PRESS: dict[RoundState, tuple[str, Move]] = {
    RoundState.DRAFT: ("Open the vote", rounds.open_),
    RoundState.OPEN: ("Close the vote", rounds.close),
    RoundState.CLOSED: ("Reveal to everybody", rounds.reveal),
}


def step(here: Here, round_: Round) -> None:
    """The one primary button of a round, and what may be done instead."""
    name, verb = PRESS[round_.state]
    key = f"{round_.id}.{round_.state}"
    with st.container(horizontal=True):
        button(name, lambda: move(here, round_, verb), key=f"{key}.next", primary=True)
        if round_.state is RoundState.CLOSED and round_.card.mode is not Mode.ANONYMOUS:
            button("Open it again", lambda: move(here, round_, rounds.open_), key=f"{key}.reopen")
        if round_.state is RoundState.DRAFT:
            button("Throw away", lambda: discard(here, round_), key=f"{key}.discard")
    if round_.state is RoundState.CLOSED:
        words("A reveal shows the picture on every screen and cannot be taken back.", kind="how-to")


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
    with live:
        how_many(here, round_, kind="count")
        people(here)
    with press:
        if mine:
            step(here, round_)


def shown(here: Here, round_: Round) -> None:
    """The picture that has just been revealed, a note about it, and another vote."""
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
    """Who is there, drawn anew as they come and go."""
    follow(here, f"door:{here.cohort.id}", f"here:{here.cohort.id}", draw=lambda: people_and_door(here))


def people_and_door(here: Here) -> None:
    """How many are connected, whose turn it is to press, and who waits to be let in."""
    connected(here)
    lead(here, facilitators)
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
            "The new picture is shown only if the same people answer again, or if at least three come or go. "
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


here = open_page(FACILITATORS)
# Always these four, so that a part of the screen that is drawn late finds the place it was drawn for.
head, live, press, below = (st.container() for _ in range(4))
with read() as db:
    stage = rounds.on_stage(db, here.visitor, here.cohort.id, at=here.at)
    prepared = rounds.drafts(db, here.visitor, here.cohort.id)
    roster = members.roster(db, here.visitor, here.cohort.id)
facilitators = team_of(here)
mine = has_lead(here, facilitators)
with head:
    st.title("Facilitate", anchor=False)
    st.link_button("Open the room screen in a new tab", f"/room?cohort={here.cohort.id}", icon=":material/open_in_new:")
    pause_button(here)
    if not roster:
        st.info("There are no members yet. Add them first; then each gets a link.")
        st.page_link(PAGES / "cohort.py", label="Add members")
if stage and stage.state is not RoundState.REVEALED:
    under_way(here, stage)
else:
    with live:
        people(here)
    with below:
        if stage:
            shown(here, stage)
        prepare(here, prepared, folded=bool(prepared or stage))
