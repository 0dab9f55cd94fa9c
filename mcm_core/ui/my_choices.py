"""What a member says yes and no to: the notice on their first visit, and a switch for each purpose."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mcm_core.domain.consent import Choice, Purpose, Said
from mcm_core.services import consents
from mcm_core.store.engine import read, write
from mcm_core.store.notice import notice
from mcm_core.ui.modes import say
from mcm_core.ui.page import PAGES, Here, now
from mcm_core.ui.pieces import named, on_the_day, showing_errors, words
from mcm_core.ui.press import button


def first_notice(here: Here) -> None:
    """What is kept and who sees it, once, with one tap; nothing waits for it."""
    with read() as db:
        told = consents.is_told(db, here.visitor)
    if told:
        return
    with st.container(border=True, key="notice"):
        words("What is kept, and who sees it", kind="question")
        words(notice().opening)
        with st.container(horizontal=True, vertical_alignment="center"):
            button("I have read what is kept", lambda: _acknowledge(here), key="notice.read")
            st.page_link(PAGES / "my_data.py", label="Look at my choices")


def my_choices(here: Here, choices: Sequence[Choice], said: Sequence[Said]) -> None:
    """Every purpose, with what a yes and a no bring about, and a switch where no is possible; names; the history."""
    for choice in choices:
        wording = choice.wording
        if wording.needed:
            words(f"{wording.title}. {wording.after_yes} {wording.after_no}")
        else:
            _switch(here, choice)
        answer = "yes" if choice.yes else "no"
        if choice.said_at:
            words(f"You said {answer} on {on_the_day(choice.said_at)}.", kind="how-to")
        elif not wording.needed:
            words("You have not said yes or no, so this is off.", kind="how-to")
    _names(here, said)
    _history(said)


def _names(here: Here, said: Sequence[Said]) -> None:
    """Where one's name stands beside one's answers, each with the way to take it away."""
    wording = next(one for one in notice().wordings if one.purpose is Purpose.NAME_WITH_ANSWERS)
    words(f"{wording.title}. You are asked for it in a round, before you answer.")
    shown = [one for one in said if one.purpose is wording.purpose and one.yes and one.stands]
    for one in shown:
        words(f"{one.about}: you said yes on {on_the_day(one.said_at)}, so your name may show with your answers.")
        button("Take my name away", lambda one=one: say(here, one.round_id, yes=False), key=f"name.{one.round_id}")  # type: ignore[misc]
    if not shown:
        words("Your name shows with none of your answers.", kind="how-to")


def _history(said: Sequence[Said]) -> None:
    """Every yes and no, with the day and the version of the words."""
    if not said:
        return
    with st.expander("Every yes and no that you said", key="my.said"):
        for one in said:
            what = f"{'yes' if one.yes else 'no'} to “{one.title}”" + (f", {one.about}" if one.about else "")
            words(f"{on_the_day(one.said_at)}: {what} (words of version {one.version})")


def _switch(here: Here, choice: Choice) -> None:
    wording = choice.wording
    # The stored word is part of the key: when another phone changed it, the switch must not show the old one.
    key = f"choice.{wording.purpose.name}.{choice.yes}"
    wanted = st.toggle(named(wording.title), value=choice.yes, key=key)
    words(choice.effect, kind="how-to")
    if wanted != choice.yes:
        with showing_errors():
            with write() as db:
                consents.say(db, here.visitor, wording.purpose, yes=wanted, at=now())
            st.rerun()


def _acknowledge(here: Here) -> None:
    with write() as db:
        consents.acknowledge(db, here.visitor, at=now())
