"""The second step of signing in: asking for the code, setting an app up, and showing the recovery codes once."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.second_step import in_groups
from mcm_core.domain.visitor import Visitor
from mcm_core.services import second_step
from mcm_core.store.engine import read, write
from mcm_core.ui.addresses import qr_svg
from mcm_core.ui.page import now
from mcm_core.ui.pieces import showing_errors, words
from mcm_core.ui.sign_in import deliver, sign_out_button
from mcm_core.ui.visit import visit

WRONG = "That code is not right, or it has been used. Look at what your app shows now and try again."


def go_on(visitor: Visitor) -> None:
    """What a facilitator sees between the password and everything else."""
    with read() as db:
        ready = second_step.is_set_up(db, visitor)
    if visit().recovery_codes:
        st.title("Codes for a lost phone", anchor=False)
        if recovery_codes():
            _finish(visitor)
    elif ready:
        st.title("The second step", anchor=False)
        _ask(visitor)
        words(
            "Phone lost, and no recovery codes? Ask whoever runs this server for a new way in. They make a link with "
            "mcm reset-link and your username; with it you choose a new password and set up a new phone.",
            kind="how-to",
        )
    else:
        st.title("One more step", anchor=False)
        words("A password can be seen or guessed. From now on you also type six digits that only your phone shows.")
        set_up(visitor)
    sign_out_button("Start again")


def set_up(visitor: Visitor) -> None:
    """The key for an app, as a QR code and to type, and the field for its first code."""
    with read() as db:
        showing = second_step.is_set_up(db, visitor)
    with write() as db:
        offer = second_step.offer(db, visitor, at=now())
    words("1. Open an authenticator app: the one your organisation uses, your password manager, or any free one.")
    words("2. In it, add an account and scan this. On this same phone, type the key instead.")
    st.html(qr_svg(offer.address, alt="QR code for your authenticator app"))
    st.code(in_groups(offer.key), language=None, wrap_lines=True)
    words("The hyphens only make it easier to read. You may leave them out.", kind="how-to")
    with st.form("second-step.set-up"):
        code = st.text_input("3. The six digits that the app shows", autocomplete="one-time-code", max_chars=20)
        sent = st.form_submit_button("This is what it shows", type="primary")
    if sent:
        with showing_errors():
            with write() as db:
                visit().recovery_codes = second_step.set_up(db, visitor, code, at=now())
            visit().editing = None
            st.rerun()
    if showing:
        words("Your old app keeps working until then.", kind="how-to")


def recovery_codes() -> bool:
    """The codes, to be kept; True when the person says that they have them. They are never shown again."""
    words("Your second step is set up. If your phone is lost, each of these lets you in once instead of a code.")
    words("Print this page, or copy them to where you keep your passwords. They are not shown again.")
    st.code("\n".join(visit().recovery_codes), language=None)
    kept = st.button("I have kept them", type="primary", key="second-step.kept")
    if kept:
        visit().recovery_codes = ()
    return kept


def _ask(visitor: Visitor) -> None:
    with st.form("second-step"):
        said = st.text_input("Code", autocomplete="one-time-code", max_chars=40, key="second-step.code")
        words("The six digits that your app shows now, or one of your recovery codes.", kind="how-to")
        sent = st.form_submit_button("Go on", type="primary")
    if not sent:
        return
    with showing_errors():
        with write() as db:
            ticket = second_step.take(db, visitor, said, at=now())
        if ticket:
            deliver(ticket)
        else:
            st.error(WRONG)


def _finish(visitor: Visitor) -> None:
    with showing_errors():
        with write() as db:
            ticket = second_step.finish(db, visitor, at=now())
        deliver(ticket)
