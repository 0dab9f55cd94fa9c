"""A phone whose line to the server is cut, and one that was locked: it says so in words, keeps what was tapped or
typed, sends it once, and is back where it was, or at what is open by then, without signing in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect
from sqlalchemy import func, select
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from mcm_core.services import rounds
from mcm_core.store.engine import read, write
from mcm_core.store.tables import MemberRow, NoteRow, ReadingRow
from mcm_core.web.way_out import way_out
from tests.browser.conftest import Server, a_server, press
from tests.browser.demo_people import People, people_of_the_demo
from tests.browser.line import Line, a_line
from tests.browser.test_accessibility import CALM
from tests.browser.test_anonymous import an_anonymous_round, answer_everything
from tests.browser.test_ballot import NAME, card, tap, theme_of

CONNECTED = "() => document.querySelector('[data-testid=stApp]').dataset.testConnectionState === 'CONNECTED'"
GONE, BACK = "No connection just now", "Connected again"
OTHER = "Rukhsana Mahmood"
LISTEN = """() => {
  const region = document.getElementById("connection");
  window.wasSaid = region.textContent;
  new MutationObserver(() => { window.wasSaid += region.textContent; }).observe(region, { childList: true });
}"""
FORGOTTEN = 2000  # milliseconds after which this server has forgotten a tab; the product's does so after 120 s


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that forgets a tab after a second, as ours does after ten minutes on a locked phone."""
    with a_server(STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL="1") as started:
        yield started


@pytest.fixture(scope="module")
def people(chromium: Browser, server: Server) -> Iterator[People]:
    with people_of_the_demo(chromium, server) as people:
        yield people


@pytest.fixture(scope="module")
def line(server: Server) -> Iterator[Line]:
    with a_line(server.url) as line:
        yield line


@pytest.fixture(scope="module")
def phone(people: People) -> Page:
    return people.member(NAME)


def is_cut(phone: Page, line: Line) -> None:
    phone.wait_for_load_state("networkidle")  # a part that cannot be fetched has the page loaded anew (test 12)
    line.cut()
    expect(phone.get_by_text(GONE)).to_be_visible()


def is_mended(phone: Page, line: Line) -> None:
    """The line is whole again, and the page has said so, be it for a moment that a busy machine looks past."""
    phone.evaluate(LISTEN)
    line.mend()
    phone.wait_for_function("(words) => window.wasSaid.includes(words)", arg=BACK)


def sleeps(phone: Page, line: Line) -> None:
    """The screen is locked: nothing runs, and after a while the system takes the connections away."""
    lifecycle(phone, "frozen")
    line.cut()
    time.sleep(FORGOTTEN / 1000)
    line.mend()


def wakes(phone: Page) -> None:
    lifecycle(phone, "active")


def lifecycle(phone: Page, state: str) -> None:
    phone.context.new_cdp_session(phone).send("Page.setWebLifecycleState", {"state": state})


def stored(theme: str) -> tuple[int, int | None]:
    """How many rows there are of this member's answer today, and what it is."""
    with read() as db:
        newest = select(func.max(ReadingRow.saved_at)).scalar_subquery()
        round_id = db.scalars(select(ReadingRow.round_id).where(ReadingRow.saved_at == newest)).first()
        found = db.scalars(
            select(ReadingRow.current)
            .join(MemberRow, MemberRow.id == ReadingRow.member_id)
            .where(MemberRow.name == NAME, ReadingRow.theme == theme, ReadingRow.round_id == round_id)
        ).all()
    return len(found), found[0]


def answers_of(name: str) -> list[tuple[str, int | None, datetime]]:
    """Everything that this member has answered, and when."""
    with read() as db:
        found = db.execute(
            select(ReadingRow.theme, ReadingRow.current, ReadingRow.saved_at)
            .join(MemberRow, MemberRow.id == ReadingRow.member_id)
            .where(MemberRow.name == name)
            .order_by(ReadingRow.saved_at)
        )
        return [tuple(row) for row in found]  # type: ignore[misc]


def move(people: People, verb: str) -> None:
    """The facilitator closes, opens or reveals what is under way, at another screen."""
    with write() as db:
        at, cohort = datetime.now(UTC), people.cohorts["Harbour circle"]
        round_ = rounds.on_stage(db, people.lead, cohort, at=at)
        assert round_
        getattr(rounds, verb)(db, people.lead, round_.id, version=round_.version, at=at)


def test_1_a_cut_line_is_said_in_words_and_nothing_lies_over_the_ballot(phone: Page, line: Line) -> None:
    phone.goto(f"{line.url}/vote")
    expect(card(phone, 0)).to_be_visible()
    is_cut(phone, line)
    phone.wait_for_timeout(4000)  # longer than Streamlit waits with its own dialog
    assert phone.get_by_role("dialog").count() == 0
    assert "Streamlit" not in phone.inner_text("body")


