"""Every box that people write into, filled; and the check that none was forgotten, from the tables themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, MetaData, String, Table, select
from sqlalchemy.orm import Session

from mcm_core.domain.application import LINE_MAX as ONE_LINE
from mcm_core.domain.block import TITLE_MAX
from mcm_core.domain.catch_up import LINE_MAX as SHARED_LINE
from mcm_core.domain.catch_up import REACH_MAX
from mcm_core.domain.cohort import NAME_MAX, Cohort
from mcm_core.domain.decision import ASKED
from mcm_core.domain.entry import LINK, EntryKind, Said
from mcm_core.domain.errors import McmError
from mcm_core.domain.evaluation import window
from mcm_core.domain.news import LINE_MAX as SAID_MAX
from mcm_core.domain.news import Outcome
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.domain.opening import Opening, Plan
from mcm_core.domain.signposting import BLANK, LINE_MAX, LINES_MAX
from mcm_core.domain.skills import PRACTISE_MAX
from mcm_core.domain.topic import MAX_LENGTH
from mcm_core.domain.visitor import Visitor
from mcm_core.services import (
    agreements,
    applicants,
    applying,
    aspirations,
    bags,
    catch_ups,
    cohorts,
    decisions,
    documents,
    entries,
    evaluations,
    guests,
    interests,
    members,
    my_catch_ups,
    news,
    notes,
    openings,
    own_plans,
    plans,
    rounds,
    run_sheets,
    signposting,
    skills,
    slots,
    topics,
    visitors,
    wishes,
)
from mcm_core.services.own_plans import WORDS_MAX
from mcm_core.store import opening_texts, prepare_texts, texts
from mcm_core.store.engine import read, write
from tests.security.strings import FAR
from tests.services.people import a_cohort, a_facilitator, read_document, signed_in, the_code
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
        "second_step.offered_key sign_in.token_hash ticket.token_hash calendar.link_hash message.once "
        "opening.slug application.link_hash application.link_next"
    ),
    "one of a few words that the service and the table know": (
        "application.decision application.times audit.actor audit.deed block.activity consent.purpose consent.version "
        "dot_vote.state entry.kind entry.ticks facilitation.standing fit.says message.state message.trouble "
        "news_line.outcome "
        "lowered.why note.attribution note.audience note.kind offer.side place.said round.lane round.mode round.state "
        "topic.kind"
    ),
    "one of the form's questions, or it is refused": "evaluation.question evaluation_picture.question",
    "one of the instrument's own words, or it is refused": (
        "focus.party focus.constellation late_reading.theme lowered.theme note.theme reading.theme release.theme "
        "round.lens round.perspective round.purpose round.themes"
    ),
    "content that comes with the app": (
        "application.version block.captured block.details evaluation.form instrument.content instrument.key "
        "instrument.version message.kind message.subject"
    ),
    "an e-mail address, or it is refused (domain/message.py)": (
        "application.email interest.email member.email message.to_email"
    ),
    "one of the known time zones": "cohort.time_zone",
    "letters, digits and . _ @ - alone (domain/account.py)": "facilitator.username",
    "compared with what the provider says, and shown to nobody": "facilitator.issuer facilitator.subject",
    "levels and counts": (
        "bag.answered bag.counts dot_vote.left_out dot_vote.picture evaluation_picture.picture release.counts "
        "release.picture skills.levels skills_shared.counts"
    ),
    "sealed by the server, as the second step's key is": "shared_plan.sealed_words",
    "the number of a version": "document_copy.version skills.version",
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
    with write() as db:
        plan = run_sheets.make(db, facilitator, first)
    for word in words:
        name = word[:NAME_MAX]
        seen.try_(lambda db, word=word: _block(db, facilitator, plan.session_id, word))
        seen.try_(lambda db, name=name: cohorts.rename(db, facilitator, cohort.id, name))
        seen.try_(lambda db, name=name: members.knock(db, code, name, network="198.51.100.0/24", at=at))
        seen.try_(lambda db, name=name: guests.invite(db, facilitator, first, name, at=at))
        seen.try_(lambda db, name=name: members.add(db, facilitator, cohort.id, name.replace("\n", " "), at=at))
    seen.try_(lambda db: cohorts.cancel_session(db, facilitator, cohort.session(6).id, at=at))  # who is told, by name
    for place, word in enumerate(words):
        _applied(seen, facilitator, cohort.id, word, place, at)
        seen.try_(lambda db, word=word: _a_line(db, facilitator, first, word, at))
    seen.try_(lambda db: signposting.write_down(db, facilitator, cohort.id, **_three_lists(words), at=at))
    seen.try_(lambda db: documents.fill_in(db, facilitator, cohort.id, "1.0", _gaps(words), at=at))
    tokens, people = _all_in(facilitator, cohort, at)
    group = Group(facilitator, cohort, people)
    for place, word in enumerate(words):
        one = people[place % len(people)]
        seen.try_(lambda db, one=one, word=word: _wish(db, one, word, at))
        seen.try_(lambda db, one=one, word=word: choose_focus(db, one, connections(), label=word[:60], at=at))
        seen.try_(lambda db, one=one, word=word, place=place: _note(db, one, cohort.id, word, at, place))
        seen.try_(lambda db, one=one, word=word, place=place: _topic(db, one, cohort.id, word, at, place))
    _between_sessions(seen, group, words, at)
    for place, word in enumerate(words):
        one = people[place % len(people)]
        seen.try_(lambda db, one=one, word=word: aspirations.bring(db, one, hope=word, brings=word, at=at))
        seen.try_(lambda db, one=one, word=word: _look_back(db, one, cohort, word))
        seen.try_(lambda db, word=word: _decide(db, facilitator, cohort, word, at))
        seen.try_(lambda db, word=word: _agreement(db, facilitator, cohort, word, at))
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
        for token in tokens:
            read_document(db, signed_in(db, token, at=at), at=at)
        return tokens, tuple(signed_in(db, token, at=at) for token in tokens)


def _applied(seen: Told, facilitator: Visitor, cohort_id: str, word: str, place: int, at: datetime) -> None:
    """The words on a public page; and from a stranger, in every field of an interest and of an application."""
    name = word.replace("/", " ").replace("@", " ").strip()[:NAME_MAX] or "x"
    plan = Plan(closes=(at + timedelta(days=9)).replace(tzinfo=None), drop_in_link=" ".join(word.split())[:400])
    said = dict.fromkeys(opening_texts.page().all_, word)
    page = seen.try_(lambda db: openings.write_down(db, facilitator, cohort_id, plan=plan, words=said, at=at))
    if not isinstance(page, Opening):
        return
    seen.try_(lambda db: openings.publish(db, facilitator, cohort_id, at=at))
    who: Any = {"name": name, "organisation": word[:ONE_LINE], "network": str(place), "at": at}
    email = f"a{place}@example.org"
    seen.try_(lambda db: interests.express(db, page.slug, **who, email=email, wants_link=True, wants_reminder=True))
    token = seen.try_(lambda db: applying.begin(db, page.slug, **who, email=email))
    form = opening_texts.form()
    answers = {one.key: one.options[0] if one.options else word for one in form.questions}
    seen.try_(lambda db: applying.keep(db, str(token), answers, at=at))
    sent = seen.try_(lambda db: applying.send(db, str(token), at=at))
    if isinstance(sent, applying.Mine):
        id_ = sent.application.id
        seen.try_(lambda db: applicants.judge(db, facilitator, id_, says="abstain", note=word, at=at))
    seen.try_(lambda db: slots.fix_as_they_are(db, facilitator, cohort_id, at=at))


def _three_lists(words: Sequence[str]) -> dict[str, str]:
    """The words as lines of the three lists of contacts, which take no gap to be filled in."""
    lines = [" ".join(word.split()).replace(BLANK, "_ _")[:LINE_MAX] for word in words]
    long = min(-(-len(lines) // 3), LINES_MAX)
    return {name: "\n".join(lines[place * long :][:long]) for place, name in enumerate(("danger", "contact", "lines"))}


def _gaps(words: Sequence[str]) -> dict[str, str]:
    """The words as fillings of the participation document, a few to each gap, which take no gap to be filled in."""
    gaps = list(prepare_texts.participation().gaps)
    lines = [" ".join(word.split()).replace(BLANK, "_ _")[:LINE_MAX] for word in words]
    return {gap: "\n".join(lines[place :: len(gaps)][:LINES_MAX]) for place, gap in enumerate(gaps)}


def _wish(db: Session, one: Visitor, word: str, at: datetime) -> None:
    own_plans.share(db, one, word[:WORDS_MAX], at=at)
    skills.say(db, one, {"video": 1}, practise=word[:PRACTISE_MAX], wants_help=True, at=at)


def _note(db: Session, one: Visitor, cohort_id: str, word: str, at: datetime, place: int) -> None:
    """A note; and the words again from a page that had not seen a change, which are kept beside it."""
    said = {"body": word, "kind": Kind.EXPERIENCE, "audience": Audience.NETWORK, "attribution": Attribution.NAME}
    when = at - timedelta(seconds=7 * place)
    made = notes.add(db, one, cohort_id, session_number=1, theme="tools", instrument=connections(), at=when, **said)  # type: ignore[arg-type]
    for body in (word, f"{word} again"):
        notes.edit(db, one, made.id, version=made.version, at=when, **{**said, "body": body})  # type: ignore[arg-type]


def _between_sessions(seen: Told, group: Group, words: Sequence[str], at: datetime) -> None:
    """The words as lines about catch-ups, as ways to reach somebody, and in every log; some shared."""
    with write() as db:
        catch_ups.suggest(db, group.facilitator, group.cohort.id, 1, at=at)
        catch_ups.share(db, group.facilitator, group.cohort.id, 1, version=1, at=at)
        for one in group.members:
            entries.set_wellbeing(db, one, yes=True, at=at)
    with read() as db:
        met = [my_catch_ups.mine(db, one)[0] for one in group.members]
    for place, word in enumerate(words):
        one, catch_up = group.members[place % len(met)], met[place % len(met)]
        when = at - timedelta(seconds=61 * (place // len(met)))
        seen.try_(lambda db, one=one, word=word: wishes.set_reach(db, one, word[:REACH_MAX]))
        line = word[:SHARED_LINE]
        seen.try_(lambda db, one=one, c=catch_up, line=line: my_catch_ups.write_line(db, one, c.id, line, at=at))
        for kind, form in texts.between().items():
            said = Said({key: word for key in form.questions if key != LINK})
            seen.try_(lambda db, one=one, k=kind, said=said, when=when: entries.add(db, one, k, said, at=when))
        seen.try_(lambda db, one=one, word=word, when=when: entries.add(
            db, one, EntryKind.LEARNING, Said({LINK: word}), at=when
        ))  # fmt: skip
    for one in group.members:
        with read() as db:
            (catch_up,) = my_catch_ups.mine(db, one)
        for line in (line for line in catch_up.lines if not line.mine):
            seen.try_(lambda db, one=one, c=catch_up, line=line: my_catch_ups.agree(
                db, one, c.id, line.author_id, body=line.body, yes=True, at=at
            ))  # fmt: skip


def _topic(db: Session, one: Visitor, cohort_id: str, word: str, at: datetime, place: int) -> None:
    when = at - timedelta(seconds=7 * place)
    topics.propose(db, one, cohort_id, kind="question", text=word[:MAX_LENGTH], named=True, at=when)


def _a_line(db: Session, facilitator: Visitor, session_id: str, word: str, at: datetime) -> None:
    """A line under News and views: what was said, and what came of it."""
    word = word[:SAID_MAX]
    news.say_back(db, facilitator, session_id, you_said=word, outcome=Outcome.CHANGED, reply=word, at=at)


def _look_back(db: Session, one: Visitor, cohort: Cohort, word: str) -> None:
    """Words in the form after the last session, which the facilitators may read."""
    at = window(cohort.sessions).opens + timedelta(hours=1)
    evaluations.answer(db, one, "surprised", level=None, body=word, at=at)
    evaluations.share(db, one, "surprised", True, at=at)


def _decide(db: Session, facilitator: Visitor, cohort: Cohort, word: str, at: datetime) -> None:
    """The record of the decision, each word in the place of the one before."""
    before = decisions.of(db, facilitator, cohort.id)
    said = dict.fromkeys(ASKED, word)
    decisions.write_down(db, facilitator, cohort.id, **said, version=before.version if before else 0, at=at)


def _agreement(db: Session, facilitator: Visitor, cohort: Cohort, word: str, at: datetime) -> None:
    """The word as the group's agreement, in the place of the one before."""
    number = agreements.of(db, facilitator, cohort.id).number
    agreements.write_down(db, facilitator, cohort.id, lines=word, version=number, at=at)


def _block(db: Session, by: Visitor, session_id: str, word: str) -> None:
    """A block of these words in every box, for the phones, the room and the facilitators."""
    sheet = run_sheets.of_session(db, by, session_id)
    assert sheet
    said = {"title": word[:TITLE_MAX], "prompt": word, "screen": word, "note": word}
    plans.write_block(db, by, sheet.blocks[0].id, version=sheet.version, minutes=10, **said)


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
