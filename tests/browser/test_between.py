"""Between sessions on a phone and in the dark: it keeps nobody out, and what a week asks for takes few taps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from mcm_core.domain.entry import EntryKind, Said
from mcm_core.services import entries, my_catch_ups
from mcm_core.store.engine import read, write
from tests.browser.conftest import Server, press
from tests.browser.demo_people import People, people_of_the_demo
from tests.browser.forms import SETTLED
from tests.browser.test_accessibility import CALM, LOOKS, UNFOLD, findings, go
from tests.browser.test_modes import LONG_WORDS, everybody, now, windows

__all__ = ["windows"]
# Whether nothing, such as the bar, lies over the middle of it.
ON_TOP = """(e) => {
  const {x, y, width, height} = e.getBoundingClientRect();
  const top = document.elementFromPoint(x + width / 2, y + height / 2);
  return Boolean(top) && (e.contains(top) || top.contains(e)) && y + height <= innerHeight;
}"""
TO_THE_MIDDLE = "(e) => e.scrollIntoView({block: 'center'})"
DESK = "/between?cohort={Harbour circle}"


@pytest.fixture(scope="module")
def people(chromium: Browser, server: Server) -> Iterator[People]:
    with people_of_the_demo(chromium, server) as people:
        yield people


class Taps:
    """Counts what somebody presses on one page."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, name: str, then: str) -> None:
        """`then` is what the page says when it is done: it may be calm before the run has begun."""
        press(self.page, name)
        expect(self.page.get_by_text(then).first).to_be_visible()
        self.page.wait_for_function(CALM)
        self.count += 1

    def unfold(self, name: str) -> None:
        self.page.locator("details > summary").filter(has_text=name).first.click()
        self.count += 1

    def write(self, label: str, words: str) -> None:
        self.page.get_by_label(label, exact=True).first.fill(words)
        self.count += 1


def test_1_a_facilitator_shares_the_catch_ups_in_two_taps(people: People, windows: dict[tuple[str, str], Page]) -> None:
    page = windows["facilitator", "phone"]
    go(people, page, DESK)
    taps = Taps(page)
    taps.press("Suggest catch-ups", "Share with everybody")
    taps.press("Share with everybody", "Week 3: shared")  # the demo tells of two

    print(f"\nA facilitator suggests and shares a week's catch-ups: {taps.count} taps")
    assert taps.count == 2


def test_2_a_member_does_everything_of_a_week_in_few_taps(people: People, windows: dict[tuple[str, str], Page]) -> None:
    page = windows["member", "phone"]
    go(people, page, "/between")
    taps = Taps(page)
    taps.press("We met", "You said that you met.")
    taps.write("One thing I take away, in one line", "Ask about the best time to call.")
    taps.press("Keep this line", "until they say that the group may")
    taps.unfold("Something to try")
    taps.write("How might this apply in my role?", "Ask it first.")
    taps.press("Note something to try", "Ask it first.")
    taps.unfold("Diary of a collaborator")
    taps.write("My entry", "I was heard.")
    taps.press("Write in my diary", "I was heard.")

    print(f"\nA member's week, with a box to write in counted as a tap: {taps.count} taps")
    assert taps.count == 9


def test_2b_on_a_small_phone_all_of_what_is_to_choose_can_be_read_before_an_entry_is_shared(
    people: People, windows: dict[tuple[str, str], Page]
) -> None:
    page = windows["member", "phone"]
    try:
        page.set_viewport_size({"width": 360, "height": 640})
        go(people, page, "/between")
        page.locator("summary").filter(has_text="Diary of a collaborator").click()
        page.wait_for_function(SETTLED)
        page.locator("summary").get_by_text("Share", exact=True).filter(visible=True).click()
        page.wait_for_function(CALM)
        page.wait_for_function(SETTLED)
        for words in ("It becomes a note, in these words", "Who can read it", "Everybody in the cohort"):
            there = page.get_by_text(words).filter(visible=True)
            there.evaluate(TO_THE_MIDDLE)
            assert there.evaluate(ON_TOP), words
        share = page.get_by_role("button", name="Share it", exact=True)
        before = None
        while before != (before := share.bounding_box()):  # a fold above it may still be opening
            share.evaluate(TO_THE_MIDDLE)
            page.wait_for_timeout(500)
        share.click()
        refusal = page.get_by_text("Choose who can read it").filter(visible=True)
        expect(refusal).to_be_visible()
        page.wait_for_function(CALM)
        assert refusal.evaluate(ON_TOP)
        assert refusal.bounding_box()["y"] < share.bounding_box()["y"]  # type: ignore[index]
    finally:
        page.set_viewport_size({"width": 360, "height": 900})


def test_3_it_keeps_nobody_out_whatever_is_written(people: People, windows: dict[tuple[str, str], Page]) -> None:
    members = everybody(people)
    member = members[0]
    with write() as db:
        entries.set_wellbeing(db, member, yes=True, at=now())
        entries.add(db, member, EntryKind.WELLBEING, Said({"own": LONG_WORDS}, ("calm",), energy=3), at=now())
        link = "https://example.org/" + "w" * 200
        entries.add(db, member, EntryKind.LEARNING, Said({"what": LONG_WORDS, "link": link}, minutes=90), at=now())
        for one in members:
            for catch_up in my_catch_ups.mine(db, one):  # somebody has not opened her link, and has none
                my_catch_ups.write_line(db, one, catch_up.id, LONG_WORDS[:300], at=now())
    found = []
    for who, path in (("member", "/between"), ("facilitator", DESK), ("member", "/")):
        for look in LOOKS:
            page = windows[who, look]
            go(people, page, path)
            page.evaluate(UNFOLD)
            page.wait_for_function(CALM)
            found += [f"{who}, {path}, {look}: {one}" for one in findings(page)]
    assert not found, "\n".join(found)


def test_4_a_link_opens_apart_and_tells_nothing(people: People, windows: dict[tuple[str, str], Page]) -> None:
    page = windows["member", "phone"]
    go(people, page, "/between")
    link = page.locator('a[href^="https://example.org"]').first

    assert link.get_attribute("target") == "_blank"
    assert {"noopener", "noreferrer"} <= set((link.get_attribute("rel") or "").split())
    member = everybody(people)[0]
    with read() as db:
        assert entries.mine(db, member)
