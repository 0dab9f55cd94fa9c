"""Applications for facilitators: a list, one to read, what I think of the fit, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from zlib import crc32

import streamlit as st

from mcm_core.domain.application import APART, Application, Decision, Fit, Verdict, as_read
from mcm_core.domain.cohort import MEMBERS_MAX
from mcm_core.domain.told_apart import told_apart
from mcm_core.services import applicants, openings
from mcm_core.services.applicants import Line, Reading
from mcm_core.services.waiting_list import Places
from mcm_core.store import opening_texts
from mcm_core.store.engine import read, write
from mcm_core.ui import press
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.page import PAGES, Here, now
from mcm_core.ui.pieces import on_the_day, plain, showing_errors, words
from mcm_core.ui.visit import typed, visit

VERDICTS = {Verdict.YES: "Yes", Verdict.NO: "No", Verdict.ABSTAIN: "I abstain"}
DECISIONS = {
    Decision.ACCEPTED: "Give a place",
    Decision.WAITING: "Waiting list",
    Decision.NEXT: "Offer the next group",
    Decision.DECLINED: "Not this time",
}
STATES = {
    Decision.ACCEPTED: "has a place",
    Decision.WAITING: "on the waiting list",
    Decision.NEXT: "offered the next group",
    Decision.DECLINED: "not this time",
}


def counts(lines: Sequence[Line], begun: int, places: Places) -> None:
    """How many there are, in one line; nobody is ranked. Whoever was added by name has a place, too."""
    late = sum(line.is_late for line in lines)
    given = MEMBERS_MAX - places.free
    by_name = given - sum(line.decision is Decision.ACCEPTED for line in lines)
    waiting = sum(line.decision is Decision.WAITING for line in lines)
    parts = [
        f"{len(lines)} {'application' if len(lines) == 1 else 'applications'}" + (f", {late} late" if late else ""),
        f"{given} of {MEMBERS_MAX} places given" + (f", {by_name} by name" if by_name > 0 else ""),
        *([f"{waiting} on the waiting list"] if waiting else []),
        *([f"{begun} begun and not sent"] if begun else []),
    ]
    words(" · ".join(parts), kind="fact")


def free_places(free: int) -> str:
    """How many places nobody has: “A place is free”, “7 places are free”."""
    return "A place is free" if free == 1 else f"{free} places are free"


def before_confirming(is_open: bool, places: Places) -> str:
    """What “Confirm the group” ends, said before it is pressed: "" where all is over and every place is given."""
    said = ["Confirming closes the page for applications now."] if is_open else []
    if places.free:
        said.append(f"{'1 place stays' if places.free == 1 else f'{places.free} places stay'} free.")
    if said and places.waiting:
        said.append(f"{'1 person waits' if places.waiting == 1 else f'{places.waiting} people wait'} for one.")
    return " ".join(said)


def one_application(here: Here, lines: Sequence[Line]) -> None:
    """Choose one, read it, say what I think, decide."""
    if not lines:
        words("Nobody has applied yet. What people have begun and not sent is theirs alone.")
        return
    by_id, names = {line.id: line for line in lines}, _names(lines)
    waiting_first = sorted(by_id, key=lambda id_: by_id[id_].decision is not None)
    # What they read is part of the key: a browser keeps the words of what is chosen, whatever became of it meanwhile.
    state = crc32("".join(_in_the_list(line, names[line.id]) for line in lines).encode())
    before = visit().application or st.query_params.get("application")
    chosen = st.selectbox(
        "Application to read",
        waiting_first,
        index=waiting_first.index(before) if before in by_id else 0,
        format_func=lambda id_: _in_the_list(by_id[id_], names[id_]),
        key=f"applicants.chosen.{state}.{visit().turned}",
    )
    if chosen not in by_id:
        return
    visit().application = st.query_params["application"] = chosen  # in the address, so that a reload finds it again
    with showing_errors():
        with read() as db:
            found = applicants.one(db, here.visitor, chosen)
        _read(found)
        _twice(by_id[chosen], lines)
        _fit(here, found)
        if found.mine:
            _go_on(_next_unread(lines, chosen), names)
        _decide(here, found.application, by_id[chosen])


def _go_on(unread: Line | None, names: Mapping[str, str]) -> None:
    """Said where the press was, which is far from the top of the page."""
    words("What you think is kept." + ("" if unread else " There is none left that you have not read."), kind="fact")
    if unread:
        label = plain(f"Next: {names[unread.id]}, not read by me")
        press.button(label, partial(_turn_to, unread.id), key=f"applicants.next.{unread.id}")


def _turn_to(application_id: str) -> None:
    this = visit()
    this.application, this.turned = application_id, this.turned + 1


def _next_unread(lines: Sequence[Line], after: str) -> Line | None:
    """The next that I have not read and nobody has decided; behind the last comes the first again."""
    place = next(place for place, line in enumerate(lines) if line.id == after)
    behind = (*lines[place + 1 :], *lines[:place])
    return next((line for line in behind if not (line.judged or line.decision)), None)


def _names(lines: Sequence[Line]) -> dict[str, str]:
    """Their names by the ids of the applications; where two have the same, with what tells them apart."""
    return told_apart(
        {line.id: line.name for line in lines},
        {line.id: line.organisation or "no organisation" for line in lines},
        {line.id: line.email for line in lines},
        {line.id: f"sent on {on_the_day(line.sent_at)}" for line in lines},
        {line.id: f"at {line.sent_at:%H:%M} UTC" for line in lines},
    )


def _in_the_list(line: Line, name: str) -> str:
    state = STATES[line.decision] if line.decision else "not decided"
    place = f", number {line.place}" if line.place else ""
    seen = "" if line.judged or line.decision else ", not read by me"
    return f"{name}: {state}{place}{', late' if line.is_late else ''}{seen}"


def _read(found: Reading) -> None:
    applied = found.application
    st.subheader(plain(applied.name), anchor=False)
    came = f"{applied.organisation or 'No organisation'} · sent on {on_the_day(applied.sent_at or applied.saved_at)}"
    words(came + (" · after applications had closed" if applied.is_late else ""), kind="how-to")
    for asked, said in as_read(opening_texts.form(), applied):
        st.markdown(f"**{plain(asked)}**")
        words(said)
    if applied.aside:
        with st.expander("For the coordinator alone", key=f"aside.{applied.id}"):
            for answer in applied.aside:
                st.markdown(f"**{plain(answer.asked)}**")
                words(answer.said)
            if applied.said(APART):
                label = "Once both have a place: keep the two apart, under Between sessions"
                st.page_link(PAGES / "between.py", label=label, icon=":material/group_off:")


def _twice(line: Line, lines: Sequence[Line]) -> None:
    """Say that more than one came from this address. Which of them counts is for facilitators to ask."""
    came = [one for one in lines if one.email.casefold() == line.email.casefold()]
    if len(came) > 1:
        often = "twice" if len(came) == 2 else f"{len(came)} times"
        words(f"This address has applied {often}: {line.email}. Ask which application is meant.", kind="fact")


def _fit(here: Here, found: Reading) -> None:
    """What to look for, my own yes, no or abstention, and then what the others said."""
    st.markdown("**Is it a good fit?**")
    with st.expander("What we look for", key=f"criteria.{found.application.id}"):
        for line in opening_texts.form().criteria:
            words(f"· {line}")
    key = f"fit.{found.application.id}"
    mine = found.mine
    before = mine.note if mine else ""
    place = f"fit.{here.cohort.id}.{found.application.id}"
    with half_typed(here, place, stored=[before]), st.form(key, border=False):
        says = st.radio(
            "What I think",
            list(VERDICTS),
            index=list(VERDICTS).index(mine.says) if mine else None,
            format_func=lambda one: VERDICTS[one],
            horizontal=True,
            key=f"{key}.says",
        )
        box = f"{key}.note.{crc32(before.encode())}"  # a new one when I changed it elsewhere
        note = st.text_area("My note", before, key=box, height="content")
        words("If they join, they can read this note under “My data”. Nobody gets a score.", kind="how-to")
        pressed = st.form_submit_button("Keep what I think")
    with showing_errors():
        if pressed:
            with write() as db:
                applicants.judge(
                    db, here.visitor, found.application.id, says=str(says or ""), note=note or "", at=now()
                )
            st.rerun()
    _others(found)


def _others(found: Reading) -> None:
    if found.others and not found.mine:
        some = "1 other has" if found.others == 1 else f"{found.others} others have"
        words(f"{some} said what they think. You see it once you have said it yourself.", kind="how-to")
    for fit in found.fits:
        words(_said(fit))


def _said(fit: Fit) -> str:
    verdict = "abstains" if fit.says is Verdict.ABSTAIN else VERDICTS[fit.says].lower()
    return f"{fit.by}: {verdict}{'. ' + fit.note if fit.note else ''}"


def _decide(here: Here, applied: Application, line: Line) -> None:
    st.markdown("**What becomes of it**")
    if applied.decision is Decision.ACCEPTED:
        words(f"{applied.name} has a place and is on the list of members.")
        return
    key = f"decide.{applied.id}"
    st.text_input("The name on the list of members", applied.name, key=f"{key}.name")
    with st.container(horizontal=True):
        for decision, label in DECISIONS.items():
            press.button(
                label,
                partial(_do, here, applied, decision, f"{key}.name"),
                key=f"{key}.{decision}",
                primary=decision is Decision.ACCEPTED,
                disabled=line.decision is decision,
            )


def _do(here: Here, applied: Application, decision: Decision, name_key: str) -> None:
    with write() as db:
        found = applicants.decide(db, here.visitor, applied.id, decision=decision, name=typed(name_key), at=now())
        opening = openings.of_cohort(db, here.visitor, here.cohort.id)
    if found is decision:
        visit().message = f"{applied.name}: {STATES[found]}."
        return
    is_confirmed = opening and opening.confirmed_at
    told = "A kind message to them is drafted" if is_confirmed else "They are told kindly when you confirm the group"
    visit().message = f"All {MEMBERS_MAX} places are taken, so {applied.name} is on the waiting list. {told}."
