"""Saying again who one is: what opens doors to others is closed ten minutes after the last password or code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed, Reconfirm
from mcm_core.domain.message import To
from mcm_core.domain.visitor import Visitor
from mcm_core.services import (
    access,
    facilitators,
    guests,
    mailing,
    members,
    messages,
    reports,
    retention,
    second_step,
    signing_in,
    team,
)
from tests.services.people import NOW, PASSWORD, a_facilitator, code_of, key_of
from tests.services.stories import Group, a_group

MINUTE = timedelta(minutes=1)
SOON, LATE = NOW + 10 * MINUTE, NOW + 10 * MINUTE + timedelta(seconds=1)
Verb = Callable[[Session, Group, Visitor, object], object]


def a_link(db: Session, group: Group) -> str:
    """A message with a member's link."""
    to = To("Ada", member_id=group.members[0].member_id)
    return messages.draft(db, group.cohort.id, "invitation", to, {}, once="ada", at=NOW)


VERBS: dict[str, Verb] = {
    "a member's link": lambda db, g, who, at: members.link_token(db, who, g.members[0].member_id, at=at),
    "all links": lambda db, g, who, at: members.link_tokens(db, who, g.cohort.id, at=at),
    "a message with a link": lambda db, g, who, at: mailing.words_of(db, who, a_link(db, g), address="", at=at),
    "the cohort's report": lambda db, g, who, at: reports.take(db, who, g.cohort.id, at=at),
    "another facilitator": lambda db, g, who, at: facilitators.invite(db, who, g.cohort.id, at=at),
    "a guest": lambda db, g, who, at: guests.invite(db, who, g.cohort.session(1).id, "Gus", at=at),
    "recovery codes": lambda db, _g, who, at: second_step.renew_recovery_codes(db, who, at=at),
    "another app": lambda db, _g, who, at: second_step.offer(db, who, at=at),
}


@pytest.mark.parametrize("what", VERBS)
def test_it_is_open_for_ten_minutes_and_again_after_the_password_or_a_code(db: Session, what: str) -> None:
    group = a_group(db, 2)
    fay = group.facilitator
    key = key_of(db, fay)
    second_step.set_up(db, fay, code_of(key), at=NOW)

    assert VERBS[what](db, group, fay, SOON)
    with pytest.raises(Reconfirm):
        VERBS[what](db, group, fay, LATE)

    met = signing_in.challenge_again(db, fay, at=LATE)
    assert met.is_met_by(PASSWORD)
    signing_in.confirm(db, fay, met, at=LATE)
    assert VERBS[what](db, group, fay, LATE)

    again = LATE + 11 * MINUTE
    assert not second_step.confirm(db, fay, "000000", at=again)
    assert second_step.confirm(db, fay, code_of(key, again), at=again)
    assert VERBS[what](db, group, fay, again)
    assert not second_step.confirm(db, fay, code_of(key, again), at=again), "a code was taken twice"


@pytest.mark.parametrize("what", VERBS)
def test_without_asking_it_would_stay_open(db: Session, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """The negative control: an hour later, on a laptop that somebody left open."""
    group = a_group(db, 2)
    second_step.set_up(db, group.facilitator, code_of(key_of(db, group.facilitator)), at=NOW)
    monkeypatch.setattr(access, "RECENT", timedelta(days=1))

    assert VERBS[what](db, group, group.facilitator, NOW + 60 * MINUTE)


def test_confirming_in_one_browser_opens_nothing_in_another(db: Session) -> None:
    group = a_group(db, 1)
    gil = a_facilitator(db, "gil")
    facilitators.accept_as(db, gil, facilitators.invite(db, group.facilitator, group.cohort.id, at=NOW), at=NOW)

    met = signing_in.challenge_again(db, gil, at=LATE)
    signing_in.confirm(db, gil, met, at=LATE)

    assert members.link_tokens(db, gil, group.cohort.id, at=LATE)
    with pytest.raises(Reconfirm):
        members.link_tokens(db, group.facilitator, group.cohort.id, at=LATE)


def test_a_stranger_hears_the_same_as_ever_and_not_that_a_password_would_do(db: Session) -> None:
    group = a_group(db, 1)
    nobody = a_facilitator(db, "nobody")

    for what in list(VERBS)[:5]:
        with pytest.raises(NotAllowed):
            VERBS[what](db, group, nobody, LATE)


def test_somebody_is_erased_and_a_day_of_deletion_set_only_after_saying_lately_who_one_is(db: Session) -> None:
    group = a_group(db, 2)
    deeds = [
        lambda at: members.remove(db, group.facilitator, group.members[0].member_id or "", at=at),
        lambda at: retention.set_date(db, group.facilitator, group.cohort.id, None, at=at),
    ]
    for deed in deeds:
        with pytest.raises(Reconfirm):
            deed(LATE)
        deed(SOON)


@pytest.mark.parametrize("deed", [team.hand_over, team.remove])
def test_roles_change_hands_only_after_saying_lately_who_one_is(db: Session, deed: Verb) -> None:
    group = a_group(db, 1)
    gil = a_facilitator(db, "gil")
    facilitators.accept_as(db, gil, facilitators.invite(db, group.facilitator, group.cohort.id, at=NOW), at=NOW)

    with pytest.raises(Reconfirm):
        deed(db, group.facilitator, group.cohort.id, gil.facilitator_id, at=LATE)
    with pytest.raises(Reconfirm):
        team.leave(db, gil, group.cohort.id, at=LATE)

    team.leave(db, gil, group.cohort.id, at=SOON)


def test_members_have_nothing_to_say_again(db: Session) -> None:
    group = a_group(db, 1)

    access.recently(db, group.members[0], at=LATE)
    assert reports.take(db, group.members[0], group.cohort.id, at=LATE)


def test_after_signing_out_it_is_not_allowed(db: Session) -> None:
    with pytest.raises(NotAllowed):
        access.recently(db, Visitor("gone", a_facilitator(db).role, "Fay"), at=NOW)
