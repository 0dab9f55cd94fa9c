"""The public page of a cohort, for its facilitators: write it, publish it, and take late applications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import streamlit as st

from mcm_core.domain.opening import TAKES, Opening, Plan, Stage, drop_in_before, plan_ahead, spoken
from mcm_core.services import openings, waiting_list
from mcm_core.store import opening_texts
from mcm_core.store.engine import read, write
from mcm_core.ui import press
from mcm_core.ui.addresses import public_url, warn_of_address
from mcm_core.ui.asked import Asked
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import showing_errors, words
from mcm_core.ui.reading_applications import free_places
from mcm_core.ui.visit import visit

STAGES = {
    Stage.DRAFT: "Not published: nobody sees the page yet.",
    Stage.OPEN: "Published. Applications are open.",
    Stage.DROP_IN: "Published. The drop-in has begun or is over, and applications are open.",
    Stage.CLOSED: "Applications have closed.",
    Stage.CONFIRMED: "The group is confirmed.",
}


def public_page(here: Here, opening: Opening | None) -> None:
    """Where the page stands, its address, what stands on it, and the one next step."""
    if opening is None:
        words("Write down what stands on the page. Nobody sees it before you publish it.", kind="how-to")
    else:
        _where_it_stands(here, opening)
    label = "Change the page" if opening else "What stands on the page"
    is_draft = opening is None or opening.stage(here.at) is Stage.DRAFT
    with st.expander(label, expanded=is_draft, key="opening.write"):
        _form(here, opening)


def _where_it_stands(here: Here, opening: Opening) -> None:
    stage = opening.stage(here.at)
    words(_how_it_stands(opening, stage), kind="fact")
    if stage is Stage.DRAFT:
        words("“Publish the page” is beneath its words, and keeps them as they stand there.", kind="how-to")
        return
    address = f"{public_url()}/open/{opening.slug}"
    st.code(address, language=None, wrap_lines=True)
    warn_of_address()
    if stage in TAKES:
        words("Give this address to everybody whom you would like to invite. It needs no account.", kind="how-to")
        press.button("Take the page down", lambda: _take_down(here), key="opening.down")
        return
    reads = "the group is complete" if stage is Stage.CONFIRMED else "applications have closed"
    words(f"Whoever opens this address reads that {reads}.", kind="how-to")
    _late(here, opening, address)


def _how_it_stands(opening: Opening, stage: Stage) -> str:
    if stage is Stage.CONFIRMED:
        return STAGES[stage]
    closes = spoken(opening.plan.closes, opening.time_zone)
    return (
        f"Applications closed: {closes}." if stage is Stage.CLOSED else f"{STAGES[stage]} Applications close: {closes}."
    )


def _late(here: Here, opening: Opening, address: str) -> None:
    """A link on purpose, after applications have closed."""
    with st.expander("Somebody wants to apply late", key="opening.late"):
        words("An application by this link is marked as late. Nobody is refused by the machine.", kind="how-to")
        if opening.takes_late:
            with read() as db:
                token = openings.late_token(db, here.visitor, here.cohort.id)
            st.code(f"{address}/late/{token}", language=None, wrap_lines=True)
            press.button("Take no more late applications", lambda: _take_late(here, yes=False), key="opening.late.end")
        else:
            press.button(
                "Make a link for late applications", lambda: _take_late(here, yes=True), key="opening.late.make"
            )


def _form(here: Here, opening: Opening | None) -> None:
    """Dates and texts; a text that is emptied leaves its section out."""
    today = here.at.astimezone(ZoneInfo(here.cohort.time_zone)).date()
    first = here.cohort.sessions[0].starts_local.date()
    plan = opening.plan if opening else plan_ahead(first, today)
    own, usual = (opening.words if opening else {}), opening_texts.page()
    # What is stored is part of the key: when somebody else changed it, the fields must not show what was before.
    key = f"{here.cohort.id}.opening.{hash((plan, *own.items()))}"
    # Outside the form, where it acts at once: nobody types into fields that are not kept.
    has = st.checkbox("There is a drop-in to find out more", value=plan.drop_in is not None, key=f"{key}.has")
    with st.form(key, border=False):
        words(f"Times are on the clocks of {here.cohort.time_zone.replace('_', ' ')}.", kind="how-to")
        closes = _moment("Applications close", plan.closes, key=f"{key}.closes")
        with st.container():  # always there, so that what stands beneath keeps its place
            made = _drop_in(here, plan, key) if has else replace(plan, drop_in=None)
        begins = {name: own.get(name, section.says) for name, section in usual.all_.items()}
        with half_typed(here, f"{here.cohort.id}.opening", stored=[*begins.values()]):
            said = {
                name: st.text_area(section.heading, begins[name], key=f"{key}.{name}", height="content") or ""
                for name, section in usual.all_.items()
            }
        words("Lines that begin with “- ” become a list. An emptied section is left out.", kind="how-to")
        with st.container(horizontal=True):
            keeps = st.form_submit_button("Keep the page")
            is_draft = opening and opening.stage(here.at) is Stage.DRAFT
            # In the form, so that what is published is what stands in it.
            publishes = bool(is_draft) and st.form_submit_button("Publish the page", type="primary")
    with showing_errors():
        if keeps or publishes:
            _keep(here, replace(made, closes=closes), said, publish=publishes)
            st.rerun()


def _keep(here: Here, plan: Plan, said: Mapping[str, str], *, publish: bool) -> None:
    """Keep the page as it stands in the form, and publish it, too: both, or neither."""
    with write() as db:
        openings.write_down(db, here.visitor, here.cohort.id, plan=plan, words=said, at=now())
        if publish:
            openings.publish(db, here.visitor, here.cohort.id, at=now())
    visit().message = "The page is published." if publish else "The page is kept."


def _drop_in(here: Here, plan: Plan, key: str) -> Plan:
    """The plan with the drop-in that is written down here."""
    today = here.at.astimezone(ZoneInfo(here.cohort.time_zone)).date()
    usual = drop_in_before(plan.closes, today)
    begins = _moment("The drop-in begins", plan.drop_in or usual, key=f"{key}.drop-in")
    minutes = st.number_input("Minutes of the drop-in", value=plan.drop_in_minutes, step=15, key=f"{key}.minutes")
    with half_typed(here, f"{here.cohort.id}.drop-in", stored=[plan.drop_in_link]):
        link = st.text_input("Link to the drop-in", value=plan.drop_in_link, key=f"{key}.link")
    words("The link is sent to those who ask for it; it does not stand on the page.", kind="how-to")
    return replace(plan, drop_in=begins, drop_in_minutes=int(minutes), drop_in_link=link or "")


def _moment(label: str, start: datetime, *, key: str) -> datetime:
    day, clock = st.columns(2)
    chosen: date = day.date_input(label, start.date(), format="DD/MM/YYYY", key=f"{key}.day")
    at_time: time = clock.time_input("Time", start.time(), key=f"{key}.time")
    return datetime.combine(chosen, at_time)


def _take_down(here: Here) -> None:
    with write() as db:
        openings.take_down(db, here.visitor, here.cohort.id, at=now())
    visit().message = "The page is taken down."


def _take_late(here: Here, *, yes: bool) -> None:
    with write() as db:
        openings.take_late(db, here.visitor, here.cohort.id, yes=yes, at=now())


def applications_asked(here: Here) -> list[Asked]:
    """For facilitators: where the public page stands while it is published and the group is not confirmed; then whether
    a place has become free for somebody who waits."""
    with read() as db:
        opening = openings.of_cohort(db, here.visitor, here.cohort.id)
        next_ = waiting_list.next_in_line(db, here.visitor, here.cohort.id, at=here.at) if opening else None
        free = waiting_list.places(db, here.visitor, here.cohort.id).free if next_ else 0
    stage = opening.stage(here.at) if opening else Stage.DRAFT
    if stage not in {Stage.DRAFT, Stage.CONFIRMED}:
        return [Asked("applicants.py", "Read applications", "inbox", STAGES[stage])]
    said = f"{free_places(free)}, and {next_} is first on the waiting list."
    return [Asked("applicants.py", "Read applications", "inbox", said)] if next_ else []
