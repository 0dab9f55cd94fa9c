"""What a reveal looks like, the same on the phone, the projector and the facilitator's tablet."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from mcm_core.charts.bars import bars
from mcm_core.charts.categories import categories
from mcm_core.charts.dumbbell import dumbbell
from mcm_core.domain.release import Release
from mcm_core.domain.round import Round
from mcm_core.domain.talk import talk_first
from mcm_core.services import releases, rounds
from mcm_core.store.engine import read
from mcm_core.ui.page import Here
from mcm_core.ui.pieces import is_dark, plain, show, words


def revealed(here: Here, round_: Round, *, narrow: bool) -> None:
    """The revealed round: what to talk about first, the distributions, the medians; votes again beside the first."""
    with read() as db:
        votes = rounds.votes_of(db, here.visitor, round_)
        shown = {vote.id: releases.of_round(db, here.visitor, vote) for vote in votes}
    latest = shown.get(round_.id, {})
    st.title(plain(round_.title), anchor=False)
    if first := talk_first(round_.card.instrument, tuple(latest.values())):
        words(first.sentence, kind="talk-first")
    if len(votes) == 1:
        picture(round_, latest, narrow=narrow)
        return
    tabs = st.tabs([f"Vote {vote.attempt}" for vote in votes], default=f"Vote {round_.attempt}")
    for tab, vote in zip(tabs, votes, strict=True):
        with tab:
            picture(vote, shown[vote.id], narrow=narrow)


def picture(round_: Round, shown: Mapping[str, Release], *, narrow: bool) -> None:
    """The pictures of one vote."""
    instrument = round_.card.instrument
    of = max((release.of for release in shown.values()), default=0)
    several = tuple(shown.values())
    if not instrument.ordered:
        show(categories(instrument, several, of=of, narrow=narrow, dark=is_dark()), key=f"{round_.id}.categories")
        return
    show(bars(instrument, several, of=of, narrow=narrow, dark=is_dark()), key=f"{round_.id}.bars")
    if instrument.asks_desired:
        show(dumbbell(instrument, several, narrow=narrow, dark=is_dark()), key=f"{round_.id}.dumbbell")
