"""What a member applied with, and what facilitators noted about it, under My data."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mcm_core.domain.application import Application, Fit
from mcm_core.ui.pieces import on_the_day, plain, words


def my_application(mine: Application | None, fits: Sequence[Fit]) -> None:
    """Everything of it, folded; nothing for who did not apply."""
    if mine is None:
        return
    with st.expander("Your application", key="my.application"):
        words(f"{mine.name}, {mine.organisation}: sent on {on_the_day(mine.sent_at or mine.saved_at)}.", kind="how-to")
        for answer in (*mine.answers, *mine.aside):
            st.markdown(f"**{plain(answer.asked)}**")
            words("Yes" if answer.said == "yes" else answer.said)
        words("; ".join(f"{time}: {said}" for time, said in mine.times.items()))
        for fit in fits:
            words(f"{fit.by} noted: {fit.says}. {fit.note}")
