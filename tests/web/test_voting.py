"""One tap of a ballot, as the page of a phone sends it: what is stored, and what the member is told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from starlette.testclient import TestClient

from mcm_core.domain.round import Round
from mcm_core.domain.visitor import Visitor
from mcm_core.services import readings, rounds, visitors
from mcm_core.store.engine import DatabaseUnavailable, read, write
from mcm_core.web import voting
from tests.services.people import NOW
from tests.services.stories import (
    Group,
    a_card,
    a_group,
    a_group_with_focus,
    an_open_round,
    answer,
    close_and_reveal,
)
from tests.web.conftest import Browser
from tests.web.desk import everything

PHONE = {"sec-fetch-site": "same-origin"}
CLOCK = NOW + timedelta(minutes=30)  # when the people of tests/services/people.py are signed in


def now() -> datetime:
    return CLOCK


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voting, "now", now)
    monkeypatch.setattr("mcm_core.web.browser.now", now)


@pytest.fixture
def group(sqlite: str) -> Group:
    with write() as db:
        return a_group_with_focus(db, 5)


@pytest.fixture
def round_(group: Group) -> Round:
    with write() as db:
        return an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=["tools", "safety"]), at=now())


@pytest.fixture
def phone(browser: Browser, group: Group) -> TestClient:
    """The first member's phone."""
    return phone_of(browser(), group.members[0])


def phone_of(client: TestClient, visitor: Visitor) -> TestClient:
    with write() as db:
        token = visitors.admit(
            db,
            member_id=visitor.member_id,
            facilitator_id=visitor.facilitator_id,
            cohort_id=visitor.cohort_id,
            at=now(),
        )
    client.cookies.set("mcm", token)
    return client


def tap(phone: TestClient, round_: Round, theme: str = "tools", **fields: object):
    sent = {"round": round_.id, "theme": theme, **{name: str(value) for name, value in fields.items()}}
    return phone.post(voting.ADDRESS, data=sent, headers=PHONE)


def stored(member: Visitor, round_: Round) -> dict[str, tuple[int | None, int | None]]:
    with read() as db:
        return {t: (r.current, r.desired) for t, r in readings.mine(db, member, round_.id).items()}


def test_a_tap_is_stored_and_says_when(phone: TestClient, group: Group, round_: Round) -> None:
    said = tap(phone, round_, current=2).json()

    assert stored(group.members[0], round_) == {"tools": (2, None)}
    assert (said["current"], said["desired"], said["thanks"]) == (2, None, None)
    assert said["saved_at"].endswith("+00:00")


def test_the_last_answer_is_thanked_for(phone: TestClient, group: Group, round_: Round) -> None:
    for theme in ("tools", "safety"):
        tap(phone, round_, theme, current=2)
        said = tap(phone, round_, theme, current=2, desired=3).json()

    assert said["thanks"].startswith("Thank you. 1 of 5 here are in.")
    assert stored(group.members[0], round_) == {"tools": (2, 3), "safety": (2, 3)}


def test_last_time_is_told_with_the_whole_answer_and_not_before(
    browser: Browser, phone: TestClient, group: Group
) -> None:
    before = now() - timedelta(minutes=5)
    with write() as db:
        first = an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=["tools"]), at=before)
        answer(db, first, group.members, [(1, 2)] * 5, at=before)
        close_and_reveal(db, group.facilitator, first, at=before)
        second = rounds.vote_again(db, group.facilitator, first.id, at=now())

    assert tap(phone, second, current=2).json()["last_time"] is None
    assert tap(phone, second, current=2, desired=3).json()["last_time"] == "Last time: Early stages → Forming"


def test_a_hope_below_now_is_stored_after_one_plain_question(phone: TestClient, group: Group, round_: Round) -> None:
    tap(phone, round_, current=3)

    said = tap(phone, round_, current=3, desired=1, tapped="desired").json()
    assert said == {"ask": voting.EASING_BACK, "yes": voting.ON_PURPOSE}
    assert stored(group.members[0], round_) == {"tools": (3, None)}

    tap(phone, round_, current=3, desired=1, tapped="desired", on_purpose="yes")
    assert stored(group.members[0], round_) == {"tools": (3, 1)}


def test_a_changed_now_is_not_held_up_by_the_hope(phone: TestClient, group: Group, round_: Round) -> None:
    tap(phone, round_, current=2, desired=3)

    tap(phone, round_, current=4, desired=3, tapped="current")

    assert stored(group.members[0], round_) == {"tools": (4, 3)}


