"""News and views: what Today asks about it, and one week of its page."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from sqlalchemy.orm import Session

from mcm_core.charts.weeks import turnout
from mcm_core.domain.cohort import CohortSession, next_session
from mcm_core.domain.mode import too_few
from mcm_core.domain.news import LINE_MAX, Line, Outcome, Window
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.domain.reading import Reading
from mcm_core.domain.round import RoundState
from mcm_core.domain.visitor import Visitor
from mcm_core.services import digest, news, notes
from mcm_core.services.news import Week
from mcm_core.store.engine import read, write
from mcm_core.ui.anonymous_form import NOT_A_REPORT, anonymous_form
from mcm_core.ui.asked import Asked
from mcm_core.ui.clocks import on_both_clocks
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.mode_pictures import anonymous_picture, comments
from mcm_core.ui.modes import say_mode
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import plain, privacy_link, words
from mcm_core.ui.press import button
from mcm_core.ui.visit import Draft, typed, visit

ON_TODAY = 2  # the newest lines; the others are one tap away
FIRST = (
    "What you write goes to the facilitators first, mixed with what others wrote and without a name. They may put […] "
    "in the place of words that point at somebody; then everybody reads it here."
)


def news_asked(here: Here) -> list[Asked]:
    """What is asked of me about the last session."""
    if here.visitor.facilitates:
        return to_say_back(here, next_session(here.cohort.sessions, here.at))
    return how_was_it(here)


def to_say_back(here: Here, ahead: CohortSession | None) -> list[Asked]:
    """For facilitators: the way to the line without which this session cannot begin, while it is missing."""
    if ahead is None:
        return []
    with read() as db:
        number = news.to_say_back(db, here.visitor, ahead.id)
    label = f"Before the next session: write what you changed after session {number}"
    return [Asked("news.py", label, "rate_review")] if number else []


def how_was_it(here: Here) -> list[Asked]:
    """For a member: the way to the latest pulse that they have not answered."""
    if here.visitor.member_id is None:
        return []
    with read() as db:
        asked = news.to_answer(db, here.visitor, at=here.at)
    if asked is None:
        return []
    pulse, window = asked
    label = f"How was session {pulse.session_number}? Open until {_until(here, window)}"
    return [Asked("news.py", label, "rate_review")]


def what_changed(here: Here) -> None:
    """For a member's Today: what changed because of what we said after the last session."""
    with read() as db:
        lines = digest.last_lines(db, here.visitor, here.cohort.id)[-ON_TODAY:]
    if not lines:
        return
    with st.container(border=True, key="what-changed"):
        words(f"What changed because of what we said after session {lines[0].session_number}", kind="fact")
        for line in lines:
            words(f"You said: {line.you_said}")
            words(f"→ {line.answer}")


def _until(here: Here, window: Window) -> str:
    return on_both_clocks(window.closes_at, window.closes_local, here.cohort.time_zone)


def draw_week(here: Here, week: Week) -> None:
    """One session: its date, what was said back, and the pulse as it stands."""
    st.header(f"Session {week.meeting.number} · {plain(f'{week.meeting.day:%A %-d %B %Y}')}", anchor=False)
    for line in week.lines:
        _line(here, line)
    if here.visitor.facilitates:
        _say_back(here, week)
    if week.too_few is not None:
        _too_few(here, week, week.too_few)
    elif week.pulse is None:
        return
    elif week.pulse.state is RoundState.REVEALED:
        _pictures(here, week)
    elif news.is_open(week, here.at):
        _open(here, week)
    else:
        words("Closed. What may be shown of it appears here in a minute.", kind="fact")


def _open(here: Here, week: Week) -> None:
    pulse = week.pulse
    assert pulse is not None
    if here.visitor.facilitates:
        words(
            f"Open until {_until(here, week.window)}. Nobody sees an answer before that, nor how many have answered.",
            kind="fact",
        )
        return
    words(f"Open until {_until(here, week.window)}. {pulse.card.instrument.how_to}", kind="how-to")
    say_mode(pulse)
    words(FIRST, kind="how-to")
    privacy_link()
    anonymous_form(here, pulse, _send)


