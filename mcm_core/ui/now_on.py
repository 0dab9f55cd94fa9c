"""What is on in the session, for the phones and for the room: the block's words, its time, and where it leads."""

from __future__ import annotations

from functools import partial

import streamlit as st

from mcm_core.domain.block import Activity, Block, Practice
from mcm_core.domain.round import Round
from mcm_core.domain.run_sheet import shown_beside
from mcm_core.services import practices, run_sheets
from mcm_core.services.run_sheets import Now
from mcm_core.store.engine import read, write
from mcm_core.ui.asked import draw_all
from mcm_core.ui.component import ASSETS, component
from mcm_core.ui.live import follow
from mcm_core.ui.news import how_was_it
from mcm_core.ui.page import PAGES, Here, now
from mcm_core.ui.pieces import key_of, plain, words
from mcm_core.ui.press import button
from mcm_core.ui.room_code import way_in
from mcm_core.ui.topic_dots import BOARD, are_asked

#: Where an activity leads, what its button says, and which part of that page is opened. A prompt, a break and a
#: practice stay where they are; a round opens on the phones by itself.
LEADS: dict[Activity, tuple[str, str, dict[str, str]]] = {
    Activity.TOPICS: ("topics.py", BOARD, {"part": "board"}),
    Activity.DOTS: ("topics.py", "Give your dots", {"part": "dots"}),
    Activity.OFFERS: ("topics.py", "Go to offers and needs", {"part": "offers"}),
    Activity.PAIRS: ("between.py", "See who you meet", {}),
    Activity.TRY_IT: ("between.py", "Write down what you will try", {"open": "try"}),
    Activity.NEWS: ("news.py", "Read the news and views", {}),
    Activity.CLOSING: ("closing.py", "Look back and say what you think", {}),
    Activity.AGREEMENT: ("agreement.py", "Read and agree how we work together", {}),
}
_countdown = component(ASSETS / "countdown.js", html='<p role="timer"></p>', isolate_styles=False)


def now_on(here: Here) -> Now | None:
    """The block that is on in this cohort."""
    with read() as db:
        return run_sheets.now_on(db, here.visitor, here.cohort.id, at=here.at)


def beside(on: Now | None, round_: Round | None) -> Round | None:
    """The round that the screens show while this is on."""
    return shown_beside(on.block if on else None, round_)


def on_the_phone(here: Here, on: Now) -> None:
    """The block for a member: what to do, how long, and one large button to where it happens."""
    block = on.block
    with st.container(border=True, key="now"):
        st.header(plain(block.title), anchor=False)
        words(block.prompt, kind="need")
        countdown(block, kind="fact")
        if block.practice and here.visitor.member_id:
            _practice(here, block, block.practice)
        lead_on(here, block)
        draw_all(how_was_it(here))


def lead_on(here: Here, block: Block) -> None:
    """The button to the page of the block's activity. While nobody is asked for dots, it promises none."""
    if block.activity in LEADS:
        file, label, part = LEADS[block.activity]
        label = BOARD if block.activity is Activity.DOTS and not are_asked(here) else label
        st.page_link(PAGES / file, label=label, icon=":material/arrow_forward:", query_params=part)


def in_the_room(here: Here, on: Now) -> None:
    """The block for everybody to see, without a control and without a name; and the way in for whoever is late."""
    block = on.block
    st.title(plain(block.title), anchor=False)
    said, door = st.columns([2, 1], gap="large")
    with said:
        words(block.screen or block.prompt, kind="room-prompt")
        countdown(block, kind="room-left")
        if block.practice:
            follow(here, f"count:{here.cohort.id}", draw=partial(tapped, here, block))
        else:
            follow(here)
    with door:
        way_in(here)


def tapped(here: Here, block: Block) -> None:
    """How many have tried the practice vote. What they tapped is never shown."""
    with read() as db:
        count = practices.count(db, here.visitor, block.id)
    words(f"{count} have tapped" if count != 1 else "1 has tapped", kind="room-hint")


def countdown(block: Block, *, kind: str) -> None:
    """How much of the block's time is left, counted in the browser. `kind` is a class of style.css."""
    if block.until:
        left = (block.until - now()).total_seconds()
        _countdown(data={"left": left, "kind": kind}, key=key_of("countdown", block.id, kind), height="content")


def _practice(here: Here, block: Block, practice: Practice) -> None:
    with read() as db:
        mine = practices.mine(db, here.visitor, block.id)
    words(practice.question, kind="question")
    for number, choice in enumerate(practice.choices):
        label = plain(f"✓ {choice}" if number == mine else choice)
        button(label, partial(_tap, here, block, number), key=f"practice.{block.id}.{number}")
    if mine is not None:
        words("Counted. You can tap another one.", kind="fact")


def _tap(here: Here, block: Block, choice: int) -> None:
    with write() as db:
        practices.tap(db, here.visitor, block.id, choice, at=now())
