"""A moment on the cohort's clock, and on that of whoever is elsewhere (domain.md §5 row 39)."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from mcm_core.domain.cohort import elsewhere


def on_both_clocks(moment: datetime, local: datetime, zone: str) -> str:
    """Such as "Tuesday 13 January, 14:00 (Europe/London; for you 16:00)". `local` is on the wall of `zone`."""
    return f"{local:%A %-d %B, %H:%M} ({zone}{_for_you(moment, local)})"


def _for_you(moment: datetime, local: datetime) -> str:
    yours = elsewhere(moment, local, st.context.timezone)
    if yours is None:
        return ""
    return f"; for you {yours:%H:%M}" if yours.date() == local.date() else f"; for you {yours:%A %-d %B, %H:%M}"
