"""A guest's link: inert when it is only looked at, for one browser when it is pressed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import guests
from mcm_core.store.engine import write
from mcm_core.web import cards, joining, reports, routes
from mcm_core.web.live import allowed
from tests.web.conftest import Browser
from tests.web.desk import everything, sign_in, who


@pytest.fixture
def link(fay: Visitor, cohort: Cohort) -> str:
    """The address of a guest's link for session 1."""
    with write() as db:
        return f"/g/{guests.invite(db, fay, cohort.session(1).id, 'Gus', at=datetime.now(UTC))}"


def test_looking_at_a_link_does_nothing_and_names_nobody(browser: Browser, link: str) -> None:
    before = everything()

    for _ in range(5):
        for look in (browser().get, browser().head):
            page = look(link)
            assert page.status_code in (200, 405)
            assert not any(name in page.text for name in ("Gus", "Tuesday group", "Fay"))

    assert everything() == before


def test_the_first_browser_that_presses_is_the_guest(browser: Browser, link: str) -> None:
    first, second = browser(), browser()
    assert "until midnight" in first.get(link).text

    assert first.post(link).headers["location"] == "/"
    assert first.post(link).headers["location"] == "/"
    assert first.get(link).headers["location"] == "/"

    assert (guest := who(first))
    assert guest.role is Role.GUEST
    assert second.post(link).status_code == 404
    assert who(second) is None
    assert browser().post("/g/unknown").status_code == 404


def test_a_link_whose_day_is_over_says_so_before_anybody_presses_and_tells_no_more_than_one_that_is_none(
    browser: Browser, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Press Join" in browser().get(link).text

    monkeypatch.setattr(joining, "now", lambda: datetime.now(UTC) + timedelta(days=400))
    before, late = everything(), browser().get(link)

    assert late.status_code == 404
    assert "This link does not work any more." in late.text
    assert "Press Join" not in late.text
    assert late.text == browser().get("/g/unknown").text
    assert everything() == before


def test_a_facilitator_is_asked_before_a_link_signs_them_out(browser: Browser, link: str, fay: Visitor) -> None:
    client = browser()
    sign_in(client, fay)

    assert client.post(link).status_code == 409
    assert (still := who(client))
    assert still.facilitates
    assert client.post(link, data={"instead": "yes"}).status_code == 303


def test_a_guest_follows_what_moves_the_session_and_no_door(browser: Browser, link: str, cohort: Cohort) -> None:
    client = browser()
    client.post(link)
    guest = who(client)
    assert guest

    asked = Request({"type": "http", "headers": [(b"cookie", f"mcm={client.cookies['mcm']}".encode())]})

    moves = {f"{kind}:{cohort.id}" for kind in ("phase", "count", "notes")}
    assert allowed(asked) == {f"visitor:{guest.sign_in}", *moves}


@pytest.mark.parametrize("paper", ["/report/mine", "/report/ours/{}", "/report/ours/{}.csv", "/cards/{}"])
def test_a_guest_gets_no_paper(sqlite: str, link: str, cohort: Cohort, paper: str) -> None:
    app = Starlette(routes=[*routes.routes, *reports.routes, *cards.routes])
    client = TestClient(app, follow_redirects=False)
    client.post(link)

    assert who(client)
    assert client.get(paper.format(cohort.id)).status_code == 404
