"""Hostile texts in the boxes that people write into, then every page and export that shows them, in a real browser.

The browser runs without the Content-Security-Policy here, so that nothing but the escaping stands between the texts and
the page. What the policy would do is tried in tests/browser/test_policy.py.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, fields
from html.parser import HTMLParser
from multiprocessing import get_context

from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from mcm_core.domain.cohort import MEMBERS_MAX
from mcm_core.services.note_reading import SEARCH_MAX
from mcm_core.web.report_csv import FORMULA
from tests.browser.conftest import QUIET
from tests.browser.test_accessibility import CALM, UNFOLD
from tests.security.boxes import Told, a_vote_opens, told
from tests.security.strings import FAR, hostile
from tests.security.world import World, a_world

FOR_BOTH = ("/", "/journey", "/notes", "/review", "/news", "/help")
FOR_FACILITATORS = (*FOR_BOTH, "/facilitate", "/room", "/cohort", "/help/words")
FOR_MEMBERS = (*FOR_BOTH, "/vote", "/my_data")
SEARCH = "Find words in the notes"
DRAWN = """() => document.querySelector('[data-testid="stApp"]').dataset.testScriptState === "notRunning" """
#: Everything that a text must not have become: what fetches, what runs, and what leads away.
BECAME = """(far) => {
  const all = (root) => [...root.querySelectorAll("*")].flatMap((e) => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])]);
  const bad = (e) => [...e.attributes].some((a) => a.name.startsWith("on")
    || (/^(src|href|action|data|srcset|poster|xlink:href|style|srcdoc|content)$/.test(a.name)
        && (a.value.includes("far.example") || /^\\s*(javascript|vbscript|data:text)/i.test(a.value))));
  return all(document).filter(bad).map((e) => e.outerHTML.slice(0, 200));
}"""


@dataclass
class Seen(Told):
    """What came of it."""

    pages: int = 0
    searched: int = 0
    fetched: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    became: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)

    def __add__(self, other: Seen) -> Seen:
        return Seen(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def harmless(self) -> bool:
        return not (self.fetched or self.ran or self.became or self.formulas)


class Elements(HTMLParser):
    """The elements of a page that fetch, run or lead away."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element whose attributes are not ours."""
        for name, value in attrs:
            if (
                name.startswith("on")
                or "far.example" in (value or "")
                or (value or "").lstrip().startswith("javascript")
            ):
                self.bad.append(f"<{tag} {name}={value}>")


