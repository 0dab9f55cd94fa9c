"""Two calls that Streamlit makes at once, in the order in which Chromium may pass them on: the newer one stands.

While a script is being fetched, a page that is drawn again calls it a second time. Chromium then runs the two in either
order (of 400 pairs, 185 came the other way round), and Streamlit ends the older one in the moment in which it has come.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

import mcm_core
from mcm_core.ui.component import ASSETS
from tests.browser.conftest import window

CORE = Path(mcm_core.__file__).parent
LATEST = (ASSETS / "latest.js").read_text(encoding="utf-8")
ALONE = "\nexport default draw;"  # as it would be without latest.js
SCRIPTS = {
    "listener": CORE / "live" / "listener.js",
    "draft": ASSETS / "draft.js",
    "countdown": ASSETS / "countdown.js",
}
#: What the newer and the older call bring.
DATA: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "listener": ({"address": "/live", "drawn": 7}, {"address": "/live", "drawn": 6}),
    "draft": ({"who": "ada", "place": "note", "generation": 0, "stored": ["Mine"]},) * 2,
    "countdown": ({"left": 600, "kind": "newer"}, {"left": 60, "kind": "older"}),
}
WORLD = """
<div class="st-key-draft-note-0">
  <div class="stTextArea"><textarea>Mine</textarea></div>
  <div id="host"></div>
</div>
<script>
  const later = (long = 60) => new Promise((done) => setTimeout(done, long));
  window.streams = [];
  window.EventSource = class {
    constructor() { this.readyState = 1; streams.push(this); }
    close() { this.readyState = 2; }
  };
  const open = () => streams.filter((stream) => stream.readyState === 1);
  const box = document.querySelector("textarea"), place = document.createElement("div");
  place.innerHTML = "<p></p>";
  host.append(place);
  window.changed = 0;
  async function called({ script, newer, older, other_way_round }) {
    const { default: call } = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    window.again = (data) => call({ data, parentElement: place, setTriggerValue: () => changed++ });
    const overtaken = async () => { const end = again(older); await null; end(); };
    if (!other_way_round) await overtaken();
    window.end = again(newer);
    if (other_way_round) { await later(); await overtaken(); }
    await later(200);
  }
</script>"""
KEPT = """async () => {
  box.value = "Mine, and more";
  box.dispatchEvent(new Event("input", { bubbles: true }));
  return JSON.stringify(sessionStorage).includes("and more");
}"""
HEARD = """async () => {
  for (const data of ["7", "8"]) for (const stream of open()) stream.onmessage({ data });
  return [open().length, changed];
}"""
FACE = """async () => {
  const face = document.querySelector("p"), before = face.textContent;
  await later(1500);
  return [face.className, before !== face.textContent];
}"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = window(chromium, width=360)
    page = context.new_page()
    page.route("**/*", lambda route: _empty(route))
    page.goto("http://component.test/")
    yield page
    context.close()


def _empty(route: Route) -> None:
    route.fulfill(content_type="text/html", body=WORLD)


def called(page: Page, name: str, *, other_way_round: bool, ended_by: str = LATEST) -> None:
    """As Streamlit calls it twice."""
    newer, older = DATA[name]
    script = SCRIPTS[name].read_text(encoding="utf-8") + ended_by
    given = {"script": script, "newer": newer, "older": older, "other_way_round": other_way_round}
    page.evaluate("(given) => called(given)", given)


@pytest.mark.parametrize("other_way_round", [False, True])
def test_1_what_is_typed_is_kept(page: Page, other_way_round: bool) -> None:
    called(page, "draft", other_way_round=other_way_round)
    assert page.evaluate(KEPT)


def test_1b_and_would_not_be(page: Page) -> None:
    """The negative control: the older call ends the newer one, and takes itself away."""
    called(page, "draft", other_way_round=True, ended_by=ALONE)
    assert not page.evaluate(KEPT)


@pytest.mark.parametrize("other_way_round", [False, True])
def test_2_a_screen_hears_of_what_is_newer_than_itself(page: Page, other_way_round: bool) -> None:
    called(page, "listener", other_way_round=other_way_round)
    assert page.evaluate(HEARD) == [1, 1]


def test_2b_and_would_hear_nothing(page: Page) -> None:
    called(page, "listener", other_way_round=True, ended_by=ALONE)
    assert page.evaluate(HEARD) == [0, 0]


@pytest.mark.parametrize("other_way_round", [False, True])
def test_3_the_time_that_is_left_is_counted_down(page: Page, other_way_round: bool) -> None:
    called(page, "countdown", other_way_round=other_way_round)
    assert page.evaluate(FACE) == ["newer", True]


def test_3b_and_would_stand_still(page: Page) -> None:
    called(page, "countdown", other_way_round=True, ended_by=ALONE)
    assert page.evaluate(FACE) == ["older", False]


@pytest.mark.parametrize("drawn_just_before", [False, True])
def test_4_a_component_that_has_left_the_page_hears_nothing_more(page: Page, drawn_just_before: bool) -> None:
    """Also where it was called once more, and has not begun again."""
    called(page, "listener", other_way_round=False)
    again = "end = again({ address: '/live', drawn: 8 });" if drawn_just_before else ""
    page.evaluate(f"() => {{ {again} host.remove(); end(); }}")
    assert page.evaluate(HEARD) == [0, 0]
