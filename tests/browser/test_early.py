"""The picture that comes ahead of its page, on real phones: what it shows, what follows, and what does not wait."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Server, press
from tests.browser.demo_people import People, people_of_the_demo
from tests.browser.test_accessibility import CALM, LOOKS, VOTING, findings, go
from tests.browser.test_ballot import tap

PICTURE, COUNT = "**/revealed?**", "**/turnout?**"
NEVER = "3600000"  # milliseconds
#: What is said, and how far down it and the picture stand.
PLACES = """() => ["h1", ".talk-first", ".stMain h2", ".early-key, .stPlotlyChart"].map((what) => {
  const [first] = [...document.querySelectorAll(what)].filter((e) => e.checkVisibility());
  const words = what.includes("Chart") ? "" : first.innerText.replaceAll("\u2060", "").trim();
  return [words, Math.round(first.getBoundingClientRect().top)];
})"""
DRAWING = """() => [...new Set(performance.getEntriesByType("resource").map((one) => one.name)
  .filter((name) => name.includes("PlotlyChart")))].length"""


@pytest.fixture(scope="module")
def people(chromium: Browser, server: Server) -> Iterator[People]:
    with people_of_the_demo(chromium, server) as people:
        yield people


@pytest.fixture(scope="module")
def desk(people: People) -> Page:
    page = people.facilitator()
    go(people, page, "/facilitate?cohort={Harbour circle}")
    return page


@pytest.fixture(scope="module")
def phones(people: People) -> dict[str, Page]:
    """A member's windows, on the vote."""
    first = people.member(VOTING)
    made = {look: people.again(first, width=width, dark=dark) for look, (width, dark) in LOOKS.items()}
    for page in made.values():
        go(people, page, "/vote")
    return made


def closed(desk: Page, phones: dict[str, Page]) -> None:
    press(desk, "Close the vote")
    for phone in phones.values():
        expect(phone.get_by_text("Voting has closed")).to_be_visible()
        phone.wait_for_function(CALM)


def runs_of(page: Page) -> list[object]:
    """Everything that the page asks Streamlit for from its next load on."""
    asked: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: asked.append(frame)))
    return asked


def test_0_the_desk_counts_without_a_run_of_its_page(people: People, desk: Page, phones: dict[str, Page]) -> None:
    asked = runs_of(desk)
    go(people, desk, "/facilitate?cohort={Harbour circle}")
    expect(desk.locator(".turnout-count")).to_have_text("9 of 13 here are in")
    desk.wait_for_function(CALM)
    asked.clear()

    for question in range(2):
        tap(phones["phone"], 0, question, 2)

    expect(desk.locator(".turnout-count")).to_have_text("10 of 13 here are in")
    assert not asked
    desk.route(COUNT, lambda route: route.abort())
    tap(phones["phone"], 0, 1, 3)
    desk.wait_for_timeout(1000)
    assert asked, "a count that cannot be had is drawn by a run"
    desk.unroute(COUNT)


def test_1_what_charts_are_drawn_with_is_there_before_the_reveal(desk: Page, phones: dict[str, Page]) -> None:
    phone = phones["phone"]
    assert phone.evaluate(DRAWING) == 0

    closed(desk, phones)

    phone.wait_for_function(f"() => ({DRAWING})() === 1")


def test_1_a_count_that_comes_late_is_not_written_over_the_next_votes(desk: Page, phones: dict[str, Page]) -> None:
    held: list[Route] = []
    press(desk, "Open it again")
    expect(desk.locator(".turnout-count")).to_have_text("10 of 13 here are in")
    desk.wait_for_function(CALM)
    phones["phone"].wait_for_function(CALM)
    desk.route(COUNT, lambda route: held.append(route))
    with desk.expect_request(COUNT):
        tap(phones["phone"], 0, 1, 2)
    closed(desk, phones)
    press(desk, "Open it again")
    expect(desk.get_by_role("button", name="Close the vote")).to_be_visible()
    desk.wait_for_function(CALM)

    for route in held:
        route.fulfill(body="1 of 13 here are in")
    desk.wait_for_timeout(500)

    assert held
    expect(desk.locator(".turnout-count")).to_have_text("10 of 13 here are in")
    desk.unroute(COUNT)
    closed(desk, phones)


def put_off(route: Route) -> None:
    """The picture as the server sends it, with no page to follow by itself."""
    answer = route.fetch()
    route.fulfill(response=answer, headers={**answer.headers, "mcm-wait": NEVER})


def test_1_a_vote_that_opens_again_does_not_wait(desk: Page, phones: dict[str, Page]) -> None:
    phone = phones["phone"]

    with phone.expect_response(PICTURE) as answer:
        press(desk, "Open it again")

    assert answer.value.status == 204
    expect(phone.locator(".ballot .card").first).to_be_visible()


def test_2_the_picture_comes_first_and_keeps_nobody_out(desk: Page, phones: dict[str, Page]) -> None:
    closed(desk, phones)
    for phone in phones.values():
        phone.route(PICTURE, put_off)

    press(desk, "Reveal to everybody")

    for look, phone in phones.items():
        expect(phone.locator(".early h2")).to_be_visible()
        expect(phone.locator(".early .talk-first")).to_be_visible()
        expect(phone.get_by_text("Voting has closed")).to_be_hidden()
        phone.wait_for_function(CALM)
        assert not findings(phone), look


def test_3_a_pause_does_not_wait_and_the_page_then_says_the_same(desk: Page, phones: dict[str, Page]) -> None:
    before = {look: phone.evaluate(PLACES) for look, phone in phones.items()}

    press(desk, "Pause for everybody")
    for phone in phones.values():
        expect(phone.get_by_role("heading", name="A short pause")).to_be_visible()
    press(desk, "Go on")

    for look, phone in phones.items():
        expect(phone.locator(".stPlotlyChart:visible").first).to_be_visible()
        expect(phone.locator(".early")).to_have_count(0)
        phone.wait_for_function(CALM)
        after = phone.evaluate(PLACES)
        assert [words for words, _ in after] == [words for words, _ in before[look]]
        moved = [abs(now - then) for (_, now), (_, then) in zip(after, before[look], strict=True)]
        assert max(moved) <= 12, (look, before[look], after)


def test_4_the_page_follows_by_itself(desk: Page, phones: dict[str, Page]) -> None:
    for phone in phones.values():
        phone.unroute(PICTURE)
    press(desk, "Vote again after talking")
    for phone in phones.values():
        expect(phone.locator(".ballot .card").first).to_be_visible()
    closed(desk, phones)

    with phones["phone"].expect_response(PICTURE) as answer:
        press(desk, "Reveal to everybody")

    assert answer.value.status == 200
    for phone in phones.values():
        expect(phone.get_by_role("tab", name="Second vote")).to_be_visible()
        expect(phone.locator(".early")).to_have_count(0)
        assert phone.evaluate(DRAWING) == 1, "the page fetched it once more"


def test_5_nothing_left_the_machine(people: People) -> None:
    assert people.strangers.asked == []
