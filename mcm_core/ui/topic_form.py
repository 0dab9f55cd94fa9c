"""The one line in which somebody puts a topic on the board, and the form in which they change their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from mcm_core.domain.topic import FROM_THE_GROUP, Kind, Topic
from mcm_core.services import topics
from mcm_core.store.engine import read, write
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import plain, showing_errors, words
from mcm_core.ui.press import button
from mcm_core.ui.visit import Draft, visit

ASK = "What would you like help with?"
NAME_TOO = "Show my name with it"
NAMES = (
    "Everybody in the cohort reads it, and so may a facilitator aloud. Your name stands there only if you say so, and "
    "you can take it away again at any time. Your words may still tell who you are."
)


def brought_one(here: Here) -> bool:
    """Whether this member has brought a topic; for a facilitator, whether anybody has."""
    with read() as db:
        if here.visitor.facilitates:
            return bool(topics.board(db, here.visitor, here.cohort.id))
        return bool(topics.mine(db, here.visitor))


@st.fragment
def topic_form(here: Here) -> None:
    """Ask for a topic and put it on the board. What is typed outlives a refusal, another page and a redrawn one."""
    key = f"topic.{here.cohort.id}"
    draft = visit().drafts.setdefault(key, Draft())
    name = f"{key}.{draft.generation}"
    st.caption("One or two sentences; they need not be perfect.")
    with half_typed(here, key, generation=draft.generation):
        text = st.text_area(ASK, key=f"{name}.text", height="content", persist_state="session") or ""
    kind, named = _choices(here, Kind.QUESTION, named=False, name=name)
    # Not `press.button`: its run is one of its own, and when this form was drawn anew meanwhile nobody saw the press.
    st.button("Put it on the board", on_click=draft.press, key=f"{name}.save", type="primary")
    if draft.pressed:
        with showing_errors():
            _save(here, draft, text, kind, named)
            st.rerun()
    elif text.strip():
        draft.said = None
    elif draft.said:
        st.success(plain(draft.said))


def with_choice(label: str, do: Callable[[], object], *, key: str, primary: bool = False) -> None:
    """A button about what is typed or chosen beside it: it acts in the run that was sent with that.

    `press.button` would act on what stood there when it was drawn.
    """
    if st.button(label, key=key, type="primary" if primary else "secondary"):
        with showing_errors():
            do()
            st.rerun()


def change_form(here: Here, topic: Topic) -> None:
    """The author's own: other words, the name there or not, or off the board."""
    name = f"topic.{topic.id}.{topic.text}.{topic.kind}.{topic.named}"  # anew when another phone has changed it
    draft = visit().drafts.setdefault(f"topic.{topic.id}", Draft())
    with half_typed(here, f"topic.{topic.id}", stored=[topic.text], generation=draft.generation):
        text = st.text_area("Change the words", topic.text, key=f"{name}.text", height="content") or ""
    kind, named = _choices(here, topic.kind, named=topic.named, name=name)
    with st.container(horizontal=True):
        with_choice("Save the change", partial(_reword, here, topic, text, kind, named), key=f"topic.{topic.id}.reword")
        with st.popover("Take it away"):
            words("It leaves the board for good, with the dots that it has while people give them.")
            button("Take it away for good", partial(_withdraw, here, topic, draft), key=f"topic.{topic.id}.withdraw")


def _choices(here: Here, kind: Kind, *, named: bool, name: str) -> tuple[str, bool]:
    sorts = {str(each): each.capitalize() for each in Kind}
    chosen = st.pills(
        "It is a", list(sorts), default=str(kind), format_func=lambda each: sorts[each], key=f"{name}.kind"
    )
    if here.visitor.facilitates:
        words(f"It stands there as {FROM_THE_GROUP}, without a name.", kind="how-to")
        return chosen or str(kind), False
    with_name = st.toggle(NAME_TOO, value=named, key=f"{name}.named")
    words(NAMES, kind="how-to")
    return chosen or str(kind), with_name


def _save(here: Here, draft: Draft, text: str, kind: str, named: bool) -> None:
    """Put it there. A run that is interrupted before this is followed by another, which finds it still asked."""
    try:
        with write() as db:
            topics.propose(db, here.visitor, here.cohort.id, kind=kind, text=text, named=named, at=now())
    finally:
        draft.pressed = False
    draft.generation += 1
    draft.said = "It is on the board."


def _reword(here: Here, topic: Topic, text: str, kind: str, named: bool) -> None:
    with write() as db:
        topics.reword(db, here.visitor, topic.id, kind=kind, text=text, named=named)


def _withdraw(here: Here, topic: Topic, draft: Draft) -> None:
    with write() as db:
        topics.withdraw(db, here.visitor, topic.id)
    draft.generation += 1
