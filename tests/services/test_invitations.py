"""Open invitations: the owner sees and cancels them, and nobody who went comes back by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Conflict, NotAllowed
from mcm_core.domain.visitor import Visitor
from mcm_core.services import cohorts, facilitators, guests, invitations, members, team
from tests.services.people import NOW, PASSWORD, a_facilitator
from tests.services.stories import Group, a_group

DAY = timedelta(days=1)


@pytest.fixture
def group(db: Session) -> Group:
    """Fay's cohort, beside another one with an invitation of its own."""
    other = a_group(db, 1, username="olga", name="Other group")
    an_invitation_of(db, other)
    return a_group(db, 2)


@pytest.fixture
def kay(db: Session, group: Group) -> Visitor:
    """A co-facilitator of hers."""
    kay = a_facilitator(db, "kay")
    facilitators.accept_as(db, kay, an_invitation_of(db, group), at=NOW)
    return kay


def an_invitation_of(db: Session, group: Group, who: Visitor | None = None) -> str:
    return facilitators.invite(db, who or group.facilitator, group.cohort.id, at=NOW)


def opened(db: Session, group: Group, *, at=NOW) -> tuple[invitations.Invitation, ...]:
    return invitations.of_cohort(db, group.facilitator, group.cohort.id, at=at)


def hand_over(db: Session, group: Group, kay: Visitor) -> None:
    team.hand_over(db, group.facilitator, group.cohort.id, kay.facilitator_id or "", at=NOW)


def remove(db: Session, group: Group, kay: Visitor, *, renew_links: bool = False) -> None:
    team.remove(db, group.facilitator, group.cohort.id, kay.facilitator_id or "", renew_links=renew_links, at=NOW)


def leave(db: Session, group: Group, kay: Visitor) -> None:
    team.leave(db, kay, group.cohort.id, at=NOW)


def disable(db: Session, _group: Group, _kay: Visitor) -> None:
    facilitators.switch(db, "kay", on=False, at=NOW)


def test_the_owner_sees_who_made_which_and_until_when(db: Session, group: Group, kay: Visitor) -> None:
    assert opened(db, group) == (), "the one that was used is not open"
    an_invitation_of(db, group)

    (one,) = opened(db, group)

    assert (one.by, one.made_at, one.until) == ("Fay", NOW, NOW + 7 * DAY)
    assert opened(db, group, at=NOW + 7 * DAY) == ()
    assert f"door:{group.cohort.id}" in db.info["topics"]


def test_a_cancelled_one_lets_nobody_in_and_screens_are_told(db: Session, group: Group) -> None:
    link, other = an_invitation_of(db, group), an_invitation_of(db, group)
    db.info["topics"].clear()

    invitations.cancel(db, group.facilitator, opened(db, group)[0].id, at=NOW)

    assert [facilitators.is_open(db, one, at=NOW) for one in (link, other)].count(True) == 1
    assert f"door:{group.cohort.id}" in db.info["topics"]


def test_one_that_was_used_a_moment_ago_is_not_said_to_be_cancelled(db: Session, group: Group) -> None:
    link = an_invitation_of(db, group)
    (one,) = opened(db, group)
    facilitators.accept_as(db, a_facilitator(db, "una"), link, at=NOW)

    with pytest.raises(Conflict, match="used"):
        invitations.cancel(db, group.facilitator, one.id, at=NOW)


@pytest.mark.parametrize("goes", [remove, leave, disable])
def test_nobody_who_went_comes_back_by_a_link_that_they_held(
    db: Session, group: Group, kay: Visitor, goes: Callable[[Session, Group, Visitor], None]
) -> None:
    held = an_invitation_of(db, group)

    goes(db, group, kay)

    with pytest.raises(NotAllowed):
        facilitators.accept_as(db, kay, held, at=NOW)
    with pytest.raises(NotAllowed):
        facilitators.accept(db, held, username="kay2", name="Kay", password=PASSWORD, at=NOW)
    assert opened(db, group) == ()


@pytest.mark.parametrize("goes", [remove, leave, disable])
def test_without_ending_it_she_would_be_in_again(
    db: Session,
    monkeypatch: pytest.MonkeyPatch,
    group: Group,
    kay: Visitor,
    goes: Callable[[Session, Group, Visitor], None],
) -> None:
    """The negative control: its maker may still invite."""
    monkeypatch.setattr(invitations, "end", lambda *_args: None)
    held = an_invitation_of(db, group)

    goes(db, group, kay)

    assert facilitators.accept(db, held, username="kay2", name="Kay", password=PASSWORD, at=NOW)


@pytest.mark.parametrize("forgotten", [False, True])
def test_who_invited_handed_over_and_was_removed_stays_out(
    db: Session, monkeypatch: pytest.MonkeyPatch, group: Group, kay: Visitor, forgotten: bool
) -> None:
    hers = an_invitation_of(db, group)
    if forgotten:  # even then: she may invite no more, and the use of one asks for that
        monkeypatch.setattr(invitations, "end", lambda *_args: None)

    hand_over(db, group, kay)
    team.remove(db, kay, group.cohort.id, group.facilitator.facilitator_id or "", at=NOW)

    with pytest.raises(NotAllowed):
        facilitators.accept_as(db, group.facilitator, hers, at=NOW)
    assert cohorts.of_visitor(db, group.facilitator) == ()
    assert invitations.of_cohort(db, kay, group.cohort.id, at=NOW) == ()


def test_another_cohorts_invitations_stay_as_they_are(db: Session, group: Group, kay: Visitor) -> None:
    una = a_group(db, 1, username="una", name="Third group")
    kept = an_invitation_of(db, una)

    remove(db, group, kay)

    assert facilitators.is_open(db, kept, at=NOW)


@pytest.mark.parametrize("renew_links", [True, False])
def test_links_that_nobody_used_go_when_the_owner_says_so(
    db: Session, group: Group, kay: Visitor, renew_links: bool
) -> None:
    """Unticked, it is the negative control: the card of somebody who has not joined opens everything of theirs."""
    fay = group.facilitator
    (hana,) = members.add(db, fay, group.cohort.id, "Hana", at=NOW)
    noted = members.link_tokens(db, kay, group.cohort.id, at=NOW)
    guest = guests.invite(db, kay, group.cohort.session(1).id, "Gus", at=NOW)

    remove(db, group, kay, renew_links=renew_links)

    if renew_links:
        with pytest.raises(NotAllowed):
            members.join_by_link(db, noted[hana.id], browser_token=None, at=NOW)
        with pytest.raises(NotAllowed):
            guests.come_in(db, guest, browser_token=None, at=NOW)
        assert members.join_by_link(db, members.link_token(db, fay, hana.id, at=NOW), browser_token=None, at=NOW)
    else:
        assert not members.join_by_link(db, noted[hana.id], browser_token=None, at=NOW).waiting
        assert guests.come_in(db, guest, browser_token=None, at=NOW)
    ada = group.members[0]
    assert cohorts.of_visitor(db, ada), "who has joined stays in"
    assert members.join_by_link(db, noted[ada.member_id or ""], browser_token=None, at=NOW).waiting
