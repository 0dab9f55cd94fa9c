"""Our own pages ask again who somebody is when they signed in a while ago, and then go on to what was asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.store.engine import write
from mcm_core.store.tables import SignInRow
from mcm_core.web import cards, reports, routes
from tests.services.people import PASSWORD, a_member
from tests.web.conftest import Browser
from tests.web.desk import now, sign_in

LONG_AGO = timedelta(minutes=11)


@pytest.fixture(autouse=True)
def all_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browsers of these tests see every page of ours, as app.py puts them together."""
    monkeypatch.setattr("tests.web.conftest.routes", [*routes.routes, *cards.routes, *reports.routes])


def a_while_passes() -> None:
    with write() as db:
        db.execute(update(SignInRow).values(confirmed_at=now() - LONG_AGO))


PAGES = ("/cards/{}", "/report/ours/{}", "/report/ours/{}?share", "/report/ours/{}.csv")


@pytest.mark.parametrize("path", PAGES)
def test_the_page_asks_and_then_goes_on_to_itself(browser: Browser, fay: Visitor, cohort: Cohort, path: str) -> None:
    hers, address = browser(), path.format(cohort.id)
    sign_in(hers, fay)
    assert hers.get(address).status_code == 200
    a_while_passes()

    asked = hers.get(address)

    assert asked.status_code == 403
    assert "Say again who you are" in asked.text
    assert f'value="{address}"' in asked.text
    assert cohort.name not in asked.text
    wrong = hers.post("/auth/confirm", data={"said": "not the password at all", "to": address})
    assert wrong.status_code == 403
    assert "neither your password" in wrong.text
    assert hers.get(address).status_code == 403
    right = hers.post("/auth/confirm", data={"said": PASSWORD, "to": address})
    assert (right.status_code, right.headers["location"]) == (303, address)
    assert hers.get(address).status_code == 200


@pytest.mark.parametrize(
    "to",
    ["https://evil.example/", "//evil.example/cards/", "/cards/../../x\\y", "/\\evil.example", "", "/cards/a b", "/x"],
)
def test_it_never_leads_anywhere_else(browser: Browser, fay: Visitor, to: str) -> None:
    hers = browser()
    sign_in(hers, fay)

    assert hers.post("/auth/confirm", data={"said": PASSWORD, "to": to}).headers["location"] == "/"


def test_guessing_there_is_slowed_down(browser: Browser, fay: Visitor) -> None:
    hers = browser()
    sign_in(hers, fay)

    answers = [hers.post("/auth/confirm", data={"said": "a guess at an open laptop"}).status_code for _ in range(5)]

    assert answers == [403] * 4 + [429]


def test_strangers_and_members_have_nothing_to_confirm(browser: Browser, fay: Visitor, cohort: Cohort) -> None:
    assert browser().post("/auth/confirm", data={"said": PASSWORD}).status_code == 404
    with write() as db:
        a_member(db, fay, cohort, "Bo", at=now())
