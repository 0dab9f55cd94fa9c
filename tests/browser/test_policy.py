"""What a real browser makes of our headers: nothing of ours is blocked, and what is not ours is.

Every page for a facilitator and a member, on a server that notes whom it turns to.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.browser.conftest import QUIET, a_server, press, window
from tests.browser.demo_people import People, people_of_the_demo
from tests.browser.test_accessibility import CALM, FOR_FACILITATORS, FOR_MEMBERS, UNFOLD
from tests.security.watched import NOTED

MEMBER = "Mirembe Nakato"
FAR_NAME = "hall.test"  # what the server is called on the local network
STRANGER = "http://stranger.test/p.png"
INJECT = """(address) => {
  document.body.insertAdjacentHTML("beforeend", `<img src="${address}"><img src="x:" onerror="window.ran = 1">`);
  const script = document.createElement("script");
  script.textContent = "window.ran = 1";
  document.body.append(script);
  document.body.insertAdjacentHTML("beforeend", '<base href="http://stranger.test/"><iframe src="http://stranger.test/">');
  return fetch(address, {mode: "no-cors"}).then(() => "told", () => "kept");
}"""


@pytest.fixture(scope="module")
def people(chromium: Browser) -> Iterator[People]:
    settings = {"MCM_ORIGINS": f"http://{FAR_NAME}"}
    with a_server("tests.security.watched", **settings) as server, people_of_the_demo(chromium, server) as everybody:
        yield everybody


@pytest.fixture(scope="module")
def desk(people: People) -> Page:
    return people.facilitator()


@pytest.fixture(scope="module")
def phone(people: People) -> Page:
    return people.member(MEMBER)


def complaints(page: Page) -> list[str]:
    """What the browser says about the policy from now on."""
    found: list[str] = []
    page.on("console", lambda said: found.append(said.text) if "Content Security Policy" in said.text else None)
    return found


def visit(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_function(CALM)
    page.evaluate(UNFOLD)


@pytest.mark.parametrize("who", ["desk", "phone"])
def test_no_page_of_ours_breaks_the_policy(people: People, who: str, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(who)
    cohort = people.cohorts["Harbour circle"]
    found = complaints(page)
    own = (f"/cards/{cohort}", f"/report/ours/{cohort}") if who == "desk" else ("/report/mine",)

    for path in (*(FOR_FACILITATORS if who == "desk" else FOR_MEMBERS), *own):
        visit(page, people.server.url + path)

    assert found == []


def test_a_stranger_meets_the_same_policy(people: People) -> None:
    page = people.stranger()
    found = complaints(page)

    for path in ("/", "/join", people.links[MEMBER], people.invitation, "/j/gone"):
        page.goto(people.server.url + path)
        page.wait_for_function(CALM)

    assert found == []


@pytest.mark.parametrize("path", ["/notes", "/report/mine"])
@pytest.mark.parametrize("policy", ["on", "off"])
def test_what_somebody_smuggles_into_a_page_neither_runs_nor_fetches(
    people: People, phone: Page, path: str, policy: str
) -> None:
    """The negative control is the same browser told to look away from the policy: then it does both."""
    context = people.browser.new_context(bypass_csp=policy == "off")
    context.add_cookies(phone.context.cookies())  # type: ignore[arg-type]
    page, reached = context.new_page(), []
    context.route("http://stranger.test/**", lambda route: (reached.append(route.request.url), route.abort()))
    visit(page, people.server.url + path)

    page.evaluate(INJECT, STRANGER)
    page.wait_for_timeout(500)
    ran = page.evaluate("window.ran === 1")
    context.close()

    assert ran is (policy == "off")
    assert bool(reached) is (policy == "off")


@pytest.fixture
def elsewhere(people: People, tmp_path: Path) -> Iterator[str]:
    """The address of somebody else's page, which frames ours, opens our socket and sends our form."""
    (tmp_path / "evil.html").write_text(EVIL.replace("HOME", people.server.url), encoding="utf-8")
    evil = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=evil.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{evil.server_port}/evil.html"
    evil.shutdown()
    evil.server_close()


