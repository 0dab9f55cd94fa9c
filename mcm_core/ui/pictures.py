"""What a reveal looks like: with tables on phone and tablet, without controls on the projector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import streamlit as st

from mcm_core.charts.bars import bars
from mcm_core.charts.categories import categories
from mcm_core.charts.dumbbell import dumbbell
from mcm_core.charts.picture import Picture
from mcm_core.domain.instrument import Instrument
from mcm_core.domain.mode import Mode
from mcm_core.domain.release import Release
from mcm_core.domain.round import Round
from mcm_core.domain.talk import talk_first
from mcm_core.services import releases, rounds
from mcm_core.store.engine import read
from mcm_core.ui.mode_pictures import anonymous_picture, comments, named_answers
from mcm_core.ui.modes import take_name_away
from mcm_core.ui.page import Here
from mcm_core.ui.pieces import is_dark, plain, project, show, words

Votes = list[tuple[Round, Mapping[str, Release]]]
FEW, ACROSS = 2, 3  # themes that are drawn larger on the projector, and side by side
MANY = 4  # themes from which on nothing would be left of the projector, were they not drawn tightly
VOTES = {1: "First vote", 2: "Second vote", 3: "Third vote"}


def revealed(here: Here, round_: Round, *, narrow: bool) -> str | None:
    """The revealed round with tables; the votes of the same card on tabs, the latest in front.

    Returns the key of the theme to talk about first, for a note beside the picture.
    """
    votes = _votes(here, round_)
    theme = _talk_first(votes)
    if len(votes) == 1:
        one_vote(here, *votes[0], narrow=narrow)
        return theme
    for tab, (vote, shown) in zip(
        st.tabs([VOTES[vote.attempt] for vote, _ in votes], default=VOTES[round_.attempt]), votes, strict=True
    ):
        with tab:
            one_vote(here, vote, shown, narrow=narrow)
    return theme


def projected(here: Here, round_: Round) -> None:
    """The revealed round for the room: one vote with its medians, or the votes side by side."""
    votes = _votes(here, round_)
    _talk_first(votes)
    tight = len(round_.card.asked) >= MANY
    if round_.card.mode is Mode.ANONYMOUS and len(votes) == 1:
        if len(round_.card.asked) <= FEW:
            st.html('<span class="projector-few"></span>')
        anonymous_picture(*votes[0], across=min(ACROSS, len(round_.card.asked)))
        return
    if round_.card.mode is Mode.ANONYMOUS:
        for column, (vote, shown) in zip(st.columns(len(votes), gap="large"), votes, strict=True):
            with column:
                anonymous_picture(vote, shown)
        return
    if len(votes) == 1:
        pictures = list(_pictures(*votes[0], narrow=False, tight=tight))[:1]
        pictures += list(_pictures(*votes[0], narrow=True, tight=tight))[1:]
        for number, column in enumerate(st.columns([5, 3][: len(pictures)], gap="large")):
            with column:
                project(pictures[number], key=f"{round_.id}.{number}")
        return
    for column, (vote, shown) in zip(st.columns(len(votes), gap="large"), votes, strict=True):
        with column:
            words(VOTES[vote.attempt], kind="room-hint")
            several = len(vote.card.asked) >= MANY
            project(next(_pictures(vote, shown, narrow=not several, tight=several)), key=vote.id)


def _votes(here: Here, round_: Round) -> Votes:
    with read() as db:
        votes = rounds.votes_of(db, here.visitor, round_)
        return [(vote, releases.of_round(db, here.visitor, vote)) for vote in votes]


def _talk_first(votes: Votes) -> str | None:
    latest, shown = votes[-1]
    st.title(plain(latest.title), anchor=False)
    if latest.card.instrument.always_shown:
        words(latest.card.instrument.always_shown.words, kind="fact")
    linked = latest.card.mode is not Mode.ANONYMOUS
    if linked and (first := talk_first(latest.card.instrument, tuple(shown.values()))):
        words(first.sentence, kind="talk-first")
        return first.theme
    return latest.card.asked[0].key if len(latest.card.asked) == 1 else None


def one_vote(here: Here, vote: Round, shown: Mapping[str, Release], *, narrow: bool) -> None:
    """One revealed vote with its tables, in the way of its mode."""
    if vote.card.mode is Mode.ANONYMOUS:
        anonymous_picture(vote, shown)
        comments(here, vote)
        return
    for number, picture in enumerate(_pictures(vote, shown, narrow=narrow)):
        show(picture, key=f"{vote.id}.{number}")
    if vote.card.mode is Mode.NAMED:
        named_answers(here, vote)
        take_name_away(here, vote)


def _pictures(vote: Round, shown: Mapping[str, Release], *, narrow: bool, tight: bool = False) -> Iterator[Picture]:
    yield from _drawn(vote.card.instrument, tuple(shown.values()), narrow, is_dark(), tight)


@lru_cache(maxsize=200)
def _drawn(
    instrument: Instrument, several: tuple[Release, ...], narrow: bool, dark: bool, tight: bool
) -> tuple[Picture, ...]:
    """A release is frozen, so twenty screens that look at it share what the first one drew."""
    of = max((release.of for release in several), default=0)
    if not instrument.ordered:
        return (categories(instrument, several, of=of, narrow=narrow, dark=dark),)
    first = bars(instrument, several, of=of, narrow=narrow, dark=dark, tight=tight)
    if not (instrument.asks_desired and any(release.is_shown for release in several)):
        return (first,)
    return first, dumbbell(instrument, several, narrow=narrow, dark=dark, tight=tight)
