"""Inviting somebody to facilitate, for the owner, and the invitations that nobody has used yet."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from mcm_core.services import facilitators, invitations
from mcm_core.services.invitations import Invitation
from mcm_core.store.engine import read, write
from mcm_core.ui.addresses import public_url, warn_of_address
from mcm_core.ui.confirm import confirmed
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import on_the_day, showing_errors, words
from mcm_core.ui.press import button


def invite(here: Here) -> None:
    """A link for one more facilitator, shown once."""
    words(
        "A co-facilitator runs everything here as you do, with a password of their own, and does not count among the "
        "twenty. Whoever opens the link first becomes one; it works once, within a week. It ends before that when you "
        "cancel it, change your password or app, or sign out everywhere else, and when somebody leaves the team."
    )
    if confirmed(here.visitor, key="invite") and st.button("Make a link for a co-facilitator", key="invite"):
        with showing_errors():
            with write() as db:
                token = facilitators.invite(db, here.visitor, here.cohort.id, at=now())
            once(f"{public_url()}/welcome/{token}")


def once(address: str) -> None:
    """A link that is shown this once."""
    st.code(address, language=None, wrap_lines=True)
    warn_of_address()
    words("It is shown this once: copy it now. If it is lost, make another one.", kind="how-to")


def invited(here: Here) -> None:
    """Every open invitation: who made it and when, and until when it is good. Draws nothing when there is none."""
    with read() as db:
        found = invitations.of_cohort(db, here.visitor, here.cohort.id, at=now())
    for one in found:
        with st.container(border=True, key=f"invited-{one.id}"):
            words("An invitation that nobody has used")
            words(f"Made by {one.by} on {_when(here, one.made_at)}. Good until {_when(here, one.until)}.", kind="fact")
            button("Cancel this invitation", partial(_cancel, here, one), key=f"invited.{one.id}.cancel")


def _when(here: Here, moment: datetime) -> str:
    at = moment.astimezone(ZoneInfo(here.cohort.time_zone))
    return f"{on_the_day(at)}, {at:%H:%M}"


def _cancel(here: Here, one: Invitation) -> None:
    with write() as db:
        invitations.cancel(db, here.visitor, one.id, at=now())
