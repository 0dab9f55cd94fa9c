"""Catch-ups for a facilitator: suggest, change, share; and mend when somebody leaves or asks for another partner."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from mcm_core.domain.catch_up import PairingRound, Together, week_to_share
from mcm_core.services import applicants, catch_ups, entries, members
from mcm_core.store.engine import read, write
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import words
from mcm_core.ui.press import button
from mcm_core.ui.topic_form import with_choice


def pairing_desk(here: Here) -> None:
    """The next week's catch-ups, those that are on, and whom to keep apart."""
    with read() as db:
        rounds = catch_ups.rounds(db, here.visitor, here.cohort.id)
        roster = members.roster(db, here.visitor, here.cohort.id)
    shared = [week for week in rounds if week.shared_at]
    if number := week_to_share(here.cohort, shared[0].number if shared else 0, here.at):
        _next(here, number, next((week for week in rounds if week.number == number), None))
    if shared:
        _on(here, shared[0])
    _in_numbers(here)
    with st.expander("Two people who should not be put together", key="apart"):
        _apart(here, {one.id: one.name for one in roster})  # who has not come in yet may have asked for it already


def _next(here: Here, number: int, week: PairingRound | None) -> None:
    st.subheader(f"Week {number}: catch-ups to share", anchor=False)
    if week is None:
        words("Pairs, or one trio when the number is odd; the same two as seldom as can be. You can change them first.")
        button("Suggest catch-ups", lambda: _suggest(here, number), key=f"suggest.{number}", primary=True)
        return
    if not week.fits:
        st.info("Something has changed since these were suggested, so they do not fit any more. Suggest others.")
    for group in week.groups:
        _group(here, group)
    _without(week)
    with st.container(horizontal=True):
        if week.fits:
            version = week.version
            button(
                "Share with everybody",
                lambda: _share(here, number, version),
                key=f"share.{number}.{version}",
                primary=True,
            )
        button("Suggest others", lambda: _suggest(here, number), key=f"suggest.{number}", primary=not week.fits)
    with st.expander("Put certain people together", key="together"):
        chosen = _choose("Two or three people", week.people, most=3, key=f"together.{number}.{week.version}")
        button(
            "Put them together", lambda: _together(here, number, chosen), key="together.press", disabled=len(chosen) < 2
        )


def _group(here: Here, group: Together) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"group-{group.id}"):
        words(" · ".join(group.people) + (" (stays)" if group.kept else ""))
        label = "Let it change" if group.kept else "Keep"
        button(label, lambda: _keep(here, group), key=f"keep.{group.id}.{group.kept}")


def _on(here: Here, week: PairingRound) -> None:
    """The week that is shared: who is with whom, and a button when something is broken."""
    st.subheader(f"Week {week.number}: shared", anchor=False)
    for group in week.groups:
        words(" · ".join(group.people))
    _without(week)
    if week.to_mend:
        what = "One group needs" if week.to_mend == 1 else f"{week.to_mend} groups need"
        words(f"{what} another arrangement: somebody left, rests, or asked for it. Everybody else keeps theirs.")
        button("Arrange it anew", lambda: _mend(here), key=f"mend.{week.version}", primary=True)


def _without(week: PairingRound) -> None:
    if week.resting:
        words(f"Not this week, with a week off: {', '.join(week.resting)}.", kind="how-to")
    if week.not_joined:
        words(f"Not this week, because they have not joined yet: {', '.join(week.not_joined)}.", kind="how-to")
    if week.alone and week.shared_at:
        words(f"In no group, from the next week on: {', '.join(week.alone)}.", kind="how-to")
    elif week.alone:
        words(f"Nobody fits with {', '.join(week.alone)} this week. You could meet them yourself.")


def _in_numbers(here: Here) -> None:
    """Two sentences about everybody, and none about anybody."""
    with read() as db:
        met = catch_ups.how_many_met(db, here.visitor, here.cohort.id)
        tries = entries.tries_planned(db, here.visitor, here.cohort.id, at=here.at)
    words(met, kind="how-to")
    if tries:
        words(tries, kind="how-to")


def _apart(here: Here, people: Mapping[str, str]) -> None:
    words("Such as somebody and their manager. Members can ask for the same for themselves; that is not shown here.")
    with read() as db:
        apart = catch_ups.apart(db, here.visitor, here.cohort.id)
        wishes = applicants.wished_apart(db, here.visitor, here.cohort.id)
    if wishes:
        words("With their application, and for you as the coordinator alone, people asked:", kind="how-to")
    for name, wish in wishes:
        words(f"{name}: {wish}", kind="note-body")
    for two in apart:
        with st.container(horizontal=True, vertical_alignment="center"):
            words(" · ".join(people.get(one, "somebody") for one in two))
            button("Allow it again", lambda two=two: _keep_apart(here, two, yes=False), key=f"apart.{two}")  # type: ignore[misc]
    chosen = _choose("Two people", people, most=2, key=f"apart.{len(apart)}")
    with_choice("Keep them apart", lambda: _keep_apart(here, tuple(chosen), yes=True), key="apart.press")


def _choose(label: str, people: Mapping[str, str], *, most: int, key: str) -> list[str]:
    return st.multiselect(
        label, list(people), format_func=lambda one: people.get(one, ""), max_selections=most, key=key
    )


def _suggest(here: Here, number: int) -> None:
    with write() as db:
        catch_ups.suggest(db, here.visitor, here.cohort.id, number, at=now())


def _share(here: Here, number: int, version: int) -> None:
    with write() as db:
        catch_ups.share(db, here.visitor, here.cohort.id, number, version=version, at=now())


def _keep(here: Here, group: Together) -> None:
    with write() as db:
        catch_ups.keep(db, here.visitor, group.id, yes=not group.kept)


def _together(here: Here, number: int, chosen: list[str]) -> None:
    with write() as db:
        catch_ups.keep_together(db, here.visitor, here.cohort.id, number, chosen, at=now())


def _mend(here: Here) -> None:
    with write() as db:
        catch_ups.mend(db, here.visitor, here.cohort.id)


def _keep_apart(here: Here, two: tuple[str, ...], *, yes: bool) -> None:
    with write() as db:
        catch_ups.keep_apart(db, here.visitor, here.cohort.id, two, yes=yes)
