"""How many are in, as the room's screen asks for it: a few words, for the cohort alone."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from mcm_core.domain.round import Round
from mcm_core.services import visitors
from mcm_core.store.engine import write
from mcm_core.web import turnout
from tests.services.people import a_facilitator
from tests.services.stories import Group, answer
from tests.web.conftest import Browser
from tests.web.test_voting import group, now, phone_of, round_, stopped_clock  # noqa: F401 -- fixtures


@pytest.fixture(autouse=True)
def the_same_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnout, "now", now)


def asked(client: TestClient, round_id: str) -> tuple[int, str]:
    response = client.get(turnout.ADDRESS, params={"round": round_id})
    return response.status_code, response.text


def test_the_room_reads_how_many_are_in(browser: Browser, group: Group, round_: Round) -> None:  # noqa: F811
    screen = phone_of(browser(), group.facilitator)
    assert asked(screen, round_.id) == (200, "0 of 5 here are in")

    with write() as db:
        answer(db, round_, group.members[:2], [(1, 4), (2, 3)], at=now())

    assert asked(screen, round_.id) == (200, "2 of 5 here are in")


def test_nobody_from_outside_learns_it(browser: Browser, group: Group, round_: Round) -> None:  # noqa: F811
    with write() as db:
        elsewhere = a_facilitator(db, "zoe")
    for client in (browser(), phone_of(browser(), elsewhere)):
        status, words = asked(client, round_.id)
        assert status == 404
        assert "of 5" not in words


def test_whoever_was_put_out_learns_it_no_more(browser: Browser, group: Group, round_: Round) -> None:  # noqa: F811
    screen = phone_of(browser(), group.facilitator)
    with write() as db:
        visitors.leave(db, screen.cookies["mcm"])

    assert asked(screen, round_.id)[0] == 404
