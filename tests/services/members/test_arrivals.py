"""Every phone that came in as a member is told to them, on each other phone of theirs, until they answer there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.errors import NotAllowed, Reconfirm, Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import audit, facilitators, members, visitors
from mcm_core.services.members import door
from mcm_core.store.engine import read, write
from tests.services.members.words import HALL, a_link, topics
from tests.services.people import NOW, a_cohort, a_facilitator, a_member, signed_in, the_code

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def link(db: Session, fay: Visitor, cohort: Cohort) -> str:
    return a_link(db, fay, cohort)


def opened(db: Session, link: str, *, at=NOW) -> Visitor:
    """A browser that has opened the link, in or waiting."""
    return signed_in(db, members.join_by_link(db, link, browser_token=None, at=at).token, at=at)


def let_in(db: Session, fay: Visitor, link: str, *, at=NOW) -> Visitor:
    """Another phone with the link, which a facilitator has let in."""
    token = members.join_by_link(db, link, browser_token=None, at=at).token
    cohort_id = signed_in(db, token, at=at).cohort_id or ""
    (knock,) = members.at_the_door(db, fay, cohort_id, at=at)
    members.let_in(db, fay, knock.id, knock.member_id or "", at=at)
    return signed_in(db, token, at=at)


def told(db: Session, phone: Visitor) -> list[str | None]:
    """Who let in the other phones of which this one tells."""
    return [one.by for one in members.new_arrivals(db, phone)]


def test_a_phone_that_is_let_in_is_told_at_once_with_the_moment_and_the_name(
    db: Session, fay: Visitor, link: str
) -> None:
    ada = opened(db, link)
    assert members.new_arrivals(db, ada) == ()
    topics(db)

    let_in(db, fay, link, at=NOW + MINUTE)

    (one,) = members.new_arrivals(db, ada)
    assert (one.at, one.let_in, one.by, one.is_in) == (NOW + MINUTE, True, "Fay", True)
    assert f"mine:{ada.member_id}" in topics(db)


def test_who_opened_a_link_before_its_member_is_told_to_them(db: Session, fay: Visitor, link: str) -> None:
    """A facilitator who looked at the link and opened it first; the member's own phone is the second then."""
    opened(db, link)

    ada = let_in(db, fay, link, at=NOW + MINUTE)

    assert [(one.at, one.let_in, one.by) for one in members.new_arrivals(db, ada)] == [(NOW, False, None)]


def test_it_is_told_until_the_member_answers_and_again_of_the_next_phone(db: Session, fay: Visitor, link: str) -> None:
    ada = opened(db, link)
    let_in(db, fay, link, at=NOW + MINUTE)
    let_in(db, fay, link, at=NOW + 2 * MINUTE)
    assert told(db, ada) == told(db, ada) == ["Fay", "Fay"]

    members.it_was_me(db, ada, members.new_arrivals(db, ada)[-1].phone_id)
    assert told(db, ada) == []

    let_in(db, fay, link, at=NOW + 3 * MINUTE)
    assert told(db, ada) == ["Fay"]


def test_whoever_read_and_left_is_told_of_all_the_same(db: Session, fay: Visitor, link: str) -> None:
    ada = opened(db, link)
    token = members.join_by_link(db, link, browser_token=None, at=NOW + MINUTE).token
    (knock,) = members.at_the_door(db, fay, ada.cohort_id or "", at=NOW + MINUTE)
    members.let_in(db, fay, knock.id, knock.member_id or "", at=NOW + MINUTE)

    visitors.leave(db, token)

    assert [(one.by, one.is_in) for one in members.new_arrivals(db, ada)] == [("Fay", False)]


def test_two_phones_of_a_stranger_do_not_vouch_for_one_another(db: Session, fay: Visitor, link: str) -> None:
    ada = opened(db, link)
    strangers = [let_in(db, fay, link, at=NOW + number * MINUTE) for number in (1, 2)]

    for phone in strangers:
        members.it_was_me(db, phone, members.new_arrivals(db, phone)[-1].phone_id)

    assert [told(db, phone) for phone in (*strangers, ada)] == [[], [], ["Fay", "Fay"]]


def test_it_was_not_me_signs_that_phone_out_at_once_and_facilitators_hear_of_it(
    db: Session, fay: Visitor, cohort: Cohort, link: str
) -> None:
    ada, stranger = opened(db, link), let_in(db, fay, link, at=NOW + MINUTE)
    topics(db)

    members.it_was_not_me(db, ada, members.new_arrivals(db, ada)[0].phone_id, at=NOW + DAY)

    with pytest.raises(NotAllowed):
        members.my_phones(db, stranger, at=NOW + DAY)
    assert {f"visitor:{stranger.sign_in}", f"door:{cohort.id}", f"mine:{ada.member_id}"} <= topics(db)
    assert told(db, ada) == []
    (one,) = members.disowned(db, fay, cohort.id, at=NOW + DAY)
    assert (one.name, one.at, one.by) == ("Ada", NOW + MINUTE, "Fay")
    assert members.disowned(db, fay, cohort.id, at=NOW + 2 * DAY) == ()


