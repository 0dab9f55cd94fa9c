"""Whose turn it is to press, when several facilitate: one has the lead, and it moves with one tap."""

from __future__ import annotations

import streamlit as st

from mcm_core.services import team
from mcm_core.services.team import Facilitator
from mcm_core.store.engine import read, write
from mcm_core.ui.page import Here
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.press import button

Team = tuple[Facilitator, ...]


def team_of(here: Here) -> Team:
    """The cohort's facilitators now."""
    with read() as db:
        return team.of_cohort(db, here.visitor, here.cohort.id)


def has_lead(here: Here, people: Team) -> bool:
    """Whether it is this visitor's turn to press: they have the lead, or nobody has."""
    leads = _leads(people)
    return leads is None or leads.id == here.visitor.facilitator_id


def lead(here: Here, drawn: Team) -> None:
    """Who has the lead, and the tap that moves it. Draws the page anew when it has moved since `drawn`."""
    people = team_of(here)
    if people != drawn:
        st.rerun()
    leads = _leads(people)
    if len(people) == 1 or leads is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if leads.id != here.visitor.facilitator_id:
            words(f"{leads.name} has the lead and presses; you see the same.", kind="fact")
            move_lead(here, people, here.visitor.facilitator_id or "", "Take the lead")
            return
        words("You have the lead.", kind="fact")
        for other in people:
            if other.id != leads.id:
                move_lead(here, people, other.id, f"Hand the lead to {other.name}")


def move_lead(here: Here, people: Team, to: str, label: str) -> None:
    """The button that gives somebody the lead."""
    leads = _leads(people)
    before = leads.id if leads else None
    button(plain(label), lambda: _move(here, to, before), key=f"{here.cohort.id}.lead.{before}.{to}")


def _move(here: Here, to: str, before: str | None) -> None:
    with write() as db:
        team.pass_lead(db, here.visitor, here.cohort.id, to, before=before)


def _leads(people: Team) -> Facilitator | None:
    return next((one for one in people if one.leads), None)
