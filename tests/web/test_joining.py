"""Joining by a personal link or by the room's code, as a browser sees it."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import guests, members, visitors
from mcm_core.store import secret
from mcm_core.store.engine import read, write
from mcm_core.web import cookie, joining
from mcm_core.web.callers import Callers
from mcm_core.web.careful import careful
from tests.web.conftest import Browser
from tests.web.desk import everything, now, sign_in, who


def test_looking_at_a_link_fifty_times_changes_nothing_and_names_nobody(browser: Browser, link: str) -> None:
    before = everything()

    pages = {browser().get(link).text for _ in range(50)} | {browser().get("/j/made-up").text}
    assert browser().head(link).status_code == 200

    assert everything() == before
    (page,) = pages  # a link that is none looks the same
    assert "<title>Session</title>" in page
    assert not any(word in page for word in ("Ada", "Tuesday group", "Fay", "Meaningful"))
    assert browser().post(link).status_code == 303


def test_were_a_look_enough_a_preview_would_use_the_link_up(browser: Browser, link: str) -> None:
    """The negative control: the same link on a server where a GET does what the button does."""
    eager = Starlette(routes=[Route("/j/{token}", careful(joining.use_link), methods=["GET"])])
    before = everything()

    preview = TestClient(eager, base_url="http://localhost", follow_redirects=False).get(link)
    ada = browser()
    ada.post(link)

    assert preview.cookies
    assert everything() != before
    assert who(ada).role is Role.WAITING


def test_joining_signs_the_browser_in_and_leads_to_the_app(browser: Browser, link: str, cohort: Cohort) -> None:
    ada = browser()

    answer = ada.post(link)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    visitor = who(ada)
    assert visitor is not None
    assert (visitor.role, visitor.name, visitor.cohort_id) == (Role.UNREAD, "Ada <img src=x>", cohort.id)
    assert ada.get(link).headers["location"] == "/"


def test_joining_again_keeps_the_same_sign_in(browser: Browser, link: str) -> None:
    ada = browser()
    ada.post(link)
    before = dict(ada.cookies)

    assert ada.post(link).status_code == 303

    assert dict(ada.cookies) == before


def test_a_second_browser_waits_and_works_once_it_was_let_in(
    browser: Browser, link: str, fay: Visitor, cohort: Cohort
) -> None:
    browser().post(link)
    second = browser()

    assert second.post(link).status_code == 303
    assert who(second).role is Role.WAITING

    with write() as db:
        (knock,) = members.at_the_door(db, fay, cohort.id, at=now())
        members.let_in(db, fay, knock.id, knock.member_id or "", at=now())
    assert who(second).role is Role.UNREAD


def test_a_link_that_is_none_says_so(browser: Browser, link: str) -> None:
    answer = browser().post("/j/made-up")

    assert answer.status_code == 404
    assert "does not work any more" in answer.text
    assert "set-cookie" not in answer.headers


def test_another_members_link_says_who_is_signed_in_and_takes_the_browser_over_when_told_so(
    browser: Browser, link: str, fay: Visitor, cohort: Cohort
) -> None:
    shared = browser()
    shared.post(link)
    before = cookie.read(dict(shared.cookies)) or ""
    with write() as db:
        bo = members.add(db, fay, cohort.id, "Bo", at=now())[0]
        other = f"/j/{members.link_token(db, fay, bo.id, at=now())}"

    page = shared.get(other).text
    assert "signed in already, as <b>Ada &lt;img src=x&gt;</b>" in page
    assert "Go on as Ada" in page
    assert "Bo" not in page.split("<main>")[1]
    assert page == shared.get("/j/made-up").text  # a link that is none looks the same
    assert shared.post(other).status_code == 409
    assert who(shared).name == "Ada <img src=x>"
    assert shared.post("/j/made-up", data={"instead": "yes"}).status_code == 404
    assert who(shared).name == "Ada <img src=x>"

    shared.post(other, data={"instead": "yes"})

    assert who(shared).name == "Bo"
    with read() as db:
        assert visitors.recognise(db, before, at=now()) is None


def test_looking_at_another_members_link_writes_nothing(
    browser: Browser, link: str, fay: Visitor, cohort: Cohort
) -> None:
    shared = browser()
    shared.post(link)
    with write() as db:
        bo = members.add(db, fay, cohort.id, "Bo", at=now())[0]
        other = f"/j/{members.link_token(db, fay, bo.id, at=now())}"
    before = everything()

    shared.get(other)

    assert everything() == before


def test_a_member_who_knocks_or_opens_a_guests_link_is_asked_first(
    browser: Browser, link: str, fay: Visitor, cohort: Cohort, code: str
) -> None:
    ada = browser()
    ada.post(link)
    with write() as db:
        guest = f"/g/{guests.invite(db, fay, cohort.session(1).id, 'Gus', at=now())}"

    for address, sent in ((guest, {}), ("/join", {"code": code, "name": "Bo"})):
        answer = ada.post(address, data=sent)
        assert answer.status_code == 409
        assert "signed in already, as" in answer.text
    assert who(ada).role is Role.UNREAD
    assert ada.post(link).status_code == 303  # her own asks nothing


def test_who_waits_keeps_the_cookie_for_being_let_in(browser: Browser, fay: Visitor, cohort: Cohort, code: str) -> None:
    """The server decides how long somebody waits. A cookie that ended then would sign them out once they are in."""
    bo = browser()

    answer = bo.post("/join", data={"code": code, "name": "Bo"})

    lasts = int(re.search(r"Max-Age=(\d+)", answer.headers["set-cookie"])[1])
    assert lasts > timedelta(days=35).total_seconds()
    assert who(bo).until - now() <= timedelta(hours=1)


@pytest.mark.parametrize("by", ["link", "code"])
def test_a_facilitators_browser_is_asked_before_it_signs_out(
    browser: Browser, link: str, fay: Visitor, cohort: Cohort, by: str, code: str
) -> None:
    address, sent = (link, {}) if by == "link" else ("/join", {"code": code, "name": "Fay"})
    hers = browser()
    sign_in(hers, fay)

    for answer in (hers.get(address), hers.post(address, data=sent)):
        assert "Sign out here and" in answer.text
        assert "private window" in answer.text
        assert who(hers).facilitates
    assert hers.post(address, data={**sent, "instead": "yes"}).status_code == 303

    assert not who(hers).facilitates


def test_knocking_with_the_rooms_code_waits_and_never_shows_the_roster(
    browser: Browser, link: str, cohort: Cohort, code: str
) -> None:
    bo = browser()
    assert f'value="{code}"' in bo.get(f"/join/{code}").text

    answers = [
        bo.get("/join"),
        bo.post("/join", data={"code": "WRONG", "name": "Bo"}),
        bo.post("/join", data={"code": code, "name": ""}),
        bo.post("/join", data={}),
        bo.post("/join", data={"code": code.lower(), "name": "Bo"}),
    ]

    assert [answer.status_code for answer in answers] == [200, 404, 400, 400, 303]
    assert not any(word in answer.text for answer in answers for word in ("Ada", "Tuesday group"))
    assert who(bo).role is Role.WAITING
    assert bo.get("/join").headers["location"] == "/"


def test_a_wrong_code_keeps_what_was_written(browser: Browser, cohort: Cohort) -> None:
    answer = browser().post("/join", data={"code": "WRONG", "name": 'Bo "the <b>"'})

    assert "No room answers" in answer.text
    assert "only around that session" in answer.text
    assert 'value="WRONG"' in answer.text
    assert 'value="Bo &#34;the &lt;b&gt;&#34;"' in answer.text


@pytest.mark.parametrize("field", ["name", "code"])
def test_half_a_character_is_refused_in_words(browser: Browser, code: str, field: str) -> None:
    """JSON can spell one, and no database or page takes it."""
    sent = {"code": code, "name": "Ada"} | {field: "\ud800"}

    answer = browser().post("/join", content=json.dumps(sent), headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert "cannot be read. Go back and try again" in answer.text
    assert "set-cookie" not in answer.headers


def test_json_alone_lets_it_through() -> None:
    """The negative control: what JSON makes of it is a string like any other until somebody encodes it."""
    (name,) = json.loads(json.dumps({"name": "\ud800"})).values()

    with pytest.raises(UnicodeEncodeError):
        name.encode()


def test_guessing_codes_is_slowed_down_for_one_network_only(browser: Browser, cohort: Cohort, code: str) -> None:
    for number in range(10):
        assert browser(network=f"203.0.113.{number}").post("/join", data={"code": "X", "name": "Bo"}).status_code == 404

    refused = browser().post("/join", data={"code": code, "name": "Bo"})
    elsewhere = browser(network="198.51.100.1").post("/join", data={"code": code, "name": "Bo"})

    assert refused.status_code == 429
    assert "try again in" in refused.text
    assert elsewhere.status_code == 303


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "'--"])
def test_hostile_words_come_back_as_words(browser: Browser, hostile: str) -> None:
    client = browser()

    for answer in (
        client.post("/join", data={"code": hostile, "name": hostile}),
        client.get("/join/" + hostile.replace("/", "")),
        client.post("/j/" + hostile.replace("/", "")),
    ):
        assert "<script>alert" not in answer.text
        assert "<img" not in answer.text
        assert "49" not in answer.text.split("<main>")[1]


def test_no_link_token_is_stored_by_joining(browser: Browser, link: str) -> None:
    client = browser()
    client.post(link)
    token, held = link.removeprefix("/j/"), cookie.read(dict(client.cookies)) or ""

    stored = str(everything())

    assert token not in stored
    assert held not in stored
    assert secret.digest(held) in stored


def test_a_client_may_leave_before_it_has_said_everything(browser: Browser, link: str) -> None:
    client: TestClient = browser()

    assert client.post(link, content=b"\xff\xfe").status_code == 400
    assert who(client) is None


def test_who_only_knocked_is_counted_with_the_strangers_of_their_network_until_they_are_in(
    browser: Browser, link: str, fay: Visitor, cohort: Cohort, code: str
) -> None:
    """Forty with a code of strangers, counted one by one, could hold all the pages that a server opens."""
    stranger, ada, other = browser(), browser(), browser()
    stranger.post("/join", data={"code": code, "name": "Bo"})
    ada.post(link)
    other.post(link)

    def is_known(client: TestClient) -> bool:
        sent = f"mcm={client.cookies['mcm']}".encode()
        scope = {"type": "http", "headers": [(b"cookie", sent)], "client": ("203.0.113.7", 1)}
        return asyncio.run(Callers().of(scope)).known

    assert (who(other).role, who(stranger).role) == (Role.WAITING, Role.WAITING)
    assert [is_known(client) for client in (stranger, ada, other)] == [False, True, True]
    with write() as db:
        knock = next(one for one in members.at_the_door(db, fay, cohort.id, at=now()) if one.member_id is None)
        bo = members.add(db, fay, cohort.id, "Bo", at=now())[0]
        members.let_in(db, fay, knock.id, bo.id, at=now())
    assert is_known(stranger)
