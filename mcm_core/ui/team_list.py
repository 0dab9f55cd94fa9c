"""The facilitators of a cohort: who they are, and for its owner who shall be one of them."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.errors import NotAllowed
from mcm_core.services import guests, members, team
from mcm_core.services.team import Facilitator
from mcm_core.store.engine import read, write
from mcm_core.ui.confirm import confirmed
from mcm_core.ui.invited import invite, invited
from mcm_core.ui.lead import Team, move_lead, team_of
from mcm_core.ui.live import STILL_HERE, listen
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.press import button


def team_list(here: Here) -> None:
    """Everybody who facilitates, with what the visitor may change."""
    owns = _me(here, team_of(here)).owns
    # Apart, so that a link that is shown once stays on the screen when somebody comes or goes.
    st.fragment(lambda: _who_there_is(here, owns), run_every=STILL_HERE)()
    if owns:
        with st.expander("Invite a co-facilitator", key="team.invite"):
            invite(here)
    else:
        with st.expander("Leave this cohort", key="team.leave"):
            words("You no longer see or run anything here. Your notes stay, and everything else. Open invitations end.")
            if confirmed(here.visitor, key="team.leave"):
                button("Leave this cohort", lambda: _leave(here), key="team.leave.now")


def _who_there_is(here: Here, owned: bool) -> None:
    """The part that changes while people come and go."""
    listen(f"door:{here.cohort.id}", key="team")
    try:
        people = team_of(here)
    except NotAllowed:
        st.rerun()  # the visitor is one of them no more, or signed out
    me = _me(here, people)
    if me.owns != owned:
        st.rerun()
    for one in people:
        _one(here, people, me, one)
    if me.owns:
        invited(here)


def _me(here: Here, people: Team) -> Facilitator:
    return next(one for one in people if one.id == here.visitor.facilitator_id)


def _one(here: Here, people: Team, me: Facilitator, one: Facilitator) -> None:
    with st.container(border=True, key=f"team-{one.id}"):
        words(one.name + (" (you)" if one == me else ""))
        words(", ".join(_parts(one)), kind="fact")
        if not one.leads:
            move_lead(here, people, one.id, "Take the lead" if one == me else f"Hand the lead to {one.name}")
        if me.owns and one != me:
            _change(here, one)


def _parts(one: Facilitator) -> list[str]:
    return ["Owner" if one.owns else "Co-facilitator", *(["has the lead"] if one.leads else [])]


def _change(here: Here, one: Facilitator) -> None:
    """What the owner may do with somebody's part."""
    with st.expander(plain(f"Make {one.name} the owner"), key=f"team.{one.id}.owner.open"):
        words(
            f"{one.name} then decides who facilitates here, and may remove you. You stay as a co-facilitator, and "
            "cannot take this back yourself. Open invitations end."
        )
        if confirmed(here.visitor, key=f"team.{one.id}.owner"):
            button("Hand this cohort over", lambda: _hand_over(here, one), key=f"team.{one.id}.owner")
    with st.expander(plain(f"Remove {one.name}"), key=f"team.{one.id}.remove.open"):
        words(
            f"{one.name} no longer runs anything here, at once and on every screen, and sees no more than anybody from "
            "outside. Their notes stay. Open invitations end."
        )
        if confirmed(here.visitor, key=f"team.{one.id}.remove"):
            _removing(here, one)


def _removing(here: Here, one: Facilitator) -> None:
    """The last step, with a word on the links that somebody who facilitated may have kept."""
    unused = _unused_links(here)
    renew = False
    if unused:
        words(
            f"But {one.name} may have printed or noted links, and the first browser that opens one is in: those of "
            f"{unused}. They work until they are renewed. Links of members who have joined let nobody in without you."
        )
        renew = st.checkbox("Make these links worthless, too", key=f"team.{one.id}.renew")
        words("Members who have not joined then need their new link or card from you, guests another link.",
              kind="how-to")  # fmt: skip
    button("Remove from this cohort", lambda: _remove(here, one, renew), key=f"team.{one.id}.remove.{renew}")


def _unused_links(here: Here) -> str:
    """How many links would let a browser in at once, in words; nothing when there is none."""
    with read() as db:
        people = members.roster(db, here.visitor, here.cohort.id)
        outside = guests.of_cohort(db, here.visitor, here.cohort.id, at=now())
    not_joined = sum(member.joined_at is None for member in people)
    not_come = sum(guest.joined_at is None for guest in outside)
    counted = (
        (not_joined, "1 member who has" if not_joined == 1 else f"{not_joined} members who have", "not joined"),
        (not_come, "1 guest who has" if not_come == 1 else f"{not_come} guests who have", "not come"),
    )
    return " and ".join(f"{who} {what}" for number, who, what in counted if number)


def _hand_over(here: Here, one: Facilitator) -> None:
    with write() as db:
        team.hand_over(db, here.visitor, here.cohort.id, one.id, at=now())


def _remove(here: Here, one: Facilitator, renew: bool) -> None:
    with write() as db:
        team.remove(db, here.visitor, here.cohort.id, one.id, renew_links=renew, at=now())


def _leave(here: Here) -> None:
    with write() as db:
        team.leave(db, here.visitor, here.cohort.id, at=now())
