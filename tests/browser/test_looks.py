"""What Streamlit would draw in colours and lines of its own looks like the rest: light and dark, phone and wide."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from mcm_core.charts import palette
from tests.browser.conftest import Server
from tests.browser.demo_people import People, people_of_the_demo
from tests.browser.test_accessibility import LOOKS, go
from tests.browser.test_modes import windows

__all__ = ["windows"]
BOX = """(kind) => {
  const said = document.querySelector(`[data-testid="stAlertContent${kind}"]`);
  const box = said.closest('[data-testid="stAlertContainer"]');
  const look = getComputedStyle(box);
  return [look.backgroundColor, getComputedStyle(said.querySelector("p")).color,
    getComputedStyle(box, "::before").content.split('"')[1]];
}"""
LINES = """() => [...document.querySelectorAll(
    '.stMain [data-testid="stPageLink-NavLink"] p, .stMain p.words')].map((one) => getComputedStyle(one).lineHeight)"""


@pytest.fixture(scope="module")
def people(chromium: Browser, server: Server) -> Iterator[People]:
    with people_of_the_demo(chromium, server) as people:
        yield people


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"


@pytest.mark.parametrize("look", LOOKS)
def test_what_is_said_in_a_box_has_our_colours_and_a_sign(
    people: People, windows: dict[tuple[str, str], Page], look: str
) -> None:
    ours, page = palette.tokens(LOOKS[look][1]), windows["facilitator", look]
    assert palette.contrast(ours["surface"], ours["ink"]) >= palette.TEXT_CONTRAST
    for path, kind, sign in (("/", "Info", "i"), ("/messages", "Warning", "!")):
        go(people, page, path + "?cohort={Harbour circle}")
        assert page.evaluate(BOX, kind) == [rgb(ours["surface"]), rgb(ours["ink"]), sign]


def test_the_lines_of_a_link_are_as_far_apart_as_those_of_the_words_beside_it(
    people: People, windows: dict[tuple[str, str], Page]
) -> None:
    page = windows["facilitator", "phone"]
    go(people, page, "/?cohort={Harbour circle}")

    assert len(set(page.evaluate(LINES))) == 1