def test_2_what_is_tapped_meanwhile_arrives_once_and_is_the_last_tap(phone: Page, line: Line) -> None:
    answers: list[int] = []
    phone.on("response", lambda one: answers.append(one.status) if one.url.endswith("/vote/answer") else None)
    for option in (1, 0, 3):
        tap(phone, 0, 0, option)
    expect(card(phone, 0).get_by_text("Not saved yet")).to_be_visible()
    assert answers == []

    is_mended(phone, line)

    expect(card(phone, 0).locator(".status.saved")).to_be_visible()
    assert stored(theme_of(phone, 0)) == (1, 4)
    assert answers == [200]
    expect(phone.get_by_text(BACK)).to_be_hidden()


def test_3_a_locked_phone_wakes_on_its_ballot_without_signing_in(phone: Page, line: Line) -> None:
    sleeps(phone, line)
    began = time.monotonic()
    wakes(phone)
    with phone.expect_response(lambda one: one.url.endswith("/vote/answer") and one.ok):
        tap(phone, 0, 0, 2)
    print(f"a tap after waking was saved within {time.monotonic() - began:.1f} s")
    phone.wait_for_function(CONNECTED)
    print(f"and the page was connected within {time.monotonic() - began:.1f} s")

    assert stored(theme_of(phone, 0)) == (1, 3)
    assert phone.get_by_text("code of the room").count() == 0


def test_4_or_wakes_at_what_is_open_by_then(people: People, phone: Page, line: Line) -> None:
    sleeps(phone, line)
    move(people, "close")
    began = time.monotonic()
    wakes(phone)

    expect(phone.get_by_text("Voting has closed")).to_be_visible()
    print(f"woke at what is open now within {time.monotonic() - began:.1f} s")
    sleeps(phone, line)
    move(people, "open_")
    wakes(phone)
    expect(card(phone, 0)).to_be_visible()


def test_5_on_another_page_the_way_to_the_vote_is_there_after_waking(people: People, phone: Page, line: Line) -> None:
    move(people, "close")
    phone.goto(line.url)
    expect(phone.get_by_role("heading", name="Harbour circle")).to_be_visible()
    sleeps(phone, line)
    move(people, "open_")
    wakes(phone)

    expect(phone.get_by_text("Back to your ballot")).to_be_visible()


def test_6_a_note_half_typed_outlives_the_line_and_a_reload(phone: Page, line: Line) -> None:
    phone.goto(f"{line.url}/notes")
    note(phone).press_sequentially("Half a sen")
    line.cut()
    phone.wait_for_timeout(FORGOTTEN)
    is_mended(phone, line)
    expect(note(phone)).to_have_value("Half a sen")
    phone.reload()
    expect(note(phone)).to_have_value("Half a sen")
    phone.reload()
    expect(note(phone)).to_have_value("Half a sen")


def test_7_so_does_the_one_after_a_saved_one_and_each_is_saved_once(phone: Page, line: Line) -> None:
    calm(phone)
    press(phone, "Save this note")
    expect(phone.get_by_text("Saved, for everybody in the cohort")).to_be_visible()
    expect(note(phone)).to_have_count(1)  # for a moment the old box stands beside the new one
    note(phone).press_sequentially("The second")
    phone.reload()
    expect(note(phone)).to_have_value("The second")
    calm(phone)
    press(phone, "Save this note")
    expect(phone.get_by_text("Saved, for everybody in the cohort")).to_be_visible()
    phone.wait_for_function("() => !Object.keys(sessionStorage).some((name) => name.startsWith('draft '))")
    phone.reload()
    phone.wait_for_timeout(1500)
    expect(note(phone)).to_have_value("")

    with read() as db:
        for words in ("Half a sen", "The second"):
            assert db.scalars(select(func.count()).select_from(NoteRow).where(NoteRow.body == words)).one() == 1


def test_8_leaving_by_exit_takes_the_draft_along(phone: Page, line: Line) -> None:
    note(phone).press_sequentially("for nobody")
    phone.wait_for_function("() => JSON.stringify(sessionStorage).includes('for nobody')")
    weather = "<h1>Dry and mild</h1>"
    phone.context.route(f"{way_out()}**", lambda route: route.fulfill(content_type="text/html", body=weather))
    phone.get_by_role("link", name="Exit this page").click()
    expect(phone.get_by_role("heading", name="Dry and mild")).to_be_visible()
    phone.goto(f"{line.url}/notes")
    expect(note(phone)).to_be_visible()
    phone.wait_for_timeout(1500)

    expect(note(phone)).to_have_value("")
    assert "for nobody" not in phone.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)")


