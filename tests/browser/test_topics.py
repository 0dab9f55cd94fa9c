"""Topics on real phones: what one writes is on the other at once, three dots are three taps, all see the reveal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from mcm_core.domain.visitor import Visitor
from mcm_core.services import dots, instruments, topics, visitors
from mcm_core.store.engine import engine, write
from tests.browser.conftest import Server, press, window
from tests.browser.test_accessibility import BEYOND, CALM, UNFOLD, keeps_nobody_out
from tests.services.people import a_cohort, a_facilitator, a_member
from tests.services.stories import NAMES, Group

ASK = "What would you like help with?"


@dataclass
class Room:
    """Six members and their facilitator, with a browser each when they come to the page."""

    group: Group
    browser: Browser
    server: Server
    taps: int = 0

    def page(self, who: Visitor, part: str = "", *, width: int = 360, dark: bool = False) -> Page:
        """This person's window on the page of topics."""
        with write() as db:
            token = visitors.admit(
                db, facilitator_id=who.facilitator_id, member_id=who.member_id, cohort_id=who.cohort_id, at=now()
            )
        context = window(self.browser, width=width, dark=dark)
        context.set_default_timeout(30_000)
        context.add_cookies([{"name": "mcm", "value": token, "url": self.server.url}])
        page = context.new_page()
        page.goto(f"{self.server.url}/topics" + (f"?part={part}" if part else ""))
        page.wait_for_function(CALM)
        return page

    def tap(self, page: Page, name: str) -> None:
        """Press a button, and count it."""
        self.taps += 1
        press(page, name)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def room(chromium: Browser, server: Server) -> Iterator[Room]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MCM_LOCAL", str(server.local))
        patch.delenv("MCM_DATABASE_URL", raising=False)
        patch.delenv("MCM_SECRET", raising=False)
        at = now()
        with write() as db:
            instruments.register(db)
            fay = a_facilitator(db, "fay", at=at)
            cohort = a_cohort(db, fay, at=at)
            people = tuple(a_member(db, fay, cohort, name, at=at) for name in NAMES[:6])
        yield Room(Group(fay, cohort, people), chromium, server)
        engine(f"sqlite:///{server.local / 'mcm.sqlite3'}").dispose()


def test_from_the_first_word_to_the_reveal(room: Room) -> None:
    fay, (ada, ben, *others) = room.group.facilitator, room.group.members
    hers, his, theirs = room.page(ada), room.page(ben), room.page(fay, width=1280)

    hers.get_by_label(ASK).fill("How do we say no kindly?")
    room.tap(hers, "Put it on the board")
    expect(his.get_by_text("How do we say no kindly?")).to_be_visible()
    his.get_by_label(ASK).fill("Waiting lists <b>that never end</b>")
    room.tap(his, "Put it on the board")
    expect(hers.get_by_text("Waiting lists <b>that never end</b>")).to_be_visible()
    expect(theirs.get_by_text("Waiting lists <b>that never end</b>").first).to_be_visible()
    print(f"a topic on the board: {room.taps // 2} tap beside the words")

    press(theirs, "Ask everybody for dots")
    expect(his.get_by_text("You have 3 of 3 dots left")).to_be_visible()
    room.taps = 0
    for left in ("You have 2 of 3", "You have 1 of 3"):
        room.tap(his, "Give a dot")
        expect(his.get_by_text(left)).to_be_visible()
    room.tap(his, "Give a dot")
    expect(his.get_by_text("All your dots are given")).to_be_visible()
    print(f"three dots: {room.taps} taps")
    expect(theirs.get_by_text("1 of")).to_be_visible()
    expect(hers.get_by_text("You have 3 of 3 dots left")).to_be_visible()

    with write() as db:
        (vote,) = dots.votes(db, fay, room.group.cohort.id)
        board = topics.board(db, fay, room.group.cohort.id)
        for who in others:
            dots.place(db, who, vote.id, board[0].id, 2, at=now())
    expect(theirs.get_by_text("5 of")).to_be_visible()
    press(theirs, "Reveal the dots")
    press(theirs, "Reveal them now")
    for page in (theirs, hers, his):
        expect(page.get_by_role("heading", name=re.compile("Most dots.*How do we say no"))).to_be_visible()
        expect(page.get_by_text("5 of 6 gave dots")).to_be_visible()


def test_a_word_without_an_end_makes_no_page_scroll_sideways(room: Room) -> None:
    fay, (ada, *others) = room.group.facilitator, room.group.members
    with write() as db:
        endless = topics.propose(db, ada, room.group.cohort.id, kind="question", text="W" * 120, named=False, at=now())
        vote = dots.open_(db, fay, room.group.cohort.id, at=now())
        for who in others:
            dots.place(db, who, vote.id, endless, 2, at=now())
        dots.reveal(db, fay, vote.id, version=vote.version, at=now())

    for who, width in ((ada, 360), (fay, 1366)):
        page = room.page(who, width=width)
        page.evaluate(UNFOLD)
        page.wait_for_function(CALM)
        assert page.evaluate(BEYOND) == 0
        reading = page.locator("p.reading").first
        assert reading.evaluate("(e) => e.scrollWidth - e.clientWidth") == 0


@pytest.mark.parametrize("part", ["board", "plan", "offers"])
@pytest.mark.parametrize(("who", "width", "dark"), [("member", 360, False), ("facilitator", 1280, True)])
def test_the_page_keeps_nobody_out(room: Room, part: str, who: str, width: int, dark: bool) -> None:
    visitor = room.group.members[0] if who == "member" else room.group.facilitator
    page = room.page(visitor, part, width=width, dark=dark)
    page.evaluate(UNFOLD)
    page.wait_for_function(CALM)

    keeps_nobody_out(page)
