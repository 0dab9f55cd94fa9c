"""Setting an account up, exchanging a ticket for the cookie, and signing out."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.visitor import Visitor
from mcm_core.services import cohorts, facilitators, remembered, resets, signing_in, tickets
from mcm_core.store.engine import read, write
from mcm_core.store.tables import FacilitatorRow
from mcm_core.web import cookie
from tests.services.people import PASSWORD, a_facilitator, signed_in, through
from tests.services.racing import race
from tests.web.conftest import Browser
from tests.web.desk import everything, now, sign_in, who

ACCOUNT = {"name": "Gil", "username": "gil", "password": PASSWORD}


@pytest.fixture
def welcome(fay: Visitor, cohort: Cohort) -> str:
    """The address of an invitation to facilitate Fay's cohort."""
    with write() as db:
        return f"/welcome/{facilitators.invite(db, fay, cohort.id, at=now())}"


def test_an_invited_person_sets_up_an_account_and_is_halfway_in(browser: Browser, welcome: str, cohort: Cohort) -> None:
    gil = browser()
    before = everything()
    form = gil.get(welcome).text
    assert everything() == before

    assert gil.post(welcome, data=ACCOUNT).headers["location"] == "/"

    assert 'autocomplete="new-password"' in form
    assert 'autocomplete="username"' in form
    assert "At least 15 characters" in form
    with read() as db, pytest.raises(NotAllowed):
        cohorts.of_visitor(db, who(gil))
    with write() as db:
        ticket_holder = signed_in(db, through(db, who(gil), at=now()), at=now())
        assert [one.id for one in cohorts.of_visitor(db, ticket_holder)] == [cohort.id]


def test_a_mistake_is_named_beside_its_field_and_only_the_password_is_lost(browser: Browser, welcome: str) -> None:
    given = {"name": "Gil <b>", "username": "gil!", "password": "too short <b>"}

    answer = browser().post(welcome, data=given)

    assert answer.status_code == 400
    assert 'value="Gil &lt;b&gt;"' in answer.text
    assert 'value="gil!"' in answer.text
    assert "too short &lt;b&gt;" not in answer.text
    assert answer.text.index('id="username"') < answer.text.index('id="username-wrong"')
    assert answer.text.index('id="password"') < answer.text.index('id="password-wrong"')
    assert 'id="name-wrong"' not in answer.text


@pytest.mark.parametrize("form", ["welcome", "reset"])
def test_a_password_that_is_guessed_early_is_refused_beside_its_field_and_the_link_stays_good(
    request: pytest.FixtureRequest, browser: Browser, form: str
) -> None:
    gil, address = browser(), request.getfixturevalue(form)

    weak = gil.post(address, data={**ACCOUNT, "password": "iloveyou forever"})

    assert weak.status_code == 400
    assert "easy to guess: it is made of passwords that many people use" in weak.text
    assert weak.text.index('id="password"') < weak.text.index('id="password-wrong"')
    assert gil.post(address, data=ACCOUNT).status_code == 303


@pytest.mark.parametrize("form", ["welcome", "reset"])
def test_a_password_is_suggested_once_and_taken(request: pytest.FixtureRequest, browser: Browser, form: str) -> None:
    gil, address = browser(), request.getfixturevalue(form)
    answers = [gil.get(address) for _ in range(2)]
    first, second = (re.search(r'id="suggested">([a-z-]+)<', one.text)[1] for one in answers)

    assert first != second
    assert answers[0].headers["cache-control"] == "no-store"
    assert gil.post(address, data={**ACCOUNT, "password": first}).status_code == 303


@pytest.mark.parametrize("form", ["welcome", "reset"])
def test_where_a_password_could_be_read_on_the_way_its_form_says_so(
    request: pytest.FixtureRequest, browser: Browser, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setenv("MCM_INSECURE_LAN", "1")
    address = request.getfixturevalue(form)

    told = {
        origin: "can read what you type" in browser(origin).get(address).text
        for origin in ("http://10.0.0.5:8501", "http://localhost", "https://10.0.0.5")
    }

    assert list(told.values()) == [True, False, False]


def test_a_browser_is_remembered_once_both_steps_were_right_and_when_it_is_signed_out(
    browser: Browser, fay: Visitor
) -> None:
    hers = browser("https://testserver")
    with write() as db:
        halfway = tickets.issue(db, fay.facilitator_id or "", halfway=True, at=now())
    hers.post("/auth/complete", json={"ticket": halfway})
    assert "__Host-mcm-known" not in dict(hers.cookies)

    with write() as db:
        through_ = tickets.issue(db, fay.facilitator_id or "", at=now())
    headers = hers.post("/auth/complete", json={"ticket": through_}).headers.get_list("set-cookie")
    (kept,) = (one for one in headers if one.startswith("__Host-mcm-known="))
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/", "Max-Age=15552000"} <= {
        flag.strip() for flag in kept.split(";")
    }
    hers.post("/auth/leave")

    assert set(hers.cookies) == {"__Host-mcm-known"}
    assert who(hers) is None
    with read() as db:
        assert remembered.browser(db, "fay", cookie.kept(dict(hers.cookies)), at=now())


