"""News and views on the screen: answered by members, read by all, written back by facilitators; and the check-in."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import streamlit as st

from mcm_core.domain.errors import Refused
from mcm_core.domain.mode import Mode
from mcm_core.domain.news import window
from mcm_core.domain.reading import Reading
from mcm_core.domain.round import Round
from mcm_core.services import bags, cohorts, instruments, members, news, notes, pulses, rounds
from mcm_core.store.engine import read, write
from mcm_core.ui.pieces import plain
from tests.pages.cohort_desk import press, texts
from tests.pages.conftest import CLOCK, Open
from tests.services.people import NOW
from tests.services.sheets import begin, hold
from tests.services.stories import Group, a_card, a_group, an_open_round, close_and_reveal, drop


def at_its_end(db, group: Group) -> Group:  # type: ignore[no-untyped-def]
    """The group, whose first session has just come to its end on the pages' clock."""
    first = group.cohort.session(1)
    starts = first.starts_local - (window(group.cohort.sessions, 1).opens_at - CLOCK)
    cohorts.move_session(db, group.facilitator, first.id, starts, 120, at=NOW - timedelta(days=1))
    return Group(group.facilitator, cohorts.get(db, group.facilitator, group.cohort.id), group.members)


@pytest.fixture
def group(sqlite: str) -> Group:
    with write() as db:
        return at_its_end(db, a_group(db, 8))


@pytest.fixture
def pulse(group: Group) -> Round:
    pulses.keep_house(at=CLOCK)
    with read() as db:
        return next(week.pulse for week in news.weeks(db, group.facilitator, group.cohort.id, at=CLOCK) if week.pulse)


def sent(group: Group, pulse: Round, codes: list[int], words: str = "") -> None:
    with write() as db:
        for member, code in zip(group.members, codes, strict=False):
            ballot = {theme.key: Reading(code) for theme in pulse.card.asked}
            news.answer(db, member, pulse.id, ballot, {"change": words}, at=CLOCK)


def closed(group: Group) -> None:
    """The next session is moved so near that the time of the pulse is over."""
    second = group.cohort.session(2)
    with write() as db:
        near = group.cohort.session(1).starts_local + timedelta(hours=2)
        cohorts.move_session(db, group.facilitator, second.id, near, 120, at=NOW)
    pulses.keep_house(at=CLOCK + timedelta(hours=1))


def links(app) -> list[str]:  # type: ignore[no-untyped-def]
    return [disarmed(one.proto.label) for one in app.get("page_link")]


def disarmed(words: str) -> str:
    """What a browser shows of words that were kept from being Markdown."""
    return words.replace("\\", "").replace("\u2060", "")


