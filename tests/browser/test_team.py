"""Two facilitators and a guest with their own screens: the lead moves, and whoever is out sees nothing more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Server, press
from tests.browser.demo_people import People, people_of_the_demo

COHORT = "Harbour circle"


@pytest.fixture(scope="module")
def people(chromium: Browser, server: Server) -> Iterator[People]:
    with people_of_the_demo(chromium, server) as people:
        yield people


def test_the_lead_moves_and_a_removed_co_facilitator_and_guest_are_gone_without_a_reload(people: People) -> None:
    fay, tom, guest = people.facilitator(), people.signed_in("co-facilitator"), people.signed_in("guest")
    tom.goto(f"{people.server.url}/facilitate")
    guest.goto(people.server.url)
    expect(guest.get_by_role("heading", name="Session 3", exact=True)).to_be_visible()
    expect(tom.get_by_text("has the lead and presses")).to_be_visible()

    fay.goto(f"{people.server.url}/facilitate?cohort={people.cohorts[COHORT]}")
    press(fay, "Hand the lead to Tom")
    expect(tom.get_by_text("You have the lead.")).to_be_visible()
    expect(fay.get_by_role("button", name="Take the lead")).to_be_visible()

    fay.goto(f"{people.server.url}/cohort?cohort={people.cohorts[COHORT]}")
    fay.get_by_text("Remove Tom", exact=True).click()
    press(fay, "Remove from this cohort")
    expect(tom.get_by_role("heading", name="Your first cohort")).to_be_visible()
    expect(tom.get_by_text("You have the lead.")).to_have_count(0)
    expect(fay.get_by_text("Remove Tom", exact=True)).to_have_count(0)  # her page has been drawn anew, too

    fay.get_by_text("A guest for one session", exact=True).click()
    press(fay, "Take back the link of Gus Guestson")
    expect(guest.get_by_role("heading", name="Session 3", exact=True)).to_have_count(0)
    assert people.strangers.asked == []
