"""A note that a facilitator pauses is gone from a phone that shows it, without a reload, and comes back likewise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from mcm_core.domain.visitor import Visitor
from mcm_core.services import instruments, notes, visitors
from mcm_core.store.engine import engine, write
from tests.browser.conftest import Server, press, window
from tests.browser.test_accessibility import CALM
from tests.services.people import a_cohort, a_facilitator, a_member
from tests.services.stories import Group

WORDS, TYPED = "Mrs. Miller of Elm Street wept", "Half a sentence"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def group(server: Server) -> Iterator[Group]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MCM_LOCAL", str(server.local))
        patch.delenv("MCM_DATABASE_URL", raising=False)
        patch.delenv("MCM_SECRET", raising=False)
        with write() as db:
            instruments.register(db)
            fay = a_facilitator(db, "fay", at=now())
            cohort = a_cohort(db, fay, at=now())
            people = tuple(a_member(db, fay, cohort, name, at=now()) for name in ("Ada", "Ben"))
            notes.add(db, people[0], cohort.id, session_number=1, theme=None, instrument=None, kind="story",
                      audience="cohort", attribution="none", body=WORDS, at=now())  # fmt: skip
        yield Group(fay, cohort, people)
        engine(f"sqlite:///{server.local / 'mcm.sqlite3'}").dispose()


def page_of(who: Visitor, browser: Browser, server: Server) -> Page:
    """This person's window on the notes."""
    with write() as db:
        token = visitors.admit(
            db, facilitator_id=who.facilitator_id, member_id=who.member_id, cohort_id=who.cohort_id, at=now()
        )
    context = window(browser, width=1280 if who.facilitator_id else 360)
    context.set_default_timeout(30_000)
    context.add_cookies([{"name": "mcm", "value": token, "url": server.url}])
    page = context.new_page()
    page.goto(f"{server.url}/notes")
    page.wait_for_function(CALM)
    return page


def test_it_goes_and_comes_back_on_an_open_phone_and_what_was_typed_stays(
    group: Group, chromium: Browser, server: Server
) -> None:
    fays, bens = (page_of(who, chromium, server) for who in (group.facilitator, group.members[1]))
    expect(bens.get_by_text(WORDS)).to_be_visible()
    bens.get_by_label("Your note").fill(TYPED)

    fays.get_by_role("button", name="Pause", exact=True).click()
    press(fays, "Pause this note")
    expect(fays.get_by_text("Paused notes: 1")).to_be_visible()
    expect(bens.get_by_text("A note was paused.")).to_be_visible()
    expect(bens.get_by_text(WORDS)).to_have_count(0)
    expect(bens.get_by_label("Your note")).to_have_value(TYPED)

    press(fays, "Show it again")
    expect(bens.get_by_text(WORDS)).to_be_visible()
    expect(bens.get_by_text("A note was paused.")).to_have_count(0)
    expect(bens.get_by_label("Your note")).to_have_value(TYPED)
