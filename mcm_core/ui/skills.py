"""Digital skills on the screen: the form of a member, the help list of a facilitator, the sentence for all."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.skills import PRACTISE_MAX, sentences
from mcm_core.services import skills
from mcm_core.store import prepare_texts
from mcm_core.store.engine import read, write
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import named, on_the_day, plain, showing_errors, words
from mcm_core.ui.press import button
from mcm_core.ui.visit import visit


def form(here: Here) -> None:
    """Ten rows with four answers each, none of which need be given."""
    asked = prepare_texts.skills()
    with read() as db:
        mine = skills.mine(db, here.visitor)
    words(asked.opening)
    words(asked.who, kind="how-to")
    key = f"skills.{mine.changed_at.isoformat() if mine else 'new'}"
    wish = mine.practise if mine else ""
    with half_typed(here, f"skills.{here.cohort.id}", stored=[wish]), st.form(key, border=False):
        said = {}
        for tool in skills.tools():
            before = mine.levels.get(tool.key) if mine else None
            place = before - 1 if before else None
            answer = st.radio(named(tool.label), [*map(plain, asked.can)], index=place, key=f"{key}.{tool.key}")
            if answer is not None:
                said[tool.key] = [*map(plain, asked.can)].index(answer) + 1
        practise = st.text_input(named(asked.practise), wish, max_chars=PRACTISE_MAX, key=f"{key}.practise.{wish}")
        wants = st.checkbox(named(asked.help), mine.wants_help if mine else False, key=f"{key}.help")
        pressed = st.form_submit_button("Keep my answers")
    with showing_errors():
        if pressed:
            with write() as db:
                skills.say(db, here.visitor, said, practise=practise or "", wants_help=wants, at=now())
            visit().message = "Kept. Your facilitator sees that you would like help." if wants else "Kept."
            st.rerun()
    if mine:
        button("Delete my answers", lambda: _forget(here), key="skills.forget")


def help_list(here: Here) -> None:
    """Who asks for help, and the press that tells the group how many there are."""
    with read() as db:
        found = skills.help_list(db, here.visitor, here.cohort.id)
    words(f"{found.answered} have answered. You see only those who asked for help; offer it in private.", kind="how-to")
    for one in found.people:
        about = ", ".join(one.tools) or "no tool in particular"
        wish = f" Would like practice with: {one.practise}." if one.practise else ""
        words(f"{one.name}: {about}.{wish}")
    if not found.people:
        words("Nobody has asked for help so far.")
    if found.answered:
        button("Tell the group how many would like help", lambda: _share(here), key="skills.share")


def told(here: Here) -> None:
    """What the group was told. Draws nothing before."""
    with read() as db:
        counts = skills.shared(db, here.visitor, here.cohort.id)
    if counts is None:
        return
    st.header("Help with tools", anchor=False)
    for sentence in sentences(skills.tools(), counts) or ("Nobody said that they would like help.",):
        words(sentence)
    words(f"As {counts.answered} people answered by {on_the_day(counts.shared_at)}.", kind="how-to")


def _forget(here: Here) -> None:
    with write() as db:
        skills.forget(db, here.visitor)


def _share(here: Here) -> None:
    with write() as db:
        skills.share(db, here.visitor, here.cohort.id, at=now())
