"""The script that runs for every page: it signs the person in, draws what is on every page, and then runs the page."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.visitor import Role
from mcm_core.ui import chrome, guest
from mcm_core.ui.connection import notice
from mcm_core.ui.page import recognise
from mcm_core.ui.sign_in import sign_in_form
from mcm_core.ui.sitemap import ENTRIES

pages = [entry.page() for entry in ENTRIES]
page = st.navigation(pages, position="hidden")
entry = ENTRIES[pages.index(page)]
visitor = recognise()

st.set_page_config(
    page_title=entry.title if visitor else "Session",
    page_icon=str(chrome.ASSETS / "icon.svg"),  # a file of ours: named icons are fetched from elsewhere
    layout="wide" if entry.wide else "centered",
    initial_sidebar_state="collapsed",
)
chrome.style()
if visitor is None:
    sign_in_form()
elif visitor.role is Role.WAITING:
    chrome.door(visitor)
elif visitor.role is Role.GUEST:
    chrome.top(visitor)
    notice(visitor)
    guest.screen(visitor)
else:
    if not entry.bare:
        chrome.top(visitor)
        notice(visitor)
    page.run()
