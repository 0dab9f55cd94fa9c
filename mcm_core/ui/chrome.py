"""What stands around every page: style, navigation, help, the way out, and the door."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from mcm_core.domain.visitor import Visitor
from mcm_core.services import cohorts, provider, second_step
from mcm_core.store.engine import read
from mcm_core.ui.live import listen
from mcm_core.ui.page import PAGES, chosen, recognise
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.sign_in import sign_out_button
from mcm_core.ui.sitemap import ENTRIES
from mcm_core.ui.visit import visit

ASSETS = Path(__file__).parent / "assets"
_guard = st.components.v2.component(
    "mcm_guard", html="<span></span>", js=(ASSETS / "guard.js").read_text(encoding="utf-8")
)
_exit = st.components.v2.component(
    "mcm_exit",
    html='<button type="button">Exit this page</button>',
    js=(ASSETS / "exit.js").read_text(encoding="utf-8"),
    css=(ASSETS / "exit.css").read_text(encoding="utf-8"),
)


def style() -> None:
    """The house style, on every page, and the guard that loads a page anew when it has fallen over."""
    st.html(ASSETS / "style.css")
    _guard(height=1)  # without a key: every keyed widget makes every radio on the page a little slower


def top(visitor: Visitor) -> None:
    """Help, who I am, the way out, and the navigation."""
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", key="top"):
        with st.popover("Help"):
            words(HELP)
        with st.popover(plain(visitor.name.split()[0])):
            words(visitor.name)
            _choose_cohort(visitor)
            if visitor.facilitates:
                st.page_link(PAGES / "account.py", label="My account")
                sign_out_button()
            else:
                st.page_link(PAGES / "my_data.py", label="My data")
                sign_out_button("Leave this phone")
        _exit(width="content")
    with st.container(horizontal=True, key="navigation", gap="small"):
        for entry in ENTRIES:
            if visitor.role in entry.links:
                st.page_link(entry.page(), label=entry.title)
    if visitor.facilitates and not (second_step.required() or provider.is_used()):
        st.warning("On this server a password alone signs facilitators in (MCM\\_SECOND\\_FACTOR=off).")
    with st.container():  # always there, so that what stands beneath keeps its place
        if message := visit().message:
            visit().message = None
            st.success(plain(message))


def door(visitor: Visitor) -> None:
    """What somebody sees who has knocked and waits for a facilitator."""
    st.title("Nearly there", anchor=False)
    words("A facilitator can see that you are at the door. This page opens by itself when they let you in.")

    watch(visitor)
    sign_out_button()


def watch(visitor: Visitor) -> None:
    """Draw the page anew at once when this browser is let in or signed out. For pages that `follow` nothing."""

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
    names = {cohort.id: cohort.name for cohort in mine}
    wanted = st.selectbox("Cohort", ids, index=ids.index(chosen(mine).id), format_func=names.__getitem__)
    if wanted in names and wanted != visit().cohort_id:
        visit().cohort_id = wanted
        st.rerun()


HELP = (
    "If you or somebody else is in danger now, call the emergency services (999 in the UK). "
    "If something here worries you, talk to your facilitator: they can pause, and you may stop at any time. "
    "You can always choose “Rather not say”, and “Exit this page” leaves at once."
)