def _send(
    db: Session,
    visitor: Visitor,
    round_id: str,
    answers: Mapping[str, Reading],
    _comment: str,
    texts: Mapping[str, str],
) -> None:
    news.answer(db, visitor, round_id, answers, texts, at=now())


def _pictures(here: Here, week: Week) -> None:
    pulse = week.pulse
    assert pulse is not None
    first = next(iter(week.pictures.values()), None)
    if first is None:
        return
    words(f"{turnout(first)}.", kind="question")
    with st.expander("How we answered", key=f"{pulse.id}.how"):
        anonymous_picture(pulse, week.pictures)
    comments(here, pulse)


def _line(here: Here, line: Line) -> None:
    with st.container(border=True, key=f"line-{line.id}"):
        words(f"You said: {line.you_said}")
        words(f"→ {line.answer}", kind="question")
        if here.visitor.facilitates:
            with st.popover("Take this line away"):
                words("Nobody will be able to read it any more.")
                button("Take it away", lambda: _take_back(here, line.id), key=f"{line.id}.away")


def _take_back(here: Here, line_id: str) -> None:
    with write() as db:
        news.take_back(db, here.visitor, line_id, at=now())


def _say_back(here: Here, week: Week) -> None:
    """The facilitators' line. Needed before the next session begins, so it stands open until there is one."""
    place = f"say.{week.meeting.id}"
    draft = visit().drafts.setdefault(place, Draft())
    key = f"{place}.{draft.generation}"
    goes_on = any(one.starts_at > week.meeting.starts_at for one in here.cohort.sessions)
    with st.expander("Write what you changed, or why you could not", expanded=not week.lines, key=f"{key}.fold"):
        words(
            f"One line is needed{' before the next session begins' if goes_on else ''}, also when nobody answered. Use "
            "your own words and name nobody: everybody reads it.",
            kind="how-to",
        )
        with half_typed(here, place, stored=["", ""], generation=draft.generation):
            st.text_input("You said", max_chars=LINE_MAX, key=f"{key}.you_said", persist_state="session")
            kinds = {str(each): each.words for each in Outcome}
            outcome = st.radio("What came of it", list(kinds), format_func=lambda one: kinds[one], key=f"{key}.outcome")
            reply = "What you did, or why not"
            st.text_input(reply, max_chars=LINE_MAX, key=f"{key}.reply", persist_state="session")
        press = f"{key}.{outcome}"
        button("Show it to everybody", lambda: _say(here, week, key, outcome, draft), key=press, primary=True)


def _say(here: Here, week: Week, key: str, outcome: str, draft: Draft) -> None:
    with write() as db:
        news.say_back(
            db, here.visitor, week.meeting.id, you_said=typed(f"{key}.you_said"), outcome=outcome,
            reply=typed(f"{key}.reply"), at=now(),
        )  # fmt: skip
    draft.generation += 1


def _too_few(here: Here, week: Week, people: int) -> None:
    """In a small group it is not offered as anonymous (domain.md §5, row 21)."""
    words(f"{too_few(people)} You could talk it through, write to the facilitators with your name, or skip it.")
    if here.visitor.facilitates:
        return
    key = f"named.{week.meeting.id}"
    draft = visit().drafts.setdefault(key, Draft())
    body = f"{key}.{draft.generation}.body"
    with st.expander("Write to the facilitators, with my name", key=f"{key}.fold"):
        with half_typed(here, key, generation=draft.generation):
            st.text_area("What should we keep, change or pause?", key=body, persist_state="session")
        words("It becomes a note of yours that only the facilitators and you can read.", kind="how-to")
        words(NOT_A_REPORT, kind="how-to")
        button("Send it with my name", lambda: _send_named(here, week, body, draft), key=f"{body}.send")


def _send_named(here: Here, week: Week, key: str, draft: Draft) -> None:
    with write() as db:
        notes.add(
            db,
            here.visitor,
            here.cohort.id,
            session_number=week.meeting.number,
            theme=None,
            instrument=None,
            kind=Kind.EXPERIENCE,
            audience=Audience.FACILITATOR,
            attribution=Attribution.NAME,
            body=typed(key),
            at=now(),
        )
    draft.generation += 1
    visit().message = "Sent. You find it under Notes, where only the facilitators and you can read it."
