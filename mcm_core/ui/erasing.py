"""Erasing what is one's own, after a plain question."""

from __future__ import annotations

import streamlit as st

from mcm_core.services import members
from mcm_core.services.my_data import Everything
from mcm_core.store.engine import write
from mcm_core.ui.page import Here
from mcm_core.ui.pieces import showing_errors, words
from mcm_core.ui.visit import forget, visit

DELETE, KEEP = "Delete them", "Keep them, without any name"


def erasing(here: Here, mine: Everything) -> None:
    """What goes, what stays and why, and the button behind one more step."""
    with st.expander("Erase everything that is mine", key="erase"):
        words(
            "Your name, your answers, your relationships, your choices and your phones are deleted now, for good, and "
            "your link stops working. Nobody can bring them back. Safety copies lose them as soon as one is used."
        )
        words(
            "Pictures that the group has already seen stay as they are. They hold totals and no names, and without you "
            "in them the others could tell what you answered. Anonymous answers are not linked to you, so they stay in "
            "their totals, too."
        )
        kept = KEEP
        if mine.topics or any(note.audience in ("cohort", "network") for note in mine.notes):
            kept = st.radio("Notes and topics that others can read", [DELETE, KEEP], key="erase.notes") or DELETE
            words("Notes for you alone or for a facilitator are deleted in any case.", kind="how-to")
        sure = st.checkbox("I understand that this cannot be undone", key="erase.sure")
        with showing_errors():
            if st.button("Erase what is mine", disabled=not sure, key="erase.now"):
                with write() as db:
                    members.erase(db, here.visitor, keep_notes=kept == KEEP)
                forget()
                visit().erased = True
                st.rerun()
