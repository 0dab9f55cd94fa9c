"""One note on the wall: to read for everybody who may, to change and delete for its author."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from mcm_core.domain.note import Audience, Note
from mcm_core.services import notes
from mcm_core.store.engine import write
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.note_form import choices
from mcm_core.ui.note_pauses import pause_button
from mcm_core.ui.page import PAGES, Here, now
from mcm_core.ui.pieces import plain, showing_errors, words
from mcm_core.ui.visit import Draft, visit

AUDIENCES = {
    Audience.ME: "only me",
    Audience.FACILITATOR: "facilitators",
    Audience.COHORT: "cohort",
    Audience.NETWORK: "cohort and network",
}


PAUSED = (
    "Paused by a facilitator: nobody else in the group reads it just now. You can change it, and nothing is deleted. "
    "A facilitator can then show it again."
)


def note_card(here: Here, note: Note) -> None:
    """Draw the note, or the form in which its author is changing it."""
    draft = visit().drafts.setdefault(f"note.{note.id}", Draft()) if note.mine else Draft()
    with st.container(border=True, key=f"note-{note.id}"):
        if draft.began:
            _editor(here, note.id, draft.began, draft)
            return
        if note.kept_texts:
            _both_texts(here, note, draft)
        else:
            words(note.body, kind="note-body")
        words(facts(note), kind="fact")
        if note.paused_at:
            words(PAUSED, kind="promise")
        if draft.said:
            st.success(plain(draft.said))
            draft.said = None
        _links(here, note, draft)


def facts(note: Note) -> str:
    """Type, theme, author as chosen, audience: the small words under a note."""
    author = f"you, as {note.by or 'nobody by name'}" if note.mine else note.by
    return " · ".join(filter(None, [note.kind.capitalize(), note.theme_label, author, AUDIENCES[note.audience]]))


def _links(here: Here, note: Note, draft: Draft) -> None:
    if not (note.theme or note.mine or here.visitor.facilitates):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if note.theme:
            label = f"{note.theme_label or 'This theme'} over the sessions"
            about = {"theme": note.theme}
            st.page_link(PAGES / "journey.py", label=plain(label), icon=":material/timeline:", query_params=about)
        if note.mine:
            if st.button("Change", key=f"note.{note.id}.change"):
                _begin(draft, note)
            with st.popover("Delete"):
                _delete(here, note, draft)
        elif here.visitor.facilitates:
            pause_button(here, note)


def _begin(draft: Draft, note: Note) -> None:
    """Open the form. The draft keeps the version it starts from, so that a change made elsewhere is noticed."""
    draft.began = note
    st.rerun()


def _delete(here: Here, note: Note, draft: Draft) -> None:
    words("Nobody will be able to read it any more, and it cannot be brought back.")
    if st.button("Delete it for good", key=f"note.{note.id}.delete"):
        with showing_errors():
            with write() as db:
                notes.withdraw(db, here.visitor, note.id)
            draft.generation += 1
            visit().message = "The note is deleted."
            st.rerun()


def _both_texts(here: Here, note: Note, draft: Draft) -> None:
    """The text that stands beside those that came second, until the author has made one of them."""
    st.warning("This note was changed in two places at once. Both texts are here; make one of them when you have time.")
    texts = (note.body, *note.kept_texts)
    for number, (column, text) in enumerate(zip(st.columns(len(texts)), texts, strict=True)):
        with column:
            words(
                "Saved first: the note as it stands" if number == 0 else "Saved second: only you see this", kind="fact"
            )
            words(text, kind="note-body")
    if st.button("Put them into one box", key=f"note.{note.id}.join"):
        _begin(draft, replace(note, body="\n\n".join(texts)))
    if st.button("I have merged them", key=f"note.{note.id}.settle"):
        with showing_errors():
            with write() as db:
                notes.settle(db, here.visitor, note.id, seen=note.kept_texts)
            st.rerun()


@st.fragment
def _editor(here: Here, note_id: str, began: Note, draft: Draft) -> None:
    """A form for the author. A fragment: it still answers when the note was deleted elsewhere, and keeps the text."""
    name = f"note.{note_id}.{draft.generation}"
    with half_typed(here, f"note.{note_id}", stored=[began.body], generation=draft.generation):
        body = st.text_area(
            "Change your note", value=began.body, key=f"{name}.body", height="content", persist_state="session"
        )
    chosen = choices(
        here.visitor,
        {"kind": began.kind, "audience": began.audience, "attribution": began.attribution},
        name=name,
    )
    with st.container(horizontal=True):
        save = st.button("Save the change", type="primary", key=f"{name}.save")
        leave = st.button("Leave it as it was", key=f"{name}.leave")
    if save:
        with showing_errors():
            with write() as db:
                edited = notes.edit(
                    db, here.visitor, note_id, body=body or "", version=began.version, at=now(), **chosen
                )
            draft.said = None if edited.kept else "Saved."
            _end(draft)
    if leave:
        _end(draft)


def _end(draft: Draft) -> None:
    draft.began, draft.generation = None, draft.generation + 1
    st.rerun()
