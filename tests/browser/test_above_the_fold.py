"""What a facilitator presses and what a room looks at stand on the screen as it opens: neither of them scrolls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from mcm_core.domain.mode import Mode
from mcm_core.domain.reading import Reading
from mcm_core.domain.round import Round
from mcm_core.services import readings, rounds, visitors
from mcm_core.store.engine import write
from tests.browser.conftest import Server
from tests.browser.demo_people import People, people_of_the_demo
from tests.browser.test_accessibility import CALM, findings, go
from tests.browser.test_modes import HARBOUR, everybody, opened, revealed

DESKS = [(1280, 900), (1366, 768), (360, 740)]
ROOMS = [(1366, 768), (1280, 720)]
PRIMARY = '.stMain button[kind="primary"]:visible'
NARROW = 640  # where the plan stands beneath


@pytest.fixture(scope="module")
def people(chromium: Browser, server: Server) -> Iterator[People]:
    with people_of_the_demo(chromium, server) as people:
        yield people


@pytest.fixture(scope="module")
def desk(people: People) -> Page:
    with write() as db:
        token = visitors.admit(db, facilitator_id=people.lead.facilitator_id, at=datetime.now(UTC))
    page = people.stranger(width=1280)
    page.context.add_cookies([{"name": "mcm", "value": token, "url": people.server.url}])
    go(people, page, "/facilitate?cohort={Harbour circle}")
    return page


def stands(desk: Page, name: str) -> None:
    """On each screen the one button says this, and stands in it with the plan's line that is on, or above the plan."""
    for width, height in DESKS:
        desk.set_viewport_size({"width": width, "height": height})
        primary = desk.locator(PRIMARY)
        expect(primary).to_have_text([said(name)])
        desk.get_by_test_id("stMain").evaluate("(main) => main.scrollTo(0, 0)")
        desk.evaluate("window.calmSince = null")
        desk.wait_for_function(CALM)
        assert within(primary, height), (name, width, height)
        now = desk.get_by_test_id("stRadioOption").filter(has_text="Now").first
        if width > NARROW:
            assert within(now, height), (name, width, height)
        else:
            assert top(primary) < top(now)
    assert not findings(desk)


def said(name: str) -> re.Pattern[str]:
    """The words of a button, as ui/pieces.py disarms them."""
    return re.compile(f"^{re.escape(name).replace(':', '.?:')}$")


def within(part: Locator, height: int) -> bool:
    box = part.bounding_box()
    assert box is not None
    return box["y"] >= 0 and box["y"] + box["height"] <= height


def top(part: Locator) -> float:
    box = part.bounding_box()
    assert box is not None
    return box["y"]


def answered(people: People, round_: Round) -> None:
    """Everybody answers every theme of it."""
    hoped = 4 if round_.card.instrument.asks_desired else None
    for place, visitor in enumerate(everybody(people)):
        with write() as db:
            for theme in round_.card.asked:
                readings.cast(db, visitor, round_.id, theme.key, Reading(1 + place % 4, hoped), at=datetime.now(UTC))


def test_1_a_picture_of_six_themes_stands_on_a_projector_as_a_whole(people: People, desk: Page) -> None:
    round_ = opened(people, Mode.CONFIDENTIAL)
    assert len(round_.card.asked) == 6
    answered(people, round_)
    whole(people, desk, "p.room-count")
    revealed(people, round_)
    whole(people, desk, ".js-plotly-plot:visible")


def test_2_the_one_button_stands_on_the_screen_before_a_vote_while_it_is_open_closed_and_revealed(
    people: People, desk: Page
) -> None:
    go(people, desk, "/facilitate?cohort={Harbour circle}")
    for name in ("Second topic", "Break", "A map of relationships", "How is this group doing?"):
        stands(desk, f"Next: {name}")
        desk.locator(PRIMARY).click()
    stands(desk, "Open the vote")
    desk.locator(PRIMARY).click()
    stands(desk, "Close the vote")
    with write() as db:
        round_ = rounds.on_stage(db, people.lead, people.cohorts[HARBOUR], at=datetime.now(UTC))
    assert round_
    answered(people, round_)
    desk.locator(PRIMARY).click()
    stands(desk, "Reveal to everybody")
    desk.locator(PRIMARY).click()
    expect(desk.locator(".js-plotly-plot:visible").first).to_be_visible()
    stands(desk, "Next: Until next time")


def whole(people: People, room: Page, last: str) -> None:
    """Nothing to scroll on either projector, what counts is on it, and nothing stands empty on top."""
    for width, height in ROOMS:
        room.set_viewport_size({"width": width, "height": height})
        go(people, room, "/room?cohort={Harbour circle}")
        expect(room.locator(last).first).to_be_visible()
        over = room.get_by_test_id("stMain").evaluate("(main) => main.scrollHeight - main.clientHeight")
        assert over <= 0, (last, width, height, over)
        for part in room.locator(last).all():
            assert within(part, height), (last, width, height)
        assert top(room.get_by_role("heading", level=1).first) < 50
