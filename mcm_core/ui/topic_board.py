"""The board: every topic a card, with my dots on it and what its author or a facilitator may do with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from mcm_core.domain.dots import DOTS, MOST_ON_ONE, DotVote
from mcm_core.domain.told_apart import told_apart
from mcm_core.domain.topic import FROM_THE_GROUP, Topic, is_ahead
from mcm_core.services import dots, topics
from mcm_core.store.engine import read, write
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.press import button
from mcm_core.ui.topic_dots import asked, picture
from mcm_core.ui.topic_form import change_form, with_choice
from mcm_core.ui.visit import Draft, visit

EMPTY = "Nothing is on the board yet. Write the first topic above: one sentence is enough."
APART = "Both stay as they were written, with both authors, and can be parted again."


def board(here: Here) -> None:
    """What changes while people write and give dots. Drawn anew by itself."""
    with read() as db:
        standing = topics.board(db, here.visitor, here.cohort.id)
        latest = next(iter(dots.votes(db, here.visitor, here.cohort.id)), None)
        is_mine = latest and latest.is_open and not here.visitor.facilitates
        given = dots.mine(db, here.visitor, latest.id) if latest and is_mine else {}
    asked(here, latest, given, standing)
    if latest and latest.picture:
        picture(latest, standing)
    st.header("On the board", anchor=False)
    if not standing:
        st.info(EMPTY)
    for topic in standing:
        with st.container(border=True, key=f"topic-{topic.id}"):
            _card(here, topic, standing)
            if latest and is_mine and not topic.aside and is_ahead(topic, here.cohort.sessions, here.at):
                _my_dots(here, latest, topic, given)
    if here.visitor.facilitates:
        _arrange(here, standing)


def text_of(topic: Topic) -> None:
    """The words of a topic and of what was merged into it, with everybody who brought them."""
    words(topic.text, kind="note-body")
    for part in topic.parts:
        words(f"with: {part.text}", kind="note-body")
    planned = f"session {topic.planned_for}" if topic.planned_for else ""
    aside = "set aside: only its author and facilitators see this" if topic.aside else ""
    facts = [topic.kind.capitalize(), ", ".join(topic.authors), planned, aside]
    words(" · ".join(filter(None, facts)), kind="fact")


def _card(here: Here, topic: Topic, standing: Sequence[Topic]) -> None:
    text_of(topic)
    by_id = {one.id: one for one in standing}
    if other := by_id.get(topic.wish_id or ""):
        words(f"Its author would merge it with: {other.short}", kind="fact")
        if other.mine and not topic.mine:
            words(APART, kind="how-to")
            button("Merge the two", partial(_merge, here, other.id, topic.id), key=f"topic.{topic.id}.agree")
    for part in (topic, *topic.parts):
        if part.mine:
            with st.expander(
                "This is yours" if part is topic else f"Yours: {plain(part.short)}", key=f"mine.{part.id}"
            ):
                change_form(here, part)
                _belongs(here, part, topic, standing)


def _belongs(here: Here, mine: Topic, head: Topic, standing: Sequence[Topic]) -> None:
    """What an author can say about their topic and others: that it belongs with one, or not after all."""
    key = f"topic.{mine.id}"
    if mine is not head:
        button("Part it again", partial(_part, here, mine), key=f"{key}.part")
        return
    if mine.wish_id:
        button("I would not merge it after all", partial(_drop_wish, here, mine), key=f"{key}.wish")
        return
    if others := [one for one in standing if one.id != mine.id]:
        words(f"{APART} It is done when its author or a facilitator agrees.", kind="how-to")
        if other := chosen_of("It belongs with", others, key=f"{key}.other"):
            with_choice("Suggest to merge the two", partial(_merge, here, mine.id, other.id), key=f"{key}.merge")


def _my_dots(here: Here, vote: DotVote, topic: Topic, given: Mapping[str, int]) -> None:
    """My dots on one topic: give one, take one back."""
    mine, left = given.get(topic.id, 0), DOTS - sum(given.values())
    key = f"dots.{topic.id}.{mine}.{left}"  # a second tap on a button that has done its work does nothing
    with st.container(horizontal=True, vertical_alignment="center", key=f"my-dots-{topic.id}"):
        words({0: "No dot from you", 1: "● One dot from you", 2: "●● Two dots from you"}[mine], kind="fact")
        if left and mine < MOST_ON_ONE:
            button("Give a dot", partial(_place, here, vote, topic, mine + 1), key=f"{key}.more")
        if mine:
            button("Take one back", partial(_place, here, vote, topic, mine - 1), key=f"{key}.less")


def _arrange(here: Here, standing: Sequence[Topic]) -> None:
    """A facilitator's own: two topics into one, apart again, or one aside."""
    if not standing:
        return
    draft = visit().drafts.setdefault("topics.arrange", Draft())
    with st.expander("Merge, part or set aside", key="topics.arrange"):
        topic = chosen_of("Topic", standing, key=f"arrange.{draft.generation}.topic")
        if topic is None:
            return
        text_of(topic)
        _merge_with(here, draft, topic, [one for one in standing if one.id != topic.id])
        for part in topic.parts:
            with_choice(plain(f"Part again: {part.short}"), partial(_part, here, part), key=f"arrange.part.{part.id}")
        label = "Put it back on the board" if topic.aside else "Set it aside for now"
        with_choice(label, partial(_set_aside, here, topic), key=f"arrange.aside.{topic.aside}")
        words("Aside, only its author and facilitators see it. Talk with its author first, if you can.", kind="how-to")


def _merge_with(here: Here, draft: Draft, topic: Topic, others: Sequence[Topic]) -> None:
    """The other one, and the press, once both can be read. A new pair has to be chosen for the next one."""
    other = chosen_of("Merge it into", others, key=f"arrange.{draft.generation}.{topic.id}.other") if others else None
    if other is None:
        return
    text_of(other)
    words(APART, kind="how-to")

    def merge() -> None:
        _merge(here, topic.id, other.id)
        draft.generation += 1
        visit().message = f"Merged: “{topic.short}” now stands with “{other.short}”. Here you can part them again."

    with_choice("Merge the two", merge, key=f"arrange.{topic.id}.{other.id}.merge")


def chosen_of(label: str, choices: Sequence[Topic], *, key: str) -> Topic | None:
    """Let somebody choose one of these topics. None is chosen before they do."""
    by_id = {one.id: one for one in choices}
    said = told_apart({one.id: _named(one) for one in choices}, {one.id: f"in full: {one.text}" for one in choices})
    chosen = st.selectbox(
        label, list(by_id), index=None, format_func=said.__getitem__, key=key, placeholder="Choose a topic"
    )
    return by_id.get(chosen or "")


def _named(topic: Topic) -> str:
    return f"{topic.short} ({topic.by or FROM_THE_GROUP})"


def _place(here: Here, vote: DotVote, topic: Topic, count: int) -> None:
    with write() as db:
        dots.place(db, here.visitor, vote.id, topic.id, count, at=now())


def _merge(here: Here, topic_id: str, into_id: str) -> None:
    with write() as db:
        topics.merge(db, here.visitor, topic_id, into_id)


def _part(here: Here, topic: Topic) -> None:
    with write() as db:
        topics.part(db, here.visitor, topic.id)


def _drop_wish(here: Here, topic: Topic) -> None:
    with write() as db:
        topics.drop_wish(db, here.visitor, topic.id)


def _set_aside(here: Here, topic: Topic) -> None:
    with write() as db:
        topics.set_aside(db, here.visitor, topic.id, aside=not topic.aside)
