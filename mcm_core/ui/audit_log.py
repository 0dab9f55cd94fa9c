"""The cohort's log, for its facilitators."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from mcm_core.services import audit
from mcm_core.store.engine import read
from mcm_core.ui.page import Here
from mcm_core.ui.pieces import on_the_day, words


def audit_log(here: Here) -> None:
    """Who did what, newest first, on the cohort's clocks."""
    with read() as db:
        lines = audit.of_cohort(db, here.visitor, here.cohort.id)
    words(
        "Never what anybody answered or wrote, and not what members do with what is theirs, except that somebody "
        "erased it.",
        kind="how-to",
    )
    zone = ZoneInfo(here.cohort.time_zone)
    for line in lines:
        at = line.at.astimezone(zone)
        words(f"{on_the_day(at)}, {at:%H:%M}: {line.sentence}")
