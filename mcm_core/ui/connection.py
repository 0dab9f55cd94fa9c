"""A calm line on what a connection in the clear means, where it is one."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.visitor import Visitor
from mcm_core.ui.pieces import words
from mcm_core.web.connection import FOR_MEMBERS, Connection, takes_the_risk, told

FOR_FACILITATORS = (
    "You facilitate over a connection that is not encrypted, because this server was started with MCM_INSECURE_LAN=1. "
    "Anybody on this network could take over your sign-in. Use it only on a network that you trust."
)


def notice(visitor: Visitor) -> None:
    """Draw the notice for this visitor; nothing over https and on the server's own computer."""
    if told(st.context.headers) is not Connection.PLAIN:
        return
    if visitor.facilitator_id and takes_the_risk():
        st.warning(FOR_FACILITATORS)
    else:
        words(FOR_MEMBERS, kind="fact")
