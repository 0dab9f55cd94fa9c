"""On Today: what a member may still do before the next meeting, and for a facilitator what is missing."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.document import by_state, missing
from mcm_core.services import documents
from mcm_core.store.engine import read
from mcm_core.ui.asked import Asked
from mcm_core.ui.page import Here
from mcm_core.ui.pieces import plain, words


def document_asked(here: Here) -> list[Asked]:
    """The document, when it has changed since a member read it."""
    with read() as db:
        mine = documents.mine(db, here.visitor)
    said = "The words that you read before you came in have changed. Please look at the new ones."
    return [] if mine.is_current else [Asked("prepare.py", "Look at the new words", "checklist", said)]


def document_missing(here: Here) -> None:
    """For a facilitator: how many have read the participation document, and by name who cannot take part yet."""
    with read() as db:
        copies = documents.copies(db, here.visitor, here.cohort.id)
    waiting = missing(copies)
    if waiting:
        read_it = len(copies) - len(waiting)
        said = (
            f"The participation document is missing: {read_it} of {len(copies)} {'has' if read_it == 1 else 'have'} "
            "read it. Who has not sees it before anything else, and holds up nobody."
        )
        st.warning("\n".join([plain(said), "", *(f"- {plain(line)}" for line in by_state(waiting))]))
    elif copies:
        has, was = ("1 of 1 has", "was") if len(copies) == 1 else (f"all {len(copies)} have", "were")
        words(f"The participation document: {has} read it, or {was} talked through it.")