def test_the_log_says_so_to_both(database: str) -> None:
    with write() as db:
        fay = a_facilitator(db)
        cohort = a_cohort(db, fay)
        link = a_link(db, fay, cohort)
        ada = opened(db, link)
        let_in(db, fay, link, at=NOW + MINUTE)
    with write() as db:
        members.it_was_not_me(db, ada, members.new_arrivals(db, ada)[0].phone_id, at=NOW + DAY)

    sentence = "Ada said that a phone which came in as them was not theirs."
    with read() as db:
        assert sentence in [line.sentence for line in audit.of_cohort(db, fay, cohort.id)]
        assert sentence in [line.sentence for line in audit.about_me(db, ada)]


def test_nobody_answers_for_another_member_or_for_the_phone_in_the_hand(
    db: Session, fay: Visitor, cohort: Cohort, link: str
) -> None:
    ada, bo = opened(db, link), a_member(db, fay, cohort, "Bo")
    other = let_in(db, fay, link, at=NOW + MINUTE)
    (theirs,) = members.new_arrivals(db, ada)

    for verb in (
        lambda: members.it_was_me(db, bo, theirs.phone_id),
        lambda: members.it_was_not_me(db, bo, theirs.phone_id, at=NOW),
        lambda: members.it_was_me(db, bo, "unknown"),
    ):
        with pytest.raises(NotAllowed):
            verb()
    with pytest.raises(Refused, match="in your hand"):
        members.it_was_not_me(db, other, theirs.phone_id, at=NOW)
    assert told(db, bo) == []


# ------------------------------------------------------ with the room's code, as somebody who has joined


@pytest.fixture
def stranger(db: Session, fay: Visitor, cohort: Cohort, link: str) -> tuple[Visitor, str, Visitor]:
    """Ada, who has joined; and the id and the browser of somebody who knows her name and the room's code."""
    ada = opened(db, link)
    came = members.knock(db, the_code(db, fay, cohort), "ada", network=HALL, at=NOW) or ""
    (knock,) = members.at_the_door(db, fay, cohort.id, at=NOW)
    return ada, knock.id, signed_in(db, came)


def test_one_tap_does_not_let_in_who_knows_a_name_and_the_code(
    db: Session, fay: Visitor, stranger: tuple[Visitor, str, Visitor]
) -> None:
    ada, knock_id, browser = stranger

    with pytest.raises(Refused, match=r"Ada has joined on another phone already\. Ask them in person"):
        members.let_in(db, fay, knock_id, ada.member_id or "", at=NOW)
    with pytest.raises(NotAllowed):
        members.my_phones(db, browser, at=NOW)


def test_who_was_asked_in_person_comes_in_if_the_facilitator_said_lately_who_they_are(
    db: Session, fay: Visitor, stranger: tuple[Visitor, str, Visitor]
) -> None:
    ada, knock_id, browser = stranger

    with pytest.raises(Reconfirm):
        members.let_in(db, fay, knock_id, ada.member_id or "", asked=True, at=NOW + 11 * MINUTE)
    members.let_in(db, fay, knock_id, ada.member_id or "", asked=True, at=NOW + MINUTE)

    assert members.my_phones(db, browser, at=NOW + MINUTE)
    assert told(db, ada) == ["Fay"]


def test_without_the_second_step_one_tap_would_be_enough(
    db: Session, fay: Visitor, stranger: tuple[Visitor, str, Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    ada, knock_id, browser = stranger
    monkeypatch.setattr(door, "_refuse_unasked", lambda *_args, **_named: None)

    members.let_in(db, fay, knock_id, ada.member_id or "", at=NOW)

    assert members.my_phones(db, browser, at=NOW)


def test_the_first_phone_of_a_member_needs_one_tap_and_no_password(db: Session, fay: Visitor, cohort: Cohort) -> None:
    """As a second phone with the member's own link does: what the issue promises, and a session cannot wait for."""
    bo = members.add(db, fay, cohort.id, "Bo", at=NOW)[0]
    members.knock(db, the_code(db, fay, cohort), "Bo", network=HALL, at=NOW)
    (knock,) = members.at_the_door(db, fay, cohort.id, at=NOW)

    members.let_in(db, fay, knock.id, bo.id, at=NOW + 11 * MINUTE)

    assert members.roster(db, fay, cohort.id)[0].devices == 1


def test_a_second_phone_with_the_link_needs_one_tap_and_no_password(
    db: Session, fay: Visitor, cohort: Cohort, link: str
) -> None:
    opened(db, link)

    let_in(db, fay, link, at=NOW + 11 * MINUTE)

    assert members.roster(db, fay, cohort.id)[0].devices == 2


def test_a_new_link_is_made_only_after_saying_lately_who_one_is(
    db: Session, fay: Visitor, cohort: Cohort, link: str
) -> None:
    ada = members.roster(db, fay, cohort.id)[0]

    with pytest.raises(Reconfirm):
        members.reissue(db, fay, ada.id, at=NOW + 11 * MINUTE)

    assert opened(db, link).name == "Ada"


def test_the_name_of_a_co_facilitator_who_let_a_phone_in_is_told(
    db: Session, fay: Visitor, cohort: Cohort, link: str
) -> None:
    ivo = a_facilitator(db, "ivo")
    facilitators.accept_as(db, ivo, facilitators.invite(db, fay, cohort.id, at=NOW), at=NOW)
    ada = opened(db, link)

    let_in(db, ivo, link, at=NOW + MINUTE)

    assert told(db, ada) == ["Ivo"]
