"""One message that has not gone: to read, change, copy, send or drop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import quote

import streamlit as st
from sqlalchemy.orm import Session

from mcm_core.domain.message import BODY_MAX, Message, MessageState, opens_a_door, placeholders, telling
from mcm_core.domain.trouble import given_up
from mcm_core.services import mailing, members, smtp
from mcm_core.store.engine import read, write
from mcm_core.ui.addresses import public_url
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import on_the_day, plain, showing_errors, words
from mcm_core.ui.press import button
from mcm_core.ui.visit import typed, visit

Sure = Callable[[], bool]


def message_card(here: Here, message: Message, sure: Sure) -> None:
    """The message, with what can be done about it. `sure` asks who the facilitator is, before a link is used."""
    key = _key(message)
    with st.container(border=True, key=f"card.{key}"):
        words(f"To {message.to.name}, {message.to.email or 'whose e-mail address is not written down'}", kind="fact")
        words(message.subject, kind="question")
        if message.state is MessageState.GIVEN_UP and (why := given_up(message)):
            st.warning(plain(why))
        stored = _read(message.body)
        with half_typed(here, f"message.{here.cohort.id}.{message.id}", stored=[stored]):
            st.text_area("Words", value=stored, key=key, height="content", max_chars=BODY_MAX)
        _hints(message)
        sends = bool(smtp.is_configured() and message.to.email)
        if sends:
            _send(here, message, key, sure)
        _copy(here, message, key, sure)
        with st.container(horizontal=True):
            button("I have sent it", partial(_by_hand, here, message, key), key=f"{key}.hand", primary=not sends)
            button("Keep the change", partial(_keep_change, here, message, key), key=f"{key}.keep")
            button("Drop it", partial(_drop, here, message), key=f"{key}.drop")


def send_all(here: Here, found: Sequence[Message], sure: Sure) -> None:
    """One button for every message whose address is known and that is due."""
    ready = [message for message in found if message.to.email and message.due_at <= here.at]
    if len(ready) < 2:
        return
    if any(opens_a_door(message.body) for message in ready) and not sure():
        return
    button(f"Send all {len(ready)}", partial(_send_all, here, ready), key="messages.send_all", primary=True)
    missing = len(found) - len(ready)
    if missing:
        words(f"{missing} more have no e-mail address, or are for later.", kind="how-to")


def hold_button(here: Here, message: Message) -> None:
    """Take a message out of the queue."""
    button("Do not send it yet", partial(_hold, here, message), key=f"{_key(message)}.hold")


def invite_button(here: Here) -> None:
    """Make ready a message with their own link for everybody who has not come in."""
    button("Write everybody their link", partial(_invite, here), key="messages.invite")
    words("A message stands ready then for each member who has not come in yet.", kind="how-to")


def _key(message: Message) -> str:
    """The version is part of it: when somebody else changed the message, its box must not show the old words."""
    return f"message.{message.id}.{message.version}"


def _hints(message: Message) -> None:
    if opens_a_door(message.body):
        words("Where it says {personal_link}, their own link is put in.", kind="how-to")
    elif "own_link" in placeholders(message.body):
        words("{own_link} is a link that only they have. To you it is never shown.", kind="how-to")
    if message.due_at > now():
        words(f"It is meant for {on_the_day(message.due_at)}.", kind="how-to")
    if said := telling(message.body):
        words(f"Whoever sees this person’s mailbox can read: {', '.join(said)}. Choose another word if you can.")


def _send(here: Here, message: Message, key: str, sure: Sure) -> None:
    if opens_a_door(message.body) and not sure():
        return
    button("Send", partial(_send_one, here, message, key), key=f"{key}.send", primary=True)


def _copy(here: Here, message: Message, key: str, sure: Sure) -> None:
    """The whole text, with the button that copies it, and the same for one's own mail program."""
    opens = opens_a_door(message.body)
    if opens and not st.toggle("Show it with their link, to copy", key=f"{key}.show"):
        return
    with showing_errors():
        if opens and not sure():
            return
        with write() if opens else read() as db:  # looking at a link is written down
            text = mailing.words_of(db, here.visitor, message.id, address=public_url(), at=now())
        st.code(text, language=None, wrap_lines=True)
        if message.to.email:
            address = f"mailto:{quote(message.to.email)}?subject={quote(message.subject)}&body={quote(text)}"
            st.link_button("Open it in my mail program", address, icon=":material/mail:")


def _kept(db: Session, here: Here, message: Message, key: str) -> int:
    """Keep what was typed, if it differs, and say which version stands then."""
    said = _kept_as(typed(key) or message.body)
    if said == message.body:
        return message.version
    mailing.edit(db, here.visitor, message.id, body=said, version=message.version)
    return message.version + 1


def _read(body: str) -> str:
    """The words with the address of this server, as they will be read."""
    return body.replace("{address}", public_url())


def _kept_as(said: str) -> str:
    """The same as they are kept: the address is put in when they go."""
    return said.replace(public_url(), "{address}")


def _keep_change(here: Here, message: Message, key: str) -> None:
    with write() as db:
        _kept(db, here, message, key)


def _send_one(here: Here, message: Message, key: str) -> None:
    with write() as db:
        _kept(db, here, message, key)
        mailing.send(db, here.visitor, message.id, at=now())


def _send_all(here: Here, ready: Sequence[Message]) -> None:
    with write() as db:
        for message in ready:
            _kept(db, here, message, _key(message))
            mailing.send(db, here.visitor, message.id, at=now())
    visit().message = f"{len(ready)} messages are on their way."


def _by_hand(here: Here, message: Message, key: str) -> None:
    with write() as db:
        version = _kept(db, here, message, key)
        mailing.sent_by_hand(db, here.visitor, message.id, version=version, at=now())


def _hold(here: Here, message: Message) -> None:
    with write() as db:
        mailing.hold(db, here.visitor, message.id, version=message.version)


def _drop(here: Here, message: Message) -> None:
    with write() as db:
        mailing.drop(db, here.visitor, message.id, at=now())


def _invite(here: Here) -> None:
    with write() as db:
        written = mailing.invite(db, here.visitor, here.cohort.id, at=now())
        there_are = members.roster(db, here.visitor, here.cohort.id)
    if not written:
        nobody = "Nobody is on the list of members yet. Add them on the page Cohort."
        visit().message = "Everybody has come in already." if there_are else nobody
