"""Every verb of every service, and what to say to each: for the tests that call them all.

A new verb is found by itself. A parameter that no verb had before is added to `a_scene`.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy.orm import Session

from mcm_core import services
from mcm_core.domain.consent import Purpose
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.domain.reading import Reading
from mcm_core.domain.round import Round
from mcm_core.domain.visitor import Standing, Visitor
from mcm_core.services import access, facilitators, guests, invitations, members, notes, rounds, signing_in
from mcm_core.services.signing_in import Challenge
from tests.services.people import FIRST, NOW, a_facilitator, an_invitation, invited, signed_in, the_code
from tests.services.stories import Group, a_card, a_group, an_open_round, connections

Verb = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = [*(ROOT / "pages").glob("*.py"), *(ROOT / "mcm_core/ui").glob("*.py"), *(ROOT / "mcm_core/web").glob("*.py")]


def verbs() -> dict[str, Verb]:
    """Every public function of every service that asks who is calling, by name."""
    found = {}
    for info in pkgutil.walk_packages(services.__path__, f"{services.__name__}."):
        module = importlib.import_module(info.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            public = function.__module__ == info.name and not name.startswith("_") and module is not access
            if public and "visitor" in inspect.signature(function).parameters:
                found[f"{info.name.removeprefix(services.__name__ + '.')}.{name}"] = function
    return found


def called_from_outside() -> dict[str, Verb]:
    """Every service function with a transaction that a page, a screen or a route names, by where it is named."""
    found = {}
    for path in OUTSIDE:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known = dict(_imported(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in known:
                known[f"{node.value.id}.{node.attr}"] = getattr(known[node.value.id], node.attr, None)
        for name, function in known.items():
            if inspect.isfunction(function) and "db" in inspect.signature(function).parameters:
                found[f"{path.relative_to(ROOT)}: {name}"] = function
    return found


def _imported(tree: ast.AST) -> Iterator[tuple[str, ModuleType | Verb]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(services.__name__):
            module = importlib.import_module(node.module or "")
            for alias in node.names:
                yield alias.asname or alias.name, getattr(module, alias.name)


@dataclass(frozen=True)
class Scene:
    """A cohort in the middle of a vote, one visitor of every standing towards it, and what to say about it."""

    group: Group
    people: Mapping[Standing, Visitor]
    opened: Round
    draft: Round
    notes: Mapping[Standing, str]
    met: Mapping[Standing, Challenge]
    said: Mapping[str, object]

    def told_by(self, standing: Standing) -> dict[str, object]:
        """What this visitor says to a verb: about their own note if they can have one, else about a member's.

        Whoever has a password has just typed it.
        """
        note_id = self.notes.get(standing, self.notes[Standing.MEMBER])
        met = self.met.get(standing, Challenge("nobody", None, None, ()))
        return {**self.said, "note_id": note_id, "met": met, "visitor": self.people[standing]}


def a_scene(db: Session, *, name: str = "fay", cohort: str = "Tuesday group", invitation: str = "") -> Scene:
    """The scene, acted by calling the services. `invitation` is one into no cohort."""
    group = a_group(db, 8, username=name, name=cohort)
    owner = group.facilitator
    co = a_facilitator(db, f"co{name}")
    facilitators.accept_as(db, co, facilitators.invite(db, owner, group.cohort.id, at=NOW), at=NOW)
    meeting = group.cohort.session(1)
    guest = signed_in(
        db, guests.come_in(db, guests.invite(db, owner, meeting.id, "Gus", at=NOW), browser_token=None, at=NOW)
    )
    waiting = signed_in(db, members.knock(db, the_code(db, owner, group.cohort), "Wim", network="here", at=NOW) or "")
    people = {
        Standing.OWNER: owner,
        Standing.CO_FACILITATOR: co,
        Standing.MEMBER: group.members[0],
        Standing.GUEST: guest,
        Standing.WAITING: waiting,
        Standing.STRANGER: a_facilitator(db, f"stranger{name}"),
        Standing.HALFWAY: invited(db, f"halfway{name}"),
        Standing.NOBODY: replace(owner, sign_in="made up"),
    }
    draft = rounds.draft(db, owner, group.cohort.session(2).id, a_card(), at=NOW)
    opened = an_open_round(db, owner, group.cohort)
    authors = (Standing.OWNER, Standing.CO_FACILITATOR, Standing.MEMBER)
    written = {one: _a_note(db, people[one], group) for one in authors}
    link = members.link_token(db, owner, group.members[0].member_id or "", at=NOW)
    members.join_by_link(db, link, browser_token=None, at=NOW)
    (knock,) = [one for one in members.at_the_door(db, owner, group.cohort.id, at=NOW) if one.member_id]
    members.let_in(db, owner, knock.id, knock.member_id or "", at=NOW)
    members.join_by_link(db, link, browser_token=None, at=NOW)
    facilitators.invite(db, owner, group.cohort.id, at=NOW)
    about = {
        "phone_id": knock.id,
        "cohort_id": group.cohort.id,
        "session_id": meeting.id,
        "member_id": group.members[0].member_id,
        "facilitator_id": co.facilitator_id,
        "guest_id": guests.of_cohort(db, owner, group.cohort.id, at=NOW)[0].id,
        "knock_id": members.at_the_door(db, owner, group.cohort.id, at=NOW)[0].id,
        "round_id": opened.id,
        "round_": opened,
        "version": opened.version,
        "invitation": invitation or an_invitation(db),
        "invitation_id": invitations.of_cohort(db, owner, group.cohort.id, at=NOW)[0].id,
    }
    accounts = {
        Standing.OWNER: name,
        Standing.CO_FACILITATOR: f"co{name}",
        Standing.STRANGER: f"stranger{name}",
        Standing.HALFWAY: f"halfway{name}",
    }
    met = {one: signing_in.challenge(db, account, network="here", at=NOW) for one, account in accounts.items()}
    return Scene(group, people, opened, draft, written, met, {**WORDS, **about})


def _a_note(db: Session, visitor: Visitor, group: Group) -> str:
    words = {key: WORDS[key] for key in ("session_number", "theme", "instrument", "kind", "attribution")}
    said: Any = {**words, "audience": Audience.NETWORK, "body": "A note", "at": NOW}
    return notes.add(db, visitor, group.cohort.id, **said).id


#: What does not depend on the cohort.
WORDS: Mapping[str, object] = {
    "session_number": 1,
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
    "writes": True,
    "answers": {"tools": Reading(2, 3)},
    "comment": "A comment",
    "chosen": [0],
    "time_zone": "Europe/London",
    "first": FIRST,
    "weekday": 1,
    "at_time": NOW.time(),
    "starts_local": NOW.replace(tzinfo=None),
    "minutes": 90,
    "before": None,
    "threshold": 3,
    "danger": "Call 999",
    "contact": "Ann Lee",
    "lines": "",
    "keep_notes": True,
    "keep_phones": False,
    "renew_links": False,
    "asked": True,
    "purpose": Purpose.NAME_WITH_NOTES,
    "yes": False,
    "until": None,
    "code": "123456",
    "issuer": "https://provider.example",
    "subject": "nobody",
    "said": "123456",
    "network": "here",
    "kept": "",
    "is_connected": bool,
    "password": "four unrelated words here",
    "at": NOW,
}


def arguments(verb: Verb, given: Mapping[str, object]) -> dict[str, object]:
    """What this verb takes of what is said."""
    wanted = [name for name in inspect.signature(verb).parameters if name != "db"]
    missing = [name for name in wanted if name not in given]
    assert not missing, (
        f"{verb.__module__}.{verb.__name__} takes {missing}, and no verb did before. Tell tests/services/verbs.py what "
        "to pass: in WORDS, or in `about` of a_scene if it belongs to a cohort."
    )
    return {name: given[name] for name in wanted}
