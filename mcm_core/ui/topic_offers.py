"""Offers and needs by topic, and where the group may want somebody from outside."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from mcm_core.charts.exchange import Pair, exchange
from mcm_core.domain.offer import Exchange, Offer, Side
from mcm_core.services import offers
from mcm_core.store.engine import read, write
from mcm_core.ui.page import PAGES, Here, now
from mcm_core.ui.pieces import is_dark, plain, show, words
from mcm_core.ui.press import button

NAMED = (
    "What you tap shows with your name to everybody in the cohort, until you take it back. Rather not be named? "
    "Tell your facilitator, who can write it down for the group."
)
FOR_THE_GROUP = "What you tap counts one person of the group, without a name: for somebody who said it aloud or to you."
MINE = {
    Side.OFFER: ("I can offer something", "I take my offer back"),
    Side.NEED: ("I’d like something", "I no longer need it"),
}
OURS = {Side.OFFER: ("Somebody can offer", "One offer less"), Side.NEED: ("Somebody would like", "One need less")}
OUTSIDE = (
    "Consider an external contributor. They can help set the scene on a topic, start and facilitate a conversation, or "
    "set a challenge."
)


def exchanges(here: Here) -> None:
    """Everybody's offers and needs, topic by topic, and the picture of all."""
    with read() as db:
        found = offers.of_cohort(db, here.visitor, here.cohort.id)
    words(FOR_THE_GROUP if here.visitor.facilitates else NAMED, kind="promise")
    if not found:
        st.info("Nothing is on the board yet. Write topics there first.")
        return
    for one in found:
        with st.container(border=True, key=f"exchange-{one.topic.id}"):
            _topic(here, one)
    _outside(here, [one for one in found if one.is_gap])
    if any(one.offers or one.needs for one in found):
        pairs = [Pair(one.topic.text, len(one.offers), len(one.needs), one.is_gap) for one in found]
        show(exchange(pairs, narrow=True, dark=is_dark()), key="exchange")


def _topic(here: Here, one: Exchange) -> None:
    words(one.topic.text, kind="note-body")
    for label, its in (("Can offer", one.offers), ("Would like", one.needs)):
        if its:
            words(f"{label}: {', '.join(said.by for said in its)}", kind="fact")
    with st.container(horizontal=True):
        for side, its in ((Side.OFFER, one.offers), (Side.NEED, one.needs)):
            if here.visitor.facilitates:
                _for_the_group(here, one, side, its)
            else:
                _my_own(here, one, side, its)


def _my_own(here: Here, one: Exchange, side: Side, its: Sequence[Offer]) -> None:
    label, back = MINE[side]
    key = f"offer.{one.topic.id}.{side}"
    if said := next((said for said in its if said.mine), None):
        button(back, partial(_unsay, here, said), key=f"{key}.back")
    else:
        button(label, partial(_say, here, one, side), key=key)


def _for_the_group(here: Here, one: Exchange, side: Side, its: Sequence[Offer]) -> None:
    label, less = OURS[side]
    written = [said for said in its if said.from_the_group]
    key = f"offer.{one.topic.id}.{side}.{len(written)}"  # a second tap on a button that has done its work does nothing
    button(label, partial(_say, here, one, side), key=key)
    if written:
        button(less, partial(_unsay, here, written[-1]), key=f"{key}.back")


def _outside(here: Here, gaps: Sequence[Exchange]) -> None:
    """Where several would like something and nobody can offer it."""
    if not gaps:
        return
    with st.container(border=True, key="outside"):
        for one in gaps:
            words(f"{len(one.needs)} would like something on “{one.topic.short}”, and nobody here can offer it.")
        words(OUTSIDE)
        if here.visitor.facilitates:
            label = plain("Invite a guest to one session: Cohort, under “A guest for one session”")
            st.page_link(PAGES / "cohort.py", label=label, icon=":material/person_add:")


def _say(here: Here, one: Exchange, side: Side) -> None:
    with write() as db:
        offers.say(db, here.visitor, one.topic.id, side, at=now())


def _unsay(here: Here, said: Offer) -> None:
    with write() as db:
        offers.unsay(db, here.visitor, said.id)
