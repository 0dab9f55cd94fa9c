"""Words in a box that was never left are there again after a lost connection and a reload, and can be saved at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import func, select

from mcm_core.domain.visitor import Visitor
from mcm_core.services import evaluations, rounds, visitors
from mcm_core.store.engine import read, write
from mcm_core.store.tables import NoteRow
from tests.browser.conftest import Server, press
from tests.browser.demo_people import People, people_of_the_demo
from tests.browser.line import Line, a_line
from tests.browser.test_accessibility import CALM
from tests.browser.test_ballot import NAME
from tests.services.people import a_cohort, a_facilitator, a_member

NOTE = "What I saw in the picture, and"
FIRST, MORE, DIARY = "I had not expected", " how quiet it was", "Half a sentence of my diary"
LEARNED = "A book that I was lent"
ASKS = "What surprised you?"
NOTHING_KEPT = "() => !Object.keys(sessionStorage).some((name) => name.startsWith('draft '))"


@pytest.fixture(scope="module")
def people(chromium: Browser, server: Server) -> Iterator[People]:
    with people_of_the_demo(chromium, server) as people:
        yield people


@pytest.fixture(scope="module")
def line(server: Server) -> Iterator[Line]:
    with a_line(server.url) as line:
        yield line


def the_picture_is_shown(people: People) -> None:
    """The facilitator closes the round that is open, and shows its picture."""
    for verb in (rounds.close, rounds.reveal):
        with write() as db:
            at = datetime.now(UTC)
            round_ = rounds.on_stage(db, people.lead, people.cohorts["Harbour circle"], at=at)
            assert round_
            verb(db, people.lead, round_.id, version=round_.version, at=at)


def lost_and_loaded_anew(page: Page, line: Line) -> None:
    """The line is cut, a reload fails, and the page is opened again once there is a line."""
    address = page.url
    line.cut()
    expect(page.get_by_text("No connection just now")).to_be_visible()
    line.mend()
    page.goto("about:blank")
    page.goto(address)


def unfold(page: Page, name: str) -> None:
    summary = page.locator("details > summary").filter(has_text=name).first
    summary.wait_for()
    page.wait_for_function(CALM)
    summary.click()


def note(page: Page) -> Locator:
    return page.get_by_label("Your note")


def test_1_a_note_on_vote_inside_a_fold_is_saved_by_the_first_press(people: People, line: Line) -> None:
    the_picture_is_shown(people)
    phone = people.member(NAME)
    phone.goto(f"{line.url}/vote")
    unfold(phone, "Write a note about this")
    note(phone).press_sequentially(NOTE)

    lost_and_loaded_anew(phone, line)
    unfold(phone, "Write a note about this")
    expect(note(phone)).to_have_value(NOTE)
    phone.wait_for_function(CALM)
    press(phone, "Save this note")

    expect(phone.get_by_text("Saved, for everybody in the cohort")).to_be_visible()
    with read() as db:
        assert db.scalars(select(func.count()).select_from(NoteRow).where(NoteRow.body == NOTE)).one() == 1
    phone.wait_for_function(NOTHING_KEPT)


@pytest.fixture(scope="module")
def looking_back(people: People) -> tuple[Visitor, Visitor]:
    """Two members of a cohort whose last session has begun, and whose closing form is open."""
    last = datetime.now(UTC).replace(hour=14, minute=0, second=0, microsecond=0)
    while last.weekday() != 1 or last > datetime.now(UTC):  # `a_cohort` meets on Tuesdays, at two
        last -= timedelta(days=1)
    with write() as db:
        fay = a_facilitator(db, "fay", at=datetime.now(UTC))
        cohort = a_cohort(db, fay, "Over by now", at=last - timedelta(days=42))
        ada, ben = (a_member(db, fay, cohort, name, at=datetime.now(UTC)) for name in ("Ada", "Ben"))
    return ada, ben


def becomes(people: People, page: Page, member: Visitor, line: Line) -> None:
    """The browser is signed in as this member."""
    with write() as db:
        token = visitors.admit(db, member_id=member.member_id, cohort_id=member.cohort_id, at=datetime.now(UTC))
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "mcm", "value": token, "url": line.url}])


def surprised(page: Page) -> Locator:
    return page.get_by_role("textbox", name=ASKS)


def kept(member: Visitor) -> str:
    """What the database has of the answer."""
    with read() as db:
        found = evaluations.mine(db, member).get("surprised")
    return found.body if found else ""


def test_2_the_closing_form_keeps_a_box_that_was_not_left(
    people: People, line: Line, looking_back: tuple[Visitor, Visitor]
) -> None:
    ada, _ = looking_back
    page = people.stranger()
    becomes(people, page, ada, line)
    page.goto(f"{line.url}/closing")
    surprised(page).press_sequentially(FIRST)

    lost_and_loaded_anew(page, line)

    expect(surprised(page)).to_have_value(FIRST)
    page.wait_for_function(NOTHING_KEPT)
    assert kept(ada) == FIRST
    surprised(page).press("End")
    surprised(page).press_sequentially(MORE)

    lost_and_loaded_anew(page, line)

    expect(surprised(page)).to_have_value(FIRST + MORE)
    page.wait_for_function(NOTHING_KEPT)
    assert kept(ada) == FIRST + MORE


def test_3_nobody_else_at_the_same_browser_finds_it(
    people: People, line: Line, looking_back: tuple[Visitor, Visitor]
) -> None:
    ada, ben = looking_back
    page = people.stranger()
    becomes(people, page, ada, line)
    page.goto(f"{line.url}/closing")
    expect(surprised(page)).to_have_value(FIRST + MORE)
    surprised(page).press("End")
    surprised(page).press_sequentially(" here")
    becomes(people, page, ben, line)
    page.goto(f"{line.url}/closing")

    expect(surprised(page)).to_be_visible()
    page.wait_for_timeout(1500)
    expect(surprised(page)).to_have_value("")
    assert kept(ben) == ""
    becomes(people, page, ada, line)
    page.goto(f"{line.url}/closing")
    expect(surprised(page)).to_have_value(FIRST + MORE + " here")


def test_4_what_was_changed_elsewhere_meanwhile_is_not_written_over(
    people: People, line: Line, looking_back: tuple[Visitor, Visitor]
) -> None:
    _, ben = looking_back
    page = people.stranger()
    becomes(people, page, ben, line)
    page.goto(f"{line.url}/closing")
    surprised(page).press_sequentially("Older")
    with write() as db:
        evaluations.answer(db, ben, "surprised", level=None, body="Newer, from my other phone", at=datetime.now(UTC))

    lost_and_loaded_anew(page, line)

    expect(surprised(page)).to_have_value("Newer, from my other phone")
    page.wait_for_function(NOTHING_KEPT)
    assert kept(ben) == "Newer, from my other phone"


def test_5_a_diary_and_one_line_come_back_and_are_saved_once(
    people: People, line: Line, looking_back: tuple[Visitor, Visitor]
) -> None:
    phone = people.stranger()
    becomes(people, phone, looking_back[0], line)
    phone.goto(f"{line.url}/between")
    unfold(phone, "Learning log")
    phone.get_by_label("What was it?").press_sequentially(LEARNED)
    unfold(phone, "Diary of a collaborator")
    phone.get_by_label("My entry", exact=True).press_sequentially(DIARY)

    lost_and_loaded_anew(phone, line)
    expect(phone.get_by_label("What was it?")).to_have_value(LEARNED)
    unfold(phone, "Diary of a collaborator")
    expect(phone.get_by_label("My entry", exact=True)).to_have_value(DIARY)
    phone.wait_for_function(CALM)
    press(phone, "Write in my diary")

    expect(phone.locator(".note-body").get_by_text(DIARY)).to_be_visible()
    unfold(phone, "Learning log")
    press(phone, "Note something I learned from")
    expect(phone.locator(".note-body").get_by_text(LEARNED)).to_be_visible()
    phone.wait_for_function(NOTHING_KEPT)
    phone.reload()
    expect(phone.locator(".note-body").get_by_text(DIARY)).to_be_attached()
    phone.wait_for_timeout(1500)
    expect(phone.get_by_label("My entry", exact=True).first).to_have_value("")
    expect(phone.get_by_label("What was it?").first).to_have_value("")
