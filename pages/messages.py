"""Messages: what stands ready to be sent, one at a time; what waits; and what has gone."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mcm_core.domain import trouble
from mcm_core.domain.message import Message, MessageState, in_order
from mcm_core.domain.told_apart import told_apart
from mcm_core.services import mailing, smtp
from mcm_core.store.engine import read
from mcm_core.ui.addresses import warn_of_address
from mcm_core.ui.call import call_back
from mcm_core.ui.confirm import confirmed_once
from mcm_core.ui.half_typed import forget_all_but
from mcm_core.ui.message_card import hold_button, invite_button, message_card, send_all
from mcm_core.ui.message_together import together
from mcm_core.ui.page import FACILITATORS, PAGES, Here, open_page
from mcm_core.ui.pieces import on_the_day, plain, words

GONE = {MessageState.SENT, MessageState.BY_HAND}


def to_send(here: Here, found: Sequence[Message]) -> None:
    """Drafts and what was given up: one at a time, the next by itself, in the order in which they are to be read."""
    st.header(f"To send: {len(found)}" if found else "Nothing to send", anchor=False)
    if not found:
        words("When a session moves, or somebody is to be told something, a message stands ready here.")
        return
    sure = confirmed_once(here.visitor, key="messages")
    if smtp.is_configured():
        send_all(here, found, sure)
    else:
        together(here, found)
    found = in_order(found, here.at)
    by_id = {message.id: message for message in found}
    lines = _lines(found)
    chosen = st.selectbox("Message", list(by_id), format_func=lines.__getitem__, key="messages.chosen")
    message_card(here, by_id.get(chosen or "", found[0]), sure)


def waiting(here: Here, found: Sequence[Message]) -> None:
    """What goes by itself, with the way to stop it."""
    if not found:
        return
    st.header(f"Going by themselves: {len(found)}", anchor=False)
    if held := trouble.held_up(found, here.cohort.time_zone):
        st.warning(plain(" ".join((*held, trouble.WHAT_TO_DO))))
    for message in found:
        tried = f", tried {message.tries} times so far" if message.tries > 1 else ""
        words(f"{_line(message)}, {on_the_day(message.due_at)}{tried}")
        hold_button(here, message)


def gone(found: Sequence[Message]) -> None:
    """What has gone, in a line each. It is deleted a month later."""
    if not found:
        return
    with st.expander(f"Gone: {len(found)}", key="messages.gone"):
        for message in found:
            day = on_the_day(message.settled_at or message.due_at)
            words(f"{message.to.name}: {message.subject}, {message.state if message.body else 'dropped'} on {day}")
        words("Each is deleted a month after it went.", kind="how-to")


def _line(message: Message) -> str:
    failed = " (could not be sent)" if message.state is MessageState.GIVEN_UP else ""
    return f"{message.to.name}: {message.subject}{failed}"


def _lines(found: Sequence[Message]) -> dict[str, str]:
    """The line of each by its id; where two people have the same name, with what tells them apart."""
    return told_apart(
        {one.id: _line(one) for one in found},
        {one.id: one.to.email or "no e-mail address" for one in found},
        {one.id: f"for {on_the_day(one.due_at)}" for one in found},
        {one.id: f"written on {on_the_day(one.created_at)} at {one.created_at:%H:%M} UTC" for one in found},
    )


here = open_page(FACILITATORS)
st.title("Messages", anchor=False)
call_back(here)
if smtp.is_configured():
    words("This server sends them for you. No subject ever says a name, a theme or an answer.")
else:
    words("This server cannot send e-mails. Copy each message, or open it in your own mail program.")
warn_of_address()
with read() as db:
    everything = mailing.of_cohort(db, here.visitor, here.cohort.id)
goes = {MessageState.WAITING} if smtp.is_configured() else set()
ready = [one for one in everything if one.state not in goes | GONE]
to_send(here, ready)
invite_button(here)
waiting(here, [one for one in everything if one.state in goes])
gone([one for one in everything if one.state in GONE])
st.page_link(PAGES / "cohort.py", label=plain("E-mail addresses are on the page Cohort"), icon=":material/group:")
forget_all_but(here, f"message.{here.cohort.id}", [one.id for one in ready])