def test_a_members_browser_is_not(browser: Browser, link: str) -> None:
    ada = browser()
    ada.post(link)

    assert set(ada.cookies) == {"mcm"}


def test_a_taken_username_is_named_and_the_link_stays_good(browser: Browser, welcome: str) -> None:
    gil = browser()

    taken = gil.post(welcome, data={**ACCOUNT, "username": "FAY"})
    again = gil.post(welcome, data=ACCOUNT)

    assert (taken.status_code, again.status_code) == (400, 303)
    assert 'id="username-wrong"' in taken.text


def test_a_used_invitation_opens_nothing(browser: Browser, welcome: str) -> None:
    browser().post(welcome, data=ACCOUNT)

    later = browser()
    for answer in (later.get(welcome), later.post(welcome, data={**ACCOUNT, "username": "hal"})):
        assert answer.status_code == 404
        assert "has been used" in answer.text
    assert who(later) is None


def test_a_facilitator_with_an_account_accepts_with_one_button(browser: Browser, welcome: str, cohort: Cohort) -> None:
    with write() as db:
        gil = a_facilitator(db, "gil", name="Gil <b>", at=now())
    his = browser()
    sign_in(his, gil)

    assert "Accept as Gil &lt;b&gt;" in his.get(welcome).text
    assert his.post(welcome, data={"as_me": "yes"}).status_code == 303

    with read() as db:
        assert [one.id for one in cohorts.of_visitor(db, gil)] == [cohort.id]
        assert db.scalar(select(func.count()).select_from(FacilitatorRow)) == 2


def test_nobody_accepts_as_themself_without_being_signed_in(browser: Browser, welcome: str) -> None:
    answer = browser().post(welcome, data={"as_me": "yes"})

    assert answer.status_code == 404
    assert "Sign in and open the link again" in answer.text


def test_a_ticket_becomes_a_cookie_once(browser: Browser, fay: Visitor) -> None:
    with write() as db:
        ticket = tickets.issue(db, fay.facilitator_id or "", at=now())
    browsers = [browser() for _ in range(4)]

    answers = race(*(lambda one=one: one.post("/auth/complete", json={"ticket": ticket}) for one in browsers))

    assert sorted(answer.status_code for answer in answers) == [204, 400, 400, 400]
    assert sum(who(one) is not None for one in browsers) == 1


@pytest.mark.parametrize(
    "body", ["{}", "[]", "null", '{"ticket": 7}', '{"ticket": "\\ud800"}', "[" * 9000, "{", "\x00"]
)
def test_nonsense_instead_of_a_ticket_is_refused_calmly(browser: Browser, body: str) -> None:
    answer = browser().post("/auth/complete", content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 400
    assert "set-cookie" not in answer.headers


def test_a_form_cannot_hand_in_a_ticket(browser: Browser, fay: Visitor) -> None:
    with write() as db:
        ticket = tickets.issue(db, fay.facilitator_id or "", at=now())

    assert browser().post("/auth/complete", data={"ticket": ticket}).status_code == 400


def test_signing_in_replaces_what_the_browser_was_before(browser: Browser, fay: Visitor, link: str) -> None:
    shared = browser()
    shared.post(link)
    before = dict(shared.cookies)

    sign_in(shared, fay)

    assert who(shared).facilitates
    later = browser()
    later.cookies.update(before)
    assert who(later) is None


def test_signing_out_ends_the_sign_in_on_the_server_too(browser: Browser, fay: Visitor) -> None:
    hers = browser()
    sign_in(hers, fay)
    stolen = dict(hers.cookies)

    answer = hers.post("/auth/leave")

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert set(hers.cookies) == {"mcm-known"}
    thief = browser()
    thief.cookies.update(stolen)
    assert who(thief) is None
    assert hers.post("/auth/leave").status_code == 303


def test_signing_out_takes_a_post(browser: Browser, fay: Visitor) -> None:
    hers = browser()
    sign_in(hers, fay)

    assert hers.get("/auth/leave").status_code == 405
    assert who(hers) is not None


NEW = "quite another four words"


@pytest.fixture
def reset(fay: Visitor) -> str:
    """The address that `mcm reset-link fay` prints."""
    with write() as db:
        return f"/reset/{resets.link(db, 'fay', at=now())}"


def test_a_link_from_the_console_gives_a_new_password_and_ends_every_sign_in(
    browser: Browser, fay: Visitor, reset: str
) -> None:
    old, new = browser(), browser()
    sign_in(old, fay)
    before = everything()
    assert "fay" in new.get(reset).text
    assert everything() == before, "a link preview used it up"

    weak = new.post(reset, data={"password": "short"})
    assert weak.status_code == 400
    assert 'id="password-wrong"' in weak.text
    assert new.post(reset, data={"password": NEW}).headers["location"] == "/"

    assert who(old) is None
    assert who(new).role == "halfway"
    with write() as db:
        assert signing_in.check_password(db, "fay", NEW, network="here", at=now())


def test_a_spent_link_from_the_console_opens_nothing(browser: Browser, reset: str) -> None:
    browser().post(reset, data={"password": NEW})

    later = browser()
    for answer in (later.get(reset), later.post(reset, data={"password": "and a third four words"})):
        assert answer.status_code == 404
        assert "has been used" in answer.text
    assert who(later) is None
