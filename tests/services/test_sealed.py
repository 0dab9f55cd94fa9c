"""Before the reveal no verb tells anybody but the author what was answered. Every public verb is called, in two worlds
that differ in nothing but the levels that people chose: all that comes back must be the same."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import secrets
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from mcm_core import services
from mcm_core.domain.consent import Purpose
from mcm_core.domain.errors import McmError
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.domain.reading import Reading
from mcm_core.services import notes, readings, rounds
from tests.services.people import FIRST, NOW, a_facilitator
from tests.services.stories import a_card, a_group, an_open_round, answer, connections

WORLDS = ([(1, 2)] * 6 + [None] * 2, [(4, 3), (3, 4), (2, 1), (4, 4), (3, 3), (-3, None)] + [None] * 2)


def verbs() -> dict[str, Callable[..., Any]]:
    """Every public function of every service that asks who is calling."""
    found = {}
    for info in pkgutil.walk_packages(services.__path__, f"{services.__name__}."):
        module = importlib.import_module(info.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            public = function.__module__ == info.name and not name.startswith("_")
            if public and "visitor" in inspect.signature(function).parameters:
                found[f"{info.name.removeprefix(services.__name__ + '.')}.{name}"] = function
    return found


@pytest.fixture
def sealed(db, monkeypatch):
    """A cohort in which six of eight have answered, a draft that waits, a note, and another cohort beside it."""
    a_group(db, username="olga", name="Other group")
    group = a_group(db, 8)
    draft = rounds.draft(db, group.facilitator, group.cohort.session(2).id, a_card(), at=NOW)
    opened = an_open_round(db, group.facilitator, group.cohort)
    note = notes.add(
        db, group.members[7], group.cohort.id, session_number=1, theme="tools", instrument=connections(),
        kind=Kind.IDEA, audience=Audience.COHORT, attribution=Attribution.NONE, body="A note", at=NOW,
    )  # fmt: skip
    said = {
        "cohort_id": group.cohort.id,
        "session_id": group.cohort.session(1).id,
        "session_number": 1,
        "member_id": group.members[0].member_id,
        "note_id": note.id,
        "knock_id": "nobody",
        "invitation": "nothing",
        "instrument": connections(),
        "card": a_card(),
        "reading": Reading(2, 3),
        "theme": "tools",
        "kind": Kind.IDEA,
        "audience": Audience.COHORT,
        "attribution": Attribution.NONE,
        "party": str(connections().parties[0]),
        "constellation": str(connections().constellations[0]),
        "label": "calls",
        "name": "A name",
        "body": "Some words",
        "pasted": "Yan",
        "seen": (),
        "search": "",
        "to_share": False,
        "themes": ["tools"],
        "time_zone": "Europe/London",
        "first": FIRST,
        "weekday": 1,
        "at_time": NOW.time(),
        "starts_local": NOW.replace(tzinfo=None),
        "minutes": 90,
        "threshold": 3,
        "phone_id": "nobody",
        "keep_notes": True,
        "keep_phones": False,
        "purpose": Purpose.NAME_WITH_NOTES,
        "yes": False,
        "until": None,
        "danger": "Call 999",
        "contact": "Ann Lee",
        "lines": "",
        "at": NOW,
    }
    return group, draft, opened, said, a_facilitator(db, "nobody")


def everything_said(db, monkeypatch, sealed) -> Iterator[tuple[str, str]]:
    """What each verb returns or says to everybody who has not answered; nothing is kept."""
    group, draft, opened, said, stranger = sealed
    for who in (group.facilitator, group.members[6], stranger):
        for round_ in (opened, draft):
            given = {"visitor": who, "round_": round_, "round_id": round_.id, "version": round_.version, **said}
            for name, verb in verbs().items():
                yield f"{who.name} {round_.state} {name}", told(db, monkeypatch, verb, given)


def told(db, monkeypatch, verb, given) -> str:
    wanted = [name for name, of in inspect.signature(verb).parameters.items() if name != "db"]
    missing = [name for name in wanted if name not in given]
    assert not missing, f"Tell this test what to pass to {verb.__module__}.{verb.__name__} as {missing}"
    numbers = count()
    monkeypatch.setattr(secrets, "token_urlsafe", lambda size=9: f"made{next(numbers):08}")
    monkeypatch.setattr(secrets, "choice", lambda symbols: symbols[next(numbers) % len(symbols)])
    aside = db.begin_nested()
    try:
        return re.sub(r" at 0x\w+", "", repr(verb(db, **{name: given[name] for name in wanted})))
    except McmError as error:
        return str(error)
    finally:
        if aside.is_active:
            aside.rollback()
        db.expunge_all()


def test_no_verb_tells_a_level_before_the_reveal(db, monkeypatch, sealed):
    group, _, opened, _, _ = sealed
    worlds = []
    for ballots in WORLDS:
        answer(db, opened, group.members, ballots, at=NOW)
        with monkeypatch.context() as patch:
            worlds.append(dict(everything_said(db, patch, sealed)))

    first, second = worlds

    assert len(first) > 150
    assert [name for name in first if first[name] != second[name]] == []


def test_the_crawl_would_see_a_level(db, monkeypatch, sealed):
    """The negative control: to a member who answered, their own answer is told."""
    group, _, opened, said, _ = sealed
    seen = []
    for ballots in WORLDS:
        answer(db, opened, group.members, ballots, at=NOW)
        with monkeypatch.context() as patch:
            given = {"visitor": group.members[0], "round_id": opened.id, **said}
            seen.append(told(db, patch, readings.mine, given))

    assert seen[0] != seen[1]