def test_a_page_of_somebody_else_gets_no_frame_no_socket_and_nothing_done(
    people: People, phone: Page, elsewhere: str
) -> None:
    page = people.again(phone, width=360, dark=False)
    page.goto(elsewhere)
    expect(page.locator("#socket")).to_have_text("closed")
    page.wait_for_timeout(500)
    inside = page.frame_locator("iframe").first
    visit(phone, people.server.url + "/notes")

    assert "Notes" not in inside.locator("body").inner_text()
    assert inside.locator("#root").count() == 0
    expect(phone.get_by_role("heading", name="Notes", exact=True)).to_be_visible()  # still signed in


def test_without_its_header_our_page_would_stand_in_that_frame(people: People, phone: Page, elsewhere: str) -> None:
    """The negative control of the frame; the socket's is in tests/web/test_doors.py."""
    page = people.again(phone, width=360, dark=False)
    without(page, people.server.url + "/notes", "content-security-policy")
    page.goto(elsewhere)

    expect(page.frame_locator("iframe").first.locator("#root")).to_be_attached()
    page.context.close()


def without(page: Page, address: str, header: str) -> None:
    """Have this page get our answer at the address without one of its headers."""

    def answer(route: Route) -> None:
        answered = route.fetch()
        route.fulfill(
            response=answered, headers={name: value for name, value in answered.headers.items() if name != header}
        )

    page.route(address, answer)


EVIL = """<!doctype html><iframe src="HOME/notes"></iframe><p id=socket>waits</p>
<form method=post action="HOME/auth/leave" target=away><button>x</button></form><iframe name=away></iframe>
<script>
const socket = new WebSocket("HOME/_stcore/stream".replace("http", "ws"), ["streamlit"]);
socket.onopen = () => document.getElementById("socket").textContent = "open";
socket.onerror = () => document.getElementById("socket").textContent = "closed";
document.forms[0].submit();
</script>"""


class Quiet(SimpleHTTPRequestHandler):
    """A web server of somebody else that does not print."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_personal_link_is_in_no_address_log_or_referrer_once_it_is_used(people: People) -> None:
    page = people.stranger()
    link = people.links[MEMBER]
    token = link.rpartition("/")[2]
    asked: list[Request] = []
    page.on("request", lambda one: asked.append(one))
    page.goto(people.server.url + link)
    press(page, "Join")
    page.wait_for_load_state()
    page.wait_for_timeout(1000)

    assert token not in page.url
    assert not [one.url for one in asked if token in one.all_headers().get("referer", "")]
    assert {one.url for one in asked if token in one.url} == {people.server.url + link}
    assert token not in (people.server.local / "log").read_text(encoding="utf-8")
    page.context.close()


def test_without_its_header_the_page_of_a_link_would_tell_it_on(people: People) -> None:
    """The negative control. That of the log: tests/browser/test_seeing.py, 6."""
    page, link = people.stranger(), people.links[MEMBER]
    asked: list[Request] = []
    page.on("request", lambda one: asked.append(one))
    without(page, people.server.url + link, "referrer-policy")
    page.goto(people.server.url + link)
    page.wait_for_load_state()

    assert [one.url for one in asked if link in one.all_headers().get("referer", "")]
    page.context.close()


def test_there_are_two_cookies_and_scripts_read_one_that_opens_nothing(phone: Page) -> None:
    cookies = {cookie["name"]: cookie["httpOnly"] for cookie in phone.context.cookies()}

    assert cookies == {"mcm": True, "_streamlit_xsrf": False}
    assert "mcm=" not in phone.evaluate("document.cookie")


def test_a_facilitators_computer_keeps_one_more_that_opens_nothing(people: People, desk: Page) -> None:
    cookies = {cookie["name"]: cookie["httpOnly"] for cookie in desk.context.cookies()}
    assert cookies == {"mcm": True, "mcm-known": True, "_streamlit_xsrf": False}

    page = people.stranger()
    page.context.add_cookies([one for one in desk.context.cookies() if one["name"] == "mcm-known"])  # type: ignore[misc]
    page.goto(people.server.url)

    expect(page.get_by_label("Username")).to_be_visible()
    page.context.close()


def test_without_its_lock_a_script_would_read_the_other_one_too(people: People, phone: Page) -> None:
    """The negative control: the same cookie, as it would be without HttpOnly."""
    page = people.stranger()
    page.context.add_cookies([{**cookie, "httpOnly": False} for cookie in phone.context.cookies()])  # type: ignore[typeddict-item]
    page.goto(people.server.url + "/privacy")

    assert "mcm=" in page.evaluate("document.cookie")
    page.context.close()


def test_a_phone_keeps_nothing_else_than_the_privacy_page_says(phone: Page) -> None:
    """Whether a page is light or dark, under a name of Streamlit's; notes and answers that are not sent yet."""
    assert unsaid(phone) == []

    phone.evaluate("localStorage.setItem('who', 'x'), sessionStorage.setItem('when', 'x')")
    found = unsaid(phone)
    phone.evaluate("localStorage.removeItem('who'), sessionStorage.removeItem('when')")
    assert found == ["who", "when"], "the control"


