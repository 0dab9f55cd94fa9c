"""Agreeing to the group's agreement, and changing it."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.errors import Conflict
from mcm_core.domain.group_agreement import GroupAgreement
from mcm_core.services import agreements
from mcm_core.store.engine import read, write
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import on_the_day, plain, showing_errors, words
from mcm_core.ui.press import button
from mcm_core.ui.visit import Draft, is_drawn, visit


def agree(here: Here, stands: GroupAgreement) -> None:
    """One tap, for oneself; how many agreed is counted, and who is not shown."""
    if stands.number == 0:
        words("You can agree to it once the group has made it its own.", kind="how-to")
    elif stands.is_mine:
        words(f"You have agreed to this. {_counted(stands)}", kind="fact")
    else:
        if stands.mine:
            words("It has changed since you agreed. Read it again.")
        words(f"{_counted(stands)} Who they are is not shown.", kind="fact")
        button("I agree to this", lambda: _agree(here, stands.number), key=f"agree.{stands.number}", primary=True)


def how_many(here: Here) -> None:
    """The count, for facilitators: it changes while people agree."""
    with read() as db:
        stands = agreements.of(db, here.visitor, here.cohort.id)
    if stands.number and stands.made_at:
        words(f"Version {stands.number}, of {on_the_day(stands.made_at)}. {_counted(stands)}", kind="fact")


def agreement_form(here: Here, stands: GroupAgreement) -> None:
    """The lines in one box. What is typed outlives a refusal and another facilitator's change."""
    place = f"agreement.{here.cohort.id}"
    draft = visit().drafts.setdefault(place, Draft())
    key = f"{place}.{draft.generation}.lines"
    if not (is_drawn(key) and isinstance(draft.upon, GroupAgreement)):
        draft.upon, draft.said = stands, None
    stored = "\n".join(draft.upon.lines)
    words("One line for each thing. A change makes a new version, and everybody is asked anew.", kind="how-to")
    with half_typed(here, f"{here.cohort.id}.agreement", stored=[stored]), st.form(place, border=False):
        lines = st.text_area("The agreement", stored, key=key, height="content")
        pressed = st.form_submit_button("Keep this agreement", type="primary")
    if pressed:
        draft.said = None
        with showing_errors():
            _keep(here, draft, lines, draft.upon.number)
            st.rerun()
    if draft.said:
        st.error(plain(draft.said))


def _keep(here: Here, draft: Draft, lines: str, version: int) -> None:
    try:
        with write() as db:
            agreements.write_down(db, here.visitor, here.cohort.id, lines=lines, version=version, at=now())
    except Conflict as conflict:
        with read() as db:
            draft.upon = agreements.of(db, here.visitor, here.cohort.id)  # what is typed is written upon theirs now
        draft.said = str(conflict)
        return
    draft.generation += 1
    visit().message = "Kept. Everybody can read it and agree to it."


def _agree(here: Here, number: int) -> None:
    with write() as db:
        agreements.agree(db, here.visitor, number, at=now())


def _counted(stands: GroupAgreement) -> str:
    return f"{stands.agreed} of {stands.of} have agreed."
