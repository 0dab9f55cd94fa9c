"""The page of a plan for oneself has nowhere to send anything to."""

from __future__ import annotations

import re

from mcm_core.store import prepare_texts
from mcm_core.web.files import FOLDER
from tests.web.conftest import Browser


def test_it_asks_the_seven_questions_and_sends_nothing(browser: Browser) -> None:
    page = browser().get("/my-plan")

    assert page.status_code == 200
    assert page.text.count("<textarea") == len(prepare_texts.own_plan().questions) == 7
    assert prepare_texts.own_plan().stays in page.text
    assert not re.search(r"<form|formaction|action=|name=", page.text.partition("<main>")[2])


def test_its_script_knows_no_way_to_the_server() -> None:
    script = (FOLDER / "own_plan.js").read_text(encoding="utf-8")

    assert not re.search(r"fetch|XMLHttpRequest|sendBeacon|WebSocket|EventSource|localStorage|indexedDB|cookie", script)


def test_what_is_posted_there_all_the_same_is_not_taken(browser: Browser) -> None:
    assert browser().post("/my-plan", data={"q1": "mine"}).status_code == 405
