"""The one form in which notes are written: on the wall, under a picture, and while facilitating."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

import streamlit as st

from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.note import Attribution, Audience, Kind, named
from mcm_core.domain.visitor import Visitor
from mcm_core.services import instruments, notes
from mcm_core.store.engine import write
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import plain, showing_errors, words
from mcm_core.ui.visit import Draft, visit

PROMPTS = "What did you feel, fear, enjoy or learn? What do you take away?"  # the diary of seed 001
READERS: Mapping[str, str] = {  # after "for"
    Audience.ME: "me alone",
    Audience.FACILITATOR: "the facilitators and me",
    Audience.COHORT: "everybody in the cohort",
    Audience.NETWORK: "the cohort, and the wider network later",
}

A_YES = "Choosing your name, or the wider network, says yes to it, unless you have said no under My data."
Topics = Mapping[str, tuple[Instrument, Theme]]
About = tuple[Instrument, Theme] | None


class Choices(TypedDict):
    """What an author chooses besides the words."""

    kind: str
    audience: str
    attribution: str


def topics(instrument: Instrument | None = None) -> Topics:
    """The themes that a note can be about, by key: of one instrument, or of all that ask about a relationship."""
    asked = [instrument] if instrument else [each for each in instruments.offered().values() if each.focus]
    found: dict[str, tuple[Instrument, Theme]] = {}
    for each in asked:
        for theme in each.themes:
            found.setdefault(theme.key, (each, theme))
    return found


@st.fragment
def note_form(here: Here, *, session_number: int, theme: str | None, instrument: Instrument | None, key: str) -> None:
    """Ask for a note with session and theme filled in, and save it. `key` names the place on the screen.

    What is typed outlives a refusal, another page and a redrawn one; only a saved note empties the box.
    """
    key = f"{key}.{here.cohort.id}"  # words begun for one cohort must never be saved in another
    draft = visit().drafts.setdefault(key, Draft())
    name = f"note.{key}.{draft.generation}"
    st.caption(plain(PROMPTS))
    with half_typed(here, f"note.{key}", generation=draft.generation):
        body = st.text_area("Your note", key=f"{name}.body", height="content", persist_state="session") or ""
    if draft.about is None or not body.strip():
        draft.about = (session_number, theme)
    # Whoever has begun to write keeps the session and theme they began with, whatever the room turns to.
    number, about, chosen = _details(here, draft.about, topics(instrument), name=name)
    # Not `press.button`: its run is one of its own, and when this form was drawn anew meanwhile nobody saw the press.
    st.button("Save this note", on_click=draft.press, key=f"{name}.save", type="primary")
    if draft.pressed:
        with showing_errors():
            _save(here, draft, number, about, body, chosen)
            st.rerun()
    elif body.strip():
        draft.said = None
    elif draft.said:
        st.success(plain(draft.said))


def _save(here: Here, draft: Draft, number: int, about: About, body: str, chosen: Choices) -> None:
    """Write the note down. A run that is interrupted before this is followed by another, which finds it still asked."""
    try:
        with write() as db:
            notes.add(
                db, here.visitor, here.cohort.id, session_number=number,
                theme=about[1].key if about else None, instrument=about[0] if about else None,
                body=body, at=now(), **chosen,
            )  # fmt: skip
    finally:
        draft.pressed = False
    draft.generation, draft.about = draft.generation + 1, None
    draft.said = f"Saved, for {READERS[chosen['audience']]}."


def choices(visitor: Visitor, start: Choices, *, name: str) -> Choices:
    """Ask for type, readers and name; `start` is what is chosen at first. Where that are no readers, what is shared was
    private: none are chosen before its author does, and until then the answer is empty."""
    role = "a facilitator" if visitor.facilitates else "a member"
    readers = {each: for_.capitalize() for each, for_ in READERS.items()}
    signed = {str(each): named(each, visitor.name, role) or "no name" for each in Attribution}
    return {
        "kind": _pick("Type", {str(each): each.capitalize() for each in Kind}, start["kind"], key=f"{name}.kind"),
        "audience": _pick("Who can read it", readers, start["audience"], key=f"{name}.audience")
        if start["audience"]
        else _readers_of_what_was_private(readers, key=f"{name}.audience"),
        "attribution": _pick("The name others read", signed, start["attribution"], key=f"{name}.attribution"),
    }


def _readers_of_what_was_private(readers: Mapping[str, str], *, key: str) -> str:
    others = [str(each) for each in readers if each != Audience.ME]
    return st.radio("Who can read it", others, index=None, format_func=lambda each: readers[each], key=key) or ""


def _details(here: Here, start: tuple[int, str | None], offered: Topics, *, name: str) -> tuple[int, About, Choices]:
    """Everything that is filled in already: in words, and folded away to change. Returns session, theme and choices."""
    place = st.empty()
    name = f"{name}.{start[0]}.{start[1]}"
    with st.expander("Change any of this"):
        numbers = {str(meeting.number): f"Session {meeting.number}" for meeting in here.cohort.sessions}
        number = int(_pick("Session", numbers, str(start[0]), key=f"{name}.session"))
        labels = {"": "No theme"} | {key: theme.label.words for key, (_, theme) in offered.items()}
        about = _pick("Theme", labels, start[1] or "", key=f"{name}.theme")
        usual: Choices = {
            "kind": Kind.EXPERIENCE,
            "audience": Audience.COHORT,
            "attribution": Attribution.ROLE,
        }
        chosen = choices(here.visitor, usual, name=name)
        if not here.visitor.facilitates:
            words(A_YES, kind="how-to")
    subject = f"session {number}, {labels[about]}" if about else f"session {number}"
    with place:
        words(f"About {subject}. For {READERS[chosen['audience']]}.", kind="fact")
    return number, offered.get(about), chosen


def _pick(label: str, options: Mapping[str, str], start: str, *, key: str) -> str:
    """One of the options by its key; `start`, or else the first, when the browser sends anything else."""
    keys = [str(each) for each in options]
    first = keys.index(start) if start in keys else 0
    chosen = st.selectbox(label, keys, index=first, format_func=lambda each: options[each], key=key)
    return chosen if chosen in keys else keys[first]
