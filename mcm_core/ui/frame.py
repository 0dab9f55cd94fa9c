"""The script that runs for every page: it signs the person in, draws what is on every page, and then runs the page."""

from __future__ import annotations

import streamlit as st
from streamlit.errors import FragmentHandledException

from mcm_core.domain.visitor import Role
from mcm_core.services.provider import is_used
from mcm_core.ui import chrome, document, guest, second_step
from mcm_core.ui.connection import notice
from mcm_core.ui.errors import report_script_error
from mcm_core.ui.half_typed import forget_what_is_over
from mcm_core.ui.page import Enough, NotTheirs, recognise
from mcm_core.ui.provider import arrive
from mcm_core.ui.provider import go_on as one_more_step
from mcm_core.ui.sign_in import sign_in_form
from mcm_core.ui.sitemap import ENTRIES
from mcm_core.ui.turns import in_turn
from mcm_core.web.files import FOLDER


def draw() -> None:
    """Everything of one page."""
    pages = [entry.page() for entry in ENTRIES]
    page = st.navigation(pages, position="hidden")
    entry = ENTRIES[pages.index(page)]
    visitor = recognise()

    st.set_page_config(
        page_title=entry.title if visitor else "Session",
        page_icon=str(FOLDER / "icon.svg"),  # a file of ours: named icons are fetched from elsewhere
        layout="wide" if entry.wide else "centered",
        initial_sidebar_state="collapsed",
    )
    chrome.style()
    if arrive(visitor):
        return
    if visitor is None:
        sign_in_form()
    elif visitor.role is Role.WAITING:
        chrome.door(visitor)
    elif visitor.role is Role.GUEST:
        chrome.top(visitor, entry.title)
        notice(visitor)
        guest.screen(visitor)
    elif visitor.role is Role.UNREAD and not entry.unread:
        chrome.top(visitor, entry.title)
        notice(visitor)
        document.gate(visitor)
    elif visitor.role is Role.HALFWAY:
        notice(visitor)
        (one_more_step if is_used() else second_step.go_on)(visitor)
    else:
        if entry.bare:
            st.html(chrome.PROJECTOR)
            chrome.hold(visitor, room=True)
        else:
            chrome.top(visitor, entry.title)
            notice(visitor)
        try:
            page.run()
            forget_what_is_over(visitor)
        except NotTheirs:
            chrome.watch(visitor)


with in_turn():
    # Only a rerun leaves by an exception: else Streamlit would keep parts of the page before, and run them in this one.
    try:
        draw()
    except (Enough, FragmentHandledException):
        pass  # what there is to say has been said
    except Exception as error:
        report_script_error(error)
