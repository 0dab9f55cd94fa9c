"""Every box that people write into, filled; and the check that none was forgotten, from the tables themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import JSON, MetaData, String, Table, select
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import NAME_MAX, Cohort
from mcm_core.domain.errors import McmError
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.domain.signposting import BLANK, LINE_MAX, LINES_MAX
from mcm_core.domain.visitor import Visitor
from mcm_core.services import bags, cohorts, guests, members, notes, rounds, signposting, visitors
from mcm_core.store.engine import write
from tests.security.strings import FAR
from tests.services.people import a_cohort, a_facilitator, signed_in, the_code
from tests.services.stories import (
    Group,
    an_anonymous_round,
    an_open_round,
    choose_focus,
    connections,
    drop,
    run_round,
)

#: Text and JSON that holds nobody's words, and why. A column that is neither here nor filled by `told` fails the check.
NOBODY_WRITES = {
    "the server makes it, or it is a hash": (
        "attempt.key audit.about audit.hash audit_head.hash audit_head.seal cohort.code facilitator.password_hash "
        "guest.link_hash invitation.token_hash member.link_hash recovery_code.code_hash second_step.sealed_key "
        "second_step.offered_key sign_in.token_hash ticket.token_hash"
    ),
    "one of a few words that the service and the table know": (
        "audit.actor audit.deed consent.purpose consent.version facilitation.standing note.kind note.audience "
        "note.attribution round.mode round.state"
    ),
    "one of the instrument's own words, or it is refused": (
        "focus.party focus.constellation note.theme reading.theme release.theme round.lens round.perspective "
        "round.purpose round.themes"
    ),
    "content that comes with the app": "instrument.key instrument.version instrument.content",
    "one of the known time zones": "cohort.time_zone",
    "letters, digits and . _ @ - alone (domain/account.py)": "facilitator.username",
    "compared with what the provider says, and shown to nobody": "facilitator.issuer facilitator.subject",
    "levels and counts": "bag.answered bag.counts release.counts release.picture",
}


@dataclass
class Told:
    """How many texts were kept, how many refused, and how many stand in shared comments."""

    stored: int = 0
    refused: int = 0
    comments: int = 0

    def try_(self, write_it: Callable[[Session], object]) -> object:
        """Write one text in a transaction of its own; what it made, or None where it was refused."""
        try:
            with write() as db:
                made = write_it(db)
        except McmError:
            self.refused += 1
            return None
        self.stored += 1
        return made


@dataclass(frozen=True)
class Circle:
    """A cohort of hostile names: who facilitates, who is in it, who stands at its door and who is its guest, by their
    tokens."""

    group: Group
    facilitator: str
    members: tuple[str, ...]
    waiting: str
    guest: str


def told(seen: Told, words: Sequence[str], number: int) -> Circle:
    """Write the words into every box. (What is typed into the search box is `Reader.search`.)"""
    at = datetime.now(UTC)
    facilitator, cohort = _a_desk(seen, words, number, at)
    with write() as db:
        code = the_code(db, facilitator, cohort, at=at)
    first = cohort.session(1).id
    for word in words:
        name = word[:NAME_MAX]
        seen.try_(lambda db, name=name: cohorts.rename(db, facilitator, cohort.id, name))
        seen.try_(lambda db, name=name: members.knock(db, code, name, network="198.51.100.0/24", at=at))
        seen.try_(lambda db, name=name: guests.invite(db, facilitator, first, name, at=at))
        seen.try_(lambda db, name=name: members.add(db, facilitator, cohort.id, name.replace("\n", " "), at=at))
    seen.try_(lambda db: signposting.write_down(db, facilitator, cohort.id, **_three_lists(words), at=at))
    tokens, people = _all_in(facilitator, cohort, at)
    group = Group(facilitator, cohort, people)
    for place, word in enumerate(words):
        one = people[place % len(people)]
        seen.try_(lambda db, one=one, word=word: choose_focus(db, one, connections(), label=word[:60], at=at))
        seen.try_(lambda db, one=one, word=word, place=place: _note(db, one, cohort.id, word, at, place))
    with write() as db:
        run_round(db, facilitator, cohort, people, 1, [(2, 3)] * len(people), at=at)
    seen.comments += _comments(seen, group, 1, words, at, share=True)
    _comments(seen, group, 2, words, at, share=False)
    name = next((word for word in words if FAR in word), words[0])[:NAME_MAX]
    with write() as db:
        desk = visitors.admit(db, facilitator_id=facilitator.facilitator_id, at=at)
        waiting = visitors.admit(db, cohort_id=cohort.id, waiting=True, knock_name=name, at=at)
        guest = guests.come_in(db, guests.invite(db, facilitator, first, name, at=at), browser_token=None, at=at)
    return Circle(group, desk, tokens, waiting, guest)


def a_vote_opens(circle: Circle) -> None:
    """Until then the comments that nobody has shared yet stand before the facilitator."""
    with write() as db:
        an_open_round(db, circle.group.facilitator, circle.group.cohort, 3, at=datetime.now(UTC))


def _a_desk(seen: Told, words: Sequence[str], number: int, at: datetime) -> tuple[Visitor, Cohort]:
    """A facilitator, called by the first of the words if that is possible, and their cohort."""
    name = words[0][:NAME_MAX]
    facilitator = seen.try_(lambda db: a_facilitator(db, f"hostile{number}", name=name, at=at))
    with write() as db:
        by = facilitator if isinstance(facilitator, Visitor) else a_facilitator(db, f"hostile{number}", at=at)
        return by, a_cohort(db, by, "Circle", at=at - timedelta(days=7))


def _all_in(facilitator: Visitor, cohort: Cohort, at: datetime) -> tuple[tuple[str, ...], tuple[Visitor, ...]]:
    with write() as db:
        links = members.link_tokens(db, facilitator, cohort.id, at=at).values()
        tokens = tuple(members.join_by_link(db, link, browser_token=None, at=at).token for link in links)
        return tokens, tuple(signed_in(db, token, at=at) for token in tokens)


def _three_lists(words: Sequence[str]) -> dict[str, str]:
    """The words as lines of the three lists of contacts, which take no gap to be filled in."""
    lines = [" ".join(word.split()).replace(BLANK, "_ _")[:LINE_MAX] for word in words]
    long = min(-(-len(lines) // 3), LINES_MAX)
    return {name: "\n".join(lines[place * long :][:long]) for place, name in enumerate(("danger", "contact", "lines"))}


def _note(db: Session, one: Visitor, cohort_id: str, word: str, at: datetime, place: int) -> None:
    """A note; and the words again from a page that had not seen a change, which are kept beside it."""
    said = {"body": word, "kind": Kind.EXPERIENCE, "audience": Audience.NETWORK, "attribution": Attribution.NAME}
    when = at - timedelta(seconds=7 * place)
    made = notes.add(db, one, cohort_id, session_number=1, theme="tools", instrument=connections(), at=when, **said)  # type: ignore[arg-type]
    for body in (word, f"{word} again"):
        notes.edit(db, one, made.id, version=made.version, at=when, **{**said, "body": body})  # type: ignore[arg-type]


def _comments(seen: Told, group: Group, number: int, words: Sequence[str], at: datetime, *, share: bool) -> int:
    """An anonymous round of this session, whose comments are shared or wait for that; how many there are."""
    lead, people = group.facilitator, group.members
    with write() as db:
        anonymous = an_anonymous_round(db, group, number, at=at)
    for place, one in enumerate(people):
        word = words[place % len(words)]
        seen.try_(lambda db, one=one, word=word: drop(db, anonymous, [one], [(2, 3)], comment=word))
    with write() as db:
        anonymous = rounds.close(db, lead, anonymous.id, version=anonymous.version, at=at)
        anonymous = rounds.reveal(db, lead, anonymous.id, version=anonymous.version, at=at)
        readable = len(bags.comments(db, lead, anonymous.id).bodies)
        if share and readable:  # of fewer than eight nobody reads any
            bags.share_comments(db, lead, anonymous.id, range(readable), at=at)
    return readable


def filled(db: Session, tables: Iterable[Table]) -> set[str]:
    """The columns that hold hostile words, as "table.column". Their mark survives folding, trimming and JSON."""
    mark = FAR.partition("//")[2]
    return {
        name
        for table in tables
        for name, column in _texts(table)
        if any(mark in str(value) for value in db.scalars(select(column)))
    }


def forgotten(metadata: MetaData, written: set[str]) -> set[str]:
    """The columns that could hold somebody's words, are not filled, and are not known to hold nobody's."""
    excused = {name for names in NOBODY_WRITES.values() for name in names.split()}
    return {name for table in metadata.sorted_tables for name, _ in _texts(table)} - written - excused


def _texts(table: Table) -> Iterable[tuple[str, object]]:
    """Columns for words. Ids are made here and lead to other rows."""
    for column in table.columns:
        is_id = column.name in {"id", "moved_by"} or column.name.endswith("_id") or column.foreign_keys
        if isinstance(column.type, (String, JSON)) and not is_id:
            yield f"{table.name}.{column.name}", column
