"""Asking for dots, how many have given theirs, and the picture that a reveal makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from mcm_core.charts.topics import ranked
from mcm_core.domain.block import Activity, Block
from mcm_core.domain.dots import DOTS, MOST_ON_ONE, DotVote, threshold
from mcm_core.domain.topic import Topic
from mcm_core.services import dots
from mcm_core.store.engine import read, write
from mcm_core.ui.page import PAGES, Here, now
from mcm_core.ui.pieces import is_dark, show, words
from mcm_core.ui.press import button

BOARD = "Go to the board of topics"
GONE = "A topic that is not on the board any more"


def asked(here: Here, latest: DotVote | None, given: Mapping[str, int], standing: Sequence[Topic]) -> None:
    """What is asked of the visitor now: to give dots, or to ask for them and reveal them."""
    if latest and latest.is_open:
        words(_promise(latest.threshold), kind="promise")
        if here.visitor.facilitates:
            _turnout(here, latest)
            _reveal(here, latest)
        else:
            _left(sum(given.values()))
    elif here.visitor.facilitates and len(standing) > 1:
        words(f"Everybody gives {DOTS} dots. {_promise(threshold(here.cohort.threshold))}", kind="how-to")
        again = "Ask for dots again" if latest else "Ask everybody for dots"
        button(again, partial(_open, here), key=f"dots.open.{latest.id if latest else ''}", primary=not latest)


def are_asked(here: Here) -> bool:
    """Whether the group is asked for dots now."""
    with read() as db:
        return any(vote.is_open for vote in dots.votes(db, here.visitor, here.cohort.id))


def at_the_desk(here: Here, block: Block | None) -> None:
    """Dots that are open, with the way to their reveal; in a block about dots that has none, why."""
    about_dots = block is not None and block.activity is Activity.DOTS
    with read() as db:
        vote = next((one for one in dots.votes(db, here.visitor, here.cohort.id) if one.is_open), None)
        why = dots.in_the_way(db, here.visitor, here.cohort.id, at=now()) if about_dots and not vote else None
    if not vote and not about_dots:
        return
    if vote:
        words("Everybody is asked for dots. They stay open until you reveal them.", kind="how-to")
        _turnout(here, vote)
    elif why:
        words(f"Nobody is asked for dots. {why}", kind="need")
    label = "Reveal the dots on Topics" if vote else BOARD
    st.page_link(PAGES / "topics.py", label=label, icon=":material/arrow_forward:", query_params={"part": "dots"})


def picture(vote: DotVote, standing: Sequence[Topic]) -> None:
    """What was revealed of the latest dots, or why it stays closed."""
    made = vote.picture
    if made is None or made.counts is None:
        st.info(made.withheld if made and made.withheld else GONE)
        return
    labels = {one.id: one.text for head in standing for one in (head, *head.parts)}
    rows = [(labels.get(topic, GONE), count) for topic, count in made.ranked]
    show(ranked(rows, people=made.people, of=made.of, narrow=True, dark=is_dark()), key=f"dots.{vote.id}")
    if vote.left_out:
        words(vote.left_out.sentence, kind="fact")


def _promise(fewest: int) -> str:
    return (
        f"At most {MOST_ON_ONE} go on one topic. Until the reveal nobody else sees where your dots are. Then everybody "
        "sees how many dots each topic has, and never whose they are. They stay linked to you, so you can move them. "
        f"With fewer than {fewest} people nothing is shown, and we talk it through instead."
    )


def _left(given: int) -> None:
    left = DOTS - given
    marks = "●" * given + "○" * left
    said = {0: "All your dots are given. You can still move them."}.get(left, f"You have {left} of {DOTS} dots left.")
    words(f"{marks}  {said}", kind="question")


def _turnout(here: Here, vote: DotVote) -> None:
    with read() as db:
        words(str(dots.turnout(db, here.visitor, vote.id, at=now())), kind="count")


def _reveal(here: Here, vote: DotVote) -> None:
    with st.popover("Reveal the dots"):
        words("Everybody sees the counts at once, and it cannot be taken back.")
        button("Reveal them now", partial(_show, here, vote), key=f"dots.{vote.id}.reveal", primary=True)


def _open(here: Here) -> None:
    with write() as db:
        dots.open_(db, here.visitor, here.cohort.id, at=now())


def _show(here: Here, vote: DotVote) -> None:
    with write() as db:
        dots.reveal(db, here.visitor, vote.id, version=vote.version, at=now())
