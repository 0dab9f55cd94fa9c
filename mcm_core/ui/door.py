"""Who has knocked, for a facilitator: one tap lets them in."""

from __future__ import annotations

import streamlit as st

from mcm_core.services import members
from mcm_core.services.members import Knock
from mcm_core.store.engine import read, write
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.press import button


def at_the_door(here: Here) -> None:
    """Everybody who waits, each with the member they say they are. Draws nothing when nobody waits."""
    with read() as db:
        waiting = members.at_the_door(db, here.visitor, here.cohort.id, at=now())
        people = members.roster(db, here.visitor, here.cohort.id) if waiting else ()
    strangers = [knock for knock in waiting if knock.member_id is None]
    if len(strangers) > 1:
        _all_at_once(here, len(strangers))
    for knock in waiting:
        with st.container(border=True, key=f"knock-{knock.id}"):
            _answer(here, knock, {member.id: member.name for member in people})


def _all_at_once(here: Here, number: int) -> None:
    """One tap against a crowd."""
    words(
        f"{number} people wait with the room’s code. Strangers? Turn them away, and make a new code on the Cohort "
        "page, under “The room’s code”."
    )
    button("Turn away all who came with the code", lambda: _turn_all_away(here), key="knock.all")


def _answer(here: Here, knock: Knock, names: dict[str, str]) -> None:
    if knock.member_id:
        st.markdown(f"**{plain(knock.name)}** is at the door with another phone. Let it in?")
        member_id: str | None = knock.member_id
    else:
        st.markdown(f"Somebody at the door says they are **{plain(knock.name)}**. Who is it?")
        likely = [one for one, name in names.items() if name.casefold() == knock.name.casefold()]
        options = list(names)
        member_id = st.selectbox(
            "Member",
            options,
            index=options.index(likely[0]) if likely else None,
            format_func=names.__getitem__,
            key=f"knock.{knock.id}.member",
        )
    with st.container(horizontal=True):
        button("Let in", lambda: _let_in(here, knock, member_id), key=f"knock.{knock.id}.in.{member_id}",
               primary=True, disabled=member_id is None)  # fmt: skip
        button("Not now", lambda: _turn_away(here, knock), key=f"knock.{knock.id}.away")


def _let_in(here: Here, knock: Knock, member_id: str | None) -> None:
    with write() as db:
        members.let_in(db, here.visitor, knock.id, member_id or "", at=now())


def _turn_away(here: Here, knock: Knock) -> None:
    with write() as db:
        members.turn_away(db, here.visitor, knock.id)


def _turn_all_away(here: Here) -> None:
    with write() as db:
        members.turn_all_away(db, here.visitor, here.cohort.id)
