"""Every page, for everybody who may see it: on a phone in the light, on a wide screen in the dark, and without a mouse.

axe-core finds what it can. The rest is measured in the page: targets of 44 px, text of 16 px, nothing to scroll
sideways, neutral titles, no "Deploy", no traceback, and no request that leaves the machine.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from mcm_core.domain.visitor import Role
from mcm_core.ui.sitemap import ENTRIES
from tests.browser.conftest import Server, press
from tests.browser.demo_people import People, people_of_the_demo
from tests.telling import tells

LOOKS = {"phone": (360, False), "wide": (1280, True)}
VOTING, FINISHED = "Mirembe Nakato", "Leila Haddad"  # in the middle of session 3, and after session 6
OPENING = "the public page"
AWAY = "Valentina Ruiz Montoya"  # has not opened her link
PAGES = [f"/{entry.file.removesuffix('.py')}".removesuffix("today") for entry in ENTRIES]
FOR_MEMBERS = [path for path, entry in zip(PAGES, ENTRIES, strict=True) if Role.MEMBER in entry.links]
FOR_FACILITATORS = [path for path, entry in zip(PAGES, ENTRIES, strict=True) if Role.FACILITATOR in entry.links]
OF_THE_GROUP = ("/topics", "/topics?part=plan", "/topics?part=offers", "/between", "/closing", "/agreement")
VISITS = [
    *[("facilitator", path, look) for path in FOR_FACILITATORS for look in LOOKS],
    *[("facilitator", path, look) for path in ("/account", "/plan", "/prepare") for look in LOOKS],
    *[("finished", "/prepare", look) for look in LOOKS],
    *[
        ("facilitator", f"{path}?cohort={{Lantern circle}}", look)
        for path in ("/applicants", "/messages")
        for look in LOOKS
    ],
    *[("facilitator", f"{path}?cohort={{Harbour circle}}", look) for path in ("/topics", "/between") for look in LOOKS],
    *[
        ("facilitator", f"{path}?cohort={{Rowan circle}}", look)
        for path in ("/closing", "/agreement")
        for look in LOOKS
    ],
    *[("voting", path, "phone") for path in OF_THE_GROUP],
    *[("finished", path, "wide") for path in OF_THE_GROUP],
    *[("halfway", "/", look) for look in LOOKS],
    *[("voting", path, "phone") for path in FOR_MEMBERS],
    *[("finished", path, "wide") for path in FOR_MEMBERS],
    *[("co-facilitator", path, look) for path in ("/facilitate", "/cohort") for look in LOOKS],
    *[("guest", "/", look) for look in LOOKS],
    ("voting", "/vote", "wide"),
    ("voting", "/my_data", "phone"),
    ("finished", "/my_data", "wide"),
    ("finished", "/news", "phone"),
    ("facilitator", "/news?cohort={Rowan circle}", "phone"),
    ("facilitator", "/news?cohort={Rowan circle}", "wide"),
    ("facilitator", "/report/news/{Rowan circle}", "phone"),
    ("finished", "/", "phone"),
    ("finished", "/journey", "phone"),
    ("facilitator", "/journey?cohort={Rowan circle}", "phone"),
    ("facilitator", "/review?cohort={Rowan circle}", "phone"),
    ("facilitator", "/cards/{Harbour circle}", "phone"),
    ("facilitator", "/cards/{Harbour circle}", "wide"),
    ("facilitator", "/report/ours/{Rowan circle}", "wide"),
    ("finished", "/report/ours/{Rowan circle}", "phone"),
    ("finished", "/report/mine", "phone"),
    ("finished", "/report/mine", "wide"),
    *[("nobody", path, look) for path in ("/", "/join", "{link}", "{invitation}", "{opening}") for look in LOOKS],
    *[("nobody", path, look) for path in ("/help", "/privacy", "/my-plan", "/cards/gone") for look in LOOKS],
]
CARD = ".ballot .card"
AXE = {"resultTypes": ["violations"]}

CALM = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  const calm = !app || (app.dataset.testScriptState === "notRunning" && app.dataset.testConnectionState === "CONNECTED"
    && !app.querySelector('[data-testid="stSkeleton"], [data-stale="true"]') && app.querySelector("h1, h2"));
  window.calmSince = calm ? window.calmSince ?? performance.now() : null;
  return calm && (!app || performance.now() - window.calmSince > 200);
}"""
BEYOND = """() => Math.max(...[document.scrollingElement, document.querySelector('[data-testid="stMain"]')].map(
  (scrolls) => scrolls ? scrolls.scrollWidth - scrolls.clientWidth : 0))"""
