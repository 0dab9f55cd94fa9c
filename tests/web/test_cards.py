"""The printed cards: for the cohort's facilitators and for nobody else."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import facilitators, members, visitors
from mcm_core.store.engine import write
from mcm_core.web.addresses import qr_data
from mcm_core.web.cards import routes
from mcm_core.web.cookie import PLAIN
from mcm_core.web.headers import SafeHeaders
from tests.services.people import a_cohort, a_facilitator, a_member


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def ours(fay: Visitor) -> Cohort:
    with write() as db:
        return a_cohort(db, fay, "Survivors of X")


def browser_of(visitor: Visitor | None, *, base: str = "https://cards.example:8501") -> TestClient:
    """A browser that is signed in as this visitor."""
    client = TestClient(
        Starlette(routes=routes, middleware=[Middleware(SafeHeaders)]), base_url=base, follow_redirects=False
    )
    if visitor:
        with write() as db:
            token = visitors.admit(
                db,
                facilitator_id=visitor.facilitator_id,
                member_id=visitor.member_id,
                cohort_id=visitor.cohort_id,
                at=now(),
            )
        client.cookies.set(PLAIN, token)
    return client


def add(fay: Visitor, cohort: Cohort, *names: str) -> dict[str, str]:
    """Add members; returns their link tokens by name."""
    with write() as db:
        added = members.add(db, fay, cohort.id, "\n".join(names), at=now())
        return {member.name: members.link_token(db, fay, member.id, at=now()) for member in added}


def test_every_card_has_a_name_a_code_and_the_link(fay: Visitor, ours: Cohort) -> None:
    tokens = add(fay, ours, "Ada Okafor", "Bo Lindqvist")

    shown = browser_of(fay).get(f"/cards/{ours.id}")

    assert shown.status_code == 200
    for name, token in tokens.items():
        address = f"https://cards.example:8501/j/{token}"
        assert name in shown.text
        assert address in shown.text
        assert qr_data(address) in unescape(shown.text)
    assert shown.text.count("Opens your session. Keep it to yourself.") == 2


def test_a_card_does_not_say_what_it_is_about(fay: Visitor, ours: Cohort) -> None:
    add(fay, ours, "Ada")

    assert "Survivors" not in browser_of(fay).get(f"/cards/{ours.id}").text


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (12, 1), (13, 2), (20, 2)])
def test_twelve_cards_fit_a_page(fay: Visitor, ours: Cohort, count: int, pages: int) -> None:
    add(fay, ours, *(f"Person {number}" for number in range(count)))

    shown = browser_of(fay).get(f"/cards/{ours.id}").text

    sheets = shown.split('<section class="sheet"')[1:]
    assert len(sheets) == pages
    assert all(sheet.count('class="card"') <= 12 for sheet in sheets)
    assert shown.count('class="card"') == count


def test_without_members_it_says_what_to_do(fay: Visitor, ours: Cohort) -> None:
    shown = browser_of(fay).get(f"/cards/{ours.id}")

    assert "There are no members yet" in shown.text
    assert 'class="sheet"' not in shown.text


def test_names_are_printed_as_they_were_typed(fay: Visitor, ours: Cohort) -> None:
    add(fay, ours, '<script>alert("x")</script>', "{{ 7 * 7 }}")

    shown = browser_of(fay).get(f"/cards/{ours.id}").text

    assert "<script>alert" not in shown
    assert '<script>alert("x")</script>' in unescape(shown)
    assert "{{ 7 * 7 }}" in shown


def test_nobody_else_gets_a_card_and_all_are_told_the_same(fay: Visitor, ours: Cohort) -> None:
    tokens = add(fay, ours, "Ada Okafor")
    with write() as db:
        foreign = a_facilitator(db, "other", at=now())
        theirs = a_cohort(db, foreign, "Theirs")
        member = a_member(db, fay, ours, "Bo Lindqvist", at=now())
        outsider = a_member(db, foreign, theirs, "Cy", at=now())

    answers = [browser_of(who).get(f"/cards/{ours.id}") for who in (foreign, member, outsider, None)]
    answers.append(browser_of(fay).get("/cards/nothing"))

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert not re.search("|".join(["Ada", "Bo Lindqvist", *tokens.values()]), answers[0].text)


def test_a_co_facilitator_prints_the_same_cards(fay: Visitor, ours: Cohort) -> None:
    add(fay, ours, "Ada")
    with write() as db:
        second = a_facilitator(db, "second", at=now())
        facilitators.accept_as(db, second, facilitators.invite(db, fay, ours.id, at=now()), at=now())

    assert browser_of(second).get(f"/cards/{ours.id}").text == browser_of(fay).get(f"/cards/{ours.id}").text


def test_no_copy_is_kept_and_the_address_is_not_told_on(fay: Visitor, ours: Cohort) -> None:
    headers = browser_of(fay).get(f"/cards/{ours.id}").headers

    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"


def test_the_public_address_is_on_the_cards_where_it_is_known(
    fay: Visitor, ours: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCM_PUBLIC_URL", "https://session.example/")
    token = add(fay, ours, "Ada")["Ada"]

    assert f"https://session.example/j/{token}" in browser_of(fay).get(f"/cards/{ours.id}").text


def test_a_link_that_was_made_anew_is_the_one_on_the_card(fay: Visitor, ours: Cohort) -> None:
    before = add(fay, ours, "Ada")["Ada"]
    with write() as db:
        (ada,) = members.roster(db, fay, ours.id)
        members.reissue(db, fay, ada.id, at=now())

    shown = browser_of(fay).get(f"/cards/{ours.id}").text

    with write() as db:
        assert members.link_token(db, fay, ada.id, at=now()) in shown
    assert before not in shown
