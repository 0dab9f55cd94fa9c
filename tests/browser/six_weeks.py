"""Who walks through the six weeks, by which clock, and what they do without a browser: the same forms by HTTP, the same
verbs that the pages call."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
import vobject
from PIL import Image
from playwright.sync_api import Browser, Page
from sqlalchemy import Select, select

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.message import MessageState
from mcm_core.domain.visitor import Visitor
from mcm_core.services import cohorts, outbox, visitors
from mcm_core.store.engine import engine, read, write
from mcm_core.store.tables import FacilitatorRow, MessageRow
from tests.browser.conftest import Server, Strangers, a_server, free_port, window
from tests.browser.moved_clock import Clock
from tests.browser.taps import Taps
from tests.browser.test_accessibility import CALM
from tests.services.a_mail_server import Mail, a_mail_server

BEGINS = datetime(2026, 8, 31, 10, tzinfo=UTC)  # a Monday; the clocks go back on 25 October
LONDON = ZoneInfo("Europe/London")
NOWHERE = "about:blank"
SCREENS = os.environ.get("MCM_SCREENS")  # a folder; `make screens` names docs/screens
COLOURS = 64
TO_THE_TOP = """() => {
  for (const one of [window, ...document.querySelectorAll('[data-testid="stMain"]')]) one.scrollTo(0, 0);
}"""
FIRST_NAMES = (
    "Amina", "Beth", "Chloë", "Dev", "Elif", "Fatima", "Grace", "Hana", "Ivo", "Jane", "Kofi", "Lucía", "Marek",
    "Nadia", "Oisín", "Precious", "Quentin", "Rosa", "Samir", "Tilda", "Uma", "Vikram", "Wren", "Xenia", "Yusuf",
)  # fmt: skip
PEOPLE = tuple(f"{name} {surname}" for name, surname in zip(FIRST_NAMES, "ABCDEFGHIJKLMNOPQRSTUVWXY", strict=True))


@dataclass
class Walk:
    """One cohort on its way. `tokens` are the cookies of the people by name, renewed for facilitators each time they
    sit down; `counted` is what was asked of somebody, in taps."""

    browser: Browser
    server: Server
    clock: Clock
    mail: Mail
    cohort_id: str = ""
    slug: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    counted: list[Taps] = field(default_factory=list)
    pages: dict[str, Page] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    strangers: Strangers = field(default_factory=Strangers)

    @property
    def now(self) -> datetime:
        return self.clock.now

    def page(self, who: str, *, width: int = 360, height: int = 780) -> Page:
        """The window of somebody; made when first asked for."""
        if who not in self.pages:
            context = window(self.browser, width=width, height=height)
            context.set_default_timeout(30_000)
            self.strangers.watch(context, self.server)
            self.pages[who] = context.new_page()
        return self.pages[who]

    def opens(self, who: str, path: str) -> Page:
        """Their window on a page of the walked cohort, drawn to its end."""
        page, token = self.page(who), self.tokens[who.split(",")[0]]
        page.context.add_cookies([{"name": "mcm", "value": token, "url": self.server.url}])
        page.goto(self.server.url + path)
        page.wait_for_function(CALM)
        return page

    def moves_to(self, moment: datetime) -> None:
        """Put every screen away and let time pass."""
        for page in self.pages.values():
            page.goto(NOWHERE)
        self.clock.set(moment)

    def local(self, month: int, day: int, hour: int, minute: int = 0) -> datetime:
        """A moment on the wall in London."""
        return datetime(2026, month, day, hour, minute, tzinfo=LONDON).astimezone(UTC)

    def sits_down(self, username: str) -> Visitor:
        """A facilitator signs in again, as after every pause of an hour."""
        with write() as db:
            id_ = db.scalars(select(FacilitatorRow.id).where(FacilitatorRow.username == username)).one()
            self.tokens[username] = visitors.admit(db, facilitator_id=id_, at=self.now)
        return self.who(username)

    def who(self, name: str) -> Visitor:
        """Somebody as the services know them."""
        with read() as db:
            found = visitors.recognise(db, self.tokens[name], at=self.now)
        assert found is not None, name
        return found

    @property
    def cohort(self) -> Cohort:
        """As a member knows it, who stays signed in."""
        with read() as db:
            return cohorts.get(db, self.who(PEOPLE[0]), self.cohort_id)

    def http(self, who: str | None = None) -> httpx2.Client:
        """Somebody's browser without its windows."""
        cookies = {"mcm": self.tokens[who]} if who else {}
        return httpx2.Client(base_url=self.server.url, cookies=cookies, timeout=30)

    def post_goes_out(self) -> None:
        """What waits is sent now; the server's own round comes every twenty seconds, and may be sending one of them."""
        while outbox.deliver(at=self.now):
            pass
        under_way = select(MessageRow.id).where(MessageRow.state == MessageState.WAITING, MessageRow.tries > 0)
        until = time.monotonic() + 20
        while self._any(under_way) and time.monotonic() < until:
            time.sleep(0.1)

    @staticmethod
    def _any(wanted: Select[tuple[str]]) -> bool:
        with read() as db:
            return db.scalars(wanted.limit(1)).first() is not None

    def counts(self, task: str, bar: str, who: str) -> Taps:
        """Begin to count what somebody does in their window."""
        self.counted.append(Taps(task, bar, who, self.page(who)))
        return self.counted[-1]

    def picture(self, page: Page, name: str, *, top: str = "") -> None:
        """Keep what is on the screen for the documents, where `make screens` asks for it; with `top` in its middle, or
        from its beginning. The first of a name stays."""
        if SCREENS is None or name in self.kept:
            return
        self.kept[name] = True
        page.wait_for_function(CALM)
        if top:
            page.get_by_text(top).first.evaluate("one => one.scrollIntoView({block: 'center'})")
        else:
            page.evaluate(TO_THE_TOP)
        Path(SCREENS).mkdir(parents=True, exist_ok=True)
        drawn = Image.open(BytesIO(page.screenshot()))
        drawn.convert("RGB").quantize(COLOURS).save(Path(SCREENS) / f"{name}.png", optimize=True)


