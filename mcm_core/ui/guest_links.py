"""Guests of single sessions: a link for one, and who has one."""

from __future__ import annotations

from functools import partial

import streamlit as st

from mcm_core.domain.cohort import CohortSession, next_session
from mcm_core.services import guests
from mcm_core.services.guests import Guest
from mcm_core.store.engine import read, write
from mcm_core.ui.addresses import public_url
from mcm_core.ui.confirm import confirmed
from mcm_core.ui.invited import once
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import plain, showing_errors, words
from mcm_core.ui.press import button


def guest_links(here: Here) -> None:
    """Invite a guest to one session, and take an invitation back."""
    words(
        "Somebody from outside who helps with one session. They see what the group is asked, how many are in, and the "
        "notes written for the network; no names, no answers, no pictures. Their link works on one device, until "
        "midnight of that day."
    )
    if confirmed(here.visitor, key="guest"):
        _invite(here)
    with read() as db:
        invited = guests.of_cohort(db, here.visitor, here.cohort.id, at=now())
    for guest in invited:
        with st.container(border=True, key=f"guest-{guest.id}"):
            words(f"{guest.name}, session {guest.session_number}, {'has come in' if guest.joined_at else 'invited'}")
            button(plain(f"Take back the link of {guest.name}"), partial(_revoke, here, guest), key=guest.id)


def _invite(here: Here) -> None:
    ahead = [meeting for meeting in here.cohort.sessions if meeting.midnight > here.at]
    if not ahead:
        words("All six sessions have taken place.")
        return
    next_ = next_session(here.cohort.sessions, here.at)
    with st.form("guest", border=False):
        name = st.text_input("Name of the guest", key="guest.name")
        meeting = st.selectbox(
            "Session", ahead, index=ahead.index(next_) if next_ in ahead else 0, format_func=_when, key="guest.session"
        )
        pressed = st.form_submit_button("Make a link for a guest")
    if pressed:
        with showing_errors():
            with write() as db:
                token = guests.invite(db, here.visitor, meeting.id, name, at=now())
            once(f"{public_url()}/g/{token}")


def _when(meeting: CohortSession) -> str:
    return f"Session {meeting.number}, {meeting.starts_local:%A %-d %B}"


def _revoke(here: Here, guest: Guest) -> None:
    with write() as db:
        guests.revoke(db, here.visitor, guest.id)
