"""One person in two cohorts with one phone (domain.md §5 row 44)."""

from __future__ import annotations

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import members
from mcm_core.store.engine import write
from tests.services.people import a_cohort, a_facilitator
from tests.web.conftest import Browser
from tests.web.desk import now, who

HERE = {"instead": "yes"}  # what the button sends that changes over after the question


def a_link_elsewhere() -> str:
    """Ada's link into another facilitator's cohort."""
    with write() as db:
        gil = a_facilitator(db, "gil", at=now())
        (ada,) = members.add(db, gil, a_cohort(db, gil, "Friday group", at=now()).id, "Ada", at=now())
        return f"/j/{members.link_token(db, gil, ada.id, at=now())}"


def test_a_phone_is_in_one_group_at_a_time_and_comes_back_after_a_tap(
    browser: Browser, link: str, fay: Visitor, cohort: Cohort
) -> None:
    phone, elsewhere = browser(), a_link_elsewhere()
    phone.post(link)
    first = who(phone)
    assert phone.post(elsewhere).status_code == 409, "it is asked before it leaves the other group"

    phone.post(elsewhere, data=HERE)
    second = who(phone)
    assert (second.role, second.cohort_id == first.cohort_id) == (first.role, False)

    phone.post(link, data=HERE)
    waits = who(phone)
    assert (waits.role, waits.cohort_id) == (Role.WAITING, cohort.id), "as any phone that comes later"
    with write() as db:
        (knock,) = members.at_the_door(db, fay, cohort.id, at=now())
        members.let_in(db, fay, knock.id, first.member_id or "", at=now())
    assert who(phone).member_id == first.member_id


def test_two_browsers_keep_both(browser: Browser, link: str) -> None:
    one, other = browser(), browser()
    one.post(link)
    other.post(a_link_elsewhere())

    assert who(one).cohort_id != who(other).cohort_id
    assert {who(one).role, who(other).role} <= {Role.MEMBER, Role.UNREAD}
