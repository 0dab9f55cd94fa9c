"""One cohort, from the first word about it to what comes after it: 25 apply, 20 get a place, twelve phones are in the
room, somebody is away, somebody withdraws and the first on the waiting list comes late, the facilitator hands over.

What a screen must show is done in a browser. The other people do the same by the forms of the web and by the verbs that
the pages call, against the same server, whose clock the story sets. The taps of those whom the bars are about are
counted; the last test prints them (`pytest -s`), and docs/six-weeks.md says how.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from mcm_core.domain.application import Decision
from mcm_core.services import instruments
from tests.browser import by_hand
from tests.browser.before import abstains, applies, is_interested, joins, joins_the_team, offered_places, publishes
from tests.browser.by_hand import AMINA, OTHERS, SAID, WEEK
from tests.browser.conftest import press
from tests.browser.connections import Connections
from tests.browser.meetings import came, chooses_focus, come_to, during, led, pressed_through, stands_in_the_way
from tests.browser.six_weeks import NOWHERE, PEOPLE, Walk, a_walk, calendar, clocks, email_of
from tests.browser.taps import table
from tests.browser.test_accessibility import CALM
from tests.browser.weeks import (
    answer_the_pulse,
    look_back,
    move_session_five,
    pulse_closes,
    reveal_the_dots,
    say_back,
    set_topics,
    share_catch_ups,
    together,
    withdraws,
)
from tests.telling import tells

IN_THE_ROOM = OTHERS[:11]
AWAY, GONE, LATE, WAITING = OTHERS[1], OTHERS[2], OTHERS[19], OTHERS[20]


@pytest.fixture(scope="module")
def walk(chromium: Browser) -> Iterator[Walk]:
    with a_walk(chromium) as walk:
        yield walk


def test_1_somebody_new_sets_up_a_cohort_of_twelve_with_its_dates_and_sends_the_links(walk: Walk) -> None:
    nel = by_hand.sets_up(walk)
    walk.post_goes_out()

    links = {link for found in walk.mail.arrived for link in re.findall(r"/j/\S+", found.get_content())}
    assert len(links) == 12
    assert nel.seconds < 600


def test_2_twenty_five_people_are_interested_and_get_two_messages_each(walk: Walk) -> None:
    publishes(walk)
    by_hand.is_interested(walk)
    for name in OTHERS:
        is_interested(walk, name)
    walk.moves_to(walk.local(9, 6, 10))
    walk.post_goes_out()

    subjects = [found["Subject"] for found in walk.mail.arrived]
    assert (subjects.count("The drop-in: how to join"), subjects.count("A reminder: how to apply")) == (25, 25)


def test_3_they_apply_and_after_nine_oclock_nobody_does(walk: Walk) -> None:
    by_hand.applies(walk)
    for place, name in enumerate(OTHERS):
        shut_out = {"Thursday afternoon": "can't"} if place < 2 else {}
        applies(walk, name, {**SAID, **WEEK, **shut_out})

    walk.moves_to(walk.local(9, 9, 9))
    with walk.http() as browser:
        late = {"name": "Zed Z", "email": "zed@example.org", "organisation": ""}
        refused = browser.post(f"/open/{walk.slug}/apply", data=late)
    assert refused.status_code == 400
    assert "Applications closed on Wednesday 9 September 2026, 09:00" in refused.text


def test_4_facilitators_read_with_an_abstention_and_the_21st_waits(walk: Walk) -> None:
    joins_the_team(walk, "jo", "Jo Salazar")
    abstains(walk, "jo", AMINA)
    desk = by_hand.reads_the_first_application(walk)
    expect(desk.get_by_text("25 applications · 1 of 20 places given")).to_be_visible()
    decided = offered_places(walk, OTHERS)

    assert decided == [Decision.ACCEPTED] * 19 + [Decision.WAITING] * 5
    expect(desk.get_by_text("20 of 20 places given · 5 on the waiting list")).to_be_visible()


def test_5_the_six_dates_are_fixed_with_a_word_on_whom_they_would_shut_out(walk: Walk) -> None:
    desk = walk.opens("nel", f"/applicants?cohort={walk.cohort_id}")
    desk.get_by_text("Every time of the week").click()
    thursday = desk.get_by_role("row").filter(has_text="Thursday afternoon")
    expect(thursday.last).to_contain_text(f"{OTHERS[0]}, {OTHERS[1]}")
    expect(desk.get_by_text("The clocks go back between session 4 and session 5")).to_be_visible()
    by_hand.fixes_and_tells(walk, desk)
    walk.post_goes_out()

    subjects = [found["Subject"] for found in walk.mail.arrived]
    assert (subjects.count("You have a place"), subjects.count("Your application: the waiting list")) == (20, 5)
    assert subjects.count("Please read this before we meet") == 20
    assert [said for said in set(subjects) if tells(said) or any(name.split()[0] in said for name in PEOPLE)] == []


def test_6_a_member_comes_in_by_their_link_and_reads_the_document_first(walk: Walk) -> None:
    walk.moves_to(walk.local(9, 22, 12))
    walk.sits_down("nel")
    for name in OTHERS[:19]:
        joins(walk, name)
    to_amina = [found.get_content() for found in walk.mail.arrived if found["To"] == email_of(AMINA)]
    by_hand.comes_in(walk, re.findall(r"/j/\S+", "".join(to_amina))[-1])

    events = calendar(walk, AMINA)
    assert list(events) == [f"Session {number}" for number in range(1, 7)]
    assert clocks(events.values()) == [("14:00", "13:00")] * 4 + [("14:00", "14:00")] * 2
    walk.kept["events"] = events


def test_7_session_one_is_eleven_presses_and_twelve_phones_vote(walk: Walk) -> None:
    come_to(walk, 1)
    for name in IN_THE_ROOM:
        chooses_focus(walk, name, instruments.offered()["meaningful_connections"])
    with Connections(walk.server.url, [walk.tokens[name] for name in IN_THE_ROOM]) as phones:
        walk.opens(AMINA, "/")
        desk = walk.opens("nel", f"/facilitate?cohort={walk.cohort_id}")
        press(desk, "Begin session 1")
        nel, amina = walk.counts("Run session one", "11 presses", "nel"), walk.counts("Vote in session one", "–", AMINA)

        assert pressed_through(walk, nel, amina, IN_THE_ROOM, phones) == 3  # safety, the four, the baseline

    assert nel.taps == 11
    assert came(walk, 1) == {AMINA, *IN_THE_ROOM}


def test_8_the_group_sets_its_topics_with_three_dots_each(walk: Walk) -> None:
    set_topics(walk, IN_THE_ROOM)
    phone = by_hand.gives_three_dots(walk)
    reveal_the_dots(walk, IN_THE_ROOM)

    expect(phone.get_by_text("12 of 20 gave dots")).to_be_visible()
    share_catch_ups(walk, 1)
    assert {len(group) for group in together(walk).values()} == {2}


def test_9_one_withdraws_and_the_first_who_waits_comes_late(walk: Walk) -> None:
    walk.moves_to(walk.local(9, 30, 10))
    walk.sits_down("nel")
    partner = next(name for name in together(walk)[GONE] if name != GONE)
    withdraws(walk, GONE)
    groups = together(walk)
    assert GONE not in groups
    assert len(groups[partner]) == 3  # nobody is left alone
    assert offered_places(walk, [LATE]) == [Decision.ACCEPTED]
    joins(walk, LATE)
    assert offered_places(walk, [WAITING]) == [Decision.WAITING]
    move_session_five(walk)

    events, before = calendar(walk, AMINA), walk.kept["events"]
    assert [event.uid.value for event in events.values()] == [event.uid.value for event in before.values()]
    rose = [int(event.sequence.value) - int(before[name].sequence.value) for name, event in events.items()]
    assert rose == [0, 0, 0, 0, 1, 0]
    assert clocks([events["Session 5"]]) == [("14:00", "14:00")]


def test_10_a_member_does_everything_that_a_week_asks_for(walk: Walk) -> None:
    answer_the_pulse(walk, 1, [name for name in IN_THE_ROOM if name != GONE])

    assert by_hand.lives_through_a_week(walk).seconds < 360


def test_11_a_facilitator_prepares_session_two(walk: Walk) -> None:
    pulse_closes(walk, 1)
    walk.sits_down("nel")
    assert "you changed" in stands_in_the_way(walk, 2)

    assert by_hand.prepares_session_two(walk).seconds < 300
    assert stands_in_the_way(walk, 2) == ""
    phone = walk.opens(AMINA, "/news")
    expect(phone.get_by_text(by_hand.CHANGED)).to_be_visible()
    walk.picture(phone, "news")


def test_12_somebody_is_away_and_the_late_one_is_there(walk: Walk) -> None:
    come_to(walk, 2)
    chooses_focus(walk, LATE, instruments.offered()["meaningful_connections"])
    here = [LATE, *(name for name in IN_THE_ROOM if name not in (GONE, AWAY))]
    led(walk, "nel", 2, here)

    assert came(walk, 2) == {AMINA, *here}


def test_13_in_session_three_the_lead_is_handed_over_and_nobody_notices(walk: Walk) -> None:
    here = [LATE, *(name for name in IN_THE_ROOM if name != GONE)]
    say_back(walk, 2)
    share_catch_ups(walk, 2)
    come_to(walk, 3)
    with Connections(walk.server.url, [walk.tokens[name] for name in here]) as phones:
        walk.opens(AMINA, "/")
        walk.page("jo", width=1280)
        desk, other = (walk.opens(who, f"/facilitate?cohort={walk.cohort_id}") for who in ("nel", "jo"))
        press(desk, "Begin session 3")
        press(desk, "Hand the lead to Jo Salazar")
        expect(other.get_by_text("You have the lead.")).to_be_visible()
        desk.goto(NOWHERE)  # and then the connection of the first is gone, too
        jo, amina = walk.counts("Run session 3", "–", "jo"), walk.counts("Vote in session 3", "–", AMINA)

        assert pressed_through(walk, jo, amina, here, phones) > 0

    assert came(walk, 3) == {AMINA, *here}


def test_14_three_more_weeks_and_a_decision(walk: Walk) -> None:
    here = [LATE, *(name for name in IN_THE_ROOM if name != GONE)]
    for number in (4, 5, 6):
        say_back(walk, number - 1)
        share_catch_ups(walk, number - 1)
        come_to(walk, number)
        led(walk, "jo", number, here)
    by_hand.looks_back(walk)
    look_back(walk, here)
    by_hand.writes_the_decision(walk)

    phone = walk.opens(AMINA, "/closing")
    expect(phone.get_by_text("Quick check: Next steps")).to_be_visible()
    expect(phone.locator(".js-plotly-plot").first).to_be_visible()
    expect(phone.get_by_text(f"{len(here) + 1} of 20 members answered")).to_be_visible()
    expect(phone.get_by_text(by_hand.DECIDED)).to_be_visible()
    journey = walk.opens(AMINA, "/journey")
    for mark in ("then, as seen then", "then, as seen now"):
        expect(journey.get_by_text(mark).first).to_be_visible()


def test_15_the_answers_are_counted_once_and_the_next_cohort_stands(walk: Walk) -> None:
    walk.moves_to(during(walk.cohort, 6, 60 * 24 * 8))
    walk.sits_down("nel")
    desk = walk.opens("nel", f"/closing?cohort={walk.cohort_id}")
    press(desk, "Count the answers")
    expect(desk.get_by_role("button", name="Count the answers")).to_have_count(0)
    desk.wait_for_function(CALM)  # while a page is drawn anew, what moves is on it twice
    desk.get_by_text("The next cohort, prepared from this one").click()
    desk.get_by_label("Name of the next cohort").fill("Winter circle")
    press(desk, "Prepare the next cohort")

    expect(desk.get_by_role("heading", name="Winter circle")).to_be_visible()


def test_99_what_it_took(walk: Walk) -> None:
    print(f"\n{table(walk.counted)}")
    assert walk.strangers.asked == []
