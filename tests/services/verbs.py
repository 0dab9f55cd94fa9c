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
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core import services
from mcm_core.domain.block import Activity
from mcm_core.domain.consent import Purpose
from mcm_core.domain.entry import EntryKind
from mcm_core.domain.entry import Said as Tried
from mcm_core.domain.message import To
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.domain.opening import Plan
from mcm_core.domain.reading import Reading
from mcm_core.domain.round import Round
from mcm_core.domain.visitor import Standing, Visitor
from mcm_core.services import (
    access,
    applying,
    catch_ups,
    dots,
    entries,
    facilitators,
    guests,
    interests,
    invitations,
    members,
    messages,
    my_catch_ups,
    news,
    notes,
    offers,
    openings,
    rounds,
    signing_in,
    slots,
    topics,
)
from mcm_core.services.signing_in import Challenge
from mcm_core.store.tables import NewsLineRow
from tests.services.people import (
    FIRST,
    NOW,
    a_facilitator,
    an_invitation,
    an_unread_member,
    invited,
    signed_in,
    the_code,
)
from tests.services.sheets import begin, go_on
from tests.services.stories import Group, a_card, a_group, an_open_round, connections

Verb = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = [*(ROOT / "pages").glob("*.py"), *(ROOT / "mcm_core/ui").glob("*.py"), *(ROOT / "mcm_core/web").glob("*.py")]


@cache
def verbs() -> Mapping[str, Verb]:
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
    phones: Mapping[Standing, str]
    met: Mapping[Standing, Challenge]
    said: Mapping[str, object]

    def told_by(self, standing: Standing) -> dict[str, object]:
        """What this visitor says to a verb: about their own note and phone if they can have one, else about a member's.

        Whoever has a password has just typed it.
        """
        note_id = self.notes.get(standing, self.notes[Standing.MEMBER])
        phone_id = self.phones.get(standing, self.phones[Standing.MEMBER])
        met = self.met.get(standing, Challenge("nobody", None, None, ()))
        own = {"note_id": note_id, "phone_id": phone_id, "met": met}
        return {**self.said, **own, "visitor": self.people[standing]}


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
        Standing.UNREAD: an_unread_member(db, owner, group.cohort),
        Standing.GUEST: guest,
        Standing.WAITING: waiting,
        Standing.STRANGER: a_facilitator(db, f"stranger{name}"),
        Standing.HALFWAY: invited(db, f"halfway{name}"),
        Standing.NOBODY: replace(owner, sign_in="made up"),
    }
    sheet = go_on(db, group, begin(db, group, at=NOW - timedelta(minutes=2)), at=NOW - timedelta(minutes=1))
    sheet = go_on(db, group, sheet)  # the check-in and the four self-ratings are over
    draft = rounds.draft(db, owner, group.cohort.session(2).id, a_card(), at=NOW)
    opened = an_open_round(db, owner, group.cohort)
    authors = (Standing.OWNER, Standing.CO_FACILITATOR, Standing.MEMBER)
    written = {one: _a_note(db, people[one], group) for one in authors}
    phones = {one: _another_phone(db, owner, people[one]) for one in (Standing.UNREAD, Standing.MEMBER)}
    link = members.link_token(db, owner, group.members[0].member_id or "", at=NOW)
    members.join_by_link(db, link, browser_token=None, at=NOW)
    facilitators.invite(db, owner, group.cohort.id, at=NOW)
    catch_ups.suggest(db, owner, group.cohort.id, 1, at=NOW)
    catch_ups.share(db, owner, group.cohort.id, 1, version=1, at=NOW)
    (catch_up,) = my_catch_ups.mine(db, group.members[0])
    brought = [
        topics.propose(db, who, group.cohort.id, kind="question", text=f"About {who.name}", named=True, at=when)
        for who, when in zip(group.members, (NOW, NOW + timedelta(seconds=1)), strict=False)
    ]
    offers.say(db, group.members[0], brought[1], "need", at=NOW)
    about = {
        "cohort_id": group.cohort.id,
        "session_id": meeting.id,
        "to_cohort": group.cohort.id,
        "block_id": sheet.blocks[1].id,
        "member_id": group.members[0].member_id,
        "facilitator_id": co.facilitator_id,
        "guest_id": guests.of_cohort(db, owner, group.cohort.id, at=NOW)[0].id,
        "knock_id": members.at_the_door(db, owner, group.cohort.id, at=NOW)[0].id,
        "round_id": opened.id,
        "round_": opened,
        "version": opened.version,
        **_applied(db, group, name),
        "message_id": messages.draft(db, group.cohort.id, "not_this_time", To("Ann"), {}, at=NOW),
        "topic_id": brought[0],
        "into_id": brought[1],
        "offer_id": offers.of_cohort(db, owner, group.cohort.id)[1].needs[0].id,
        "vote_id": dots.open_(db, owner, group.cohort.id, at=NOW).id,
        "invitation": invitation or an_invitation(db),
        "catch_up_id": catch_up.id,
        "author_id": catch_up.partners[0].id,
        "other_id": catch_up.partners[0].id,
        "member_ids": [catch_up.partners[0].id],
        "entry_id": entries.add(db, group.members[0], EntryKind.TRY, Tried({"apply": "words"}), at=NOW).id,
        "line_id": _a_line(db, owner, meeting.id),
        "versions": {},
        "invitation_id": invitations.of_cohort(db, owner, group.cohort.id, at=NOW)[0].id,
    }
    accounts = {
        Standing.OWNER: name,
        Standing.CO_FACILITATOR: f"co{name}",
        Standing.STRANGER: f"stranger{name}",
        Standing.HALFWAY: f"halfway{name}",
    }
    met = {one: signing_in.challenge(db, account, network="here", at=NOW) for one, account in accounts.items()}
    return Scene(group, people, opened, draft, written, phones, met, {**WORDS, **about})


