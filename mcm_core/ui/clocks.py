"""A moment on the cohort's clock, and on that of whoever is elsewhere (domain.md §5 row 39)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from mcm_core.domain.cohort import Cohort, elsewhere


def on_both_clocks(moment: datetime, local: datetime, zone: str) -> str:
    """Such as "Tuesday 13 January, 14:00 (Europe/London; for you 16:00)". `local` is on the wall of `zone`."""
    return f"{local:%A %-d %B, %H:%M} ({zone}{_for_you(moment, local)})"


def on_their_clocks(cohort: Cohort, moment: datetime) -> str:
    """The same of any moment in the life of a cohort."""
    local = moment.astimezone(ZoneInfo(cohort.time_zone)).replace(tzinfo=None)
    return on_both_clocks(moment, local, cohort.time_zone)


def _for_you(moment: datetime, local: datetime) -> str:
    yours = elsewhere(moment, local, st.context.timezone)
    if yours is None:
        return ""
    return f"; for you {yours:%H:%M}" if yours.date() == local.date() else f"; for you {yours:%A %-d %B, %H:%M}"
