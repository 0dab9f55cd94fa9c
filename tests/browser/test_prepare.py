"""A member's first minutes on a phone: the document before anything else, and a plan that never leaves the phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.conftest import Server, press
from tests.browser.demo_people import People, people_of_the_demo

NEW = "Ottilie Brandt"  # has not opened her link
WROTE = "Quiet, and a door that I can see"


@pytest.fixture(scope="module")
def people(chromium: Browser, server: Server) -> Iterator[People]:
    with people_of_the_demo(chromium, server) as found:
        yield found


@pytest.fixture(scope="module")
def phone(people: People) -> Page:
    return people.stranger()


def is_narrow(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_1_the_first_that_she_sees_is_the_document_and_two_taps_bring_her_in(people: People, phone: Page) -> None:
    phone.goto(people.server.url + people.links[NEW])
    press(phone, "Join")
    expect(phone.get_by_role("heading", name="Before you take part")).to_be_visible()
    expect(phone.get_by_role("heading", name="If something worries you")).to_be_visible()
    expect(phone.get_by_role("link", name="Vote", exact=True)).to_have_count(0)
    assert is_narrow(phone)
    small = phone.get_by_role("button").evaluate_all(
        "all => all.filter(one => one.offsetHeight && one.offsetHeight < 44).map(one => one.textContent)"
    )
    assert small == []

    press(phone, "I have read this document")
    expect(phone.get_by_role("link", name="Vote", exact=True)).to_be_visible()
    print("taps from the personal link to Today: 2")


def test_2_a_plan_is_saved_on_the_phone_and_nothing_of_it_is_sent(people: People, phone: Page) -> None:
    phone.goto(people.server.url + "/prepare")
    phone.get_by_role("link", name="Write a plan for yourself").click()
    expect(phone.get_by_role("heading", name="My plan")).to_be_visible()
    assert is_narrow(phone)
    sent: list[Request] = []
    phone.on("request", lambda request: sent.append(request))  # the library marks the function
    phone.get_by_label("What helps me feel well and take part?").fill(WROTE)
    phone.context.set_offline(True)  # a lost line takes nothing of it
    with phone.expect_download() as saving:
        press(phone, "Save it on this phone")
    phone.context.set_offline(False)

    saved = Path(saving.value.path()).read_text(encoding="utf-8")
    assert saving.value.suggested_filename == "my-plan.txt"
    assert f"What helps me feel well and take part?\n{WROTE}\n" in saved
    assert [one.url for one in sent if not one.url.startswith("blob:") and one.method != "GET"] == []
    assert not any(WROTE.split(",")[0] in (one.url + (one.post_data or "")) for one in sent)
    assert saved.count("–") == 6  # what was left empty


def test_3_whoever_takes_the_phone_after_her_finds_nothing_of_it(people: People, phone: Page) -> None:
    phone.goto(people.server.url + "/prepare")
    phone.go_back()
    expect(phone.get_by_label("What helps me feel well and take part?")).to_have_value("")
