"""The one cookie, and what every answer of ours carries and every request passes."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from starlette.responses import Response

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.web import careful, cookie, joining
from mcm_core.web.network import network_of
from tests.web.conftest import Browser
from tests.web.desk import everything, now, sign_in, who


def flags(header: str) -> set[str]:
    return {part.strip() for part in header.split(";")[1:]}


def test_over_https_the_cookie_has_every_lock(browser: Browser, link: str) -> None:
    header = browser("https://testserver").post(link).headers["set-cookie"]

    assert header.startswith("__Host-mcm=")
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= flags(header)
    assert not any(flag.startswith("Domain") for flag in flags(header))


def test_as_a_framework_sets_it_a_cookie_has_no_lock() -> None:
    """The negative control: what `flags` finds above is ours."""
    answer = Response()
    answer.set_cookie("mcm", "x", samesite=None)

    assert flags(answer.headers["set-cookie"]) == {"Path=/"}


def test_over_plain_http_it_has_every_lock_that_works_there(browser: Browser, link: str) -> None:
    header = browser().post(link).headers["set-cookie"]

    assert header.startswith("mcm=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= flags(header)
    assert "Secure" not in flags(header)


def test_a_facilitators_cookie_lasts_twelve_hours_and_a_members_until_two_weeks_after_the_end(
    browser: Browser, fay: Visitor, link: str, cohort: Cohort
) -> None:
    hers, adas = browser(), browser()
    sign_in(hers, fay)
    adas.post(link)

    ends = {client: {one.name: one.expires or 0 for one in client.cookies.jar} for client in (hers, adas)}
    until = {client: found["mcm"] for client, found in ends.items()}

    assert until[hers] == pytest.approx((now() + timedelta(hours=12)).timestamp(), abs=30)
    assert until[adas] == pytest.approx((cohort.sessions[-1].ends_at + timedelta(days=14)).timestamp(), abs=30)


def test_signing_out_takes_the_cookie_back_under_both_its_names(browser: Browser, link: str) -> None:
    client = browser("https://testserver")
    client.post(link)
    client.cookies.set("mcm", "left over from plain http", domain="testserver.local")

    headers = client.post("/auth/leave").headers.get_list("set-cookie")

    assert {header.split("=")[0] for header in headers} == {"__Host-mcm", "mcm"}
    for header in headers:
        assert "Max-Age=0" in flags(header)
        assert header.startswith("mcm") or "Secure" in flags(header)


def test_the_cookie_that_nobody_can_plant_comes_first() -> None:
    assert cookie.read({"mcm": "planted", "__Host-mcm": "ours"}) == "ours"
    assert cookie.read({"mcm": "ours"}) == "ours"
    assert cookie.read({}) is None
    assert cookie.read({"mcm": ""}) is None


@pytest.mark.parametrize(
    ("method", "address"),
    [("GET", "/j/x"), ("POST", "/j/x"), ("GET", "/join"), ("GET", "/welcome/x"), ("POST", "/auth/complete"),
     ("POST", "/auth/leave")],
)  # fmt: skip
def test_every_answer_is_kept_by_nobody_and_framed_by_nobody(browser: Browser, method: str, address: str) -> None:
    headers = browser().request(method, address).headers

    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert "noindex" in headers["x-robots-tag"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


POSTS = ("/j/{}", "/join", "/welcome/x", "/auth/complete", "/auth/leave")
FOREIGN = (
    {"origin": "https://evil.example"},
    {"origin": "http://localhost.evil.example"},
    {"origin": "http://localhost:8080"},
    {"origin": "null", "sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "http://localhost", "sec-fetch-site": "cross-site"},
)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_what_another_site_asks_for_is_not_done(browser: Browser, link: str, headers: dict[str, str]) -> None:
    ada = browser()
    ada.post(link)
    before = everything()

    for address in (link, *POSTS):
        assert ada.post(address, headers=headers).status_code == 403

    assert everything() == before
    assert who(ada) is not None


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://localhost", "sec-fetch-site": "same-origin"},
        {"origin": "null", "sec-fetch-site": "same-origin"},  # our pages send no referrer, so browsers send no origin
        {"origin": "http://localhost"},
        {"origin": "null"},  # the same in a browser from before 2023
        {},
    ],
    ids=str,
)
def test_what_our_own_pages_ask_for_is_done(browser: Browser, link: str, headers: dict[str, str]) -> None:
    assert browser().post(link, headers=headers).status_code == 303


def test_more_than_fits_is_refused(browser: Browser, link: str) -> None:
    client = browser()

    assert client.post(link, content=b"x" * careful.USUAL.body).status_code == 303
    assert client.post(link, content=b"x" * (careful.USUAL.body + 1)).status_code == 413
    assert client.post("/join", content="&".join(f"a{n}=" for n in range(30))).status_code == 400


def test_the_unexpected_gets_a_number_here_and_its_story_in_the_log(
    browser: Browser, link: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(joining.members, "join_by_link", broken)

    answer = browser().post(link)

    (record,) = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert answer.status_code == 500
    assert record.getMessage().split()[-1] in answer.text
    assert "secret detail" not in answer.text
    assert "RuntimeError: a secret detail" in caplog.text
    assert link.removeprefix("/j/") not in caplog.text


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("testclient", "unknown"),
        (None, "unknown"),
    ],
)
def test_an_address_is_known_by_its_network_only(address: str | None, network: str) -> None:
    assert network_of(address) == network