@pytest.mark.parametrize("tampered", ["999", "0", "-9", "5", "two", "", "1e3", "<b>1</b>", "9" * 400])
def test_a_tampered_level_gets_a_sentence_and_stores_nothing(
    tampered: str, phone: TestClient, group: Group, round_: Round
) -> None:
    said = tap(phone, round_, current=tampered)

    assert said.status_code == 400
    assert "does not exist here" in said.json()["error"]
    assert stored(group.members[0], round_) == {}


@pytest.mark.parametrize("missing", ["round", "theme", "current"])
def test_a_tap_without_something_gets_a_sentence(missing: str, phone: TestClient, round_: Round) -> None:
    sent = {"round": round_.id, "theme": "tools", "current": "2"}
    del sent[missing]

    said = phone.post(voting.ADDRESS, data=sent, headers=PHONE)

    assert said.status_code in (400, 404)
    assert said.json()["error"].endswith(".")


def test_a_tap_after_the_close_gets_a_sentence_and_stores_nothing(
    phone: TestClient, group: Group, round_: Round
) -> None:
    with write() as db:
        rounds.close(db, group.facilitator, round_.id, version=round_.version, at=now())

    said = tap(phone, round_, current=2)

    assert said.status_code == 400
    assert "Voting has closed" in said.json()["error"]
    assert stored(group.members[0], round_) == {}


def test_without_the_check_both_would_be_stored(
    phone: TestClient, group: Group, round_: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the two above; the table itself still refuses what no ballot of any kind could hold."""
    monkeypatch.setattr(readings, "_refuse", lambda *_args: None)
    with write() as db:
        rounds.close(db, group.facilitator, round_.id, version=round_.version, at=now())

    assert tap(phone, round_, current=5).status_code == 200
    assert tap(phone, round_, current=999).status_code == 500
    assert stored(group.members[0], round_) == {"tools": (5, None)}


def test_another_cohorts_round_looks_like_none(browser: Browser, round_: Round) -> None:
    with write() as db:
        other = a_group(db, 1, username="olga", name="Other group")
    stranger = phone_of(browser(), other.members[0])
    before = everything()

    foreign, none = tap(stranger, round_, current=2), tap(stranger, round_, "no theme", current=2)

    assert (foreign.status_code, foreign.json()) == (none.status_code, none.json()) == (404, foreign.json())
    assert everything() == before


def test_nobody_else_answers(browser: Browser, group: Group, round_: Round) -> None:
    assert tap(phone_of(browser(), group.facilitator), round_, current=2).status_code == 404
    signed_out = tap(browser(), round_, current=2)

    assert signed_out.status_code == 404
    assert "not signed in any more" in signed_out.json()["error"]


def test_another_site_cannot_answer_for_a_member(phone: TestClient, group: Group, round_: Round) -> None:
    sent = {"round": round_.id, "theme": "tools", "current": "2"}
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        assert phone.post(voting.ADDRESS, data=sent, headers=headers).status_code == 403

    assert stored(group.members[0], round_) == {}
    assert phone.put(voting.ADDRESS).status_code == 405


def test_a_database_that_does_not_answer_says_so_and_invites_another_try(
    phone: TestClient, round_: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_args: object, **_named: object) -> None:
        raise DatabaseUnavailable("The database did not answer.")

    monkeypatch.setattr(voting.ballots, "answer", gone)

    said = tap(phone, round_, current=2)

    assert (said.status_code, said.json()) == (503, {"error": "The database did not answer."})


def test_another_phone_of_the_same_member_is_told_what_is_stored_and_nobody_else_is(
    phone: TestClient, browser: Browser, group: Group, round_: Round
) -> None:
    tap(phone, round_, current=2, desired=3, tapped="desired")
    laptop, stranger = phone_of(browser(), group.members[0]), phone_of(browser(), group.members[1])

    said = laptop.get(voting.ADDRESS, params={"round": round_.id}).json()

    assert {theme: (one["current"], one["desired"]) for theme, one in said.items()} == {"tools": (2, 3)}
    assert stranger.get(voting.ADDRESS, params={"round": round_.id}).json() == {}
    assert browser().get(voting.ADDRESS, params={"round": round_.id}).status_code == 404
