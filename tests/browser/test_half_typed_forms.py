"""The other forms in which people write more than a word keep what is half typed, too: until it is sent or given up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from mcm_core.domain.note import Note
from mcm_core.domain.visitor import Visitor
from mcm_core.services import agreements, applying, bags, decisions, mailing, news, signposting, visitors
from mcm_core.store.engine import engine, read, write
from tests.browser.conftest import Server, press, window
from tests.browser.forms import FORMS
from tests.browser.line import Line
from tests.browser.test_accessibility import CALM
from tests.browser.test_half_typed import NOTHING_KEPT, line, lost_and_loaded_anew
from tests.browser.two_groups import TOLD, World, two_groups
from tests.services.note_world import a_note

__all__ = ["line"]
MORE = ", and more"
STANDS_THERE = """(words) => document.body.textContent.includes(words)
  || [...document.querySelectorAll("input, textarea")].some((box) => box.value.includes(words))"""


@pytest.fixture(scope="module")
def world(server: Server) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MCM_LOCAL", str(server.local))
        patch.delenv("MCM_DATABASE_URL", raising=False)
        patch.delenv("MCM_SECRET", raising=False)
        with write() as db:
            made = two_groups(db, "fay", at=datetime.now(UTC))
        yield made
        engine(f"sqlite:///{server.local / 'mcm.sqlite3'}").dispose()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    context = window(chromium, width=360)
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def becomes(page: Page, who: Visitor, line: Line) -> None:
    """The browser is signed in as this person."""
    ids = {"facilitator_id": who.facilitator_id, "member_id": who.member_id, "cohort_id": who.cohort_id}
    with write() as db:
        token = visitors.admit(db, **ids, at=datetime.now(UTC))
    page.context.add_cookies([{"name": "mcm", "value": token, "url": line.url}])


@pytest.mark.parametrize("kind", FORMS)
def test_1_a_form_keeps_a_box_that_was_not_left_until_it_is_sent(
    line: Line, world: World, phone: Page, kind: str
) -> None:
    form = FORMS[kind]
    becomes(phone, world.who(form), line)
    phone.goto(line.url + world.address(form))
    box = form.open(phone)
    expect(box).to_have_value(form.stored)
    box.press("End")
    box.press_sequentially(form.typed)

    lost_and_loaded_anew(phone, line)
    expect(form.open(phone)).to_have_value(form.stored + form.typed)
    form.save(phone)
    phone.wait_for_function(NOTHING_KEPT)

    phone.goto(line.url + (form.seen or world.address(form)))
    if form.behind:
        form.open(phone)
    phone.wait_for_function(STANDS_THERE, arg=(form.stored + form.typed).strip())


def test_2_a_changed_note_is_brought_back_into_itself_alone_and_forgotten_when_it_is_left(
    line: Line, world: World, phone: Page
) -> None:
    ada = world.few.members[0]
    with write() as db:
        one, other = (a_note(db, ada, world.few.cohort, body) for body in ("One note", "Another"))
    becomes(phone, ada, line)

    def changing(note: Note) -> Locator:
        card = phone.locator(f".st-key-note-{note.id}")
        card.get_by_role("button", name="Change", exact=True).click()
        return card.get_by_label("Change your note")

    phone.goto(f"{line.url}/notes")
    changing(one).press_sequentially(MORE)
    phone.wait_for_function("() => JSON.stringify(sessionStorage).includes('and more')")
    phone.reload()
    expect(changing(other)).to_have_value("Another")
    phone.wait_for_timeout(1500)
    expect(phone.get_by_label("Change your note")).to_have_value("Another")
    press(phone, "Leave it as it was")
    expect(changing(one)).to_have_value(re.compile(MORE))
    phone.wait_for_function(CALM)
    press(phone, "Leave it as it was")

    phone.wait_for_function(NOTHING_KEPT)
    phone.reload()
    expect(changing(one)).to_have_value("One note")
    phone.wait_for_timeout(1500)
    expect(phone.get_by_label("Change your note")).to_have_value("One note")


def test_3_a_comment_that_a_colleague_has_had_deleted_stays_in_no_tab(line: Line, world: World, phone: Page) -> None:
    with write() as db:
        gales = two_groups(db, "gale", at=datetime.now(UTC))
    form = FORMS["a comment that is shared"]
    becomes(phone, gales.who(form), line)
    phone.goto(line.url + gales.address(form))
    form.open(phone).press_sequentially("[…]")
    phone.wait_for_function("() => JSON.stringify(sessionStorage).includes('fewer slides')")
    with write() as db:
        weeks = news.weeks(db, gales.who(form), gales.many.cohort.id, at=datetime.now(UTC))
        pulse = next(week.pulse for week in weeks if week.pulse)
        bags.share_comments(db, gales.who(form), pulse.id, [], at=datetime.now(UTC))

    phone.reload()

    expect(phone.get_by_role("heading", name="News and views")).to_be_visible()
    phone.wait_for_function(NOTHING_KEPT)


def test_4_names_that_are_not_added_after_all_stay_in_no_tab(line: Line, world: World, phone: Page) -> None:
    form = FORMS["names to add"]
    becomes(phone, world.who(form), line)
    phone.goto(line.url + world.address(form))
    form.open(phone).press_sequentially("Una Bell")
    phone.wait_for_function("() => JSON.stringify(sessionStorage).includes('Una Bell')")
    phone.reload()
    expect(form.open(phone)).to_have_value("Una Bell")
    phone.wait_for_function(CALM)
    press(phone, "Close without adding")

    phone.wait_for_function(NOTHING_KEPT)
    expect(form.open(phone)).to_have_value("")


@pytest.mark.parametrize("kind", ["a message", "a note on who applied"])
def test_5_words_about_what_is_gone_stay_in_no_tab(line: Line, world: World, phone: Page, kind: str) -> None:
    """A colleague drops the message, or the applicant takes back what they sent."""
    form, name = FORMS[kind], "hal" if kind == "a message" else "kim"
    with write() as db:
        hals = two_groups(db, name, at=datetime.now(UTC))
    becomes(phone, hals.who(form), line)
    phone.goto(line.url + hals.address(form))
    form.open(phone).press_sequentially("Not yet")
    phone.wait_for_function("() => JSON.stringify(sessionStorage).includes('Not yet')")
    with write() as db:
        for message in mailing.of_cohort(db, hals.who(form), hals.many.cohort.id):
            mailing.drop(db, hals.who(form), message.id, at=datetime.now(UTC))
        applying.take_back(db, hals.application, at=datetime.now(UTC))

    phone.reload()

    phone.wait_for_function(NOTHING_KEPT)
    expect(phone.get_by_text("Nothing to send" if kind == "a message" else "Nobody has applied yet")).to_be_visible()


def test_6_boxes_that_nobody_typed_into_keep_nothing_of_an_agreement_that_a_colleague_has_changed(
    line: Line, world: World, phone: Page
) -> None:
    """They may show the older words; kept as somebody's own, these would come back over the colleague's."""
    form = FORMS["the agreement"]
    with write() as db:
        ivas = two_groups(db, "iva", at=datetime.now(UTC))
    fay, cohort = ivas.who(form), ivas.few.cohort.id
    becomes(phone, fay, line)
    phone.goto(line.url + ivas.address(form))
    expect(form.open(phone)).to_have_value(form.stored)
    with write() as db:
        agreements.write_down(db, fay, cohort, lines="Theirs", version=1, at=datetime.now(UTC))
    expect(phone.get_by_text("Theirs", exact=True)).to_be_visible()
    phone.wait_for_timeout(1500)

    phone.wait_for_function(NOTHING_KEPT)
    phone.reload()
    expect(form.open(phone)).to_have_value("Theirs")
    phone.wait_for_timeout(1500)
    expect(phone.get_by_label(form.box)).to_have_value("Theirs")


def test_7_words_that_a_colleagues_record_refused_are_there_after_a_reload_and_can_be_kept(
    line: Line, world: World, phone: Page
) -> None:
    form = FORMS["the decision"]
    with write() as db:
        joes = two_groups(db, "joe", at=datetime.now(UTC))
    joe, cohort = joes.who(form), joes.few.cohort.id
    becomes(phone, joe, line)
    phone.goto(line.url + joes.address(form))
    form.open(phone).press_sequentially("Ours")
    theirs = {"options": "", "feedback": "Much", "resources": "", "decided": "Theirs", "who": ""}
    with write() as db:
        decisions.write_down(db, joe, cohort, **theirs, version=0, at=datetime.now(UTC))
    form.save(phone)
    expect(phone.get_by_text("Another facilitator has changed this")).to_be_visible()
    phone.wait_for_function("() => JSON.stringify(sessionStorage).includes('Theirs')")  # now it is written upon theirs

    phone.reload()
    expect(form.open(phone)).to_have_value("Ours")
    form.save(phone)

    phone.wait_for_function(NOTHING_KEPT)
    with read() as db:
        kept = decisions.of(db, joe, cohort)
    assert kept
    assert kept.decided == "Ours"


def test_8_half_a_sentence_stays_where_a_colleague_checks_the_same_contacts_once_more(
    line: Line, world: World, phone: Page
) -> None:
    """Its box is drawn anew, and nothing else about it has changed."""
    form = FORMS["help and support"]
    with write() as db:
        lias = two_groups(db, "lia", at=datetime.now(UTC))
    lia, cohort = lias.who(form), lias.few.cohort.id
    becomes(phone, lia, line)
    phone.goto(line.url + lias.address(form))
    box = form.open(phone)
    box.press("End")
    box.press_sequentially(MORE)
    phone.wait_for_function("() => JSON.stringify(sessionStorage).includes('and more')")
    box.evaluate("(box) => { box.id = 'the-older-one'; }")
    with write() as db:
        signposting.write_down(db, lia, cohort, danger="Call 999", contact=TOLD, lines="", at=datetime.now(UTC))
    phone.get_by_text("Who did what", exact=True).click()
    phone.wait_for_function("() => !document.getElementById('the-older-one')")

    expect(box).to_have_value(form.stored + MORE)
    form.save(phone)
    phone.wait_for_function(NOTHING_KEPT)
