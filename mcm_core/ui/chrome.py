"""What stands around every page: style, navigation, a pause, and the door. Way out and help: web/shell.py."""

from __future__ import annotations

import time

import streamlit as st

from mcm_core.domain.told_apart import told_apart
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import cohorts, provider, second_step
from mcm_core.store import ballast
from mcm_core.store.engine import database_folder, database_url, read
from mcm_core.ui import pause
from mcm_core.ui.component import ASSETS, component
from mcm_core.ui.live import listen
from mcm_core.ui.page import PAGES, chosen, recognise
from mcm_core.ui.pieces import on_the_day, plain, words
from mcm_core.ui.sign_in import sign_out_button
from mcm_core.ui.sitemap import ENTRIES
from mcm_core.ui.visit import visit

#: What belongs to the person alone: file and label.
OWN = {
    Role.FACILITATOR: ("account.py", "My account"),
    Role.MEMBER: ("my_data.py", "My data"),
    Role.UNREAD: ("my_data.py", "My data"),
}
PROJECTOR = '<span class="projector"></span>'  # web/assets/bar.css keeps the bar out of the picture there
FULL = (
    "The disk of this server is full, or nearly. Go on; but ask whoever runs it to free some space now. When nothing "
    "more can be saved, pages and phones say so."
)
_guard = component(ASSETS / "guard.js")


def style() -> None:
    """The house style, on every page, and the guard that loads a page anew when it has fallen over."""
    st.html(ASSETS / "style.css")
    _guard(height=1)  # without a key: every keyed widget makes every radio on the page a little slower


def top(visitor: Visitor, page: str) -> None:
    """The navigation and who I am; beneath them a pause, and what was just done on this page."""
    visit().waited = False
    with st.container(horizontal=True, key="navigation", gap="small", vertical_alignment="center"):
        for entry in ENTRIES:
            if visitor.role in entry.links:
                st.page_link(entry.page(), label=entry.title)
        with st.popover(plain(visitor.name.split()[0])):
            words(visitor.name)
            if own := OWN.get(visitor.role):
                st.page_link(PAGES / own[0], label=own[1])
            sign_out_button("Sign out" if visitor.facilitates else "Leave this phone")
    _choose_cohort(visitor)
    if visitor.facilitates and not (second_step.required() or provider.is_used()):
        st.warning("On this server a password alone signs facilitators in (MCM\\_SECOND\\_FACTOR=off).")
    if visitor.facilitates and ballast.is_released(database_folder(database_url())):
        st.warning(FULL)
    hold(visitor)
    with st.container():  # always there, so that what stands beneath keeps its place
        if message := visit().to_say(time.monotonic(), page):
            st.success(plain(message))


def hold(visitor: Visitor, *, room: bool = False) -> None:
    """A pause: calm words for members, guests and the room, and for a facilitator the tap that ends it."""
    if not visitor.facilitates:
        pause.cover(visitor, visitor.cohort_id or "")
        return
    with read() as db:
        mine = cohorts.of_visitor(db, visitor)
    if mine and room:
        pause.cover(visitor, chosen(mine).id)
    elif mine:
        pause.notice(visitor, chosen(mine))


def door(visitor: Visitor) -> None:
    """What somebody sees who has knocked and waits for a facilitator."""
    visit().waited = True  # until they are let in: should that not happen, the sign-in says what to do (ui/sign_in.py)
    st.title("Nearly there", anchor=False)
    words("A facilitator can see that you are at the door. This page opens by itself when they let you in.")
    words("Nobody answers? Tell them that you are here. After a while you would have to knock again.", kind="how-to")

    watch(visitor)
    sign_out_button()


def watch(visitor: Visitor) -> None:
    """Draw the page anew at once when this browser is let in, turned away, or has waited for too long."""

    @st.fragment(run_every=15.0)
    def wait() -> None:
        listen(f"visitor:{visitor.sign_in}", key="door")
        again = recognise()
        if again is None or again.role != visitor.role:
            st.rerun()

    wait()


def _choose_cohort(visitor: Visitor) -> None:
    """For a facilitator with several cohorts: which one this tab works with."""
    if not visitor.facilitates:
        return
    with read() as db:
        mine = cohorts.of_visitor(db, visitor)
    if len(mine) < 2:
        return
    ids = [cohort.id for cohort in mine]
    first = {cohort.id: f"from {on_the_day(cohort.sessions[0].starts_local)}" for cohort in mine}
    names = told_apart({cohort.id: cohort.name for cohort in mine}, first)
    now = chosen(mine).id
    key = f"chrome.cohort.{now}"  # a new one when another tab or link has chosen, so that it never shows the old one
    wanted = st.selectbox(
        "Cohort", ids, index=ids.index(now), format_func=names.__getitem__, key=key, label_visibility="collapsed"
    )
    if wanted in names and wanted != visit().cohort_id:
        visit().cohort_id = wanted
        st.rerun()
