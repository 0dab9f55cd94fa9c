"""Personal links: the first browser is in, later ones wait."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import members, visitors
from mcm_core.store import secret
from mcm_core.store.engine import write
from mcm_core.store.tables import Base, MemberRow
from tests.services.members.words import a_link, topics
from tests.services.people import NOW, a_cohort, a_facilitator, a_member, signed_in
from tests.services.racing import race, statements

WEEK = timedelta(days=7)


def test_a_link_has_43_characters_is_always_the_same_and_nowhere_stored(
    db: Session, fay: Visitor, cohort: Cohort
) -> None:
    a_member(db, fay, cohort, "Ada")
    members.add(db, fay, cohort.id, "Bo", at=NOW)
    links = members.link_tokens(db, fay, cohort.id, at=NOW)
    db.flush()

    stored = " ".join(
        str(value) for table in Base.metadata.sorted_tables for row in db.execute(select(table)) for value in row
    )

    assert links == {one.id: members.link_token(db, fay, one.id, at=NOW) for one in members.roster(db, fay, cohort.id)}
    for link in links.values():
        assert len(link) == 43
        assert link not in stored
        assert secret.digest(link) in stored


def test_all_links_of_a_cohort_take_four_queries(db: Session, fay: Visitor, cohort: Cohort) -> None:
    members.add(db, fay, cohort.id, "Ada, Bo, Cy", at=NOW)

    with statements(db) as seen:
        assert len(members.link_tokens(db, fay, cohort.id, at=NOW)) == 3

    assert len(seen) == 4  # who asks, when they last said so, whether it was written down a moment ago, the links


def test_the_first_browser_is_in_at_once(db: Session, fay: Visitor, cohort: Cohort) -> None:
    joined = members.join_by_link(db, a_link(db, fay, cohort), browser_token=None, at=NOW)

    ada = signed_in(db, joined.token)
    assert not joined.waiting
    assert (ada.role, ada.name, ada.cohort_id) == (Role.UNREAD, "Ada", cohort.id)


def test_a_browser_that_comes_again_keeps_its_sign_in(db: Session, fay: Visitor, cohort: Cohort) -> None:
    link = a_link(db, fay, cohort)
    first = members.join_by_link(db, link, browser_token="of something else", at=NOW)
    second = members.join_by_link(db, link, browser_token=None, at=NOW)

    for joined in (first, second):
        assert members.has_used_link(db, link, browser_token=joined.token, at=NOW)
        assert members.join_by_link(db, link, browser_token=joined.token, at=NOW) == joined
    assert not members.has_used_link(db, "unknown", browser_token=first.token, at=NOW)
    assert len(members.at_the_door(db, fay, cohort.id, at=NOW)) == 1


def test_a_second_browser_waits_is_let_in_and_works_next_week(db: Session, fay: Visitor, cohort: Cohort) -> None:
    link = a_link(db, fay, cohort)
    members.join_by_link(db, link, browser_token=None, at=NOW)
    topics(db)

    joined = members.join_by_link(db, link, browser_token=None, at=NOW)
    assert joined.waiting
    waiting = signed_in(db, joined.token)
    assert f"door:{cohort.id}" in topics(db)

    (knock,) = members.at_the_door(db, fay, cohort.id, at=NOW)
    assert knock.name == "Ada"
    members.let_in(db, fay, knock.id, knock.member_id or "", at=NOW)
    assert {f"visitor:{waiting.sign_in}", f"door:{cohort.id}"} <= topics(db)

    next_week = signed_in(db, joined.token, at=NOW + WEEK)
    assert (next_week.role, next_week.name) == (Role.UNREAD, "Ada")
    assert members.at_the_door(db, fay, cohort.id, at=NOW) == ()


def test_without_the_note_that_somebody_came_a_forwarded_link_would_be_enough(
    db: Session, fay: Visitor, cohort: Cohort
) -> None:
    """The negative control."""
    link = a_link(db, fay, cohort)
    members.join_by_link(db, link, browser_token=None, at=NOW)
    db.execute(update(MemberRow).values(joined_at=None))

    forwarded = members.join_by_link(db, link, browser_token=None, at=NOW)

    assert (forwarded.waiting, signed_in(db, forwarded.token).name) == (False, "Ada")


def test_of_two_browsers_at_the_same_moment_one_is_the_first(database: str) -> None:
    with write() as db:
        fay = a_facilitator(db)
        link = a_link(db, fay, a_cohort(db, fay))

    def join() -> object:
        with write() as db:
            return members.join_by_link(db, link, browser_token=None, at=NOW).waiting

    assert sorted(map(bool, race(join, join, join))) == [False, True, True]


def test_a_new_link_kills_the_old_one_and_signs_every_browser_out(db: Session, fay: Visitor, cohort: Cohort) -> None:
    link = a_link(db, fay, cohort)
    ada = members.roster(db, fay, cohort.id)[0]
    tokens = [members.join_by_link(db, link, browser_token=None, at=NOW).token for _ in range(2)]

    members.reissue(db, fay, ada.id, at=NOW)

    assert [visitors.recognise(db, token, at=NOW) for token in tokens] == [None, None]
    with pytest.raises(NotAllowed):
        members.join_by_link(db, link, browser_token=tokens[0], at=NOW)
    fresh = members.link_token(db, fay, ada.id, at=NOW)
    assert not members.join_by_link(db, fresh, browser_token=None, at=NOW).waiting


def test_a_new_link_for_a_lost_card_leaves_the_phones_in(db: Session, fay: Visitor, cohort: Cohort) -> None:
    link = a_link(db, fay, cohort)
    ada = members.roster(db, fay, cohort.id)[0]
    hers, somebodys = (members.join_by_link(db, link, browser_token=None, at=NOW).token for _ in range(2))

    members.reissue(db, fay, ada.id, keep_phones=True, at=NOW)

    assert visitors.recognise(db, hers, at=NOW)
    assert visitors.recognise(db, somebodys, at=NOW) is None
    assert members.join_by_link(db, members.link_token(db, fay, ada.id, at=NOW), browser_token=None, at=NOW).waiting
    with pytest.raises(NotAllowed):
        members.join_by_link(db, link, browser_token=None, at=NOW)


def test_after_forgetting_a_lost_phone_whoever_has_the_link_waits(db: Session, fay: Visitor, cohort: Cohort) -> None:
    link = a_link(db, fay, cohort)
    lost = members.join_by_link(db, link, browser_token=None, at=NOW).token
    topics(db)

    members.forget_devices(db, fay, members.roster(db, fay, cohort.id)[0].id)

    assert visitors.recognise(db, lost, at=NOW) is None
    assert f"visitor:{secret.digest(lost)}" in topics(db)
    assert members.join_by_link(db, link, browser_token=lost, at=NOW).waiting


def test_with_a_new_secret_printed_cards_work_and_new_ones_say_what_to_do(
    db: Session, fay: Visitor, cohort: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = a_link(db, fay, cohort)
    ada = members.roster(db, fay, cohort.id)[0]
    monkeypatch.setenv("MCM_SECRET", "another secret that is long enough too")

    assert members.join_by_link(db, link, browser_token=None, at=NOW)
    with pytest.raises(Refused, match="Make a new link"):
        members.link_tokens(db, fay, cohort.id, at=NOW)
    members.reissue(db, fay, ada.id, at=NOW)
    assert members.link_token(db, fay, ada.id, at=NOW) != link
