"""The room's code: on the projector, and where a facilitator makes another."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from mcm_core.services import members
from mcm_core.services.members import Room
from mcm_core.store.engine import read, write
from mcm_core.ui.addresses import public_url, qr_svg
from mcm_core.ui.cohort_dates import on_the_wall
from mcm_core.ui.member_card import hand_out
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import words
from mcm_core.ui.press import button


def way_in(here: Here) -> None:
    """How to join, for everybody in the room to see: the code to scan and the same in letters."""
    room = _room(here)
    if room is None:
        return
    st.html(qr_svg(f"{public_url()}/join/{room.code}", alt="QR code of the address beneath it"))
    words("Scan to join", kind="room-hint")
    _symbols(room)
    words(f"or type it at {public_url()}/join", kind="room-hint")
    if room.door.opens > now():
        words(f"It works from {_opens(room)} on.", kind="room-hint")


def room_code(here: Here) -> None:
    """The code for somebody without a link, when it works, and another one when strangers have it."""
    room = _room(here)
    if room is None:
        words("The last meeting is over, so there is no code. Members come in with their own links.")
        return
    _symbols(room)
    words("For somebody without their link. It only knocks: you say who it is, and let them in.", kind="how-to")
    words(
        f"This code is for session {room.meeting.number} alone. It works from {_opens(room)} until "
        f"{_on_its_clock(room, room.door.closes):%H:%M} at the latest. To meet at another time, move the session.",
        kind="how-to",
    )
    hand_out(f"{public_url()}/join/{room.code}", alt="QR code of the room")
    words("Strangers have the code? Then it stops at once, and whoever waits with it is turned away.", kind="how-to")
    button("New room code", lambda: _renew(here), key="room.renew")


def _room(here: Here) -> Room | None:
    with read() as db:
        return members.room(db, here.visitor, here.cohort.id, at=now())


def _symbols(room: Room) -> None:
    words(f"{room.code[:4]} {room.code[4:]}", kind="room-code")


def _opens(room: Room) -> str:
    return on_the_wall(_on_its_clock(room, room.door.opens))


def _on_its_clock(room: Room, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(room.meeting.time_zone))


def _renew(here: Here) -> None:
    with write() as db:
        members.renew_code(db, here.visitor, here.cohort.id)
