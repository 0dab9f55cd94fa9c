"""Phones that came in as a member: told to that member on Today and beside the ballot until they answer."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import streamlit as st

from mcm_core.services import members
from mcm_core.services.members import Arrival
from mcm_core.store.engine import read, write
from mcm_core.ui.cohort_dates import on_the_wall
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import words
from mcm_core.ui.press import button


def other_phones(here: Here) -> None:
    """Every phone that came in as this member and was not answered for here. Draws nothing when there is none."""
    if here.visitor.facilitates:
        return
    with read() as db:
        found = members.new_arrivals(db, here.visitor)
    if not found:
        return
    with st.container(border=True, key="arrivals"):
        for one in found:
            words(f"Another phone {_line(here, one)}")
            label = "It was not me – sign it out" if one.is_in else "It was not me"
            button(label, lambda one=one: _not_me(here, one), key=f"arrival.{one.phone_id}.not")  # type: ignore[misc]
        times = {1: "", 2: ", both times"}.get(len(found), f", all {len(found)} times")
        button(f"It was me{times}", lambda: _me(here, found[-1]), key=f"arrival.{found[-1].phone_id}.me")
        words(
            "Whoever holds a phone that is in as you can read your answers and notes. If it was not you, your "
            "facilitators are told at once. Then ask for a new link.",
            kind="how-to",
        )


def every_phone(here: Here, all_of_them: Sequence[Arrival]) -> None:
    """Every phone that ever came in as this member, also those that were answered for, in a fold."""
    with st.expander("Every phone that came in as you", key="my.arrivals"):
        for one in all_of_them:
            words(f"A phone {_line(here, one)}" + (" You said that it was not you." if one.disowned_at else ""))


def _line(here: Here, one: Arrival) -> str:
    when = on_the_wall(one.at.astimezone(ZoneInfo(here.cohort.time_zone)))
    came = (
        f"was let in as you on {when}, by {one.by or 'a facilitator who has left'}."
        if one.let_in
        else f"was the first to open your link, on {when}, and came in as you."
    )
    return came if one.is_in else f"{came} It has been signed out since."


def _me(here: Here, latest: Arrival) -> None:
    with write() as db:
        members.it_was_me(db, here.visitor, latest.phone_id)


def _not_me(here: Here, one: Arrival) -> None:
    with write() as db:
        members.it_was_not_me(db, here.visitor, one.phone_id, at=now())
