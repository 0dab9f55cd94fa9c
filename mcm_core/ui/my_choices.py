"""What a member says yes and no to: the notice on their first visit, and a switch for each purpose."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mcm_core.domain.consent import Choice
from mcm_core.services import consents
from mcm_core.store.engine import read, write
from mcm_core.store.notice import notice
from mcm_core.ui.page import PAGES, Here, now
from mcm_core.ui.pieces import on_the_day, plain, showing_errors, words
from mcm_core.ui.press import button


def first_notice(here: Here) -> None:
    """What is kept and who sees it, once, with one tap; nothing waits for it."""
    with read() as db:
        told = consents.is_told(db, here.visitor)
    if told:
        return
    with st.container(border=True, key="notice"):
        words(notice().opening)
        with st.container(horizontal=True, vertical_alignment="center"):
            button("I have read this", lambda: _acknowledge(here), key="notice.read")
            st.page_link(PAGES / "my_data.py", label="Look at my choices")


def my_choices(here: Here, choices: Sequence[Choice]) -> None:
    """Every purpose, with what a yes and a no bring about; a switch where no is possible."""
    for choice in choices:
        wording = choice.wording
        if wording.needed:
            words(f"{wording.title}. {wording.after_yes} {wording.after_no}")
        else:
            _switch(here, choice)
        said = "yes" if choice.yes else "no"
        if choice.said_at:
            words(f"You said {said} on {on_the_day(choice.said_at)}.", kind="how-to")
        elif not wording.needed:
            words("You have not said yes or no, so this is off.", kind="how-to")


def _switch(here: Here, choice: Choice) -> None:
    wording = choice.wording
    # The stored word is part of the key: when another phone changed it, the switch must not show the old one.
    key = f"choice.{wording.purpose.name}.{choice.yes}"
    wanted = st.toggle(plain(wording.title), value=choice.yes, key=key)
    words(choice.effect, kind="how-to")
    if wanted != choice.yes:
        with showing_errors():
            with write() as db:
                consents.say(db, here.visitor, wording.purpose, yes=wanted, at=now())
            st.rerun()


def _acknowledge(here: Here) -> None:
    with write() as db:
        consents.acknowledge(db, here.visitor, at=now())
