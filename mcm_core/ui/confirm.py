"""Asking again who somebody is, before something that could harm others. Services insist on it; this asks first."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mcm_core.domain.errors import Reconfirm
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, provider
from mcm_core.store.engine import read
from mcm_core.ui.page import now
from mcm_core.ui.pieces import showing_errors, words
from mcm_core.ui.sign_in import button_to_provider
from mcm_core.web import confirming


def confirmed(visitor: Visitor, *, key: str) -> bool:
    """Whether the visitor said within ten minutes who they are. If not, the form that asks is drawn here.

    Draw what needs it only when this is True: `if confirmed(here.visitor, key="…"): …`. The verbs raise Reconfirm.
    """
    with read() as db:
        try:
            access.recently(db, visitor, at=now())
        except Reconfirm:
            recent = False
        else:
            recent = True
    if not recent:
        _ask(visitor, key)
    return recent


def confirmed_once(visitor: Visitor, *, key: str) -> Callable[[], bool]:
    """The same for a page with several such places: the first that asks draws the form, and the others point to it."""
    said: list[bool] = []

    def sure() -> bool:
        if not said:
            said.append(confirmed(visitor, key=key))
        elif not said[0]:
            words("First say who you are, above.", kind="how-to")
        return said[0]

    return sure


def _ask(visitor: Visitor, key: str) -> None:
    if provider.is_used():
        words("You signed in a while ago, and this can harm other people. Sign in again, then come back here.")
        button_to_provider(key)
        return
    with st.form(f"confirm.{key}"):
        words("You signed in a while ago, and this can harm other people. Say again who you are.")
        said = st.text_input(
            "Password or code", type="password", autocomplete="current-password", key=f"confirm.{key}.said"
        )
        words("Your password, or the six digits that your app shows now.", kind="how-to")
        sent = st.form_submit_button("Go on")
    if not sent:
        return
    with showing_errors():
        if confirming.confirm(visitor, said, at=now()):
            st.rerun()
        st.error(confirming.WRONG)
