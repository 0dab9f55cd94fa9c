"""Who has been invited to facilitate and has not come yet, for the owner: each with a button that takes it back."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from mcm_core.services import invitations
from mcm_core.services.invitations import Invitation
from mcm_core.store.engine import read, write
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import on_the_day, words
from mcm_core.ui.press import button


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
