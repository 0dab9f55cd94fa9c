"""Whether everybody is connected, for a facilitator: one calm line, and names only for whoever looks."""

from __future__ import annotations

from html import escape

import streamlit as st

from mcm_core.live.bus import bus
from mcm_core.services import members
from mcm_core.services.members import Present
from mcm_core.store.engine import database_url, read
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import words

ASLEEP = "A phone that is asleep or without a connection comes back by itself, and keeps what was tapped on it."


def connected(here: Here) -> None:
    """How many of those who are here have a phone or computer connected just now. Draws nothing before anybody is."""
    with read() as db:
        found = members.present(db, here.visitor, here.cohort.id, at=now(), is_connected=bus.presence.is_here)
    if not found.here:
        return
    all_ = found.connected == found.here
    st.html(f'<p class="light {"all" if all_ else "some"}"><span aria-hidden="true"></span>{escape(said(found))}</p>')
    if away := names(found):
        with st.expander("Who is not connected", key="facilitate.away"):
            words(", ".join(away))
            words(ASLEEP, kind="how-to")


def said(found: Present) -> str:
    """The line."""
    where = "" if _is_alone() else " on this server"
    if found.connected == found.here and not where:
        return (
            "The phone of the one person here is connected" if found.here == 1 else f"All {found.here} phones connected"
        )
    return f"{found.connected} of {found.here} phones connected{where}"


def names(found: Present) -> tuple[str, ...]:
    """Who is not connected, where that can be known."""
    return found.away if _is_alone() else ()


def _is_alone() -> bool:
    """Of several servers on one database each knows its own pages, and whom it misses may be at another one."""
    return database_url().startswith("sqlite")
