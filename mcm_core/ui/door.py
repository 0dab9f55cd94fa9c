"""Who has knocked, for a facilitator: one tap lets them in, and two who come with the code as somebody who is in."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import streamlit as st

from mcm_core.domain.cohort import Member, folded
from mcm_core.services import members
from mcm_core.services.members import Disowned, Knock
from mcm_core.store.engine import read, write
from mcm_core.ui.cohort_dates import on_the_wall
from mcm_core.ui.confirm import confirmed
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import named, plain, words
from mcm_core.ui.press import button


def at_the_door(here: Here) -> None:
    """Everybody who waits, each with the member they say they are. Draws nothing when nobody waits."""
    with read() as db:
        waiting = members.at_the_door(db, here.visitor, here.cohort.id, at=now())
        people = members.roster(db, here.visitor, here.cohort.id) if waiting else ()
        said = members.disowned(db, here.visitor, here.cohort.id, at=now())
    for one in said:
        st.warning(plain(_not_theirs(here, one)))
    strangers = [knock for knock in waiting if knock.member_id is None]
    if len(strangers) > 1:
        _all_at_once(here, len(strangers))
    for knock in waiting:
        with st.container(border=True, key=f"knock-{knock.id}"):
            _answer(here, knock, {member.id: member for member in people})


def _all_at_once(here: Here, number: int) -> None:
    """One tap against a crowd."""
    words(
        f"{number} people wait with the room’s code. Strangers? Turn them away, and make a new code on the Cohort "
        "page, under “The room’s code”."
    )
    button("Turn away all who came with the code", lambda: _turn_all_away(here), key="knock.all")


def _answer(here: Here, knock: Knock, people: dict[str, Member]) -> None:
    member_id, asked = knock.member_id, False
    if member_id:
        st.markdown(f"**{plain(knock.name)}** is at the door with another phone. Let it in?")
    else:
        st.markdown(f"Somebody at the door says they are **{plain(knock.name)}**. Who is it?")
        member_id = _who(knock, people)
        if member_id and people[member_id].joined_at:
            asked = _asked(here, knock, people[member_id])
            member_id = member_id if asked else None
    with st.container(horizontal=True):
        button("Let in", lambda: _let_in(here, knock, member_id, asked), key=f"knock.{knock.id}.in.{member_id}",
               primary=True, disabled=member_id is None)  # fmt: skip
        button("Not now", lambda: _turn_away(here, knock), key=f"knock.{knock.id}.away")


def _who(knock: Knock, people: dict[str, Member]) -> str | None:
    """The member chosen: at first the one of that name, unless they have joined. Anybody can say a name."""
    likely = [one for one, member in people.items() if folded(member.name) == folded(knock.name)]
    taken = next((people[one] for one in likely if people[one].joined_at), None)
    if taken:
        st.warning(plain(members.in_already(taken.name)))
    chosen: str | None = st.selectbox(
        "Member",
        list(people),
        index=list(people).index(likely[0]) if likely and not taken else None,
        format_func=lambda one: people[one].name,
        key=f"knock.{knock.id}.member.{bool(taken)}",  # anew when they came in meanwhile
    )
    return chosen


def _asked(here: Here, knock: Knock, member: Member) -> bool:
    """Whether this member, who has joined, was asked in person, by a facilitator who said lately who they are."""
    if folded(member.name) != folded(knock.name):
        st.warning(plain(members.in_already(member.name)))
    key = f"knock.{knock.id}.asked.{member.id}"
    return st.checkbox(named(f"I have asked {member.name} in person"), key=key) and confirmed(here.visitor, key=key)


def _not_theirs(here: Here, one: Disowned) -> str:
    came = f"that {one.by} had let in" if one.by else "that came in"
    when = on_the_wall(one.at.astimezone(ZoneInfo(here.cohort.time_zone)))
    return (
        f"{one.name} says that a phone {came} as them on {when} was not theirs. It is signed out. Make them a new link."
    )


def _let_in(here: Here, knock: Knock, member_id: str | None, asked: bool) -> None:
    with write() as db:
        members.let_in(db, here.visitor, knock.id, member_id or "", asked=asked, at=now())


def _turn_away(here: Here, knock: Knock) -> None:
    with write() as db:
        members.turn_away(db, here.visitor, knock.id)


def _turn_all_away(here: Here) -> None:
    with write() as db:
        members.turn_all_away(db, here.visitor, here.cohort.id)
