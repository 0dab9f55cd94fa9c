"""News and views: one growing, dated page for everybody, the newest session first."""

from __future__ import annotations

import streamlit as st

from mcm_core.charts.weeks import weeks
from mcm_core.services import news
from mcm_core.services.news import History
from mcm_core.store.engine import read
from mcm_core.ui.call import call_back
from mcm_core.ui.news import draw_week
from mcm_core.ui.page import open_page
from mcm_core.ui.pieces import is_dark, plain, show, words


def over_the_sessions(histories: tuple[History, ...]) -> None:
    """A bar for each session, question by question."""
    st.header("Session by session", anchor=False)
    for one in histories:
        key = f"{one.instrument.key}.{one.instrument.version}.{one.theme.key}"
        with st.expander(plain(f"{one.instrument.title}: {one.theme.label}"), key=f"over.{key}"):
            show(weeks(one.instrument, one.theme, one.releases, narrow=True, dark=is_dark()), key=f"bars.{key}")


here = open_page()
st.title("News and views", anchor=False)
call_back(here, page="news.py")
with read() as db:
    found = news.weeks(db, here.visitor, here.cohort.id, at=here.at)
    histories = news.histories(db, here.visitor, here.cohort.id)
words("How each session was, and what was changed because of it. Everybody in the group reads this page.", kind="need")
if not found:
    st.info("Nothing yet. At the end of each session everybody is asked here how it was.")
for week in found:
    draw_week(here, week)
if found:
    st.link_button("Read or print it all", f"/report/news/{here.cohort.id}", icon=":material/print:")
if histories:
    over_the_sessions(histories)
