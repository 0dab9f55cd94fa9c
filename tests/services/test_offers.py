"""Offers and needs: a name is there because its owner put it there, and goes when they take it back."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Refused
from mcm_core.domain.offer import Exchange
from mcm_core.domain.visitor import Visitor
from mcm_core.services import members, offers, topics
from mcm_core.store.engine import read, write
from tests.services.boards import a_board
from tests.services.people import NOW
from tests.services.racing import race
from tests.services.stories import Group, a_group


@pytest.fixture
def group(db: Session) -> Group:
    return a_group(db, 6)


def say(db: Session, who: Visitor, topic: str, side: str) -> None:
    offers.say(db, who, topic, side, at=NOW)


def seen(db: Session, group: Group, who: Visitor | None = None) -> list[Exchange]:
    return list(offers.of_cohort(db, who or group.facilitator, group.cohort.id))


def names(one: Exchange) -> tuple[list[str], list[str]]:
    return sorted(said.by for said in one.offers), sorted(said.by for said in one.needs)


def test_who_says_it_is_named_and_takes_it_back_with_the_name(db: Session, group: Group) -> None:
    ada, ben = group.members[:2]
    one, _ = a_board(db, group, 2)
    say(db, ada, one, "offer")
    say(db, ada, one, "offer")
    say(db, ada, one, "need")
    say(db, ben, one, "need")

    first, second = seen(db, group, ben)
    assert names(first) == (["Ada"], ["Ada", "Ben"])
    assert names(second) == ([], [])
    with pytest.raises(Refused, match="Only the person"):
        offers.unsay(db, ben, first.offers[0].id)
    offers.unsay(db, ada, first.offers[0].id)
    assert names(seen(db, group)[0]) == ([], ["Ada", "Ben"])


def test_several_needs_and_no_offer_are_a_gap(db: Session, group: Group) -> None:
    one, _ = a_board(db, group, 2)
    gaps = []
    for who, side in zip(group.members, ("need", "need", "offer"), strict=False):
        say(db, who, one, side)
        gaps.append(seen(db, group)[0].is_gap)

    assert gaps == [False, True, False]
    assert not seen(db, group)[1].is_gap


def test_a_facilitator_writes_down_for_the_group_without_a_name(db: Session, group: Group) -> None:
    one, _ = a_board(db, group, 2)
    for _ in range(2):
        say(db, group.facilitator, one, "need")

    first = seen(db, group)[0]
    assert names(first) == ([], ["from the group", "from the group"])
    assert first.is_gap
    with pytest.raises(Refused, match="Only the person"):
        offers.unsay(db, group.members[0], first.needs[0].id)
    offers.unsay(db, group.facilitator, first.needs[0].id)
    assert len(seen(db, group)[0].needs) == 1


def test_on_a_merged_topic_everybody_counts_once_and_parting_gives_each_its_own_back(db: Session, group: Group) -> None:
    ada, ben = group.members[:2]
    one, two = a_board(db, group, 2)
    for who, topic in ((ada, one), (ada, two), (ben, two)):
        say(db, who, topic, "need")

    topics.merge(db, group.facilitator, two, one)
    assert [names(exchange) for exchange in seen(db, group)] == [([], ["Ada", "Ben"])]

    topics.part(db, group.facilitator, two)
    assert [len(exchange.needs) for exchange in seen(db, group)] == [1, 2]


def test_what_cannot_be_said_is_refused(db: Session, group: Group) -> None:
    one, two = a_board(db, group, 2)
    with pytest.raises(Refused, match="not on the list"):
        say(db, group.members[0], one, "demand")
    topics.merge(db, group.facilitator, two, one)
    with pytest.raises(Refused, match="just been merged"):
        say(db, group.members[0], two, "need")
    topics.set_aside(db, group.facilitator, one, aside=True)
    with pytest.raises(Refused, match="set aside"):
        say(db, group.members[0], one, "need")
    assert seen(db, group) == []


def test_two_taps_at_once_say_it_once(database: str) -> None:
    with write() as db:
        group = a_group(db, 2)
        one, _ = a_board(db, group, 2)

    def tap() -> None:
        with write() as db:
            say(db, group.members[0], one, "need")

    assert race(tap, tap) == [None, None]
    with read() as db:
        assert len(seen(db, group)[0].needs) == 1


@pytest.mark.parametrize("keep", [True, False])
def test_somebody_erased_offers_nothing_any_more(database: str, keep: bool) -> None:
    with write() as db:
        group = a_group(db, 3)
        _, two = a_board(db, group, 2)
        say(db, group.members[0], two, "need")
        say(db, group.members[1], two, "need")
    with write() as db:
        members.erase(db, group.members[0], keep_notes=keep)

    with read() as db:
        assert names(seen(db, group)[-1]) == ([], ["Ben"])
