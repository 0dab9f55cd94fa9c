"""Before the reveal no verb tells anybody but the author what was answered. Every public verb is called, in two worlds
that differ in nothing but the levels that people chose: all that comes back must be the same."""

from __future__ import annotations

import inspect
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest

from mcm_core.domain.errors import McmError
from mcm_core.domain.visitor import Standing
from mcm_core.services import readings
from mcm_core.store.tables import ReadingRow
from tests.services.people import NOW
from tests.services.stories import a_group, answer, close_and_reveal
from tests.services.verbs import Scene, a_scene, arguments, verbs

ABOUT_A_ROUND = {"round_", "round_id", "version"}
WORLDS = ([(1, 2)] * 6 + [None] * 2, [(4, 3), (3, 4), (2, 1), (4, 4), (3, 3), (-3, None)] + [None] * 2)


@pytest.fixture
def sealed(db):
    """A cohort in which six of eight have answered, a draft that waits, a note, and another cohort beside it."""
    a_group(db, username="olga", name="Other group")
    return a_scene(db)


def everything_said(db, monkeypatch, scene: Scene) -> Iterator[tuple[str, str]]:
    """What each verb returns or says to everybody who has not answered; nothing is kept. A verb that is told of no
    round says the same about the draft as about the open one: it is asked once."""
    listening = {**scene.people, Standing.MEMBER: scene.group.members[6]}
    for standing, who in listening.items():
        for round_ in (scene.opened, scene.draft):
            about = {"visitor": who, "round_": round_, "round_id": round_.id, "version": round_.version}
            for name, verb in verbs().items():
                if round_ is scene.opened or ABOUT_A_ROUND & inspect.signature(verb).parameters.keys():
                    said = told(db, monkeypatch, verb, scene.told_by(standing) | about)
                    yield f"{standing} {round_.state} {name}", said


def told(db, monkeypatch, verb, given) -> str:
    numbers = count()
    monkeypatch.setattr(secrets, "token_urlsafe", lambda size=9: f"made{next(numbers):08}")
    monkeypatch.setattr(secrets, "token_hex", lambda size: f"{next(numbers):0{2 * size}x}")
    monkeypatch.setattr(secrets, "choice", lambda symbols: symbols[next(numbers) % len(symbols)])
    aside = db.begin_nested()
    try:
        return re.sub(r" at 0x\w+", "", repr(verb(db, **arguments(verb, given))))
    except McmError as error:
        return str(error)
    finally:
        if aside.is_active:
            aside.rollback()
        db.expunge_all()


def test_no_verb_tells_a_level_before_the_reveal(db, monkeypatch, sealed):
    worlds = []
    for ballots in WORLDS:
        answer(db, sealed.opened, sealed.group.members, ballots, at=NOW)
        with monkeypatch.context() as patch:
            worlds.append(dict(everything_said(db, patch, sealed)))

    first, second = worlds

    assert len(first) > 500
    assert [name for name in first if first[name] != second[name]] == []


def test_the_crawl_would_see_a_level(db, monkeypatch, sealed):
    """The negative control: to a member who answered, their own answer is told."""
    seen = []
    for ballots in WORLDS:
        answer(db, sealed.opened, sealed.group.members, ballots, at=NOW)
        with monkeypatch.context() as patch:
            seen.append(told(db, patch, readings.mine, sealed.told_by(Standing.MEMBER)))

    assert seen[0] != seen[1]


def exchange(db, one, other) -> None:
    """Give two members each other's answers: another world that everybody else must not be able to tell from this."""
    found = db.query(ReadingRow)
    rows = {
        who.member_id: {(row.round_id, row.theme): row for row in found.filter_by(member_id=who.member_id)}
        for who in (one, other)
    }
    for place, row in rows[one.member_id].items():
        twin = rows[other.member_id][place]
        row.current, row.desired, twin.current, twin.desired = twin.current, twin.desired, row.current, row.desired
    db.flush()
    db.expire_all()


def test_after_the_reveal_no_verb_tells_whose_an_answer_was(db, monkeypatch, sealed):
    group = sealed.group
    answer(db, sealed.opened, group.members, WORLDS[1], at=NOW)
    revealed = replace(sealed, opened=close_and_reveal(db, group.facilitator, sealed.opened, at=NOW))
    worlds = []
    for _ in range(2):
        with monkeypatch.context() as patch:
            worlds.append(dict(everything_said(db, patch, revealed)))
        exchange(db, group.members[1], group.members[2])

    first, second = worlds

    assert len(first) > 150
    assert [name for name in first if first[name] != second[name]] == []


def test_the_crawl_would_see_an_exchange(db, monkeypatch, sealed):
    """The negative control: the two themselves are told that their answers are others now."""
    answer(db, sealed.opened, sealed.group.members, WORLDS[1], at=NOW)
    seen = []
    for _ in range(2):
        with monkeypatch.context() as patch:
            seen.append(told(db, patch, readings.mine, sealed.told_by(Standing.MEMBER)))
        exchange(db, sealed.group.members[0], sealed.group.members[1])

    assert seen[0] != seen[1]
