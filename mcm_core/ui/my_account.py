"""The parts of the page on which facilitators look after their own account."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from mcm_core.domain.account import PASSWORD_MIN
from mcm_core.domain.cohort import time_zones
from mcm_core.domain.visitor import Visitor
from mcm_core.services import audit, my_sign_ins, passwords, second_step, signing_in
from mcm_core.services.my_sign_ins import SignedIn
from mcm_core.store.engine import read, write
from mcm_core.ui.confirm import confirmed
from mcm_core.ui.page import now
from mcm_core.ui.pieces import on_the_day, showing_errors, words
from mcm_core.ui.second_step import set_up
from mcm_core.ui.visit import visit

ANOTHER_APP = "another app"  # what visit().editing says while one is set up


def sign_ins(visitor: Visitor) -> None:
    """Every browser, and the button that signs the others out."""
    with read() as db:
        found = my_sign_ins.everywhere(db, visitor, at=now())
    for one in found:
        words(_in_words(one, now()))
    if len(found) > 1:
        words("Invitations that you made and nobody has used end with them.", kind="how-to")
    if len(found) > 1 and st.button("Sign out everywhere else", key="account.elsewhere"):
        with write() as db:
            my_sign_ins.end_elsewhere(db, visitor, at=now())
        _done("You are signed out everywhere but here.")


def password(visitor: Visitor) -> None:
    """The form for another password, which asks for the old one, and a password to take over: never kept anywhere."""
    with st.form("account.password", clear_on_submit=True):
        old = st.text_input("The password you have now", type="password", autocomplete="current-password")
        new = st.text_input("The new one", type="password", autocomplete="new-password")
        words(f"At least {PASSWORD_MIN} characters; four or five unrelated words do. All other browsers are "
              "signed out, and invitations that you made end.", kind="how-to")  # fmt: skip
        sent = st.form_submit_button("Change my password")
    if st.button("Suggest a password", key="account.suggest"):
        st.code(passwords.suggested(), language=None, wrap_lines=True)
        words("Copy it into the form, and keep it where you keep your passwords. It is not shown again.", kind="how-to")
    if sent:
        with showing_errors():
            _change(visitor, old, new)


def second_step_of(visitor: Visitor) -> None:
    """New recovery codes, and another app or phone. Asks first who it is."""
    with read() as db:
        left = second_step.recovery_codes_left(db, visitor)
    words(f"You have {left} recovery code{'' if left == 1 else 's'} left.")
    if not confirmed(visitor, key="account"):
        return
    if st.button("Make new recovery codes", key="account.codes"):
        with write() as db:
            visit().recovery_codes = second_step.renew_recovery_codes(db, visitor, at=now())
        st.rerun()
    if visit().editing == ANOTHER_APP:
        set_up(visitor)
    elif st.button("Set up another app or phone", key="account.app"):
        visit().editing = ANOTHER_APP
        st.rerun()


def what_happened(visitor: Visitor) -> None:
    """What the log holds about the account, on the clock of this device."""
    with read() as db:
        lines = audit.of_my_account(db, visitor)
    words("If you do not know one of these, change your password and tell whoever runs this server.", kind="how-to")
    own = st.context.timezone
    zone = ZoneInfo(own if own in time_zones() else "UTC")
    for line in lines:
        at = line.at.astimezone(zone)
        words(f"{on_the_day(at)}, {at:%H:%M}: {line.sentence}")


def _change(visitor: Visitor, old: str, new: str) -> None:
    with write() as db:
        asked = signing_in.challenge_again(db, visitor, at=now())
    if not asked.is_met_by(old):  # slow, so between two transactions
        with write() as db:
            signing_in.turn_down(db, asked, at=now())
        st.error("That is not the password you have now. Nothing was changed.")
        return
    with write() as db:
        signing_in.change_password(db, visitor, asked, new, at=now())
    _done("You have a new password. All other browsers are signed out.")


def _in_words(one: SignedIn, at: datetime) -> str:
    where = "This browser" if one.is_this else "Another browser"
    return f"{where}: since {_ago(one.since, at)}, last seen {_ago(one.seen_at, at)}" + (
        ", still at the second step." if one.halfway else "."
    )


def _ago(moment: datetime, at: datetime) -> str:
    minutes = int((at - moment).total_seconds() // 60)
    if minutes < 2:
        return "a moment ago"
    if minutes < 120:
        return f"{minutes} minutes ago"
    return f"{minutes // 60} hours ago"


def _done(message: str) -> None:
    visit().editing = None
    visit().message = message
    st.rerun()