def _another_phone(db: Session, owner: Visitor, member: Visitor) -> str:
    """The id of a second phone of this member's, which was let in."""
    link = members.link_token(db, owner, member.member_id or "", at=NOW)
    members.join_by_link(db, link, browser_token=None, at=NOW)
    (knock,) = [one for one in members.at_the_door(db, owner, member.cohort_id or "", at=NOW) if one.member_id]
    members.let_in(db, owner, knock.id, knock.member_id or "", at=NOW)
    return knock.id


def _applied(db: Session, group: Group, name: str) -> dict[str, object]:
    """A published page, somebody who is interested, and somebody who has applied. The six dates are fixed."""
    owner, cohort_id = group.facilitator, group.cohort.id
    slug = openings.write_down(db, owner, cohort_id, plan=PLAN, words={"contact": "Fay"}, at=NOW).slug
    openings.publish(db, owner, cohort_id, at=NOW)
    slots.fix_as_they_are(db, owner, cohort_id, at=NOW)
    who: Any = {"email": "a@example.org", "organisation": "", "network": name, "at": NOW}
    interests.express(db, slug, name="Ann", wants_link=True, wants_reminder=True, **who)
    token = applying.begin(db, slug, name="Amy", **who)
    applying.keep(db, token, {"why": "x", "hope": "x", "role": "both"}, at=NOW)
    return {
        "application_id": applying.send(db, token, at=NOW).application.id,
        "interest_id": interests.of_cohort(db, owner, cohort_id)[0].id,
    }


def _a_note(db: Session, visitor: Visitor, group: Group) -> str:
    words = {key: WORDS[key] for key in ("session_number", "theme", "instrument", "kind", "attribution")}
    said: Any = {**words, "audience": Audience.NETWORK, "body": "A note", "at": NOW}
    return notes.add(db, visitor, group.cohort.id, **said).id


PLAN = Plan(closes=NOW.replace(tzinfo=None, hour=17))


def _a_line(db: Session, owner: Visitor, session_id: str) -> str:
    news.say_back(db, owner, session_id, you_said="Too slow", outcome="could not", reply="we know no more", at=NOW)
    return db.scalars(select(NewsLineRow.id).where(NewsLineRow.session_id == session_id)).one()


#: What does not depend on the cohort.
WORDS: Mapping[str, object] = {
    "session_number": 1,
    "instrument": connections(),
    "card": a_card(),
    "reading": Reading(2, 3),
    "theme": "tools",
    "kind": Kind.IDEA,
    "plan": PLAN,
    "words": {"contact": "Fay, fay@example.org"},
    "says": "yes",
    "why": "harder now",
    "note": "A note",
    "decision": "waiting",
    "audience": Audience.COHORT,
    "attribution": Attribution.NONE,
    "party": str(connections().parties[0]),
    "constellation": str(connections().constellations[0]),
    "label": "calls",
    "name": "A name",
    "body": "Some words",
    "hope": "To listen better",
    "brings": "How do we stay in touch?",
    "question": "surprised",
    "version": 0,
    "options": "Two ways",
    "feedback": "Most would come",
    "resources": "A room",
    "decided": "We go on",
    "who": "The lead invites",
    "level": None,
    "pasted": "Yan",
    "email": "yan@example.org",
    "seen": (),
    "search": "",
    "to_share": False,
    "themes": ["tools"],
    "writes": True,
    "answers": {"tools": Reading(2, 3)},
    "comment": "A comment",
    "texts": {},
    "edited": {},
    "you_said": "Too fast",
    "outcome": "changed",
    "reply": "One activity less",
    "chosen": [0],
    "address": "https://meet.example.org",
    "time_zone": "Europe/London",
    "first": FIRST,
    "weekday": 1,
    "at_time": NOW.time(),
    "starts_local": NOW.replace(tzinfo=None),
    "minutes": 90,
    "meetings": (),
    "but": None,
    "places": 1,
    "title": "A block",
    "prompt": "",
    "screen": "",
    "activity": Activity.PROMPT,
    "instrument_key": None,
    "after": None,
    "choice": 0,
    "here": True,
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
    "number": 1,
    "met": "met",
    "written": Tried({"apply": "words"}),
    "password": "four unrelated words here",
    "text": "How do we say no kindly?",
    "named": True,
    "aside": True,
    "count": 1,
    "was": None,
    "side": "offer",
    "levels": {"video": 1},
    "practise": "Miro",
    "wants_help": True,
    "fillings": {"call": "Ann Lee, 020 7946 0000"},
    "at": NOW,
    "since": NOW,
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
