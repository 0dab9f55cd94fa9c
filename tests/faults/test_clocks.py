"""Clocks that are wrong: a phone's never counts, and a server's ten minutes change nothing that is stored."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from mcm_core.domain.round import Round
from mcm_core.services import readings
from mcm_core.store.engine import read, write
from mcm_core.web import browser as requests_clock
from mcm_core.web import voting
from tests.services.people import NOW
from tests.services.stories import Group, a_card, a_group_with_focus, an_open_round
from tests.web.conftest import Browser, browser  # noqa: F401
from tests.web.test_voting import PHONE, phone_of

ROOT = Path(__file__).resolve().parents[2]
START = NOW + timedelta(minutes=30)
SERVER = [timedelta(minutes=minutes) for minutes in (-10, 0, 10)]
PHONES = [timedelta(hours=hours) for hours in (-24, 0, 24)]


@pytest.fixture
def group(sqlite: str) -> Group:
    with write() as db:
        return a_group_with_focus(db, 1)


@pytest.fixture
def round_(group: Group) -> Round:
    with write() as db:
        return an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=["tools"]), at=START)


@pytest.fixture
def phone(browser: Browser, group: Group, monkeypatch: pytest.MonkeyPatch) -> TestClient:  # noqa: F811
    monkeypatch.setattr(voting, "now", lambda: START)
    return phone_of(browser(), group.members[0])


def tap(phone: TestClient, round_: Round, clock: datetime):
    """A tap of a phone that says in every way it can what it believes the time to be."""
    says = clock.isoformat()
    sent = {"round": round_.id, "theme": "tools", "current": "2", "at": says, "saved_at": says, "now": says}
    return phone.post(voting.ADDRESS, data=sent, headers=PHONE | {"Date": f"{clock:%a, %d %b %Y %H:%M:%S} GMT"})


@pytest.mark.parametrize(("server", "theirs"), list(product(SERVER, PHONES)), ids=str)
def test_the_moment_stored_is_the_servers(
    phone: TestClient,
    group: Group,
    round_: Round,
    server: timedelta,
    theirs: timedelta,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moment = START + server
    for module in (voting, requests_clock):
        monkeypatch.setattr(module, "now", lambda: moment)

    said = tap(phone, round_, START + theirs)

    assert said.status_code == 200
    assert datetime.fromisoformat(said.json()["saved_at"]) == moment
    with read() as db:
        assert readings.mine(db, group.members[0], round_.id)["tools"].saved_at == moment


def test_a_server_that_believed_phones_would_store_their_time(
    phone: TestClient, group: Group, round_: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    believed: list[datetime] = []
    code = voting._code

    def believing(sent, name):
        believed.append(datetime.fromisoformat(sent["at"]))
        return code(sent, name)

    monkeypatch.setattr(voting, "_code", believing)
    monkeypatch.setattr(voting, "now", lambda: believed[-1])
    monkeypatch.setattr(requests_clock, "now", lambda: START)
    tomorrow = START + timedelta(hours=24)

    tap(phone, round_, tomorrow)

    with read() as db:
        assert readings.mine(db, group.members[0], round_.id)["tools"].saved_at == tomorrow


def test_nothing_that_a_page_sends_is_a_time() -> None:
    """`Date.now()` measures how long something takes on the phone, and wakes a component; no form holds it."""
    for path in (ROOT / "mcm_core").rglob("*.js"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not re.search(r"(body|URLSearchParams|fields).*Date", line), (path.name, line)
