"""The facilitators of a cohort: who they are, and for its owner who shall be one of them."""

from __future__ import annotations

import streamlit as st

from mcm_core.services import facilitators, team
from mcm_core.services.team import Facilitator
from mcm_core.store.engine import write
from mcm_core.ui.addresses import public_url
from mcm_core.ui.confirm import confirmed
from mcm_core.ui.lead import Team, move_lead, team_of
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import plain, showing_errors, words
from mcm_core.ui.press import button


def team_list(here: Here) -> None:
    """Everybody who facilitates, with what the visitor may change."""
    people = team_of(here)
    me = next(one for one in people if one.id == here.visitor.facilitator_id)
    for one in people:
        _one(here, people, me, one)
    if me.owns:
        with st.expander("Invite a co-facilitator", key="team.invite"):
            _invite(here)
    else:
        with st.expander("Leave this cohort", key="team.leave"):
            words("You no longer see or run anything here. Your notes stay, and everything else.")
            if confirmed(here.visitor, key="team.leave"):
                button("Leave this cohort", lambda: _leave(here), key="team.leave.now")


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
            f"{one.name} then decides who facilitates here, and may erase or take away the whole cohort. "
            "You stay as a co-facilitator, and cannot take this back yourself."
        )
        if confirmed(here.visitor, key=f"team.{one.id}.owner"):
            button("Hand this cohort over", lambda: _hand_over(here, one), key=f"team.{one.id}.owner")
    with st.expander(plain(f"Remove {one.name}"), key=f"team.{one.id}.remove.open"):
        words(f"{one.name} no longer sees or runs anything here, at once and on every screen. Their notes stay.")
        if confirmed(here.visitor, key=f"team.{one.id}.remove"):
            button("Remove from this cohort", lambda: _remove(here, one), key=f"team.{one.id}.remove")


def _invite(here: Here) -> None:
    """A link for one more facilitator, shown once."""
    words(
        "A co-facilitator runs everything here as you do, with a password of their own, and does not count among the "
        "twenty. Whoever opens the link first becomes one; it works once, within a week."
    )
    if confirmed(here.visitor, key="invite") and st.button("Make a link for a co-facilitator", key="invite"):
        with showing_errors():
            with write() as db:
                token = facilitators.invite(db, here.visitor, here.cohort.id, at=now())
            once(f"{public_url()}/welcome/{token}")


def once(address: str) -> None:
    """A link that is shown this once."""
    st.code(address, language=None, wrap_lines=True)
    words("It is shown this once: copy it now. If it is lost, make another one.", kind="how-to")


def _hand_over(here: Here, one: Facilitator) -> None:
    with write() as db:
        team.hand_over(db, here.visitor, here.cohort.id, one.id, at=now())


def _remove(here: Here, one: Facilitator) -> None:
    with write() as db:
        team.remove(db, here.visitor, here.cohort.id, one.id, at=now())


def _leave(here: Here) -> None:
    with write() as db:
        team.leave(db, here.visitor, here.cohort.id, at=now())
