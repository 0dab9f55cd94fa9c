"""Every verb × everybody × the own and a foreign cohort: those whom a verb declares get in, and nobody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.errors import McmError, NotAllowed
from mcm_core.domain.visitor import Role, Standing, Visitor
from mcm_core.services import cohorts, readings
from mcm_core.services.access import FACILITATORS, declared, open_to
from tests.services.verbs import Scene, Verb, a_scene, arguments, called_from_outside, verbs

HOW = """
{name} declares nobody. Write above it, with the narrowest group that fits, and delete its own call of `access`:

    from mcm_core.services.access import FACILITATORS, open_to

    @open_to(FACILITATORS)  # or OWNER, MEMBERS, COHORT, GUESTS, ANY_FACILITATOR; ANYBODY if a link proves it
    def {short}(…

If its cohort is named by a new kind of id, add that parameter to `_COHORT_OF` in services/access.py.
"""
WRONG = "{name} is open to {in_} but declares {said}: {hint}"
HINT = (
    "change the declaration; or add the parameter that names its cohort to `_COHORT_OF` in services/access.py; "
    "or, if it authorises `itself`, mend its statement"
)
FOREIGN = "{name} lets {who} of one cohort reach another by {named}"


def undeclared(found: Mapping[str, Verb]) -> list[str]:
    return [HOW.format(name=name, short=verb.__name__) for name, verb in found.items() if declared(verb) is None]


def lets_in(db: Session, verb: Verb, given: Mapping[str, object]) -> bool:
    """Whether the verb answers this visitor, even if only to say what is wrong with the request. Nothing is kept."""
    aside = db.begin_nested()
    try:
        verb(db, **arguments(verb, given))
    except NotAllowed:
        return False
    except McmError:
        return True
    finally:
        if aside.is_active:
            aside.rollback()
        db.expunge_all()
    return True


def who_gets_in(db: Session, verb: Verb, scene: Scene) -> set[Standing]:
    """Everybody whom the verb answers about their own cohort."""
    return {one for one in Standing if lets_in(db, verb, scene.told_by(one))}


def who_lies_their_way_in(db: Session, verb: Verb, scene: Scene) -> set[Standing]:
    """Everybody whom the verb answers when they say that they are the owner, or that they are a member."""
    owner, ada = scene.people[Standing.OWNER], scene.people[Standing.MEMBER]
    found = set()
    for standing, visitor in scene.people.items():
        lies = (
            replace(visitor, role=Role.FACILITATOR, facilitator_id=owner.facilitator_id),
            replace(visitor, role=Role.MEMBER, member_id=ada.member_id, cohort_id=ada.cohort_id),
        )
        if any(lets_in(db, verb, {**scene.told_by(standing), "visitor": lie}) for lie in lies):
            found.add(standing)
    return found


def reaches_abroad(db: Session, verb: Verb, ours: Scene, theirs: Scene) -> list[str]:
    """How our people reach the other cohort: with all that belongs to it, or with one thing of it beside ours."""
    taken = arguments(verb, ours.told_by(Standing.MEMBER))
    foreign = [name for name in taken if name != "visitor" and abroad(theirs, name) != abroad(ours, name)]
    found = []
    for one in Standing:
        for named in (foreign, *([name] for name in foreign if len(foreign) > 1)):
            given = ours.told_by(one) | {name: abroad(theirs, name) for name in named}
            if named and lets_in(db, verb, given):
                found.append(FOREIGN.format(name=verb.__name__, who=one, named=named))
    return found


def abroad(scene: Scene, name: str) -> object:
    return scene.told_by(Standing.MEMBER)[name]


@pytest.fixture
def scenes(db: Session) -> tuple[Scene, Scene]:
    """Two cohorts that are alike in everything."""
    ours = a_scene(db)
    return ours, a_scene(db, name="gil", cohort="Friday group", invitation=str(ours.said["invitation"]))


def test_every_verb_declares_who_it_is_open_to() -> None:
    found = undeclared(verbs()) + undeclared(called_from_outside())

    assert len(verbs()) > 40
    assert len(called_from_outside()) > 40
    assert not found, "".join(found)


def test_those_who_are_declared_get_in_and_nobody_else(db: Session, scenes: tuple[Scene, Scene]) -> None:
    ours, _ = scenes
    wrong = []
    for name, verb in verbs().items():
        said = declared(verb) or frozenset()
        in_ = who_gets_in(db, verb, ours)
        if in_ != said:
            wrong.append(WRONG.format(name=name, in_=sorted(in_), said=sorted(said), hint=HINT))
        liars = who_lies_their_way_in(db, verb, ours) - said
        if liars:
            wrong.append(f"{name} believes what {sorted(liars)} say of themselves: ask `access`, not the visitor")

    assert not wrong, "\n".join(wrong)


def test_nobody_reaches_another_cohort(db: Session, scenes: tuple[Scene, Scene]) -> None:
    ours, theirs = scenes

    assert [way for verb in verbs().values() for way in reaches_abroad(db, verb, ours, theirs)] == []


def test_a_verb_without_its_check_is_found(db: Session, scenes: tuple[Scene, Scene]) -> None:
    """The negative control: what the declaration guards, called without it."""
    ours, theirs = scenes
    bare: Callable[..., Any] = cohorts.rename.__wrapped__  # type: ignore[attr-defined]

    assert who_gets_in(db, bare, ours) == set(Standing) != declared(cohorts.rename)
    assert who_lies_their_way_in(db, bare, ours) == set(Standing)
    assert len(reaches_abroad(db, bare, ours, theirs)) == len(Standing)


def test_a_verb_that_says_it_asks_itself_and_does_not_is_found(db: Session, scenes: tuple[Scene, Scene]) -> None:
    @open_to(FACILITATORS, itself=True)
    def forgetful(db: Session, visitor: Visitor, cohort_id: str) -> None:
        """It forgot."""

    ours, theirs = scenes

    assert who_gets_in(db, forgetful, ours) != declared(forgetful)
    assert reaches_abroad(db, forgetful, ours, theirs)


def test_a_verb_that_declares_nothing_is_told_what_to_write() -> None:
    def export(db: Session, visitor: Visitor, cohort_id: str) -> None:
        """Somebody's new verb."""

    (told,) = undeclared({"rights.export": export, "readings.cast": readings.cast})

    assert "rights.export declares nobody" in told
    assert "@open_to(FACILITATORS)" in told
    with pytest.raises(TypeError, match="open it to ANYBODY"):
        open_to(FACILITATORS)(lambda db, cohort_id: None)
