"""While the database is away: a calm line in the place of the page, which comes back by itself."""

from __future__ import annotations

import random
from itertools import count

import streamlit as st
from sqlalchemy import select

from mcm_core.store.engine import DatabaseUnavailable, read

SAYS = "We are reconnecting. This page comes back by itself in a moment; what was saved is safe."
EVERY = 4.0  # seconds, ±25 %: three hundred phones must not come back in the same instant


def wait() -> None:
    """Draw the line, and the page anew as soon as the database answers."""
    looks = count()

    def part() -> None:
        if next(looks) and _answers():  # the first time it has just not answered
            st.rerun()
        st.warning(SAYS)

    st.fragment(part, run_every=EVERY * random.uniform(0.75, 1.25))()


def _answers() -> bool:
    try:
        with read() as db:
            db.execute(select(1))
    except DatabaseUnavailable:
        return False
    return True
