"""The server is restarted in mid-vote, politely and not, under real pages in a real browser (T9)."""

from __future__ import annotations

import os
import random
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import quantiles

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.browser.conftest import QUIET
from tests.browser.test_accessibility import CALM
from tests.faults.life import Life
from tests.faults.rooms import Room, a_room
from tests.faults.row import row

BROWSERS = int(os.environ.get("MCM_BROWSERS", "20"))
RESTARTS = int(os.environ.get("MCM_RESTARTS", "50"))
PATIENCE = 60.0
TYPED = "What I had begun to write"
CONNECTED = "document.querySelector('[data-testid=stApp]')?.dataset.testConnectionState === 'CONNECTED'"
BAR = "all back with what was tapped, p95 ≤ 10 s, what was half typed still there"


@dataclass
class Back:
    """`waits`: seconds from the new server's first answer until a page showed its tap as saved, page after page."""

    browsers: int
    restarts: int = 0
    wrong: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    @property
    def p95(self) -> float:
        return quantiles(self.waits, n=20)[18]

    def __str__(self) -> str:
        return (
            f"{self.restarts} restarts under {self.browsers} pages, {len(self.wrong)} not as they should be, "
            f"back after p50 {quantiles(self.waits, n=2)[0]:.1f} s, p95 {self.p95:.1f} s, max {max(self.waits):.1f} s"
        )


def play(browser: Browser, browsers: int, restarts: int, *, without: str = "") -> Back:
    """Every page taps around each restart, one of them without a connection; then it must show what it tapped as saved,
    and the database must hold it.
    """
    found, chance = Back(browsers), random.Random(0)
    with a_room(browsers) as room, Life(room.settings, whole=True, without=without) as life:
        pages = [_opened(browser, life, token, "vote") for token in room.tokens]
        writing = pages[0].context.new_page()
        writing.goto(f"http://{life.address}/notes")
        writing.get_by_label("Your note").press_sequentially(TYPED)
        for number in range(restarts):
            level = number % 4
            _tapped_while_it_restarts(life, pages, level, at=chance.randrange(len(pages)), kindly=number % 2 == 0)
            _come_back(found, room, pages, level)
            if writing.get_by_label("Your note").input_value() != TYPED:
                found.wrong.append("what was half typed is gone")
            found.restarts += 1
        for page in pages:
            page.context.close()
    return found


def _opened(browser: Browser, life: Life, token: str, path: str) -> Page:
    context = browser.new_context(viewport={"width": 360, "height": 700}, reduced_motion="reduce")
    context.add_cookies([{"name": "mcm", "value": token, "url": f"http://{life.address}"}])
    page = context.new_page()
    page.goto(f"http://{life.address}/{path}")
    expect(_card(page)).to_be_visible()
    page.wait_for_function(CALM)
    return page


def _card(page: Page) -> Locator:
    return page.locator(".ballot .card").first


def _tapped_while_it_restarts(life: Life, pages: list[Page], level: int, *, at: int, kindly: bool) -> None:
    away = pages[(at + 1) % len(pages)]
    away.context.set_offline(True)

    def restart() -> None:
        life.stop() if kindly else life.kill()
        time.sleep(1.0)  # as a supervisor waits
        life.start()

    with ThreadPoolExecutor(1) as supervisor:
        for place, page in enumerate(pages):
            if place == at:
                supervisor.submit(restart)
            _card(page).locator(".rung").nth(level).click()
    away.context.set_offline(False)


def _come_back(found: Back, room: Room, pages: list[Page], level: int) -> None:
    began, waiting = time.monotonic(), dict(enumerate(pages))
    while waiting and time.monotonic() - began < PATIENCE:
        for place, page in [*waiting.items()]:
            if _is_back(page, level):
                found.waits.append(time.monotonic() - began)
                del waiting[place]
    found.wrong += [f"page {place} is not back" for place in waiting]
    stored = room.stored()
    held = [stored.get(token, (None, None))[0] for token in room.tokens]
    if held != [level + 1] * len(pages):
        found.wrong.append(f"tapped {level + 1}, stored {held}")


def _is_back(page: Page, level: int) -> bool:
    """Whether the page is connected, and shows what was tapped as saved."""
    card = _card(page)
    if not page.evaluate(CONNECTED) or not card.locator(".status.saved").is_visible():
        return False
    return card.get_by_role("radio").nth(level).is_checked()


def run() -> bool:
    """Twenty pages, fifty restarts, every second one with kill -9."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        found = play(browser, BROWSERS, RESTARTS)
        browser.close()
    met = not found.wrong and found.p95 <= 10
    return row(
        "restart in mid-vote",
        "real pages in Chromium, SIGTERM and kill -9 in turn, one page offline",
        str(found),
        BAR,
        met,
    )
