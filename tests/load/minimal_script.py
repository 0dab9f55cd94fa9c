"""What Streamlit runs for every page of the minimal app."""

import streamlit as st

from tests.load import minimal

pages = [
    st.Page(minimal.home, default=True),
    st.Page(minimal.vote, url_path="vote"),
    st.Page(minimal.room, url_path="room"),
]
st.navigation(pages, position="hidden").run()
