"""What a reveal shows of rounds that are not confidential: words in place of bars, names beside answers, comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from mcm_core.charts.weeks import NOT_ALL, sentence, turnout
from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.named import Named
from mcm_core.domain.news import GAP
from mcm_core.domain.reading import NonAnswer, Reading
from mcm_core.domain.release import Release, Share
from mcm_core.domain.round import Round
from mcm_core.domain.tally import Tally
from mcm_core.services import bags, names
from mcm_core.store.engine import read, write
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.press import button
from mcm_core.ui.visit import Draft, visit

WHAT = (
    "Below ten answers, and where nearly all chose the same, words stand in place of numbers, so that nobody's answer "
    "can be worked out. “Few or none” may be nobody; “some” is two or more; “most” is more than half; “all or nearly "
    "all” leaves out three people at most."
)


def anonymous_picture(vote: Round, shown: Mapping[str, Release], *, across: int = 1) -> None:
    """Each theme in a sentence and a small table, so many beside each other."""
    themes = [theme for theme in vote.card.asked if theme.key in shown]
    for first in range(0, len(themes), across):
        for theme, column in zip(themes[first : first + across], st.columns(across, gap="large"), strict=False):
            with column:
                _theme(vote.card.instrument.as_asked(theme), theme, shown[theme.key])
    words(WHAT, kind="how-to")


def _theme(instrument: Instrument, theme: Theme, release: Release) -> None:
    st.header(plain(theme.label.words), anchor=False)
    words(sentence(instrument, release))
    columns = {"Now": _column(release.current, release.current_shares)}
    if instrument.asks_desired:
        columns["Hoped for"] = _column(release.desired, release.desired_shares)
    if release.is_shown:
        st.table(
            [
                {"Level": level.label.words}
                | {name: cells[level.code - 1] if cells else "closed" for name, cells in columns.items()}
                for level in instrument.levels
            ]
        )
    st.caption(plain(turnout(release)))
    if release.is_shown and release.is_of_few:
        words(NOT_ALL, kind="fact")


def _column(tally: Tally | None, shares: Sequence[Share] | None) -> list[str]:
    return [str(count) for count in tally.levels] if tally else [str(share) for share in shares or ()]


def named_answers(here: Here, vote: Round) -> None:
    """Who said yes to their name, and what they answered, theme by theme."""
    with read() as db:
        beside = names.beside(db, here.visitor, vote)
    labels = {theme.key: theme.label.words for theme in vote.card.asked}
    if not beside:
        words("No names are shown: nobody said yes, or they would leave too few of us without a name.", kind="fact")
        return
    with st.expander("With a name, by consent", key=f"{vote.id}.names"):
        for theme, people in beside.items():
            words(labels[theme], kind="question")
            st.table([_row(vote.card.instrument, one) for one in people])


def _row(instrument: Instrument, one: Named) -> dict[str, str]:
    return {"Name": plain(one.name), "Answer": _in_words(instrument, one.reading)}


def _in_words(instrument: Instrument, reading: Reading) -> str:
    codes = [code for code in (reading.current, reading.desired) if code is not None]
    return plain(" → ".join(instrument.label(code) if code > 0 else NonAnswer(code).label for code in codes))


def comments(here: Here, vote: Round) -> None:
    """The shared comments for everybody; for a facilitator those that wait, each with a tick to set.

    None is ticked at first: what everybody reads was chosen by hand, and what is deleted was asked for.
    """
    with read() as db:
        found = bags.comments(db, here.visitor, vote.id)
    draft = visit().drafts.setdefault(f"{vote.id}.comment", Draft())
    if here.visitor.facilitates and (found.shared or not found.bodies):
        draft.generation = draft.generation or 1  # a colleague may have done it: no deleted comment stays in this tab
    if not found.bodies:
        return
    st.header("In our own words" if found.shared else "Comments that wait for you", anchor=False)
    if found.shared:
        for body in found.bodies:
            with st.container(border=True):
                words(body, kind="note-body")
        return
    words(
        "In no order. Tick what everybody may read, and nothing that points at somebody. What you do not tick is "
        "deleted; this happens once."
    )
    asked = [(place, _ticked(here, vote, place, body, draft.generation)) for place, body in enumerate(found.bodies)]
    chosen = {place: text for place, text in asked if text is not None}
    key = f"{vote.id}.share.{'.'.join(map(str, chosen))}"
    if chosen:
        label = f"Share {len(chosen)} of {len(found.bodies)} with everybody"
        button(label, lambda: _share(here, vote, chosen, draft), key=key)
    elif st.checkbox("Share none of them", key=f"{vote.id}.none"):
        button("Delete them all", lambda: _share(here, vote, {}, draft), key=key)


def _ticked(here: Here, vote: Round, place: int, body: str, generation: int) -> str | None:
    """The comment as everybody will read it, if it is ticked: words that point at somebody may be left out."""
    with st.container(border=True):
        words(body, kind="note-body")
        key = f"{vote.id}.comment.{place}"
        if not st.checkbox(f"Share comment {place + 1}", key=key):
            return None
        label = f"Put {GAP} in the place of words that point at somebody"
        with half_typed(here, key, stored=[body], generation=generation):
            return st.text_area(label, value=body, key=f"{key}.edited") or ""


def _share(here: Here, vote: Round, chosen: Mapping[int, str], draft: Draft) -> None:
    with write() as db:
        bags.share_comments(db, here.visitor, vote.id, list(chosen), edited=chosen, at=now())
    draft.generation += 1