@contextmanager
def a_walk(browser: Browser) -> Iterator[Walk]:
    """A server with a clock that can be set and a mail server, and nobody in it yet."""
    port = free_port()
    with a_mail_server() as mail, pytest.MonkeyPatch.context() as patch:
        settings = {
            "MCM_SMTP_URL": mail.url,
            "MCM_SMTP_FROM": "group@example.org",
            "MCM_PUBLIC_URL": f"http://localhost:{port}",
        }
        with a_server("tests.browser.moved_clock", port=port, MCM_CLOCK=BEGINS.isoformat(), **settings) as server:
            for name, said in {"MCM_LOCAL": str(server.local), **settings}.items():
                patch.setenv(name, said)
            patch.delenv("MCM_DATABASE_URL", raising=False)
            patch.delenv("MCM_SECRET", raising=False)
            yield Walk(browser, server, Clock(server.local), mail)
            engine(f"sqlite:///{server.local / 'mcm.sqlite3'}").dispose()


def email_of(name: str) -> str:
    return f"{name.split()[0].casefold().encode('ascii', 'ignore').decode()}@example.org"


def calendar(walk: Walk, who: str) -> dict[str, Any]:
    """Their six meetings as another program reads the file, by the name of the session."""
    with walk.http(who) as browser:
        file = browser.get(f"/calendar/{walk.cohort_id}/sessions.ics")
    assert file.headers["content-type"].startswith("text/calendar")
    return {event.summary.value: event for event in vobject.readOne(file.text).vevent_list}


def clocks(events: Iterable[Any]) -> list[tuple[str, str]]:
    """When each begins: on the wall in London, and in UTC."""
    starts = [event.dtstart.value for event in events]
    return [(f"{start.astimezone(LONDON):%H:%M}", f"{start.astimezone(UTC):%H:%M}") for start in starts]
