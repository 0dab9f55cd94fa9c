"""How long a cohort is kept: the warning on Today, and the date on the Cohort page."""

from __future__ import annotations

import streamlit as st

from mcm_core.services import retention
from mcm_core.store.engine import read, write
from mcm_core.ui.confirm import confirmed
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import on_the_day, plain, showing_errors, words
from mcm_core.ui.visit import visit


def warning(here: Here) -> None:
    """For everybody, in the last 30 days: what is going to be deleted, and how to keep one's own."""
    with read() as db:
        keeping = retention.of_cohort(db, here.visitor, here.cohort.id, at=here.at)
    if keeping.deleted_on:
        st.info(plain(f"What was linked to people was deleted on {on_the_day(keeping.deleted_on)}."))
    elif keeping.is_warning:
        how = (
            "You can move that day on the Cohort page, under Settings."
            if here.visitor.facilitates
            else "If you want to keep what is yours, take a copy of it from “See what is stored about me”."
        )
        st.warning(
            plain(
                f"On {on_the_day(keeping.until)} everything that is linked to people here is deleted: names, answers, "
                f"notes. Pictures that we made together stay. {how}"
            )
        )


def keep_until(here: Here) -> None:
    """The day of the deletion, for facilitators to move within limits."""
    with read() as db:
        keeping = retention.of_cohort(db, here.visitor, here.cohort.id, at=here.at)
    if keeping.deleted_on:
        words(f"What was linked to people was deleted on {on_the_day(keeping.deleted_on)}.")
        return
    key = f"{here.cohort.id}.keep.{keeping.until}"  # a new key when somebody else moved it
    words(
        f"It is {on_the_day(keeping.until)} now. On that day names, answers and notes are deleted, also for you. "
        "Pictures that were shown stay, and notes written for the network, without a name. Everybody is told on "
        "Today, 30 days before.",
        kind="how-to",
    )
    if not confirmed(here.visitor, key=key):
        return
    with st.form(key):
        until = st.date_input(
            "Keep what is linked to people until",
            min(max(keeping.until, keeping.earliest), keeping.latest),
            min_value=keeping.earliest,
            max_value=keeping.latest,
            format="DD/MM/YYYY",
            key=f"{key}.day",
        )
        pressed = st.form_submit_button("Keep until this day")
    with showing_errors():
        if pressed:
            with write() as db:
                retention.set_date(db, here.visitor, here.cohort.id, until, at=now())
            visit().message = f"What is linked to people is kept until {on_the_day(until)}."
            st.rerun()