UNFOLD = """() => {
  for (const closed of document.querySelectorAll("details:not([open]) > summary")) closed.click();
  window.calmSince = null;
}"""
# Too small to tap (a link in a sentence may be) or to read (cards are for paper), cut off, or to be dragged.
SMALL = r"""() => {
  const all = (root) => [...root.querySelectorAll("*")].flatMap((e) => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])]);
  const clipped = (e) => e && (getComputedStyle(e).clipPath.startsWith("inset(50%") || clipped(e.parentElement));
  const shown = (e) => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().width > 1
    && !e.closest("[aria-hidden=true], [inert], .sheets") && !clipped(e);
  const tappable = "a[href], button, input, select, textarea, summary, "
    + "[role=button], [role=tab], [role=option], [role=spinbutton]";
  const inText = (e) => e.matches("a") && getComputedStyle(e).display === "inline"
    && e.parentElement.innerText.trim().length > e.innerText.trim().length;
  const target = (e) => /radio|checkbox/.test(e.type)
    ? e.closest("label") || e
    : e.role === "spinbutton" ? e.closest(".stDateInput > div, .stTimeInput > div") : e;
  const cut = (e) => getComputedStyle(e).textOverflow === "ellipsis" && e.scrollWidth > e.clientWidth + 1;
  const written = (e) => [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim());
  const size = (e) => parseFloat(getComputedStyle(e).fontSize);
  const is = (e) => `${e.tagName} ${e.dataset.testid ?? e.closest("[data-testid]")?.dataset.testid ?? e.className} `
    + `“${(e.getAttribute("aria-label") || e.innerText || "").trim().slice(0, 50)}”`;
  const found = [];
  for (const e of all(document)) {
    if (e.matches("input[type=range], [role=slider], [draggable=true]") && shown(e)) found.push(`to drag: ${is(e)}`);
    if (cut(e) && shown(e)) found.push(`cut off: ${is(e)}`);
    if (e.matches("p, li, label") && written(e) && shown(e) && size(e) < 16) found.push(`${size(e)} px: ${is(e)}`);
    if (!e.matches(tappable) || e.type === "hidden" || inText(e) || !shown(target(e))) continue;
    const {width, height} = target(e).getBoundingClientRect();
    if (Math.min(width, height) < 43.5) found.push(`${Math.round(width)} × ${Math.round(height)}: ${is(target(e))}`);
  }
  return [...new Set(found)];
}"""


@pytest.fixture(scope="module")
def people(chromium: Browser, server: Server) -> Iterator[People]:
    with people_of_the_demo(chromium, server) as people:
        yield people


@pytest.fixture(scope="module")
def windows(people: People) -> dict[tuple[str, str], Page]:
    """A window of every look for everybody."""
    pages = {
        "facilitator": people.facilitator(),
        "halfway": people.invited(),
        "voting": people.member(VOTING),
        "finished": people.member(FINISHED),
        "nobody": people.stranger(),
        **{who: people.signed_in(who) for who in people.beside},
    }
    return {
        (who, look): people.again(page, width=width, dark=dark)
        for who, page in pages.items()
        for look, (width, dark) in LOOKS.items()
    }


def go(people: People, page: Page, path: str) -> None:
    known = {
        **people.cohorts,
        "link": people.links[AWAY],
        "invitation": people.invitation,
        "opening": people.links[OPENING],
    }
    page.goto(people.server.url + path.format_map(known))
    page.wait_for_function(CALM)