class Reader:
    """Somebody's browser that goes through pages and reports what the texts did."""

    def __init__(self, browser: Browser, world: World, seen: Seen, token: str) -> None:
        self.seen, self.home = seen, world.server.url
        self.context: BrowserContext = browser.new_context(
            viewport={"width": 1000, "height": 900}, bypass_csp=True, reduced_motion="reduce"
        )
        self.becomes(token)
        self.context.route("**/*", self._look)
        self.page: Page = self.context.new_page()
        self.page.on("dialog", lambda dialog: (seen.ran.append(dialog.message), dialog.dismiss()))

    def becomes(self, token: str) -> None:
        """Hand the browser to somebody else."""
        self.context.add_cookies([{"name": "mcm", "value": token, "url": self.home}])

    def read(self, path: str) -> None:
        """Open a page, unfold what is folded, and look."""
        self.page.goto(self.home + path)
        self.page.wait_for_function(CALM, timeout=60_000)
        self.page.evaluate(UNFOLD)
        with suppress(Exception):
            self.page.get_by_role("button", name="Help").locator("xpath=following::button[1]").click(timeout=300)
        self.look()

    def look(self) -> None:
        """Note what has become of the texts on this page."""
        self.seen.pages += 1
        self.seen.became += self.page.evaluate(BECAME, FAR)

    def search(self, words: Sequence[str]) -> None:
        """Type the words into the search box of the notes, one after the other."""
        self.page.goto(self.home + "/notes")
        self.page.wait_for_function(CALM, timeout=60_000)
        box = self.page.get_by_label(SEARCH)
        for word in words:
            box.fill(word.replace("\x00", "")[:SEARCH_MAX])
            box.press("Enter")
            self.page.wait_for_timeout(50)
            self.page.wait_for_function(DRAWN, timeout=60_000)
            self.look()
            self.seen.searched += 1

    def paper(self, path: str) -> None:
        """Look at a page that needs no drawing: at its elements, not at its words."""
        self._elements(self._fetched(path).decode())

    def table(self, path: str) -> None:
        """Read an export as a spreadsheet does."""
        self._cells(self._fetched(path).decode())

    def archive(self, path: str) -> None:
        """Unpack an archive and look at each file in it, by its kind."""
        with zipfile.ZipFile(io.BytesIO(self._fetched(path))) as packed:
            for name in packed.namelist():
                text = packed.read(name).decode()
                assert name.endswith((".html", ".csv", ".json")), name
                if name.endswith(".html"):
                    self._elements(text)
                elif name.endswith(".csv"):
                    self._cells(text)
                else:
                    json.loads(text)

    def _fetched(self, path: str) -> bytes:
        self.seen.pages += 1
        answer = self.context.request.get(self.home + path)
        assert answer.ok, (path, answer.status)
        return answer.body()

    def _elements(self, text: str) -> None:
        found = Elements()
        found.feed(text)
        self.seen.became += found.bad

    def _cells(self, text: str) -> None:
        cells = [cell for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")) for cell in row]
        self.seen.formulas += [cell for cell in cells if cell.lstrip(" \u00a0\u200b\ufeff").startswith(FORMULA)]

    def _look(self, route: Route) -> None:
        if route.request.url.startswith((self.home, "data:", "blob:")):
            route.continue_()
        else:
            self.seen.fetched.append(route.request.url)
            route.abort()


def crawl(browser: Browser, world: World, words: Sequence[str]) -> Seen:
    """Everything for these words, twenty to a cohort."""
    seen = Seen()
    for number, first in enumerate(range(0, len(words), MEMBERS_MAX)):
        mine = words[first : first + MEMBERS_MAX]
        circle = told(seen, mine, number)
        desk = Reader(browser, world, seen, circle.facilitator)
        desk.read("/facilitate")
        a_vote_opens(circle)
        for path in (*FOR_FACILITATORS, f"/cards/{circle.group.cohort.id}", f"/report/ours/{circle.group.cohort.id}"):
            desk.read(path)
        desk.table(f"/report/ours/{circle.group.cohort.id}.csv")
        desk.context.close()
        phone = Reader(browser, world, seen, circle.members[0])
        for path in FOR_MEMBERS:
            phone.read(path)
        phone.search(mine)
        for token in circle.members:
            phone.becomes(token)
            phone.paper("/report/mine")
            phone.table("/report/mine.csv")
            phone.archive("/my-data.zip")
        phone.context.close()
        for token in (circle.waiting, circle.guest):
            alone = Reader(browser, world, seen, token)
            alone.read("/")
            alone.context.close()
    return seen


def crawled(words: Sequence[str]) -> Seen:
    """A server, a browser, and everything for these words."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        with a_world(MCM_LIMIT_GETS="1000", MCM_LIMIT_MESSAGES="1000") as world:
            seen = crawl(browser, world, words)
        browser.close()
    return seen


def run() -> str:
    """All 250, half of them to each of two servers: a crawl mostly waits for its pages."""
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        seen = sum(pool.map(crawled, (hostile()[::2], hostile()[1::2])), Seen())
    figures = (
        f"{len(hostile())} hostile texts, stored {seen.stored:,} times ({seen.refused:,} refused), {seen.comments} as "
        f"shared comments, {seen.searched} searched for, {seen.pages} pages and exports: {len(seen.fetched)} fetched, "
        f"{len(seen.ran)} scripts ran, {len(seen.became)} became more than text, {len(seen.formulas)} formulas"
    )
    assert seen.harmless, f"{figures}: {[*seen.fetched, *seen.ran, *seen.became, *seen.formulas][:5]}"
    assert seen.searched == len(hostile()), figures
    return figures
