"""The room's code: it works around one meeting and only knocks, and no crowd behind it keeps a member out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import audit, cohorts, instruments, members, run_sheets, visitors
from mcm_core.services.members import links
from mcm_core.store import secret
from mcm_core.store.engine import write
from mcm_core.store.tables import CohortRow, SignInRow
from tests.services.members.words import HALL, a_link, topics
from tests.services.people import NOW, a_cohort, a_facilitator, signed_in, the_code
from tests.services.racing import race
from tests.services.sheets import begin
from tests.services.stories import Group

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def the_room(db: Session, fay: Visitor, cohort: Cohort, *, at=NOW) -> members.Room:
    room = members.room(db, fay, cohort.id, at=at)
    assert room
    return room


def knocked(db: Session, code: str, name: str = "Zed", *, at=NOW) -> str | None:
    return members.knock(db, code, name, network=HALL, at=at)


def a_crowd(db: Session, code: str, *, at=NOW) -> list[str]:
    """As many strangers as the door takes."""
    return [knocked(db, code, f"Name {number}", at=at) or "" for number in range(40)]


@pytest.mark.parametrize("spell", [str, str.lower, lambda code: f" {code[:4]}-{code[4:]} "])
def test_whoever_has_the_code_waits_and_sees_nobody(
    db: Session, fay: Visitor, cohort: Cohort, spell: Callable[[str], str]
) -> None:
    members.add(db, fay, cohort.id, "Ada", at=NOW)

    token = members.knock(db, spell(the_code(db, fay, cohort)), " Ada  L. ", network=HALL, at=NOW)

    waiting = signed_in(db, token or "")
    assert (waiting.role, waiting.name, waiting.member_id) == (Role.WAITING, "Ada L.", None)
    with pytest.raises(NotAllowed):
        members.roster(db, waiting, cohort.id)
    with pytest.raises(NotAllowed):
        members.at_the_door(db, waiting, cohort.id, at=NOW)


def test_every_meeting_of_every_cohort_has_a_code_of_its_own(db: Session, fay: Visitor, cohort: Cohort) -> None:
    other = a_cohort(db, fay, "Another")
    codes = [the_room(db, fay, one, at=meeting.starts_at).code for one in (cohort, other) for meeting in one.sessions]

    assert len(set(codes)) == 12
    assert {len(code) for code in codes} == {8}
    assert set("".join(codes)) <= set(cohorts.CODE_SYMBOLS)
    assert members.room(db, fay, cohort.id, at=cohort.session(6).ends_at + HOUR) is None


def test_a_code_works_from_an_hour_before_its_meeting_to_an_hour_after(
    db: Session, fay: Visitor, cohort: Cohort
) -> None:
    meeting, code = cohort.session(2), the_room(db, fay, cohort, at=cohort.session(2).starts_at).code
    opens, closes = meeting.starts_at - HOUR, meeting.ends_at + HOUR

    for when, answers in ((opens - SECOND, False), (opens, True), (closes - SECOND, True), (closes, False)):
        assert bool(knocked(db, code, at=when)) is answers, when


def test_a_session_begun_on_another_day_answers_to_its_code_until_it_ends(
    db: Session, fay: Visitor, cohort: Cohort
) -> None:
    instruments.register(db)
    group, days_before = Group(fay, cohort, ()), cohort.session(2).starts_at - timedelta(days=20)
    code = the_room(db, fay, cohort, at=cohort.session(2).starts_at).code
    assert knocked(db, code, at=days_before) is None

    sheet = begin(db, group, 2, at=days_before)

    assert the_room(db, fay, cohort, at=days_before).code == code
    assert (waits := knocked(db, code, at=days_before))
    assert visitors.recognise(db, waits, at=days_before + SECOND)
    assert knocked(db, code, at=days_before + 3 * HOUR - SECOND)
    assert knocked(db, code, at=days_before + 3 * HOUR) is None, "nobody ended it, and its hours are over"
    run_sheets.end(
        db, fay, sheet.session_id, version=sheet.version, at=days_before + HOUR, is_connected=lambda _: False
    )
    assert knocked(db, code, at=days_before + HOUR) is None
    assert knocked(db, code, at=cohort.session(2).starts_at) is None, "what was planned is over with it"
    assert the_room(db, fay, cohort, at=days_before + HOUR).meeting.number == 1


def test_one_that_was_not_begun_keeps_its_hours_while_another_is_on(db: Session, fay: Visitor, cohort: Cohort) -> None:
    codes = [the_room(db, fay, cohort, at=meeting.starts_at).code for meeting in cohort.sessions]
    instruments.register(db)
    days_before = cohort.session(1).starts_at - timedelta(days=3)

    begin(db, Group(fay, cohort, ()), 1, at=days_before)

    assert [bool(knocked(db, code, at=days_before)) for code in codes] == [True] + [False] * 5


def test_last_weeks_code_and_next_weeks_open_nothing(db: Session, fay: Visitor, cohort: Cohort) -> None:
    codes = [the_room(db, fay, cohort, at=meeting.starts_at).code for meeting in cohort.sessions]

    answered = [bool(knocked(db, code, at=cohort.session(3).starts_at)) for code in codes]

    assert answered == [False, False, True, False, False, False]


def test_a_cohort_that_was_deleted_has_no_door(db: Session, fay: Visitor, cohort: Cohort) -> None:
    code = the_code(db, fay, cohort)
    db.get_one(CohortRow, cohort.id).deleted_at = NOW

    assert knocked(db, code) is None


def test_who_knocks_and_is_not_answered_is_gone_after_an_hour_or_when_the_door_closes(
    db: Session, fay: Visitor, cohort: Cohort
) -> None:
    code = the_code(db, fay, cohort)
    closes = the_room(db, fay, cohort).meeting.ends_at + HOUR
    for knocks, ends in ((NOW, NOW + HOUR), (closes - SECOND, closes)):
        token = knocked(db, code, at=knocks) or ""
        assert visitors.recognise(db, token, at=ends - SECOND / 2)
        assert visitors.recognise(db, token, at=ends) is None
        assert members.at_the_door(db, fay, cohort.id, at=ends) == ()


def test_a_new_code_stops_the_old_one_and_turns_its_strangers_away(db: Session, fay: Visitor, cohort: Cohort) -> None:
    old, link = the_code(db, fay, cohort), a_link(db, fay, cohort)
    members.join_by_link(db, link, browser_token=None, at=NOW)
    hers = members.join_by_link(db, link, browser_token=None, at=NOW).token
    strangers = [knocked(db, old), knocked(db, old)]
    topics(db)

    members.renew_code(db, fay, cohort.id)

    new = the_room(db, fay, cohort).code
    assert new != old
    assert (knocked(db, old), bool(knocked(db, new))) == (None, True)
    assert [visitors.recognise(db, token or "", at=NOW) for token in strangers] == [None, None]
    assert signed_in(db, hers).role is Role.WAITING  # her own phone goes on waiting
    told = {f"visitor:{secret.digest(token or '')}" for token in strangers}
    assert told | {f"door:{cohort.id}", f"phase:{cohort.id}"} <= topics(db)


def test_the_log_says_who_made_a_new_code_and_not_which(database: str) -> None:
    with write() as db:
        fay = a_facilitator(db)
        cohort = a_cohort(db, fay)
        old = the_code(db, fay, cohort)
        members.renew_code(db, fay, cohort.id)
        members.turn_all_away(db, fay, cohort.id)
        new = the_code(db, fay, cohort)

    with write() as db:
        said = [line.sentence for line in audit.of_cohort(db, fay, cohort.id)]
    assert said[:2] == [
        "Fay turned everybody away who had come with the room’s code.",
        "Fay made a new code for the room.",
    ]
    assert not any(code in " ".join(said) for code in (old, new))


def test_one_tap_turns_all_strangers_away_and_no_member(db: Session, fay: Visitor, cohort: Cohort) -> None:
    code, link = the_code(db, fay, cohort), a_link(db, fay, cohort)
    inside, waiting = (members.join_by_link(db, link, browser_token=None, at=NOW).token for _ in range(2))
    strangers = a_crowd(db, code)

    members.turn_all_away(db, fay, cohort.id)

    assert [visitors.recognise(db, token, at=NOW) for token in strangers] == [None] * 40
    assert signed_in(db, inside).role is Role.UNREAD
    assert [knock.name for knock in members.at_the_door(db, fay, cohort.id, at=NOW)] == ["Ada"]
    assert signed_in(db, waiting)
    assert knocked(db, code)  # and the door is free again


def ways_in(db: Session, fay: Visitor, cohort: Cohort) -> list[bool]:
    """Whether each of a member's first three phones waits, behind a crowd of strangers; the first is to be in."""
    code, link = the_code(db, fay, cohort), a_link(db, fay, cohort)
    a_crowd(db, code)
    return [members.join_by_link(db, link, browser_token=None, at=NOW).waiting for _ in range(3)]