def test_who_is_in_another_zone_reads_until_when_on_both_clocks(
    open_page: Open, group: Group, pulse: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    when = window(group.cohort.sessions, 1)
    monkeypatch.setattr(type(st.context), "timezone", property(lambda _: "Europe/Athens"))
    there = f"Open until {when.closes_local:%A %-d %B, %H:%M} (Europe/London; for you "
    there += f"{when.closes_at.astimezone(ZoneInfo('Europe/Athens')):%H:%M})"

    assert any(label.endswith(there) for label in links(open_page("today", as_=group.members[0])))
    for who in (group.members[0], group.facilitator):
        assert f"{there}." in texts(open_page("news", as_=who))


def test_a_member_is_asked_on_today_and_answers_with_one_tap_to_the_page(
    open_page: Open, group: Group, pulse: Round
) -> None:
    today = open_page("today", as_=group.members[0])
    (asked,) = [label for label in links(today) if label.startswith("How was session 1? Open until ")]
    assert asked.endswith(" (Europe/London)")

    app = open_page("news", as_=group.members[0])
    assert "Not linked to you. We can" in texts(app)
    assert "goes to the facilitators first" in texts(app), "writers are told who reads it before they write"
    assert "This is not a way to report" in texts(app)
    for place, code in enumerate((3, 4, 4)):
        app.radio[place].set_value(code)
    app.text_area[0].set_value("fewer slides")
    app = press(app, "Send")

    assert not app.exception
    assert "Your answers are in" in app.success[0].value
    assert not any(label.startswith("How was session 1?") for label in links(open_page("today", as_=group.members[0])))
    with read() as db:
        assert bags.sent(db, group.members[0], pulse.id)


def test_a_half_filled_form_is_not_sent_and_keeps_its_words(open_page: Open, group: Group, pulse: Round) -> None:
    app = open_page("news", as_=group.members[0])
    app.radio[0].set_value(3)
    app.text_area[0].set_value("fewer slides")
    app = press(app, "Send")

    assert "Still to answer" in app.error[0].value
    assert app.text_area[0].value == "fewer slides"


def test_the_pace_has_words_of_its_own(open_page: Open, group: Group, pulse: Round) -> None:
    app = open_page("news", as_=group.members[0])

    assert [len(one.options) for one in app.radio] == [5, 5, 5]
    assert app.radio[2].options[:3] == ["Too slow", "About right", "Too fast"]
    assert app.radio[0].options[4] == "Rather not say"


def test_what_was_answered_is_shown_to_all_with_how_many_of_how_many(
    open_page: Open, group: Group, pulse: Round
) -> None:
    sent(group, pulse, [3, 3, 3, 4, 2])
    closed(group)

    for person in (group.members[7], group.facilitator):
        app = open_page("news", as_=person)
        assert not app.exception
        assert "5 of 8 members answered." in texts(app)
        assert "We are leaning towards Mostly." in texts(app)
        assert "Session by session" in [one.value for one in app.header]


def test_a_session_begun_on_another_day_is_dated_with_that_day(open_page: Open, sqlite: str) -> None:
    with write() as db:
        group = a_group(db, 5)
        hold(db, group, at=CLOCK - timedelta(days=1))
    pulses.keep_house(at=CLOCK)

    heads = [disarmed(one.value) for one in open_page("news", as_=group.members[0]).header]

    assert heads[0] == f"Session 1 · {CLOCK - timedelta(days=1):%A %-d %B %Y}"


def test_when_most_did_not_answer_it_says_so(open_page: Open, sqlite: str) -> None:
    with write() as db:
        group = at_its_end(db, a_group(db, 12))
        pulses.settle(db, group.cohort.id, at=CLOCK)
        pulse = next(week.pulse for week in news.weeks(db, group.facilitator, group.cohort.id, at=CLOCK) if week.pulse)
    sent(group, pulse, [3, 3, 3, 4, 2])
    closed(group)

    shown = texts(open_page("news", as_=group.members[0]))
    assert "5 of 12 members answered." in shown
    assert "Most of the group is not in this picture." in shown


def test_words_go_through_the_facilitator_who_may_leave_some_out(open_page: Open, group: Group, pulse: Round) -> None:
    sent(group, pulse, [3] * 8, "Maria was kind")
    closed(group)
    assert "Maria" not in texts(open_page("news", as_=group.members[0]))

    app = open_page("news", as_=group.facilitator)
    app.checkbox[0].check().run()
    app.text_area[0].set_value("All was well").run()
    app = press(app, "Share 1 of 8 with everybody")
    assert "change nothing else" in app.error[0].value
    app.text_area[0].set_value("Keep, change or pause: […] was kind").run()
    press(app, "Share 1 of 8 with everybody")

    shown = texts(open_page("news", as_=group.members[0]))
    assert "[…] was kind" in shown
    assert "Maria" not in shown


def test_a_facilitator_writes_back_and_everybody_reads_it(open_page: Open, group: Group, pulse: Round) -> None:
    with write() as db:  # the session is over
        over = group.cohort.session(1).starts_local - timedelta(hours=1)
        cohorts.move_session(db, group.facilitator, group.cohort.session(1).id, over, 120, at=NOW - timedelta(days=1))
    today = open_page("today", as_=group.facilitator)
    assert "Before the next session: write what you changed after session 1" in links(today)

    app = open_page("news", as_=group.facilitator)
    app.text_input[0].set_value("Too fast").run()
    app = press(app, "Show it to everybody")
    assert "“We changed” is empty" in app.error[0].value
    app.text_input[0].set_value("Too fast").run()
    app.text_input[1].set_value("one activity less").run()
    app = press(app, "Show it to everybody")

    assert not app.exception
    member = texts(open_page("news", as_=group.members[0]))
    assert "You said: Too fast" in member
    assert "→ We changed: one activity less" in member
    with read() as db:
        assert news.to_say_back(db, group.facilitator, group.cohort.session(2).id) is None
    assert "Before the next session" not in " ".join(links(open_page("today", as_=group.facilitator)))


def test_after_the_last_session_no_next_one_is_spoken_of(open_page: Open, sqlite: str) -> None:
    with write() as db:
        group = a_group(db, 8)
        hold(db, group, 6)

    said = texts(open_page("news", as_=group.facilitator))

    assert "One line is needed, also when nobody answered." in said
    assert "before the next session begins" not in said


def test_a_members_today_says_what_changed_after_the_last_session(open_page: Open, group: Group) -> None:
    assert "What changed" not in texts(open_page("today", as_=group.members[0]))
    with write() as db:
        for number, said in ((1, "too fast"), (2, "no break"), (2, "one more story")):
            news.say_back(
                db, group.facilitator, group.cohort.session(number).id,
                you_said=said, outcome="changed", reply=f"something about {said}", at=NOW,
            )  # fmt: skip

    told = disarmed(texts(open_page("today", as_=group.members[0])))

    assert "What changed because of what we said after session 2" in told
    for said in ("no break", "one more story"):
        assert f"You said: {said}" in told
        assert f"→ We changed: something about {said}" in told
    assert "too fast" not in told, "that is a session ago"
    assert told.index("What changed because") < told.index("What is kept, and who sees it"), "the longer one waits"
    assert "You said: no break" not in disarmed(texts(open_page("today", as_=group.facilitator)))


def test_a_colleagues_line_does_not_empty_the_boxes_of_who_is_writing(
    open_page: Open, group: Group, pulse: Round
) -> None:
    app = open_page("news", as_=group.facilitator)
    app.text_input[0].set_value("Too fast").run()
    with write() as db:
        news.say_back(
            db, group.facilitator, group.cohort.session(1).id, you_said="Too warm", outcome="changed",
            reply="a window", at=CLOCK,
        )  # fmt: skip

    app.run()

    assert "You said: Too warm" in texts(app)
    assert app.text_input[0].value == "Too fast"


def test_four_people_are_offered_to_write_with_their_name(open_page: Open, sqlite: str) -> None:
    with write() as db:
        group = at_its_end(db, a_group(db, 4))
    pulses.keep_house(at=CLOCK)
    app = open_page("news", as_=group.members[0])
    assert "There are 4 of you; this could not be anonymous." in texts(app)
    assert "talk it through" in texts(app)
    assert not app.radio

    app.text_area[0].set_value("shorter breaks").run()
    app = press(app, "Send it with my name")

    assert not app.exception
    with read() as db:
        (note,) = notes.wall(db, group.facilitator, group.cohort.id)
        assert (note.body, note.by, str(note.audience)) == ("shorter breaks", "Ada", "facilitator")
        assert notes.wall(db, group.members[1], group.cohort.id) == ()


def test_a_group_that_falls_below_five_while_it_is_open_is_not_asked_anonymously_any_more(
    open_page: Open, sqlite: str
) -> None:
    with write() as db:
        group = at_its_end(db, a_group(db, 5))
    pulses.keep_house(at=CLOCK)
    ada, bo, *_, gone = group.members
    with read() as db:
        pulse = next(w.pulse for w in news.weeks(db, group.facilitator, group.cohort.id, at=CLOCK) if w.pulse)
    sent(group, pulse, [2])
    assert open_page("news", as_=bo).radio
    with write() as db:
        members.remove(db, group.facilitator, gone.member_id or "", at=NOW)

    asked = open_page("news", as_=bo)
    assert "There are 4 of you; this could not be anonymous." in texts(asked)
    assert not asked.radio
    assert "Send it with my name" in [button.label for button in asked.button]
    assert not [label for label in links(open_page("today", as_=bo)) if label.startswith("How was session")]
    with pytest.raises(Refused, match="There are 4 of you"):
        sent(Group(group.facilitator, group.cohort, (bo,)), pulse, [3])
    assert "There are 4 of you" not in texts(open_page("news", as_=ada)), "she has answered"
    assert "There are 4 of you; this could not be anonymous." in texts(open_page("news", as_=group.facilitator))


@pytest.mark.parametrize(("people", "boxes"), [(7, 0), (8, 2)])
def test_a_group_too_small_for_its_words_to_be_read_is_asked_for_none(
    open_page: Open, sqlite: str, people: int, boxes: int
) -> None:
    with write() as db:
        group = at_its_end(db, a_group(db, people))
    pulses.keep_house(at=CLOCK)

    app = open_page("news", as_=group.members[0])

    assert app.radio
    assert len(app.text_area) == boxes
    assert ("We are fewer now" in texts(app)) is not bool(boxes)
    assert ("It is read only if 8 or more of us answer" in texts(app)) is bool(boxes)


# ---------------------------------------------------------------------------------------- the safety check-in


def test_the_check_in_is_one_tap_and_the_facilitator_is_reminded_whatever_was_answered(
    open_page: Open, group: Group
) -> None:
    card = a_card(instruments.offered()["safety_checkin"], mode=Mode.ANONYMOUS)
    with write() as db:
        opened = an_open_round(db, group.facilitator, group.cohort, card=card, at=CLOCK)
    app = open_page("vote", as_=group.members[0])
    assert len(app.radio) == 1
    assert not app.text_area, "no box to write in"
    prompt = "offer a pause, and say how you can be reached privately"
    assert prompt in app_info(open_page("facilitate", as_=group.facilitator))

    seen = []
    for code in (1, 4):
        with write() as db:
            if code == 4:
                again = rounds.vote_again(db, group.facilitator, opened.id, at=CLOCK)
                opened = again
            drop(db, opened, group.members, [(code, None)] * 8)
            close_and_reveal(db, group.facilitator, opened, at=CLOCK)
        seen.append(app_info(open_page("facilitate", as_=group.facilitator)))
    assert all(prompt in one for one in seen)
    assert seen[0] == seen[1]
    assert prompt not in app_info(open_page("vote", as_=group.members[0]))
    assert "Safety check-in: This space" in labels(open_page("news", as_=group.members[0]))


def app_info(app) -> str:  # type: ignore[no-untyped-def]
    return " ".join(disarmed(one.value) for one in app.info)


def labels(app) -> list[str]:  # type: ignore[no-untyped-def]
    return [disarmed(one.label) for one in app.expander]


def test_the_launch_form_offers_the_check_in_anonymously_and_the_pulse_not_at_all(
    open_page: Open, group: Group
) -> None:
    app = open_page("facilitate", as_=group.facilitator)
    (offered,) = [one for one in app.selectbox if "Safety check-in" in one.options]
    assert "News and views" not in offered.options

    app = offered.set_value("safety_checkin").run()
    assert not app.exception
    (modes,) = [one for one in app.radio if "How answers are kept" in one.label]
    assert modes.options == ["Anonymous"]


def test_a_session_that_ends_early_leads_on_at_once(open_page: Open, sqlite: str) -> None:
    """Ended when half of its time is left: phones are asked how it was, and the desk's gate leads to an open form."""
    with write() as db:
        group = at_its_end(db, a_group(db, 8))
        first = group.cohort.session(1)
        later = first.starts_local + timedelta(minutes=55)
        cohorts.move_session(db, group.facilitator, first.id, later, 120, at=NOW - timedelta(days=1))
        begin(db, group, at=CLOCK)
    assert "Run the session" in links(open_page("today", as_=group.facilitator))
    press(open_page("facilitate", as_=group.facilitator), plain("End session 1 now (closes the vote)"))

    today = open_page("today", as_=group.facilitator)
    assert "Run the session" not in links(today)
    assert disarmed(texts(today)).count("Session 2, ") == 1
    assert any(label.startswith("How was session 1?") for label in links(open_page("today", as_=group.members[0])))
    desk = open_page("facilitate", as_=group.facilitator)
    desk = desk.selectbox(key="facilitate.session.1").select(2).run()
    assert "Nothing has been said back about session 1" in disarmed(desk.warning[0].value)
    assert "Before the next session: write what you changed after session 1" in links(desk)
    form = open_page("news", as_=group.facilitator)
    assert [one.label for one in form.button].count("Show it to everybody") == 1
