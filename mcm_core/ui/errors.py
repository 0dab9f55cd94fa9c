"""What a person sees when something unexpected happens: a sentence and a number, and the rest in the server's log."""

from __future__ import annotations

import logging
import secrets

import streamlit as st

from mcm_core.domain.errors import McmError
from mcm_core.store.engine import DatabaseUnavailable
from mcm_core.ui import away
from mcm_core.ui.pieces import plain

log = logging.getLogger(__name__)


def report_script_error(error: Exception) -> bool:
    """Say what can be said, and log the rest under a number. True: Streamlit shows nothing of its own."""
    if type(error) is DatabaseUnavailable:
        away.wait()
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