def test_a_crowd_of_strangers_does_not_keep_a_member_out(db: Session, fay: Visitor, cohort: Cohort) -> None:
    assert ways_in(db, fay, cohort) == [False, True, True]
    assert [knock.name for knock in members.at_the_door(db, fay, cohort.id, at=NOW)][:2] == ["Ada", "Ada"]


def test_with_one_queue_for_everybody_it_would(
    db: Session, fay: Visitor, cohort: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: members' phones stand in the queue of those who have the code."""

    def one_queue(db: Session, _member_id: str, _at: object) -> None:
        if db.scalars(select(func.count()).where(SignInRow.cohort_id == cohort.id, SignInRow.waiting)).one() >= 40:
            raise Refused("Many people are waiting")

    monkeypatch.setattr(links, "_refuse_many", one_queue)

    with pytest.raises(Refused, match="Many people"):
        ways_in(db, fay, cohort)


def test_somebody_with_another_members_link_keeps_nobody_else_out(db: Session, fay: Visitor, cohort: Cohort) -> None:
    hers, his = a_link(db, fay, cohort, "Ada"), a_link(db, fay, cohort, "Bo")
    for link in (hers, his):
        members.join_by_link(db, link, browser_token=None, at=NOW)
    for _ in range(3):
        members.join_by_link(db, hers, browser_token=None, at=NOW)

    with pytest.raises(Refused, match="Several phones wait with this link"):
        members.join_by_link(db, hers, browser_token=None, at=NOW)

    assert members.join_by_link(db, his, browser_token=None, at=NOW).waiting


def test_a_full_door_is_another_cohorts_affair(db: Session, fay: Visitor, cohort: Cohort) -> None:
    a_crowd(db, the_code(db, fay, cohort))
    other = a_cohort(db, fay, "Another")

    assert knocked(db, the_code(db, fay, other))


def test_two_new_codes_at_once_are_two_and_the_last_one_works(database: str) -> None:
    with write() as db:
        fay = a_facilitator(db)
        cohort = a_cohort(db, fay)
        old = the_code(db, fay, cohort)

    def renew() -> object:
        with write() as db:
            return members.renew_code(db, fay, cohort.id)

    assert race(renew, renew) == [None, None]

    with write() as db:
        assert knocked(db, old) is None
        assert knocked(db, the_room(db, fay, cohort).code)


def test_a_hall_of_twenty_behind_one_address_gets_in_and_then_the_door_is_full(
    db: Session, fay: Visitor, cohort: Cohort
) -> None:
    for number in range(40):
        assert members.knock(db, the_code(db, fay, cohort), f"Name {number}", network=HALL, at=NOW)

    with pytest.raises(Refused, match="Many people"):
        members.knock(db, the_code(db, fay, cohort), "Ada", network=HALL, at=NOW)


def test_a_name_is_asked_for_before_the_code_is_looked_at(db: Session, fay: Visitor, cohort: Cohort) -> None:
    for code in (the_code(db, fay, cohort), "WRONG"):
        with pytest.raises(Refused, match="name is empty"):
            members.knock(db, code, "\x00 \u200b", network=HALL, at=NOW)
