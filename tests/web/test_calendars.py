"""The addresses of calendars: one that needs no sign-in and says only when, and one for whoever is signed in."""

from __future__ import annotations

from datetime import UTC, datetime

import vobject
from starlette.testclient import TestClient

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import calendars, visitors
from mcm_core.store.engine import write
from mcm_core.web.cookie import PLAIN
from tests.services.people import a_cohort, a_facilitator, a_member
from tests.web.conftest import Browser


def a_calendar(fay: Visitor, cohort: Cohort) -> tuple[Visitor, str]:
    at = datetime.now(UTC)
    with write() as db:
        ada = a_member(db, fay, cohort, "Ada", at=at)
        return ada, calendars.begin(db, ada, at=at)


def signed_in_as(browser: Browser, visitor: Visitor) -> TestClient:
    client = browser()
    who = {"member_id": visitor.member_id, "facilitator_id": visitor.facilitator_id, "cohort_id": visitor.cohort_id}
    with write() as db:
        client.cookies.set(PLAIN, visitors.admit(db, **who, at=datetime.now(UTC)))
    return client


def test_a_calendar_follows_without_a_sign_in(browser: Browser, fay: Visitor, cohort: Cohort) -> None:
    _, token = a_calendar(fay, cohort)

    reply = browser().get(f"/calendar/{token}.ics")

    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/calendar")
    assert 'filename="sessions.ics"' in reply.headers["content-disposition"]
    assert len(list(vobject.readOne(reply.text).vevent_list)) == 6
    for name in ("Ada", "Fay", "Tuesday group", token):
        assert name not in reply.text


def test_a_made_up_or_ended_address_leads_nowhere(browser: Browser, fay: Visitor, cohort: Cohort) -> None:
    ada, token = a_calendar(fay, cohort)
    with write() as db:
        calendars.end(db, ada)

    replies = [browser().get(f"/calendar/{one}.ics") for one in (token, "made-up", "a" * 500)]

    assert {reply.status_code for reply in replies} == {404}
    assert len({reply.text for reply in replies}) == 1


def test_the_file_is_for_who_belongs_to_the_cohort(browser: Browser, fay: Visitor, cohort: Cohort) -> None:
    ada, _ = a_calendar(fay, cohort)
    with write() as db:
        gil = a_facilitator(db, "gil", at=datetime.now(UTC))
        a_cohort(db, gil, "Friday group", at=datetime.now(UTC))
    address = f"/calendar/{cohort.id}/sessions.ics"

    found = {who: signed_in_as(browser, one).get(address).status_code for who, one in (("ada", ada), ("fay", fay))}
    assert found == {"ada": 200, "fay": 200}
    assert signed_in_as(browser, gil).get(address).status_code == 404
    assert browser().get(address).status_code == 404
