"""A member never needs to remember or solve anything, and loses nothing typed when a sign-in ends (T39; WCAG 2.2, 3.3.8
and 2.2.5; 2.2.1: a member's sign-in lasts until two weeks after the last session)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from mcm_core.services import visitors
from mcm_core.store.engine import write
from tests.browser.conftest import Server, press
from tests.browser.demo_people import People, people_of_the_demo
from tests.browser.test_accessibility import CALM

MEMBER, OTHER = "Leila Haddad", "Mirembe Nakato"
TYPED = "What I had not sent yet, and"


@pytest.fixture(scope="module")
def people(chromium: Browser, server: Server) -> Iterator[People]:
    with people_of_the_demo(chromium, server) as people:
        yield people


@pytest.fixture(scope="module")
def page(people: People) -> Page:
    return people.member(MEMBER)


def signed_out_by_the_server(page: Page) -> str:
    """End the sign-in as its expiry would; the token, with which nothing opens any more."""
    token = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "mcm")
    with write() as db:
        visitors.leave(db, token)
    return token


def admitted(people: People, page: Page, name: str) -> None:
    """The browser signed in as this member, as a personal link or one tap of a facilitator does it."""
    page.context.clear_cookies()
    page.context.add_cookies(
        [{"name": "mcm", "value": people.admit(name, datetime.now(UTC)), "url": people.server.url}]
    )


def note(page: Page):  # type: ignore[no-untyped-def]
    return page.get_by_label("Your note")


def test_1_no_page_of_a_member_asks_for_a_password_an_address_or_a_riddle(people: People, page: Page) -> None:
    for path in ("/", "/vote", "/notes", "/journey", "/review", "/help", "/privacy", "/report/mine"):
        page.goto(people.server.url + path)
        expect(page.locator("h1").first).to_be_visible()
        assert not asks_too_much(page), path


def test_1_the_control_the_sign_in_of_facilitators_would_be_noticed(people: People) -> None:
    page = people.stranger()
    page.goto(people.server.url)
    expect(page.get_by_label("Username")).to_be_visible()

    assert asks_too_much(page)
    page.context.close()


def asks_too_much(page: Page) -> bool:
    """Whether the page asks for what somebody would have to remember, to own, or to solve."""
    asked = page.locator("input[type=password], input[type=email]").count()
    return asked > 0 or "captcha" in page.content().casefold()


def test_2_a_note_half_typed_is_there_again_after_the_sign_in_ended(people: People, page: Page) -> None:
    page.goto(people.server.url + "/notes")
    note(page).press_sequentially(TYPED)
    signed_out_by_the_server(page)
    page.reload()
    expect(page.get_by_text("write the code of the room")).to_be_visible()

    admitted(people, page, MEMBER)
    page.goto(people.server.url + "/notes")

    expect(note(page)).to_have_value(TYPED)


def test_2_the_control_where_nothing_was_kept_it_would_be_lost(people: People, page: Page) -> None:
    """Another tab of the same browser has what the server knows, and not what the first one kept."""
    tab = page.context.new_page()
    tab.goto(people.server.url + "/notes")
    expect(note(tab)).to_be_visible()
    tab.wait_for_timeout(1500)

    expect(note(tab)).to_have_value("")
    tab.close()


def test_3_it_is_not_there_for_somebody_else(people: People, page: Page) -> None:
    admitted(people, page, OTHER)
    page.goto(people.server.url + "/notes")

    expect(note(page)).to_be_visible()
    page.wait_for_timeout(1500)
    expect(note(page)).to_have_value("")


def test_4_what_was_saved_does_not_come_back(people: People, page: Page) -> None:
    admitted(people, page, MEMBER)
    page.goto(people.server.url + "/notes")
    expect(note(page)).to_have_value(TYPED)
    page.wait_for_timeout(1000)
    page.wait_for_function(CALM)  # the text that came back has been sent: a press that meets a rerun can be lost
    press(page, "Save this note")
    expect(page.get_by_text("Saved, for everybody in the cohort")).to_be_visible()
    page.wait_for_function("() => !Object.keys(sessionStorage).some((name) => name.startsWith('draft '))")
    page.reload()

    expect(page.locator(".note-body").get_by_text(TYPED)).to_be_visible()
    page.wait_for_timeout(1000)
    expect(note(page)).to_have_value("")


def test_5_signing_out_leaves_nothing_behind(people: People, page: Page) -> None:
    note(page).press_sequentially("gone")
    page.wait_for_timeout(300)
    assert "gone" in page.evaluate("JSON.stringify(sessionStorage)")
    press(page, "Leila")
    press(page, "Leave this phone")
    expect(page.get_by_text("write the code of the room")).to_be_visible()

    assert "gone" not in page.evaluate("JSON.stringify(sessionStorage)")
