"""A plan for oneself: the way to it, and the one answer that may be shared."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.consent import Purpose
from mcm_core.services import consents, own_plans
from mcm_core.services.own_plans import WORDS_MAX
from mcm_core.store import prepare_texts
from mcm_core.store.engine import read, write
from mcm_core.store.notice import notice
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import named, on_the_day, showing_errors, words
from mcm_core.ui.press import button
from mcm_core.ui.visit import Draft, visit


def for_member(here: Here) -> None:
    """The page on which it is written, which keeps nothing; and its first answer, to be shared by a yes of its own."""
    asked = prepare_texts.own_plan()
    wording = next(one for one in notice().wordings if one.purpose is Purpose.PLAN_SHARED)
    words(asked.opening)
    words(asked.stays, kind="how-to")
    st.html('<p><a class="goes" href="/my-plan" target="_self">Write a plan for yourself</a></p>')
    with read() as db:
        mine = own_plans.mine(db, here.visitor)
    with st.expander("Share one answer with your facilitator", key="plan.fold"):
        words(wording.after_yes if mine else wording.until_then, kind="how-to")
        if mine:
            words(f"You share, since {on_the_day(mine.shared_at)}: {mine.words}")
            button("Take it back and delete it", lambda: _take_back(here), key="plan.back")
        _share(here, named(asked.questions[0]))


def _share(here: Here, asks: str) -> None:
    """The box for it. What is typed is kept in the tab, unlike the plan itself: this is written to be handed on."""
    key = f"plan.{here.cohort.id}"
    draft = visit().drafts.setdefault(key, Draft())
    name = f"{key}.{draft.generation}"
    with half_typed(here, key, generation=draft.generation), st.form(name, border=False):
        body = st.text_area(asks, max_chars=WORDS_MAX, key=f"{name}.body", persist_state="session")
        pressed = st.form_submit_button("Yes, share this with my facilitator")
    with showing_errors():
        if pressed:
            with write() as db:
                own_plans.share(db, here.visitor, body or "", at=now())
            draft.generation += 1
            visit().message = "Your facilitator can read it now. Nobody else can."
            st.rerun()


def for_facilitator(here: Here) -> None:
    """What members share of theirs. Draws nothing while nobody does."""
    with read() as db:
        shared = own_plans.of_cohort(db, here.visitor, here.cohort.id)
    if not shared:
        return
    st.header("What helps people take part", anchor=False)
    words("They share this with you alone, and can take it back at any time. Please do not pass it on.", kind="how-to")
    for one in shared:
        words(f"{one.name}: {one.words}")


def _take_back(here: Here) -> None:
    with write() as db:
        consents.say(db, here.visitor, Purpose.PLAN_SHARED, yes=False, at=now())
