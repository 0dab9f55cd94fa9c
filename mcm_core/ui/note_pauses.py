"""A facilitator pauses somebody else's note, reads what was paused, and shows it again; the group is told that."""

from __future__ import annotations

from functools import partial

import streamlit as st

from mcm_core.domain.note import Note
from mcm_core.services import note_pauses
from mcm_core.services.note_reading import FOR_THE_GROUP
from mcm_core.store.engine import read, write
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import words
from mcm_core.ui.press import button

WHY = (
    "For words that tell who somebody is, or that hurt. At once nobody reads it but you facilitators and its author, "
    "who is told and can change it. Nothing is deleted, and you can show it again."
)


def pause_button(here: Here, note: Note) -> None:
    """For a facilitator, beside somebody else's note that the group reads."""
    if note.audience not in FOR_THE_GROUP:
        return
    with st.popover("Pause"):
        words(WHY)
        button("Pause this note", partial(_pause, here, note.id), key=f"note.{note.id}.pause")


def paused_notes(here: Here) -> None:
    """What is paused: for facilitators with its words; for members how many, if they may have read them."""
    if not here.visitor.facilitates:
        _told(here)
        return
    with read() as db:
        found = note_pauses.paused(db, here.visitor, here.cohort.id)
    if not found:
        return
    with st.expander(f"Paused notes: {len(found)}", key="notes.paused", expanded=True):
        words("Only you facilitators and their authors read these.", kind="promise")
        for note in found:
            _one(here, note)


def _one(here: Here, note: Note) -> None:
    with st.container(border=True, key=f"paused-{note.id}"):
        words(note.body, kind="note-body")
        since = "Its author has changed it since." if note.changed_since else "Its author has not changed it yet."
        words(f"Session {note.session_number}, for: {note.audience}. {since}", kind="fact")
        button("Show it again", partial(_show, here, note.id), key=f"note.{note.id}.show")


def _told(here: Here) -> None:
    with read() as db:
        count = note_pauses.told(db, here.visitor, here.cohort.id)
    if count:
        words("A note was paused." if count == 1 else f"{count} notes were paused.", kind="how-to")


def _pause(here: Here, note_id: str) -> None:
    with write() as db:
        note_pauses.pause(db, here.visitor, note_id, at=now())


def _show(here: Here, note_id: str) -> None:
    with write() as db:
        note_pauses.show_again(db, here.visitor, note_id, at=now())
