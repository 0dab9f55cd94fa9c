"""What a person sees when something unexpected happens: a sentence and a number, and the rest in the server's log."""

from __future__ import annotations

import logging
import secrets

import streamlit as st

from mcm_core.domain.errors import McmError
from mcm_core.store.engine import DatabaseUnavailable
from mcm_core.ui.page import recognise
from mcm_core.ui.pieces import plain

AGAIN = 3.0  # seconds
AWAY = "The database does not answer just now. What was saved is safe. This page goes on by itself when it is back."
log = logging.getLogger(__name__)


def report_script_error(error: Exception) -> bool:
    """Say what can be said, and log the rest under a number. True: Streamlit shows nothing of its own."""
    if type(error) is DatabaseUnavailable:
        _wait_for_it()
        return True
    if isinstance(error, McmError):
        st.error(plain(str(error)))
        return True
    number = secrets.token_hex(4)
    log.error("Error %s", number, exc_info=error)
    st.error(
        f"Something went wrong on our side; it is noted as {number}. What was saved is safe. Reload the page and go on."
    )
    return True


def _wait_for_it() -> None:
    """Draw the page anew as soon as the database answers again."""
    looks = 0

    @st.fragment(run_every=AGAIN)
    def look() -> None:
        nonlocal looks
        looks += 1
        try:
            if looks > 1:
                recognise()
                st.rerun()
        except DatabaseUnavailable:
            pass
        st.error(plain(AWAY))

    look()