def test_9_a_tap_that_never_went_out_is_nobody_elses_in_the_same_tab(people: People, phone: Page, line: Line) -> None:
    phone.goto(f"{line.url}/vote")
    theme = theme_of(phone, 0)
    phone.route("**/vote/answer", lambda route: route.abort())
    tap(phone, 0, 0, 0)
    expect(card(phone, 0).get_by_text("Not saved yet")).to_be_visible()
    phone.goto(f"{line.url}/notes")
    phone.unroute("**/vote/answer")
    mine = phone.context.cookies()
    phone.context.clear_cookies()
    phone.context.add_cookies([{"name": "mcm", "value": people.admit(OTHER, datetime.now(UTC)), "url": line.url}])
    before = answers_of(OTHER)

    phone.goto(f"{line.url}/vote")
    expect(phone.get_by_role("button", name=OTHER.split()[0])).to_be_visible()
    phone.wait_for_timeout(2000)

    assert answers_of(OTHER) == before
    phone.context.clear_cookies()
    phone.context.add_cookies(mine)  # type: ignore[arg-type]
    phone.goto(f"{line.url}/vote")
    expect(card(phone, 0).locator(".status.saved")).to_be_visible()
    assert stored(theme) == (1, 1), "it goes out when its own person is back"


def test_10_an_anonymous_ballot_outlives_the_line_and_leaves_nothing_on_the_phone(
    people: People, phone: Page, line: Line
) -> None:
    an_anonymous_round(people)
    phone.goto(f"{line.url}/vote")
    answer_everything(phone)
    before = phone.evaluate("JSON.stringify(localStorage)")
    line.cut()
    phone.wait_for_timeout(FORGOTTEN)
    is_mended(phone, line)
    for group in phone.get_by_role("radiogroup").all():
        expect(group.get_by_role("radio").nth(2)).to_be_checked()

    press(phone, "Send")

    expect(phone.get_by_text("Your answers are in")).to_be_visible()
    assert phone.evaluate("JSON.stringify(localStorage)") == before
    kept = phone.evaluate("Object.keys(sessionStorage)")
    assert not [name for name in kept if name.startswith(("draft ", "ballot."))], kept


def test_11_a_page_that_streamlit_has_given_up_is_loaded_anew(phone: Page, line: Line) -> None:
    phone.evaluate("window.before = true")
    phone.evaluate("document.querySelector('[data-testid=stApp]').dataset.testConnectionState = 'DISCONNECTED_FOREVER'")

    phone.wait_for_function("() => window.before === undefined")
    expect(phone.get_by_text("Your answers are in")).to_be_visible()


def test_12_what_could_not_be_fetched_is_fetched_when_the_line_is_back(phone: Page, line: Line) -> None:
    """Seen when a line was cut while a page drew a button for the first time."""
    parts = "**/static/js/Button.*"
    phone.route(parts, lambda route: route.abort())
    phone.goto(f"{line.url}/notes")
    expect(phone.get_by_text("Failed to fetch").first).to_be_visible()

    phone.unroute(parts)

    expect(phone.get_by_role("button", name="Save this note")).to_be_visible()
    expect(phone.get_by_text("Failed to fetch")).to_have_count(0)


def note(phone: Page):  # type: ignore[no-untyped-def]
    return phone.get_by_label("Your note")


def calm(phone: Page) -> None:
    """What came back has been sent to the server: a press that meets a rerun can be lost."""
    phone.wait_for_timeout(1000)
    phone.wait_for_function(CALM)


class AsksTooLate:
    """Between a phone and its server: each part of the page before asks to be drawn anew, as it does when something
    changes, after a link was followed and before the phone has heard of the next page."""

    def __init__(self) -> None:
        self.page, self.parts, self.asked = "", list[str](), 0

    def stand(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        socket.on_message(lambda frame: self._to_the_server(server, frame))
        server.on_message(lambda frame: self._to_the_phone(socket, frame))

    def _to_the_phone(self, phone: WebSocketRoute, frame: str | bytes) -> None:
        assert isinstance(frame, bytes)
        told = ForwardMsg.FromString(frame)
        if told.HasField("new_session") and not told.metadata.run.fragment_ids:
            self.page, self.parts = told.new_session.page_script_hash, []
        if told.HasField("navigation"):
            self.page = told.navigation.page_script_hash
        if told.delta.fragment_id:
            self.parts.append(told.delta.fragment_id)
        phone.send(frame)

    def _to_the_server(self, server: WebSocketRoute, frame: str | bytes) -> None:
        assert isinstance(frame, bytes)
        server.send(frame)
        asked = BackMsg.FromString(frame)
        if self.parts and asked.rerun_script.page_script_hash not in ("", self.page):
            asked.rerun_script.page_script_hash = self.page
            for asked.rerun_script.fragment_id in self.parts[:3]:  # more at once would be a flood
                server.send(asked.SerializeToString())
                self.asked += 1


def test_13_a_link_leads_there_although_the_page_before_asks_for_its_parts_in_that_moment(
    people: People, phone: Page
) -> None:
    between = AsksTooLate()
    phone.context.route_web_socket("**/_stcore/stream*", between.stand)
    phone.goto(f"{people.server.url}/notes")
    phone.wait_for_function(CALM)

    for name, title in (("Journey", "Journey"), ("Notes", "Notes"), ("Journey", "Journey")):
        phone.get_by_role("link", name=name, exact=True).first.click()
        phone.wait_for_function(CALM)
        expect(phone.get_by_role("heading", name=title, exact=True)).to_be_visible()
    assert between.asked >= 3
