"""Twelve people get their links by e-mail: the taps are counted, and every link opens."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from mcm_core.services import visitors
from mcm_core.store.engine import engine, write
from tests.browser.conftest import Server, a_server, free_port, press, window
from tests.services.a_mail_server import Mail, a_mail_server
from tests.services.people import a_cohort, a_facilitator

PEOPLE = "\n".join(f"Person {number} person{number}@example.org" for number in range(12))


@pytest.fixture(scope="module")
def mail() -> Iterator[Mail]:
    with a_mail_server() as there:
        yield there


@pytest.fixture(scope="module")
def server(mail: Mail) -> Iterator[Server]:
    port = free_port()
    settings = {"MCM_SMTP_URL": mail.url, "MCM_SMTP_FROM": "group@example.org"}
    with a_server(port=port, MCM_PUBLIC_URL=f"http://localhost:{port}", **settings) as started:
        yield started


@pytest.fixture
def desk(chromium: Browser, server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A facilitator's phone, with a cohort in which nobody is yet."""
    monkeypatch.setenv("MCM_LOCAL", str(server.local))
    monkeypatch.delenv("MCM_DATABASE_URL", raising=False)
    monkeypatch.delenv("MCM_SECRET", raising=False)
    now = datetime.now(UTC)
    with write() as db:
        fay = a_facilitator(db, at=now)
        a_cohort(db, fay, at=now)
        token = visitors.admit(db, facilitator_id=fay.facilitator_id, at=now)
    engine(f"sqlite:///{server.local / 'mcm.sqlite3'}").dispose()
    context = window(chromium, width=360)
    context.add_cookies([{"name": "mcm", "value": token, "url": server.url}])
    yield context.new_page()
    context.close()


def too_wide(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def test_a_facilitator_sends_twelve_people_their_links_in_five_taps(desk: Page, server: Server, mail: Mail) -> None:
    taps = 0

    def tap(name: str) -> None:
        nonlocal taps
        taps += 1
        press(desk, name)

    desk.goto(f"{server.url}/cohort")
    desk.get_by_label("Names to add, one on each line").fill(PEOPLE)
    tap("Add these members")
    desk.get_by_role("link", name="Write to members").click()
    taps += 1
    tap("Write everybody their link")
    expect(desk.get_by_role("heading", name="To send: 12")).to_be_visible()
    assert too_wide(desk) <= 0
    tap("Send all 12")
    expect(desk.get_by_text("12 messages are on their way")).to_be_visible()
    for _ in range(600):
        if len(mail.arrived) == 12:
            break
        time.sleep(0.1)

    print(f"taps from twelve names to twelve links on their way: {taps}")
    assert taps <= 5
    assert {found["Subject"] for found in mail.arrived} == {"Your link"}
    assert sorted(found["To"] for found in mail.arrived) == sorted(line.split()[-1] for line in PEOPLE.splitlines())
    links = [line for found in mail.arrived for line in found.get_content().splitlines() if "/j/" in line]
    assert len(set(links)) == 12
    with urlopen(links[0]) as page:
        assert page.status == 200
