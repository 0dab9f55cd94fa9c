"""My catch-ups: whom I meet, whether we did, one line about it, and what I quietly ask for."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.catch_up import LINE_MAX, REACH_MAX, CatchUp, Line, Outcome, week_to_share
from mcm_core.services import my_catch_ups, wishes
from mcm_core.store.engine import read, write
from mcm_core.ui.entries import to_notes
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import words
from mcm_core.ui.press import button
from mcm_core.ui.visit import typed

ANSWERS = {Outcome.MET: "We met", Outcome.NOT_YET: "Not yet", Outcome.SWAP: "Swap me"}
SAID = {
    Outcome.MET: "You said that you met.",
    Outcome.NOT_YET: "Not yet is fine. It stays here for one more week.",
    Outcome.SWAP: "Your facilitator is shown that another partner is wished for, not by whom, and arranges it.",
}


def my_catch_ups_of_the_week(here: Here) -> None:
    """Each of my catch-ups, then my wishes, folded."""
    with read() as db:
        mine = my_catch_ups.mine(db, here.visitor)
    if not mine:
        words("No catch-up is shared with you yet. Your facilitator does that at the end of a session.")
    for one in mine:
        with st.container(border=True, key=f"catch-up-{one.id}"):
            _catch_up(here, one)
    with st.expander("How to reach me, a week off, and other wishes", key="wishes"):
        _wishes(here)


def together(one: CatchUp) -> str:
    """The partners' names as a sentence has them."""
    return " and ".join(partner.name for partner in one.partners) or "nobody at the moment"


def _catch_up(here: Here, one: CatchUp) -> None:
    begins = "Your catch-up has changed. " if one.changed else ""
    words(f"{begins}Week {one.number}: you catch up with {together(one)}.", kind="need")
    for partner in one.partners:
        if partner.reach:
            words(f"{partner.name}: {partner.reach}")
    words("Half an hour or so, as it suits you: a call, a chat, a coffee.", kind="how-to")
    with st.container(horizontal=True):
        for outcome, label in ANSWERS.items():
            button(
                label,
                lambda outcome=outcome: _say(here, one.id, outcome),  # type: ignore[misc]
                key=f"{one.id}.{outcome.name}.{one.said == outcome}",
                primary=one.said == outcome,
            )
    if one.said:
        words(SAID[one.said], kind="how-to")
    _my_line(here, one)
    for line in one.lines:
        if not line.mine:
            _their_line(here, one, line)


def _my_line(here: Here, one: CatchUp) -> None:
    """The box for my line, and what has become of it."""
    mine = next((line for line in one.lines if line.mine), None)
    stored = mine.body if mine else ""
    key = f"{one.id}.line.{stored}"  # a new box when the line was changed elsewhere
    place = f"{here.cohort.id}.{one.number}.line"  # of the week: the group may change while somebody types
    with half_typed(here, place, stored=[stored]):
        st.text_input("One thing I take away, in one line", stored, max_chars=LINE_MAX, key=key)
    with st.container(horizontal=True):
        button("Keep this line", lambda: _write(here, one.id, typed(key)), key=f"{key}.keep")
        if mine and mine.shared and not one.is_note:
            button("Make it a note", lambda: _note(here, one.id), key=f"{key}.note")
    if mine and one.is_note:
        words("Your line is a note now.", kind="how-to")
        to_notes()
    elif mine and mine.shared:
        words("Everybody in this catch-up is fine with it: the group reads it here, without names.", kind="how-to")
    elif mine:
        words(f"Only you and {together(one)} see it, until they say that the group may.", kind="how-to")


def _their_line(here: Here, one: CatchUp, line: Line) -> None:
    words(f"{line.author} wrote:")
    words(line.body, kind="note-body")
    if line.agreed:
        words("You said that the group may read it, without names.", kind="how-to")
        button("Not any longer", lambda: _agree(here, one.id, line, yes=False), key=f"{one.id}.{line.author_id}.no")
    else:
        words("May the group read it, without names? If you say nothing, it stays between you.", kind="how-to")
        button("It is fine with me", lambda: _agree(here, one.id, line, yes=True), key=f"{one.id}.{line.author_id}.yes")


def _wishes(here: Here) -> None:
    with read() as db:
        mine, others = wishes.mine(db, here.visitor), wishes.others(db, here.visitor)
    key = f"reach.{mine.reach}"
    with half_typed(here, f"reach.{here.cohort.id}", stored=[mine.reach]):
        st.text_input("How my partner can reach me. Only they see it.", mine.reach, max_chars=REACH_MAX, key=key)
    button("Keep this", lambda: _reach(here, typed(key)), key=f"{key}.keep")
    if number := week_to_share(here.cohort, mine.shared, here.at):
        rests = number in mine.weeks_off
        words(
            f"You have week {number} off." if rests else f"Busy? You can sit week {number} out. Nobody asks why.",
            kind="how-to",
        )
        label = "Count me in again" if rests else f"Week {number} off for me"
        button(label, lambda: _rest(here, number, yes=not rests), key=f"rest.{number}.{rests}")
    _apart(here, mine.apart, others)


def _apart(here: Here, apart: tuple[str, ...], others: dict[str, str]) -> None:
    """Whom I do not want to be put together with."""
    words("Is there somebody you would rather not be put together with? Nobody is told, and no reason is asked.")
    words("Facilitators may notice that the two of you cannot be put together, not which of you asked.", kind="how-to")
    for one in apart:
        if one in others:
            with st.container(horizontal=True, vertical_alignment="center"):
                words(f"Not with {others[one]}.")
                button("It is fine again", lambda one=one: _keep_apart(here, one, yes=False), key=f"apart.{one}")  # type: ignore[misc]
    free = [one for one in others if one not in apart]
    chosen = st.selectbox(
        "Somebody", free, index=None, format_func=lambda one: others.get(one, ""), key=f"apart.{len(apart)}"
    )
    button(
        "Please don’t put us together",
        lambda: _keep_apart(here, chosen or "", yes=True),
        key=f"apart.add.{chosen}",
        disabled=chosen is None,
    )


def _say(here: Here, catch_up_id: str, outcome: Outcome) -> None:
    with write() as db:
        my_catch_ups.say(db, here.visitor, catch_up_id, outcome)


def _write(here: Here, catch_up_id: str, body: str) -> None:
    with write() as db:
        my_catch_ups.write_line(db, here.visitor, catch_up_id, body, at=now())


def _agree(here: Here, catch_up_id: str, line: Line, *, yes: bool) -> None:
    with write() as db:
        my_catch_ups.agree(db, here.visitor, catch_up_id, line.author_id, body=line.body, yes=yes, at=now())


def _note(here: Here, catch_up_id: str) -> None:
    with write() as db:
        my_catch_ups.make_note(db, here.visitor, catch_up_id, at=now())


def _reach(here: Here, body: str) -> None:
    with write() as db:
        wishes.set_reach(db, here.visitor, body)


def _rest(here: Here, number: int, *, yes: bool) -> None:
    with write() as db:
        wishes.take_week_off(db, here.visitor, number, yes=yes)


def _keep_apart(here: Here, other_id: str, *, yes: bool) -> None:
    with write() as db:
        wishes.keep_apart(db, here.visitor, other_id, yes=yes)
