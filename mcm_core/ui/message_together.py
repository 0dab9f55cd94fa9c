"""Messages that say the same to several people, as one mail; without a mail server that is what is sent by hand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from urllib.parse import quote

import streamlit as st

from mcm_core.domain.message import Message, alike, opens_a_door
from mcm_core.services import mailing
from mcm_core.store.engine import write
from mcm_core.ui.addresses import public_url
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.press import button
from mcm_core.ui.visit import visit

MAILTO_MAX = 1800  # what the mail programs that we know take as one address


def together(here: Here, found: Sequence[Message]) -> None:
    """Every group of messages that are due and alike, to copy with one tap each; and why the others are not in one."""
    due = [one for one in found if one.due_at <= here.at]
    for group in alike(due):
        _one_mail(here, group)
    if sum(opens_a_door(one.body) for one in due) > 1:
        words(
            "Where a message holds somebody’s own link, it goes to that person alone: whoever has the link is in as "
            "them. These cannot go as one mail.",
            kind="how-to",
        )


def _one_mail(here: Here, group: Sequence[Message]) -> None:
    first = group[0]
    key = f"together.{first.kind}.{'.'.join(f'{one.id}-{one.version}' for one in group)}"
    addresses = ", ".join(one.to.email or "" for one in group)
    text = (first.for_all or "").replace("{address}", public_url())
    with st.expander(plain(f"As one mail to {len(group)} people: {first.subject}"), key=key):
        words(
            "The words are the same for all of them. Put the addresses into BCC: then nobody sees who else is in the "
            "group.",
            kind="how-to",
        )
        st.code(addresses, language=None, wrap_lines=True)
        st.code(text, language=None, wrap_lines=True)
        address = f"mailto:?bcc={quote(addresses, safe='')}&subject={quote(first.subject)}&body={quote(text)}"
        if len(address) <= MAILTO_MAX:
            st.link_button("Open it in my mail program", address, icon=":material/mail:")
        sent = partial(_sent, here, {one.id: one.version for one in group})
        button(f"I have sent it to all {len(group)}", sent, key=f"{key}.sent")


def _sent(here: Here, versions: dict[str, int]) -> None:
    with write() as db:
        mailing.sent_to_all(db, here.visitor, here.cohort.id, versions, at=now())
    visit().message = f"Noted: {len(versions)} messages have gone."
