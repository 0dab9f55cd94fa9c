"""Making a cohort, and changing what it is called and how small a group may be shown."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from mcm_core.domain.cohort import WEEKDAYS, folded, six_dates, time_zones
from mcm_core.domain.release import THRESHOLDS
from mcm_core.domain.slots import planned
from mcm_core.domain.visitor import Visitor
from mcm_core.services import clashes, cohorts, slots
from mcm_core.store import texts
from mcm_core.store.engine import read, write
from mcm_core.ui.cohort_dates import on_the_wall
from mcm_core.ui.newcomers import newcomers
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import plain, showing_errors, words
from mcm_core.ui.visit import visit

REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
USUAL_WEEKDAY, USUAL_TIME = 1, time(14)
IN_WORDS = dict(zip(THRESHOLDS, ["three", "four", "five", "six", "seven", "eight", "nine", "ten"], strict=True))


def create_form(visitor: Visitor, *, key: str) -> None:
    """Ask for name, zone and time, show the six dates that follow, and make the cohort. `key` renews the fields."""
    name = st.text_input("Name of the cohort", key=f"{key}.name", placeholder="Tuesday group")
    if warned := same_name(visitor, name):
        st.warning(plain(warned))
    zone = st.selectbox("Time zone", zones(st.context.timezone), format_func=_spoken, key=f"{key}.zone") or "UTC"
    first, weekday, at_time = _first_meeting(zone, key)
    clocks = f"on the clocks of {zone.replace('_', ' ')}"  # said, as a zone that is not known leaves the one before
    words(f"The six dates that follow, {clocks}. Each can be moved afterwards.", kind="how-to")
    starts = six_dates(first, weekday, at_time)
    _preview(starts)
    for warning in (*slots.on_holidays(dict(enumerate(starts, start=1))), *_clashes(visitor, starts, zone)):
        st.warning(plain(warning))
    if st.button("Create this cohort", type="primary", key=f"{key}.create"):
        with showing_errors():
            with write() as db:
                made = cohorts.create(
                    db, visitor, name=name, time_zone=zone, first=first, weekday=weekday, at_time=at_time, at=now()
                )
            visit().cohort_id = made.id
            warned = same_name(visitor, name, but=made.id)
            visit().message = f"“{made.name}” has its six dates. Add its members next.{warned}"
            st.rerun()


def _clashes(visitor: Visitor, starts: tuple[datetime, ...], zone: str) -> tuple[str, ...]:
    with read() as db:
        return clashes.of_dates(db, visitor, planned(starts, zone))


def same_name(visitor: Visitor, name: str, *, but: str = "") -> str:
    """A sentence where the visitor has another cohort of this name, which is allowed; else nothing."""
    with read() as db:
        others = [one.name for one in cohorts.of_visitor(db, visitor) if one.id != but]
    if folded(name) not in {folded(one) for one in others}:
        return ""
    return " You have another cohort of this name. Give one of them another, such as its season, to tell them apart."


def zones(own: str | None) -> list[str]:
    """The time zones to choose from: the browser's own first, then the places of the world, then UTC."""
    known = time_zones()
    places = sorted(zone for zone in known if zone.split("/")[0] in REGIONS)
    return list(dict.fromkeys([*([own] if own in known and own else [texts.country().time_zone]), *places, "UTC"]))


def settings(here: Here) -> None:
    """The cohort's name and its threshold, each with what a change brings about."""
    key = f"{here.cohort.id}.rename.{here.cohort.name}"  # a new key when somebody else renamed it
    with st.form(key):
        name = st.text_input("Name of the cohort", value=here.cohort.name, key=f"{key}.name")
        words("Members see the new name at once. Links, dates and answers stay as they are.", kind="how-to")
        renamed = st.form_submit_button("Rename the cohort")
    with showing_errors():
        if renamed:
            with write() as db:
                cohorts.rename(db, here.visitor, here.cohort.id, name)
            visit().message = f"The cohort has its new name.{same_name(here.visitor, name, but=here.cohort.id)}"
            st.rerun()
    _threshold(here)
    newcomers(here)


def _first_meeting(zone: str, key: str) -> tuple[date, int, time]:
    """The first day, the weekday, which follows the day until it is changed, and the time."""
    day, week, clock = st.columns(3)
    today = now().astimezone(ZoneInfo(zone)).date()
    soon = six_dates(today + timedelta(days=7), USUAL_WEEKDAY, USUAL_TIME)[0]
    first = day.date_input("First day", value=soon.date(), format="DD/MM/YYYY", key=f"{key}.first")
    weekday = week.selectbox(
        "Weekday",
        range(7),
        index=first.weekday(),
        format_func=lambda day: WEEKDAYS[day],
        key=f"{key}.weekday.{first}",
    )
    at_time = clock.time_input("Time", value=USUAL_TIME, key=f"{key}.time")
    return first, weekday, at_time


def _preview(starts: tuple[datetime, ...]) -> None:
    dates = {f"Session {number}": plain(on_the_wall(start)) for number, start in enumerate(starts, start=1)}
    st.table({"Session": list(dates), "Begins": list(dates.values())}, hide_index=True, alt="The six dates")


def _spoken(zone: str) -> str:
    """As it is written in computers, and in words: whoever types either finds it."""
    return f"{zone} ({zone.split('/')[-1].replace('_', ' ')})" if "_" in zone else zone


def _threshold(here: Here) -> None:
    now_set = here.cohort.threshold
    threshold = st.selectbox(
        "Smallest group for a picture",
        list(THRESHOLDS),
        index=THRESHOLDS.index(now_set),
        format_func=lambda number: f"{number} people",
        key=f"{here.cohort.id}.threshold.{now_set}",
    )
    words(
        f"Below {IN_WORDS[threshold or now_set]} answers nothing is shown. A smaller number shows a picture more often "
        "and makes it easier to guess who answered what. Pictures already shown stay as they are.",
        kind="how-to",
    )
    with showing_errors():
        if st.button("Keep this number", disabled=threshold == now_set, key="threshold.save"):
            with write() as db:
                cohorts.set_threshold(db, here.visitor, here.cohort.id, threshold or now_set)
            visit().message = f"Below {IN_WORDS[threshold or now_set]} answers nothing is shown from now on."
            st.rerun()
