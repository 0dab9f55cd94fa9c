"""The plan: what sessions two to five are about, as the group decides it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.dots import DotVote
from mcm_core.domain.topic import SESSIONS, Topic
from mcm_core.services import dots, topic_plan, topics
from mcm_core.store.engine import read, write
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.press import button
from mcm_core.ui.topic_board import chosen_of, text_of
from mcm_core.ui.topic_form import with_choice

TOGETHER = (
    "The group decides what comes when. The dots are one voice in it: also ask what cannot wait, and who is there."
)
AWAY = (
    "Is the person who brought it away? Let it change places with the next topic. Their words are not read out without "
    "their OK."
)
ONCE = (
    "It counts how many gave no dot to anything in the plan as it stands, and everybody sees the number. It can be "
    "counted once for each time of giving dots: counted for plan after plan, it would tell who chose what."
)


def plan(here: Here) -> None:
    """Sessions with their topics; for a facilitator, what changes them."""
    with read() as db:
        standing = topics.board(db, here.visitor, here.cohort.id)
        latest = next(iter(dots.votes(db, here.visitor, here.cohort.id)), None)
    words(TOGETHER, kind="how-to")
    for number in SESSIONS:
        _session(here, here.cohort.session(number), [one for one in standing if one.planned_for == number])
    if latest and latest.left_out:
        words(latest.left_out.sentence, kind="talk-first")
    if here.visitor.facilitates and standing:
        _arrange(here, standing)
        if latest and latest.picture and latest.picture.counts is not None and not latest.left_out:
            _count(here, latest)


def _session(here: Here, meeting: CohortSession, its: Sequence[Topic]) -> None:
    st.header(plain(f"Session {meeting.number}, {meeting.starts_local:%A %-d %B}"), anchor=False)
    if not its:
        words("Nothing is planned yet." if meeting.ends_at > here.at else "Nothing was planned.", kind="fact")
    for topic in its:
        with st.container(border=True, key=f"planned-{topic.id}"):
            text_of(topic)
    if its and here.visitor.facilitates and meeting.ends_at > here.at:
        seen = frozenset(one.id for one in its)
        swap = partial(_swap, here, meeting.number, seen)
        # Its topics are part of the key: a second tap finds another button, and does not swap them back.
        button("Change places with the next", swap, key=f"swap.{meeting.number}.{'.'.join(sorted(seen))}")


def _arrange(here: Here, standing: Sequence[Topic]) -> None:
    st.header("Change the plan", anchor=False)
    topic = chosen_of("Topic to plan", standing, key="plan.topic")
    if topic is None:
        return
    choices = [0, *(n for n in SESSIONS if here.cohort.session(n).ends_at > here.at)]
    number = st.pills(
        "For", choices, default=topic.planned_for if topic.planned_for in choices else 0, format_func=_session_name,
        key=f"plan.{topic.id}.{topic.planned_for}",
    )  # fmt: skip
    with_choice("Plan it", partial(_schedule, here, topic, number or None), key="plan.it", primary=True)
    words(AWAY, kind="how-to")


def _session_name(number: int) -> str:
    return f"Session {number}" if number else "No session"


def _count(here: Here, latest: DotVote) -> None:
    with st.popover("Is anybody left out?"):
        words(ONCE)
        button("Count it now", partial(_count_left_out, here, latest), key=f"plan.{latest.id}.count")


def _swap(here: Here, number: int, seen: frozenset[str]) -> None:
    with write() as db:
        topic_plan.swap(db, here.visitor, here.cohort.id, number, seen=seen)


def _schedule(here: Here, topic: Topic, number: int | None) -> None:
    with write() as db:
        topic_plan.schedule(db, here.visitor, topic.id, number, was=topic.planned_for, at=now())


def _count_left_out(here: Here, latest: DotVote) -> None:
    with write() as db:
        dots.count_left_out(db, here.visitor, latest.id, at=now())
