"""The nth call to the database fails, for every n, in every verb that writes: no partial state, nobody told (T8).

After each failure the database file is what it was before, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import make_url

from mcm_core.domain.errors import McmError
from mcm_core.domain.mode import Mode
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.domain.reading import Reading
from mcm_core.domain.visitor import Standing
from mcm_core.services import bags, ballots, facilitators, guests, members, notes, resets, rounds, tickets, visitors
from mcm_core.services.access import declared
from mcm_core.store import engine as store
from mcm_core.store.together import write_together
from tests.faults.calls import Do, Tried, at_every_call
from tests.services.people import NOW, the_code
from tests.services.stories import Group, a_card, a_group_with_focus, connections
from tests.services.verbs import Scene, a_scene, arguments, verbs


def in_one(verb: Callable[..., object], *args: object, **more: object) -> Do:
    """The verb in its transaction, as pages and routes call it."""

    def do() -> object:
        with store.write() as db:
            return verb(db, *args, **more)

    return do


@dataclass
class Scenes:
    """A database in which every verb finds something to do; `anew` puts it back to what it was."""

    scene: Scene
    file: Path
    copy: bytes

    def anew(self) -> None:
        store.engine(store.database_url()).dispose()
        self.file.write_bytes(self.copy)


@pytest.fixture
def scenes(sqlite: str) -> Scenes:
    with store.write() as db:
        scene = a_scene(db)
    store.engine(sqlite).dispose()
    file = Path(make_url(sqlite).database or "")
    return Scenes(scene, file, file.read_bytes())


def who_does(scenes: Scenes, name: str) -> Do | None:
    """The verb as somebody calls it who is answered and changes something; None where nobody is here."""
    verb = verbs()[name]
    for standing in Standing:
        if standing not in (declared(verb) or ()):
            continue
        scenes.anew()
        do = in_one(verb, **arguments(verb, scenes.scene.told_by(standing)))
        try:
            do()
        except (McmError, RuntimeError):
            continue
        if scenes.file.read_bytes() != scenes.copy:
            return do
    return None


def test_no_verb_leaves_half_of_its_work(scenes: Scenes) -> None:
    wrong, writing = [], []
    for name in verbs():
        if do := who_does(scenes, name):
            scenes.anew()
            tried = at_every_call(do)
            writing.append(name)
            wrong += [f"{name}: {what}" for what in tried.partial]

    assert wrong == []
    assert len(writing) > 30, writing


def test_a_whole_session_leaves_half_of_nothing(sqlite: str) -> None:
    """What needs something to have gone before: rounds, anonymous answers, and the doors."""
    with store.write() as db:
        group = a_group_with_focus(db, 5)
    steps = list(a_session(group))

    assert [one for step in steps for one in step.partial] == []
    assert sum(step.calls for step in steps) > 200


def a_session(group: Group) -> Iterator[Tried]:
    """Every step of a session, broken at every call before it works."""
    fay, (ada, *_) = group.facilitator, group.members
    first = group.cohort.session(1)
    for mode in (Mode.CONFIDENTIAL, Mode.ANONYMOUS):
        yield (draft := at_every_call(in_one(rounds.draft, fay, first.id, a_card(themes=["tools"], mode=mode), at=NOW)))
        yield (open_ := at_every_call(in_one(rounds.open_, fay, draft.result.id, version=1, at=NOW)))  # type: ignore[attr-defined]
        round_ = open_.result
        assert isinstance(round_, rounds.Round)
        for member in group.members:
            if mode is Mode.ANONYMOUS:
                yield at_every_call(in_one(bags.drop, member, round_.id, {"tools": Reading(2, 3)}, "words"))
            else:
                answer = partial(ballots.answer, at=NOW)
                tap = partial(answer, visitor=member, round_id=round_.id, theme="tools", reading=Reading(2, 3))
                yield at_every_call(partial(write_together, lambda db, tap=tap: tap(db)))
        yield (closed := at_every_call(in_one(rounds.close, fay, round_.id, version=round_.version, at=NOW)))
        yield at_every_call(in_one(rounds.reveal, fay, round_.id, version=closed.result.version, at=NOW))  # type: ignore[attr-defined]
        if mode is Mode.CONFIDENTIAL:
            yield (again := at_every_call(in_one(rounds.vote_again, fay, round_.id, at=NOW)))
            yield at_every_call(in_one(rounds.close, fay, again.result.id, version=again.result.version, at=NOW))  # type: ignore[attr-defined]
            yield at_every_call(in_one(rounds.reveal, fay, again.result.id, version=again.result.version + 1, at=NOW))  # type: ignore[attr-defined]
    said = {"session_number": 1, "theme": "tools", "instrument": connections(), "kind": Kind.IDEA}
    said |= {"attribution": Attribution.NONE, "audience": Audience.COHORT, "body": "Words", "at": NOW}
    yield at_every_call(in_one(notes.add, ada, group.cohort.id, **said))
    yield from doors(group)


def doors(group: Group) -> Iterator[Tried]:
    """Everybody who comes in without being anybody yet, and who leaves."""
    fay = group.facilitator
    yield (token := at_every_call(in_one(members.link_token, fay, group.members[0].member_id, at=NOW)))
    yield (joined := at_every_call(in_one(members.join_by_link, token.result, browser_token=None, at=NOW)))
    yield at_every_call(in_one(visitors.leave, joined.result.token))  # type: ignore[attr-defined]
    with store.write() as db:
        code = the_code(db, fay, group.cohort)
    yield at_every_call(in_one(members.knock, code, "Wim", network="here", at=NOW))
    yield (invited := at_every_call(in_one(facilitators.invite, fay, group.cohort.id, at=NOW)))
    words = {"username": "tom", "name": "Tom", "password": "four unrelated words here", "at": NOW}
    yield at_every_call(in_one(facilitators.accept, invited.result, **words))
    yield (ticket := at_every_call(in_one(tickets.issue, fay.facilitator_id, at=NOW)))
    yield at_every_call(in_one(tickets.redeem, ticket.result, at=NOW))
    yield (link := at_every_call(in_one(resets.link, "tom", at=NOW)))
    yield at_every_call(in_one(resets.use, link.result, "other words than before", at=NOW))
    first = group.cohort.session(1)
    yield (guest := at_every_call(in_one(guests.invite, fay, first.id, "Gus", at=NOW)))
    yield at_every_call(in_one(guests.come_in, guest.result, browser_token=None, at=NOW))


def test_a_deed_in_two_transactions_is_found(sqlite: str) -> None:
    """The negative control."""
    with store.write() as db:
        group = a_group_with_focus(db, 2)
    draft = in_one(rounds.draft, group.facilitator, group.cohort.session(1).id, a_card(themes=["tools"]), at=NOW)

    tried = at_every_call(lambda: [draft(), draft()])

    assert len(tried.partial) > 3
