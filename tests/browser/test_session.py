"""The main job in real browsers: one facilitator, one projector and twelve phones, from set-up to the final review."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from mcm_core.domain.reading import Reading
from mcm_core.domain.round import LaunchCard
from mcm_core.services import cohorts, instruments, members, readings, rounds, visitors
from mcm_core.store.engine import engine, read, write
from tests.browser.conftest import Server, Strangers, press, set_up_second_step, window

NAMES = [
    "Amina Okafor",
    "Bartholomew Featherstonehaugh-Cholmondeley",
    "Chloë Lindqvist",
    "Dev Patel",
    "Elif Yılmaz",
    "Fatima Al-Sayed",
    "Grace Mbeki",
    "Hana Suzuki",
    "Ivo Petrov",
    "Jane O’Neill",
    "Kofi Mensah",
    "Lucía Fernández",
]
PASSWORD = "four unrelated words here"
LEVELS = ["Early stages", "Forming", "Maturing", "Embedded"]


class Story:
    """The people of this module's story, each with a window of their own."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.browser, self.server = browser, server
        self.strangers = Strangers()
        self.desk = self.open(1100)
        self.room = self.open(1366)
        self.phones: list[Page] = []
        self.links: list[str] = []

    def open(self, width: int) -> Page:
        context = window(self.browser, width=width)
        context.set_default_timeout(30_000)
        self.strangers.watch(context, self.server)
        return context.new_page()

    def go(self, page: Page, path: str) -> None:
        page.goto(self.server.url + path)


@pytest.fixture(scope="module")
def story(chromium: Browser, server: Server) -> Iterator[Story]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MCM_LOCAL", str(server.local))
        patch.delenv("MCM_DATABASE_URL", raising=False)
        patch.delenv("MCM_SECRET", raising=False)
        yield Story(chromium, server)
        engine(f"sqlite:///{server.local / 'mcm.sqlite3'}").dispose()


def test_1_the_first_facilitator_sets_up_by_the_printed_link(story: Story) -> None:
    desk = story.desk
    desk.goto(story.server.set_up)
    desk.get_by_label("Your name").fill("Nel Mathams")
    desk.get_by_label("Username").fill("nel")
    desk.get_by_label("Password", exact=True).fill(PASSWORD)
    press(desk, "Set up my account")
    set_up_second_step(desk)

    expect(desk.get_by_role("heading", name="Your first cohort")).to_be_visible()


def test_2_a_cohort_gets_its_dates_and_its_members(story: Story) -> None:
    desk = story.desk
    desk.get_by_label("Name of the cohort").fill("Tuesday group")
    desk.get_by_label("Name of the cohort").press("Tab")
    press(desk, "Create this cohort")
    expect(desk.get_by_text("has its six dates")).to_be_visible()

    box = desk.get_by_label("Names to add, one on each line")
    box.fill("\n".join(NAMES))
    box.press("Control+Enter")
    expect(desk.get_by_text("12 of 20").first).to_be_visible()
    press(desk, "Add these members")

    expect(desk.get_by_text("12 members are added")).to_be_visible()
    expect(desk.get_by_role("cell", name=NAMES[-1])).to_be_visible()


def test_3_twelve_phones_join_with_one_tap_and_read_what_they_are_told(story: Story) -> None:
    with write() as db:
        facilitator = _facilitator(story)
        cohort = cohorts.of_visitor(db, facilitator)[0]
        story.links = list(members.link_tokens(db, facilitator, cohort.id, at=datetime.now(UTC)).values())
    assert len(story.links) == 12

    for link in story.links:
        phone = story.open(360)
        story.phones.append(phone)
        story.go(phone, f"/j/{link}")
        press(phone, "Join")
        expect(phone.get_by_role("heading", name="Before you take part")).to_be_visible()
        press(phone, "I have read this document")
    for phone in story.phones:
        expect(phone.get_by_role("heading", name="Tuesday group")).to_be_visible()


def test_4_the_facilitator_opens_a_round_and_every_phone_gets_the_ballot(story: Story) -> None:
    story.room.context.add_cookies(story.desk.context.cookies())  # type: ignore[arg-type]
    story.go(story.room, "/room")
    expect(story.room.get_by_text("Scan to join")).to_be_visible()
    story.go(story.desk, "/facilitate")
    for left_out in ("Space", "Skills", "Relationship"):
        story.desk.get_by_role("button", name=left_out, exact=True).click()
    press(story.desk, "Prepare this round")
    press(story.desk, "Open the vote")

    for phone in story.phones:
        expect(phone.get_by_role("button", name="This is the one")).to_be_visible()
    expect(story.room.get_by_text("0 of 12 here are in")).to_be_visible()


def test_5_each_taps_twice_a_theme_and_the_room_counts(story: Story) -> None:
    for number, phone in enumerate(story.phones):
        _choose_focus(phone, number)
        for place in range(3):
            _rate(phone, place, now=number % 3, hope=min(3, number % 3 + 1 + number % 2))
        expect(phone.get_by_text("Thank you.")).to_be_visible()

    expect(story.room.get_by_text("12 of 12 here are in")).to_be_visible()
    for level in LEVELS:
        assert story.room.get_by_text(level).count() == 0, "a level was on the projector before the reveal"


def test_6_one_press_reveals_on_every_screen(story: Story) -> None:
    press(story.desk, "Close the vote")
    expect(story.phones[0].get_by_text("Voting has closed")).to_be_visible()
    press(story.desk, "Reveal to everybody")
    began = time.monotonic()

    for screen in [story.room, *story.phones]:
        expect(screen.get_by_text(re.compile("Talk about .* first")).first).to_be_visible()

    print(f"revealed on 13 screens in {time.monotonic() - began:.1f} s")