def findings(page: Page) -> list[str]:
    """Everything about this page that keeps somebody out."""
    found = [
        f"axe, {one['id']}: {node['html'][:200]} {node['failureSummary'][-120:]}"
        for one in Axe().run(page, options=AXE).response["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]
    found += page.evaluate(SMALL)
    beyond = page.evaluate(BEYOND)
    found += [f"scrolls sideways by {beyond} px"] if beyond > 1 else []
    said = page.locator("body").inner_text()
    found += [f"says {word}" for word in ("Deploy", "Traceback") if word in said]
    found += [f"title or address: {word}" for word in tells(f"{page.title()} {page.url}")]
    found += [f"no way to {part}" for part in ("#exit", "#help summary") if not page.locator(part).is_visible()]
    return found


def keeps_nobody_out(page: Page) -> None:
    found = findings(page)
    assert not found, "\n".join(found)


def test_every_page_is_visited() -> None:
    visited = {path.partition("?")[0] for _, path, _ in VISITS}

    assert [path for path in PAGES if path not in visited] == []


@pytest.mark.parametrize(("who", "path", "look"), VISITS)
def test_1_a_page_keeps_nobody_out(
    people: People, windows: dict[tuple[str, str], Page], who: str, path: str, look: str
) -> None:
    page = windows[who, look]
    go(people, page, path)
    page.evaluate(UNFOLD)
    page.wait_for_function(CALM)

    keeps_nobody_out(page)


@pytest.mark.parametrize("look", LOOKS)
def test_2_nor_does_what_opens_above_it(people: People, windows: dict[tuple[str, str], Page], look: str) -> None:
    page = windows["facilitator", look]
    go(people, page, "/cohort")
    chooser = page.get_by_role("combobox", name="Choose a member")
    chooser.focus()
    page.wait_for_function(CALM)  # a page that still scrolls would close the list
    chooser.press("ArrowDown")
    expect(page.get_by_role("option").first).to_be_visible()
    keeps_nobody_out(page)
    page.get_by_role("option").first.click()
    expect(page.get_by_text("Show the link and QR code")).to_be_visible()
    page.get_by_text("Show the link and QR code").click()
    expect(page.get_by_role("img", name="QR code of the member")).to_be_visible()
    keeps_nobody_out(page)
    press(page, "Maren")
    expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
    keeps_nobody_out(page)
    page.keyboard.press("Escape")


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(("who", "path"), [("voting", "/vote"), ("nobody", "/join"), ("finished", "/report/mine")])
def test_2_nor_does_the_help(
    people: People, windows: dict[tuple[str, str], Page], who: str, path: str, look: str
) -> None:
    page = windows[who, "phone" if who == "voting" else look]
    go(people, page, path)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Raise a worry")).to_be_visible()
    expect(page.get_by_role("link", name="999")).to_have_attribute("href", "tel:999")
    keeps_nobody_out(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Raise a worry")).to_be_hidden()


def test_2_nor_does_a_pause_which_keeps_what_was_typed(people: People, windows: dict[tuple[str, str], Page]) -> None:
    desk, room, phone = windows["facilitator", "wide"], windows["facilitator", "phone"], windows["voting", "phone"]
    go(people, phone, "/notes")
    note = phone.get_by_label("Your note")
    note.fill("half a sentence that nobody has sent")
    go(people, room, "/room?cohort={Harbour circle}")
    go(people, desk, "/facilitate?cohort={Harbour circle}")
    press(desk, "Pause for everybody")
    for page in (phone, room):
        expect(page.get_by_role("heading", name="A short pause")).to_be_visible()
    expect(note).to_be_hidden()
    expect(room.get_by_text("to join")).to_be_hidden()
    expect(desk.get_by_role("button", name="Go on")).to_be_visible()
    for page in (phone, desk):
        page.wait_for_function(CALM)
        keeps_nobody_out(page)
    press(desk, "Go on")

    expect(note).to_have_value("half a sentence that nobody has sent")
    expect(room.get_by_role("heading", name="A short pause")).to_have_count(0)
    note.fill("")


def test_2_nor_does_the_door_for_who_waits_at_it(people: People, windows: dict[tuple[str, str], Page]) -> None:
    second_phone = people.stranger()
    go(people, second_phone, people.links[FINISHED])
    press(second_phone, "Join")
    expect(second_phone.get_by_text("Nearly there")).to_be_visible()
    second_phone.wait_for_function(CALM)

    keeps_nobody_out(second_phone)


@pytest.mark.parametrize(("who", "door"), [("finished", "My journey"), ("facilitator", "Our journey")])
def test_2_nor_does_a_walk_through_the_review(
    people: People, windows: dict[tuple[str, str], Page], who: str, door: str
) -> None:
    page = windows[who, "phone"]
    go(people, page, "/review?cohort={Rowan circle}")
    press(page, door)
    expect(page.locator(".js-plotly-plot:visible").first).to_be_visible()
    page.evaluate(UNFOLD)
    page.wait_for_function(CALM)

    keeps_nobody_out(page)


def test_3_a_ballot_is_answered_by_keys_alone(people: People, windows: dict[tuple[str, str], Page]) -> None:
    page = windows["voting", "wide"]
    go(people, page, "/vote")
    card = page.locator(CARD).first
    now, hope = card.locator("fieldset").nth(0), card.locator("fieldset").nth(1)
    for _ in range(60):
        page.keyboard.press("Tab")
        if _has_focus(now):
            break
    assert _has_focus(now), "sixty tabs do not reach the first question"

    page.keyboard.press("ArrowDown")
    expect(card.get_by_text("Saved")).to_be_visible()
    expect(hope).to_be_visible()
    assert _has_focus(now), "the focus is lost with the answer"
    assert now.evaluate(OUTLINE) >= 2, "nothing shows where the focus is"
    expect(now.get_by_role("radio", name="Forming")).to_be_checked()

    page.keyboard.press("Tab")
    assert _has_focus(hope), "the second question does not follow the first"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(hope.get_by_role("radio", name="Maturing")).to_be_checked()
    expect(page.get_by_text("Thank you.").first).to_be_visible()
    assert _has_focus(hope), "the focus is lost with the last answer"


OUTLINE = """(group) => Math.max(...[...group.querySelectorAll(".rung")].map(
  (rung) => getComputedStyle(rung).outlineStyle === "none" ? 0 : parseFloat(getComputedStyle(rung).outlineWidth)))"""


def _has_focus(group: Locator) -> bool:
    return group.count() == 1 and bool(group.evaluate("(group) => group.contains(group.getRootNode().activeElement)"))


def test_4_the_whole_rung_takes_the_tap(people: People, windows: dict[tuple[str, str], Page]) -> None:
    page = windows["voting", "phone"]
    go(people, page, "/vote")
    hope = page.locator(CARD).first.locator("fieldset").nth(1)
    hope.locator(".rung").nth(3).tap(position={"x": 4, "y": 4})

    expect(hope.get_by_role("radio", name="Embedded")).to_be_checked()
    page.wait_for_function(CALM)
    keeps_nobody_out(page)


def test_5_what_is_revealed_keeps_nobody_out(people: People, windows: dict[tuple[str, str], Page]) -> None:
    desk, room, phone = windows["facilitator", "wide"], windows["facilitator", "phone"], windows["voting", "phone"]
    go(people, desk, "/facilitate?cohort={Harbour circle}")
    go(people, phone, "/vote")
    press(desk, "Close the vote")
    expect(phone.get_by_text("Voting has closed")).to_be_visible()
    keeps_nobody_out(phone)
    press(desk, "Reveal to everybody")
    go(people, room, "/room?cohort={Harbour circle}")
    for page in (desk, room, phone):
        expect(page.locator(".js-plotly-plot:visible").first).to_be_visible()
        page.wait_for_function(CALM)
        keeps_nobody_out(page)


def test_6_no_page_asked_anybody_outside(people: People) -> None:
    assert people.strangers.asked == []
