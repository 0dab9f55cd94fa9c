"""How many are in, and for how long people have been answering, on the screens that count."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

import streamlit as st

from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.round import Round
from mcm_core.services import readings
from mcm_core.store.engine import read
from mcm_core.ui.component import ASSETS, component
from mcm_core.ui.live import address_of, listen
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import key_of, words
from mcm_core.web import turnout as route

SO_FAR, LATE = "{} of about %d minutes", "When you’re ready"
_counter = component(ASSETS / "turnout.js")


def how_many(here: Here, round_: Round, *, kind: str, minutes: str | None = None) -> None:
    """Draw how many are in, as `kind` looks, and, where `minutes` names a look, the minutes so far. Both go up by
    themselves, without a run of the page."""
    topic = f"count:{here.cohort.id}"

    def part() -> None:
        listen(topic, key="turnout")
        try:
            with read() as db:
                found = readings.turnout(db, here.visitor, round_.id, at=now())
        except NotAllowed:
            st.rerun()
        words(str(found), kind=f"{kind} turnout-count")
        if minutes:
            words(so_far(round_, now()), kind=f"{minutes} turnout-minutes")
        _counter(
            key=key_of("turnout", round_.id),
            data={
                "follows": address_of(topic),
                "ask": f"{route.ADDRESS}?{urlencode({'round': round_.id})}",
                "age": _seconds(round_, now()),
                "minutes": round_.card.minutes,
                "so_far": SO_FAR % round_.card.minutes,
                "late": LATE,
            },
            height=1,
        )

    st.fragment(part)()


def so_far(round_: Round, at: datetime) -> str:
    """How many minutes people have been answering; nothing closes by itself (domain.md §5, row 47)."""
    minutes = _seconds(round_, at) // 60
    return LATE if minutes >= round_.card.minutes else (SO_FAR % round_.card.minutes).format(minutes)


def _seconds(round_: Round, at: datetime) -> int:
    return int((at - round_.opened_at).total_seconds()) if round_.opened_at else 0
