"""Who gets a report: its member or the cohort's people, and nobody else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mcm_core.services import members
from mcm_core.store.engine import write
from tests.services.people import NOW
from tests.services.stories import (
    Group,
    a_group,
    run_round,
)
from tests.web.papers import browser_of, ours, play, six_beside_others, with_token, words


@pytest.fixture
def group(sqlite: str) -> Group:
    return six_beside_others()


@pytest.mark.parametrize("end", ["/report/mine", "/report/mine.csv", "", ".csv", "?share"])
def test_strangers_get_a_sentence_and_nothing_else(group: Group, end: str) -> None:
    play(group, 1, [(1, 2)] * 6)

    answer_ = browser_of().get(end if end.startswith("/") else ours(group, end))

    assert answer_.status_code == 404
    assert "You are not signed in any more." in words(answer_.text)
    assert "Tuesday" not in answer_.text


def test_another_cohorts_people_get_nothing(group: Group) -> None:
    with write() as db:
        other = a_group(db, 1, username="nell", name="Third group")
    play(group, 1, [(1, 2)] * 6)

    for who in (other.facilitator, other.members[0]):
        for end in ("", ".csv", "?share"):
            assert browser_of(who).get(ours(group, end)).status_code == 404
    assert browser_of(other.members[0]).get("/report/ours/made-up").status_code == 404


def test_a_facilitator_has_no_report_of_a_member(group: Group) -> None:
    play(group, 1, [(1, 2)] * 6)

    for address in ("/report/mine", "/report/mine.csv", f"/report/mine?member={group.members[0].member_id}"):
        assert browser_of(group.facilitator).get(address).status_code == 404


def test_somebody_at_the_door_has_no_report(group: Group) -> None:
    play(group, 1, [(1, 2)] * 6)
    with write() as db:
        link = members.link_token(db, group.facilitator, group.members[0].member_id or "", at=NOW)
        token = members.join_by_link(db, link, browser_token=None, at=datetime.now(UTC)).token
    browser = with_token(token)

    for address in ("/report/mine", "/report/mine.csv", ours(group), ours(group, ".csv")):
        assert browser.get(address).status_code == 404


def test_nobody_elses_reading_is_in_anybodys_report(group: Group) -> None:
    """In two worlds that differ in what the others answered, below the threshold, all papers of Ada are the same."""
    papers = []
    for theirs in ((1, 2), (4, 3)):
        with write() as db:
            each = a_group(db, 4, username=f"fay{theirs[0]}", name="Same name")
            run_round(db, each.facilitator, each.cohort, each.members, 1, [(2, 3), *[theirs] * 3])
        ada = browser_of(each.members[0])
        addresses = ("/report/mine", "/report/mine.csv", ours(each), ours(each, ".csv"))
        papers.append([ada.get(address).text for address in addresses])

    assert papers[0] == papers[1]