def unsaid(page: Page) -> list[str]:
    """The names under which this browser keeps what the page /privacy does not speak of."""
    lasting, of_the_tab = (page.evaluate(f"Object.keys({kind}Storage)") for kind in ("local", "session"))
    said = re.compile(r"stActiveTheme-/\w*-v\d+|draft .*|ballot\..*|reloaded")
    return [name for name in (*lasting, *of_the_tab) if not said.fullmatch(name)]


@contextmanager
def a_phone_in_the_hall(people: People, phone: Page) -> Iterator[Page]:
    """The member's browser, reaching the server by its name on the local network."""
    rules = f"--host-resolver-rules=MAP {FAR_NAME} 127.0.0.1"
    browser = people.browser.browser_type.launch(executable_path=shutil.which("chromium"), args=[*QUIET, rules])
    context = window(browser, width=360)
    token = next(cookie["value"] for cookie in phone.context.cookies() if cookie["name"] == "mcm")
    context.add_cookies([{"name": "mcm", "value": token, "domain": FAR_NAME, "path": "/"}])
    try:
        yield context.new_page()
    finally:
        browser.close()


def test_over_plain_http_members_are_told_and_facilitators_are_kept_out(people: People, phone: Page) -> None:
    home = people.server.url.replace("localhost", FAR_NAME)
    with a_phone_in_the_hall(people, phone) as page:
        page.goto(f"{home}/notes")
        expect(page.get_by_text("This connection is not encrypted")).to_be_visible()
        expect(page.get_by_role("heading", name="Notes", exact=True)).to_be_visible()
        page.context.clear_cookies()
        page.goto(home)
        expect(page.get_by_text("Facilitators cannot sign in here")).to_be_visible()
        assert page.get_by_label("Password", exact=True).count() == 0
        page.goto(home + people.invitation)
        expect(page.get_by_text("Facilitators cannot sign in here")).to_be_visible()
        page.goto(home + people.links[MEMBER])
        expect(page.get_by_text("This connection is not encrypted")).to_be_visible()


def test_the_server_turned_to_nobody_outside(people: People, desk: Page, phone: Page) -> None:
    """Nor did any of the pages above; a cross-site socket used to make Streamlit ask for its own address."""
    noted = people.server.local / NOTED

    assert people.strangers.asked == []
    assert not noted.exists(), noted.read_text(encoding="utf-8")


def test_the_watch_over_the_server_notices(tmp_path: Path) -> None:
    """The negative control of the test above."""
    program = (
        "import socket, sys; from pathlib import Path; from tests.security.watched import watch; "
        f"watch(Path({str(tmp_path / NOTED)!r})); s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
        "s.connect(('203.0.113.9', 9)); s.close()"
    )
    subprocess.run([sys.executable, "-c", program], check=False)

    assert "203.0.113.9" in (tmp_path / NOTED).read_text(encoding="utf-8")
