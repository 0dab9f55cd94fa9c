"""The six dates as a list in which each can be moved."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import streamlit as st

from mcm_core.domain.cohort import CohortSession, elsewhere
from mcm_core.services import clashes, cohorts, slots
from mcm_core.store.engine import read, write
from mcm_core.ui.my_calendar import calendar_link
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import plain, showing_errors, words
from mcm_core.ui.press import button
from mcm_core.ui.visit import visit


def on_the_wall(start: datetime) -> str:
    """A moment as a sentence has it: Tuesday 13 January 2026, 14:00."""
    return f"{start:%A} {start.day} {start:%B %Y, %H:%M}"


def six_dates(here: Here) -> None:
    """Every session on a line of its own that opens to be moved."""
    words(_clocks(here), kind="how-to")
    calendar_link(here)
    ahead = [one for one in here.cohort.sessions if one.ends_at > here.at and not one.cancelled]
    with read() as db:
        begun = cohorts.begun(db, here.visitor, here.cohort.id)
        double = clashes.of_dates(db, here.visitor, ahead, but=here.cohort.id)
    for warning in (*slots.on_holidays({one.number: one.starts_local for one in ahead}), *double):
        st.warning(plain(warning))
    for meeting in here.cohort.sessions:
        kind = "" if meeting.kind == "topic" else f" ({meeting.kind})"
        # The stored values are part of the key: when somebody else moved it, the fields must not show the old date.
        key = f"meeting.{meeting.id}.{meeting.sequence}"
        off = ", will not take place" if meeting.cancelled else ""
        line = plain(f"Session {meeting.number}{kind}: {on_the_wall(meeting.starts_local)}{off}")
        with st.expander(line, key=key):
            if meeting.id in begun:
                words("This session has begun, so its date stays: what was answered there belongs to its day.")
                continue
            _move(here, meeting, f"{key}.move")
            if not meeting.cancelled and meeting.ends_at > here.at:
                _ask_to_cancel(here, meeting, f"{key}.cancel")


def _clocks(here: Here) -> str:
    """Whose clocks the times are on, and what that is on this browser's."""
    zone, own, first = here.cohort.time_zone, st.context.timezone, here.cohort.sessions[0]
    said = f"Times are on the clocks of {_spoken(zone)}, before and after they change."
    yours = elsewhere(first.starts_at, first.starts_local, own)
    return f"{said} For you in {_spoken(own)}, session 1 begins on {on_the_wall(yours)}." if own and yours else said


def _move(here: Here, meeting: CohortSession, key: str) -> None:
    with st.form(key, border=False):
        day, clock, long = st.columns(3)
        moved = day.date_input("Date", meeting.starts_local.date(), format="DD/MM/YYYY", key=f"{key}.date")
        at_time = clock.time_input("Time", meeting.starts_local.time(), key=f"{key}.time")
        minutes = long.number_input("Minutes", value=meeting.minutes, step=15, key=f"{key}.minutes")
        words(
            "Members see the new date at once, and a message to each stands ready. The session keeps its number, and "
            "nothing that was answered changes.",
            kind="how-to",
        )
        pressed = st.form_submit_button(
            "It takes place after all" if meeting.cancelled else f"Move session {meeting.number}"
        )
    with showing_errors():
        if pressed:
            _save(here, meeting, datetime.combine(moved, at_time), minutes)
            st.rerun()


def _ask_to_cancel(here: Here, meeting: CohortSession, key: str) -> None:
    with st.popover("It will not take place"):
        words(
            f"Everybody sees at once that session {meeting.number} does not take place, and a message to each member "
            "stands ready. It keeps its number and its date, and can take place after all."
        )
        button(f"Yes, session {meeting.number} does not take place", partial(_cancel, here, meeting), key=key)


def _cancel(here: Here, meeting: CohortSession) -> None:
    with write() as db:
        cohorts.cancel_session(db, here.visitor, meeting.id, at=now())


def _save(here: Here, meeting: CohortSession, starts: datetime, minutes: int) -> None:
    with write() as db:
        cohorts.move_session(db, here.visitor, meeting.id, starts, minutes, at=now())
    with read() as db:
        moved = cohorts.get(db, here.visitor, here.cohort.id)
    is_ = "takes place after all," if meeting.cancelled else "is"
    visit().message = (
        f"Session {meeting.number} {is_} on {on_the_wall(starts)}, for {minutes} minutes.{_order(moved.sessions)}"
    )


def _order(sessions: tuple[CohortSession, ...]) -> str:
    """A warning when the numbers do not follow the dates; that is allowed."""
    by_date = [meeting.number for meeting in sorted(sessions, key=lambda meeting: meeting.starts_at)]
    if by_date == sorted(by_date):
        return ""
    return f" By date the sessions now come as {', '.join(map(str, by_date))}; each keeps its number."


def _spoken(zone: str | None) -> str:
    return (zone or "").replace("_", " ")
