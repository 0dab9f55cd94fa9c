"""A ballot on a phone whose connection comes and goes: nothing tapped is lost, and "Saved" is never a lie."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect
from sqlalchemy import select

from mcm_core.store.engine import read
from mcm_core.store.tables import MemberRow, ReadingRow
from tests.browser.conftest import Server
from tests.browser.demo_people import People, people_of_the_demo

NAME = "Mirembe Nakato"  # in the middle of session 3, with an open ballot


@pytest.fixture(scope="module")
def people(chromium: Browser, server: Server) -> Iterator[People]:
    with people_of_the_demo(chromium, server) as people:
        yield people


@pytest.fixture(scope="module")
def phone(people: People) -> Page:
    phone = people.member(NAME)
    phone.goto(f"{people.server.url}/vote")
    return phone


def card(phone: Page, place: int) -> Locator:
    return phone.locator(".ballot .card").nth(place)


def tap(phone: Page, place: int, question: int, option: int) -> None:
    card(phone, place).locator("fieldset").nth(question).locator(".rung").nth(option).click()


def stored(theme: str) -> tuple[int | None, int | None] | None:
    """What the database holds of this member in the newest round that has it."""
    with read() as db:
        row = db.execute(
            select(ReadingRow.current, ReadingRow.desired)
            .join(MemberRow, MemberRow.id == ReadingRow.member_id)
            .where(MemberRow.name == NAME, ReadingRow.theme == theme)
            .order_by(ReadingRow.saved_at.desc())
        ).first()
    return tuple(row) if row else None  # type: ignore[return-value]


def theme_of(phone: Page, place: int) -> str:
    heading = card(phone, place).get_by_role("heading").inner_text()
    return heading.lower().split()[0]


def test_1_a_tap_without_connection_says_so_and_goes_out_when_it_is_back(phone: Page) -> None:
    before = stored(theme_of(phone, 0))
    phone.context.set_offline(True)
    tap(phone, 0, 0, 2)
    expect(card(phone, 0).get_by_text("Not saved yet")).to_be_visible()
    tap(phone, 0, 0, 3)  # thought better of it
    assert stored(theme_of(phone, 0)) == before

    phone.context.set_offline(False)

    expect(card(phone, 0).locator(".status.saved")).to_be_visible()
    assert stored(theme_of(phone, 0))[0] == 4  # type: ignore[index]


def test_2_what_was_kept_survives_a_reload(phone: Page) -> None:
    phone.route("**/vote/answer", lambda route: route.abort())
    tap(phone, 0, 0, 1)
    expect(card(phone, 0).get_by_text("Not saved yet")).to_be_visible()
    phone.reload()
    expect(card(phone, 0).get_by_text("Not saved yet")).to_be_visible()
    expect(card(phone, 0).get_by_role("radio").nth(1)).to_be_checked()

    phone.unroute("**/vote/answer")

    expect(card(phone, 0).locator(".status.saved")).to_be_visible()
    assert stored(theme_of(phone, 0))[0] == 2  # type: ignore[index]


def test_3_of_quick_taps_the_last_one_counts(phone: Page) -> None:
    for round_ in range(20):
        tap(phone, 0, 0, round_ % 4)
        tap(phone, 0, 0, (round_ + 1) % 4)
    expect(card(phone, 0).get_by_role("radio").nth(0)).to_be_checked()
    expect(card(phone, 0).locator(".status.saved")).to_be_visible()
    phone.wait_for_timeout(500)

    assert stored(theme_of(phone, 0))[0] == 1  # type: ignore[index]


def test_4_a_hope_below_now_is_asked_about_once(phone: Page) -> None:
    tap(phone, 0, 0, 3)
    tap(phone, 0, 1, 1)
    expect(card(phone, 0).get_by_text("easing back on purpose?")).to_be_visible()
    expect(card(phone, 0).get_by_text("Your hope is not saved yet.")).to_be_visible()

    card(phone, 0).get_by_role("button", name="Yes, on purpose").click()

    expect(card(phone, 0).locator(".status.saved")).to_be_visible()
    assert stored(theme_of(phone, 0)) == (4, 2)


def test_5_what_the_server_refuses_is_said_and_the_stored_answer_shown(phone: Page) -> None:
    refused = '{"error": "Voting has closed, so this last answer was not saved. Earlier answers are safe."}'
    phone.route("**/vote/answer", lambda route: route.fulfill(status=400, body=refused))
    tap(phone, 0, 0, 0)

    expect(card(phone, 0).get_by_text("Voting has closed")).to_be_visible()
    expect(card(phone, 0).get_by_role("radio").nth(3)).to_be_checked()
    phone.unroute("**/vote/answer")


def test_6_an_answer_that_the_server_cannot_store_is_not_called_saved(phone: Page) -> None:
    full = '{"error": "The disk of this server is full, so this was not saved."}'
    phone.route("**/vote/answer", lambda route: route.fulfill(status=503, body=full))
    tap(phone, 0, 0, 2)
    expect(card(phone, 0).get_by_text("the server cannot store anything just now")).to_be_visible()

    phone.unroute("**/vote/answer")

    expect(card(phone, 0).locator(".status.saved")).to_be_visible()
    assert stored(theme_of(phone, 0))[0] == 3  # type: ignore[index]


def test_7_while_an_answer_is_under_way_the_older_one_is_not_called_saved_any_more(phone: Page) -> None:
    waiting: list[Route] = []
    phone.route("**/vote/answer", lambda route: waiting.append(route))
    tap(phone, 0, 0, 3)
    expect(card(phone, 0).locator(".status")).to_have_text("")

    expect(card(phone, 0).get_by_text("the server cannot store anything just now")).to_be_visible()  # in four seconds

    waiting.pop().continue_()
    expect(card(phone, 0).locator(".status.saved")).to_be_visible()
    assert stored(theme_of(phone, 0))[0] == 4  # type: ignore[index]
    phone.unroute("**/vote/answer")


@pytest.fixture
def laptop(people: People, phone: Page) -> Iterator[Page]:
    """The same member in another browser, awake beside the phone."""
    page = people.stranger()
    token = people.admit(NAME, datetime.now(UTC))
    page.context.add_cookies([{"name": "mcm", "value": token, "url": people.server.url}])
    page.goto(f"{people.server.url}/vote")
    expect(card(page, 0).locator(".status.saved")).to_be_visible()
    yield page
    page.context.close()


def test_8_two_phones_and_two_tabs_of_one_member_show_the_same(phone: Page, laptop: Page) -> None:
    tab = laptop.context.new_page()
    tab.goto(laptop.url)
    expect(card(tab, 0).locator(".status.saved")).to_be_visible()

    tap(phone, 0, 0, 1)
    expect(card(phone, 0).locator(".status.saved")).to_be_visible()

    expect(card(laptop, 0).get_by_role("radio").nth(1)).to_be_checked()  # by itself
    tab.bring_to_front()
    expect(card(tab, 0).get_by_role("radio").nth(1)).to_be_checked()
    tap(laptop, 0, 0, 2)
    tab.close()
    phone.reload()
    tap(phone, 0, 0, 3)
    expect(card(phone, 0).locator(".status.saved")).to_be_visible()
    expect(card(laptop, 0).get_by_role("radio").nth(3)).to_be_checked()
    assert stored(theme_of(phone, 0))[0] == 4  # type: ignore[index]


def test_9_without_being_told_a_phone_would_go_on_showing_the_older_answer(phone: Page, laptop: Page) -> None:
    """The negative control."""
    laptop.route("**/live?**", lambda route: route.abort())
    laptop.reload()
    expect(card(laptop, 0).locator(".status.saved")).to_be_visible()
    tap(phone, 0, 0, 0)
    expect(card(phone, 0).locator(".status.saved")).to_be_visible()
    laptop.wait_for_timeout(7000)

    assert stored(theme_of(phone, 0))[0] == 1  # type: ignore[index]
    expect(card(laptop, 0).get_by_role("radio").nth(3)).to_be_checked()
