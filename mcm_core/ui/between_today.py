"""On Today: whom I catch up with this week, or what a facilitator has yet to share."""

from __future__ import annotations

from mcm_core.domain.catch_up import CatchUp, leads_up, week_to_share
from mcm_core.services import catch_ups, my_catch_ups
from mcm_core.store.engine import read
from mcm_core.ui.asked import Asked
from mcm_core.ui.catch_ups import together
from mcm_core.ui.page import Here


def catch_up_asked(here: Here) -> list[Asked]:
    """My catch-up until I have said whether we met, and again when it becomes another; for a facilitator what is to be
    shared or mended."""
    return _for_facilitator(here) if here.visitor.facilitates else _for_member(here)


def _for_member(here: Here) -> list[Asked]:
    with read() as db:
        mine = [one for one in my_catch_ups.mine(db, here.visitor) if _is_open(here, one)]
    if not mine:
        return []
    begins = "Your catch-up has changed" if mine[0].changed else "Your catch-up this week"
    return [Asked("between.py", "Find a time, or say that you met", "coffee", f"{begins}: {together(mine[0])}.")]


def _is_open(here: Here, one: CatchUp) -> bool:
    return (one.said is None or one.changed) and leads_up(here.cohort, one.number, here.at)


def _for_facilitator(here: Here) -> list[Asked]:
    with read() as db:
        shared, broken = catch_ups.to_do(db, here.visitor, here.cohort.id)
    if broken and leads_up(here.cohort, shared, here.at):
        return [Asked("between.py", "Look at the catch-ups", "coffee", "Somebody needs another partner this week.")]
    number = week_to_share(here.cohort, shared, here.at)
    if number and here.cohort.session(number).starts_at <= here.at:
        said = f"Catch-ups of week {number} are not shared yet."
        return [Asked("between.py", "Share who meets whom", "coffee", said)]
    return []
