"""A stranger on a phone: the public page, an application that loses no word on a lost connection, and no JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from mcm_core.domain.opening import Plan
from mcm_core.services import openings
from mcm_core.store.engine import engine, read, write
from mcm_core.store.tables import ApplicationRow
from tests.browser.conftest import Server, window
from tests.browser.test_accessibility import findings
from tests.services.openings.applying_people import WORDS
from tests.services.people import a_cohort, a_facilitator


@pytest.fixture(scope="module")
def address(server: Server) -> Iterator[str]:
    """A published page on the running server."""
    with pytest.MonkeyPatch.context() as here:
        here.setenv("MCM_LOCAL", str(server.local))
        here.delenv("MCM_DATABASE_URL", raising=False)
        here.delenv("MCM_SECRET", raising=False)
        now = datetime.now(UTC)
        with write() as db:
            fay = a_facilitator(db, "fay", at=now)
            cohort = a_cohort(db, fay, at=now)
            plan = Plan((now + timedelta(days=9)).replace(tzinfo=None, second=0, microsecond=0))
            slug = openings.write_down(db, fay, cohort.id, plan=plan, words=WORDS, at=now).slug
            openings.publish(db, fay, cohort.id, at=now)
        yield f"{server.url}/open/{slug}"
        engine(f"sqlite:///{server.local / 'mcm.sqlite3'}").dispose()


def apply(page: Page, address: str, name: str) -> None:
    page.goto(address)
    form = page.locator("#apply")
    form.get_by_label("Your name").fill(name)
    form.get_by_label("Your e-mail address").fill("ada@example.org")
    form.get_by_role("button", name="Begin my application").click()
    expect(page.get_by_role("heading", name="Your application")).to_be_visible()


class Hand:
    """Somebody on a phone: counts what they tap, and the boxes that they write in."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.boxes = page, 0, 0

    def tap(self, what: Locator) -> None:
        what.click()
        self.taps += 1

    def write(self, label: str, words: str) -> None:
        self.page.get_by_label(label).first.fill(words)
        self.boxes += 1


def stored(name: str) -> ApplicationRow:
    with read() as db:
        return db.scalars(select(ApplicationRow).where(ApplicationRow.name == name)).one()


def test_what_a_stranger_types_outlives_a_lost_connection_until_it_is_taken(chromium: Browser, address: str) -> None:
    page = window(chromium, width=360).new_page()
    page.goto(address)
    name, email = (page.locator(f"#interest-{field}") for field in ("name", "email"))
    name.fill("Zoë Half")
    email.fill("zoe@example.org")
    page.route("**/interest", lambda route: route.abort("internetdisconnected"))
    page.get_by_role("button", name="Keep me posted").click()
    page.unroute("**/interest")

    page.goto(address)
    expect(name).to_have_value("Zoë Half")
    expect(email).to_have_value("zoe@example.org")
    expect(page.locator("#apply-name")).to_have_value("")

    page.get_by_role("button", name="Keep me posted").click()
    expect(page.get_by_role("status").filter(has_text="Thank you")).to_be_visible()
    page.goto(address)
    expect(name).to_have_value("")

    page.locator("#lost-email, #apply-email").first.fill("half@example.org")
    apply(page, address, "Zoë Whole")
    assert page.evaluate("() => Object.keys(sessionStorage).filter((key) => key.startsWith('open '))") == []
    page.context.close()


@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)])
def test_the_pages_keep_nobody_out(chromium: Browser, address: str, width: int, dark: bool) -> None:
    page = window(chromium, width=width, dark=dark).new_page()
    page.goto(address)
    assert findings(page) == []

    apply(page, address, f"Looks at {width}")
    page.get_by_text("Take my application back").click()
    assert findings(page) == []
    page.context.close()


def test_no_word_is_lost_on_a_lost_connection(chromium: Browser, address: str) -> None:
    page = window(chromium, width=360).new_page()
    apply(page, address, "Ada")
    page.get_by_label("Why do you want to take part?").fill("To learn")
    expect(page.locator("#kept")).to_have_text(re.compile("^Saved"))
    assert stored("Ada").answers["why"][1] == "To learn"

    page.context.set_offline(True)
    page.get_by_label("What do you hope to achieve?").fill("Less alone")
    page.get_by_role("radiogroup", name="Tuesday afternoon").get_by_text("Prefer").click()
    expect(page.locator("#kept")).to_contain_text("Not saved yet")
    assert "hope" not in stored("Ada").answers
    page.context.set_offline(False)

    expect(page.locator("#kept")).to_have_text(re.compile("^Saved"))
    assert (stored("Ada").answers["hope"][1], stored("Ada").times) == ("Less alone", {"Tuesday afternoon": "prefer"})
    page.context.close()


def test_what_was_not_saved_is_there_after_a_reload_and_gone_after_the_exit(chromium: Browser, address: str) -> None:
    page = window(chromium, width=360).new_page()
    apply(page, address, "Ben")
    page.route("**/keep", lambda route: route.abort())
    page.get_by_label("Why do you want to take part?").fill("Half a")
    expect(page.locator("#kept")).to_contain_text("Not saved yet")

    page.reload()
    expect(page.get_by_label("Why do you want to take part?")).to_have_value("Half a")
    page.route(re.compile("^https://"), lambda route: route.fulfill(body="elsewhere"))
    own = page.url
    page.get_by_role("link", name="Exit this page").click()
    page.wait_for_url(re.compile("^https://"))
    page.goto(own)

    expect(page.get_by_label("Why do you want to take part?")).to_have_value("")
    page.context.close()


def test_without_javascript_one_saves_by_a_button_and_sends(chromium: Browser, address: str) -> None:
    """How many taps and words a whole application takes is printed."""
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    hand = Hand(page)
    page.goto(f"{address}#apply")
    form = page.locator("#apply")
    for label, words in (("Your name", "Cleo"), ("Your e-mail address", "cleo@example.org")):
        form.get_by_label(label).fill(words)
        hand.boxes += 1
    hand.tap(form.get_by_role("button", name="Begin my application"))
    hand.write("Why do you want to take part?", "To learn")
    page.get_by_role("button", name="Save, and go on later").click()  # to come back; not needed, and not counted
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()

    hand.write("What do you hope to achieve?", "Less alone")
    hand.tap(page.get_by_label("Front line", exact=True))
    needed = hand.taps + 1
    for time in page.get_by_role("radiogroup").all():
        hand.tap(time.get_by_label("Can", exact=True))
    hand.tap(page.get_by_role("button", name="Send my application"))

    expect(page.get_by_text("has arrived")).to_be_visible()
    assert stored("Cleo").sent_at
    assert len(stored("Cleo").times) == hand.taps - needed
    print(
        f"\nAn application with every needed answer: {needed} taps and {hand.boxes} boxes to write in; "
        f"the whole week as well: {hand.taps - needed} more taps."
    )
    assert (needed, hand.boxes) == (3, 4)
    context.close()
