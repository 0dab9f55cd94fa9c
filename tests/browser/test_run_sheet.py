"""A session by its run-sheet in real browsers: what one facilitator presses stands on the phones and in the room, and
nobody loads a page anew. The taps are counted and printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from mcm_core.services import visitors
from mcm_core.store.engine import write
from tests.browser.conftest import Server, press
from tests.browser.demo_people import People, people_of_the_demo
from tests.browser.test_accessibility import CALM, LOOKS, findings, go
from tests.services.people import a_cohort, a_member, joined, read_document, signed_in
from tests.services.stories import NAMES

COHORT = "New circle"  # five people, a week before their first session
SPARE = re.compile(r"\d+:\d\d left|When you’re ready")


@pytest.fixture(scope="module")
def people(chromium: Browser, server: Server) -> Iterator[People]:
    with people_of_the_demo(chromium, server) as people:
        now = datetime.now(UTC)
        with write() as db:
            lead = signed_in(db, visitors.admit(db, facilitator_id=people.lead.facilitator_id, at=now), at=now)
            cohort = a_cohort(db, lead, COHORT, at=now)
            for name in NAMES[:4]:
                a_member(db, lead, cohort, name, at=now)
            token = joined(db, lead, cohort, NAMES[4], at=now)
            read_document(db, signed_in(db, token, at=now), at=now)
        people.cohorts[COHORT], people.beside["member"] = cohort.id, token
        yield people


@pytest.fixture(scope="module")
def desk(people: People) -> Page:
    page = people.again(people.facilitator(), width=1280, dark=False)
    go(people, page, f"/facilitate?cohort={{{COHORT}}}")
    return page


@pytest.fixture(scope="module")
def phones(people: People) -> dict[str, Page]:
    """A member's windows, on Today."""
    first = people.signed_in("member")
    made = {look: people.again(first, width=width, dark=dark) for look, (width, dark) in LOOKS.items()}
    for page in made.values():
        go(people, page, "/")
    return made


@pytest.fixture(scope="module")
def room(people: People, desk: Page) -> Page:
    page = people.again(desk, width=1366, dark=False)
    go(people, page, f"/room?cohort={{{COHORT}}}")
    return page


def primary(desk: Page) -> Locator:
    """The one button that stands out."""
    return desk.locator('.stMain button[kind="primary"]:visible')


def press_it(desk: Page) -> str:
    """Press the one button and wait for the next one; returns what it said."""
    expect(primary(desk)).to_have_count(1)
    said = primary(desk).inner_text()
    primary(desk).click()
    expect(primary(desk).first).not_to_have_text(said)  # for a moment the old one stands beside the new one
    expect(primary(desk)).to_have_count(1)
    return said


def head(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", name=words)).to_be_visible()


def test_1_two_taps_change_the_plan(people: People, desk: Page) -> None:
    plan = people.again(desk, width=360, dark=True)
    plan.set_viewport_size({"width": 360, "height": 740})
    go(people, plan, f"/plan?cohort={{{COHORT}}}")
    plan.locator(".st-key-plan-session").get_by_text("1", exact=True).click()
    head(plan, "The plan")
    expect(plan.get_by_text("Stories of meaningful connection")).to_be_visible()
    plan.get_by_text("Stories of meaningful connection").click()
    expect(plan.get_by_role("button", name="Skip it")).to_be_in_viewport(ratio=1)
    expect(plan.get_by_test_id("stRadioOption").filter(has_text="Until next time")).not_to_be_in_viewport()
    press(plan, "5 minutes less")
    expect(plan.get_by_text("5 minutes are free.")).to_be_visible()
    plan.wait_for_function(CALM)
    assert not findings(plan)
    press(plan, "5 minutes more")
    expect(plan.get_by_text("120 minutes are planned.")).to_be_visible()
    expect(plan.get_by_role("radio", name="Stories of meaningful connection")).to_be_checked()
    press(plan, "Later")
    expect(plan.get_by_test_id("stRadioOption").nth(2)).to_contain_text("Stories of meaningful connection")
    press(plan, "Earlier")
    expect(plan.get_by_test_id("stRadioOption").nth(1)).to_contain_text("Stories of meaningful connection")
    plan.context.close()


def test_2_the_first_block_comes_to_the_phones_and_the_room(desk: Page, phones: dict[str, Page], room: Page) -> None:
    press(desk, "Begin session 1")

    for look, phone in phones.items():
        head(phone, "Arrive")
        expect(phone.get_by_role("timer")).to_have_text(SPARE)
        phone.wait_for_function(CALM)
        assert not findings(phone), look
    head(room, "Arrive")
    said = room.get_by_role("timer").inner_text()
    expect(room.get_by_role("timer")).not_to_have_text(said)  # it counts, and nobody asks the server


def test_3_a_practice_vote_is_one_tap(desk: Page, phones: dict[str, Page], room: Page) -> None:
    for _ in range(3):
        press_it(desk)
    phone = phones["phone"]
    head(phone, "A vote to practise")
    press(phone, "With lemon")

    expect(phone.get_by_text("Counted. You can tap another one.")).to_be_visible()
    expect(room.get_by_text("1 has tapped")).to_be_visible()
    expect(desk.get_by_text("1 has tapped")).to_be_visible()
    phone.wait_for_function(CALM)
    assert not findings(phone)


def test_4_the_rest_of_session_one_is_eleven_presses_in_all(desk: Page, phones: dict[str, Page], room: Page) -> None:
    pressed = 3
    while "End session" not in primary(desk).inner_text():
        name = press_it(desk)
        pressed += 1
        if "Open the vote" in name:
            for phone in phones.values():
                phone.wait_for_url("**/vote*")
                expect(phone.get_by_role("heading", name="The Meaningful Connections Model")).to_be_visible()
    head(room, "Until next time")
    print(f"\nSession one: one tap to begin, {pressed} of the one button, one to end.")
    assert pressed == 11

    press(desk, "End session 1")
    expect(desk.get_by_text("Session 1 has ended.")).to_be_visible()


def test_5_the_desk_is_whole_on_a_phone_and_nothing_left_the_machine(people: People, desk: Page) -> None:
    small = people.again(desk, width=360, dark=False)
    go(people, small, f"/facilitate?cohort={{{COHORT}}}")
    small.wait_for_function(CALM)
    assert not findings(small)
    assert people.strangers.asked == []