def test_7_a_vote_again_keeps_both(story: Story) -> None:
    for left_out in ("Feelings", "Safety"):
        story.desk.get_by_role("button", name=left_out, exact=True).click()
    press(story.desk, "Vote again after talking")
    for phone in story.phones:
        expect(phone.get_by_text("second vote").first).to_be_visible()
        _rate(phone, 0, now=1, hope=2)
        expect(phone.get_by_text("Last time:").first).to_be_visible()
    press(story.desk, "Close the vote")
    press(story.desk, "Reveal to everybody")

    expect(story.room.get_by_text("First vote", exact=True)).to_be_visible()
    expect(story.room.get_by_text("Second vote", exact=True)).to_be_visible()


def test_8_a_note_is_written_beside_the_picture_and_stands_on_the_wall(story: Story) -> None:
    phone = story.phones[0]
    phone.get_by_text("Write a note about this").click()
    phone.get_by_role("textbox", name=re.compile("note|learned|write", re.I)).first.fill(
        "We agreed on a *safe* word <b>"
    )
    press(phone, "Save this note")
    expect(phone.get_by_text("Saved, for everybody in the cohort")).to_be_visible()
    story.go(story.phones[1], "/notes")

    expect(story.phones[1].get_by_text("We agreed on a *safe* word <b>")).to_be_visible()


def test_9_the_same_member_next_week_needs_no_tap_and_a_new_phone_waits_for_one(story: Story) -> None:
    story.go(story.phones[2], f"/j/{story.links[2]}")
    expect(story.phones[2].get_by_text("Chloë").first).to_be_visible()

    new_phone = story.open(360)
    story.go(new_phone, f"/j/{story.links[2]}")
    press(new_phone, "Join")
    expect(new_phone.get_by_text("Nearly there")).to_be_visible()
    story.go(story.desk, "/facilitate")
    press(story.desk, "Let in")

    expect(new_phone.get_by_text("Chloë").first).to_be_visible()


def test_10_the_final_review_of_six_sessions(story: Story) -> None:
    _the_other_five_sessions(story)
    story.go(story.desk, "/review")
    expect(story.desk.get_by_text("Our journey").first).to_be_visible()
    story.go(story.phones[0], "/journey")

    expect(story.phones[0].get_by_text("Feelings").first).to_be_visible()
    expect(story.phones[0].locator(".js-plotly-plot").first).to_be_visible()


def test_11_a_page_that_falls_over_comes_back_by_itself(story: Story) -> None:
    phone = story.phones[0]
    story.go(phone, "/")
    expect(phone.get_by_role("heading", name="Tuesday group")).to_be_visible()
    phone.wait_for_timeout(500)

    phone.evaluate("document.getElementById('root').replaceChildren(); dispatchEvent(new ErrorEvent('error'))")

    expect(phone.get_by_role("heading", name="Tuesday group")).to_be_visible()


def test_12_no_page_asked_anybody_outside(story: Story) -> None:
    assert story.strangers.asked == []


def _choose_focus(phone: Page, number: int) -> None:
    phone.get_by_test_id("stRadioOption").filter(has_text="service users").first.click()
    phone.get_by_test_id("stRadioOption").filter(has_text="1 to some").first.click()
    phone.get_by_label("Your private name for it").fill(f"visits {number}")
    press(phone, "This is the one")
    expect(phone.get_by_text("1 of 3")).to_be_visible()


def _rate(phone: Page, place: int, *, now: int, hope: int) -> None:
    card = phone.locator(".ballot .card").nth(place)
    card.locator("fieldset").nth(0).locator(".rung").nth(now).click()
    card.locator("fieldset").nth(1).locator(".rung").nth(hope).click()
    expect(card.get_by_text("Saved")).to_be_visible()


def _facilitator(story: Story) -> visitors.Recognised:
    cookie = next(cookie for cookie in story.desk.context.cookies() if cookie.get("name") == "mcm")
    with read() as db:
        found = visitors.recognise(db, cookie.get("value", ""), at=datetime.now(UTC))
    assert found is not None
    return found


def _the_other_five_sessions(story: Story) -> None:
    """Weeks two to six, by the same verbs that the pages call."""
    facilitator, at = _facilitator(story), datetime.now(UTC)
    instrument = instruments.offered()["meaningful_connections"]
    card = LaunchCard(
        instrument, tuple(t.key for t in instrument.themes), "I", "team member", str(instrument.purposes[-1]), 5
    )
    with write() as db:
        cohort = cohorts.of_visitor(db, facilitator)[0]
        people = [visitors.recognise(db, _cookie(phone), at=at) for phone in story.phones]
        for session in cohort.sessions[1:]:
            round_ = rounds.draft(db, facilitator, session.id, card, at=at)
            round_ = rounds.open_(db, facilitator, round_.id, version=round_.version, at=at)
            for number, member in enumerate(people):
                assert member is not None
                level = min(4, 1 + (number + session.number) // 3)
                for theme in card.asked:
                    readings.cast(db, member, round_.id, theme.key, Reading(level, min(4, level + 1)), at=at)
            round_ = rounds.close(db, facilitator, round_.id, version=round_.version, at=at)
            rounds.reveal(db, facilitator, round_.id, version=round_.version, at=at)


def _cookie(page: Page) -> str:
    return next(cookie.get("value", "") for cookie in page.context.cookies() if cookie.get("name") == "mcm")
