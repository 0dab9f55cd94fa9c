"""Signing in at an organisation's own page, by Streamlit's `st.login`; its cookie is given up for ours at once."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import provider
from mcm_core.store.engine import write
from mcm_core.ui.page import now
from mcm_core.ui.pieces import showing_errors, words
from mcm_core.ui.sign_in import button_to_provider, deliver, sign_out_button


def arrive(visitor: Visitor | None) -> bool:
    """Let somebody in who comes back from the provider; whether anybody does, and all is said."""
    if not (provider.is_used() and st.user.get("is_logged_in")):
        return False
    issuer, subject = str(st.user.get("iss") or ""), str(st.user.get("sub") or "")
    with showing_errors():
        with write() as db:
            if visitor and visitor.role is Role.HALFWAY:
                ticket: str | None = provider.bind(db, visitor, issuer, subject, at=now())
            else:
                ticket = provider.welcome(db, issuer, subject, at=now())
        if ticket:
            deliver(ticket)
            return True
        st.error("Nobody here knows that account yet. Ask a facilitator for an invitation and open its link first.")
    if st.button("Use another account"):
        st.logout()
    return True


def go_on(_visitor: Visitor) -> None:
    """What somebody sees who came by a one-time link: the way to the provider."""
    st.title("One more step", anchor=False)
    words("Sign in at your organisation once, so that this account is yours.")
    button_to_provider("halfway")
    sign_out_button("Start again")
