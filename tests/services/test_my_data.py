"""My data is whole: whatever is stored under a member's id is in it, and goes when it is erased."""

from __future__ import annotations

import pytest

from mcm_core.domain.consent import Purpose
from mcm_core.domain.visitor import Visitor
from mcm_core.services import bags, consents, members, my_answers, my_data
from mcm_core.store.engine import read, write
from tests.services.owned import a_full_life, hanging_on_members, theirs, unseen
from tests.services.people import NOW
from tests.services.stories import Group

#: What is stored under a member's id and not in My data, with the reason.
LEFT_OUT = {
    "member.name_key": "the name once more, folded for comparing",
    "member.link_hash": "opens their door; it says nothing about them",
    "member.link_version": "how often the link was made anew, which the log says",
    "sign_in.token_hash": "is their browser's key; it says nothing about them",
    "sign_in.let_in_by": "who let the phone in, which the log says",
    "sign_in.knock_name": "is gone once somebody was let in as a member",
    "sign_in.confirmed_at": "is for facilitators",
    "arrival.let_in_by": "the id of a facilitator; their name is shown",
    "sign_in.told_until": "which phones this one has asked about; all that came in are shown",
    "sign_in.guest_id": "is for guests",
    "sign_in.facilitator_id": "is for facilitators",
    "note.paused_seen": "whether others are told that a note is paused; that it is, is shown with the note",
    "note.search_key": "the body once more, folded for searching",
    "place.note_id": "which note the line became; that it did is said, and the note is shown",
    "entry.note_id": "which note the entry became; that it did is said, and the note is shown",
    "kept_text.kept_at": "when a text came second; the text waits for its author and is shown",
    "consent.number": "the order of the words, in which they are shown",
    "bag.counts": "everybody's together while a round is open; gone with its close",
    "bag.comments": "everybody's, and nobody can tell whose",
    "message.once": "keeps the same message from being written twice",
    "message.next_try_at": "when a message that waits is tried again",
    "calendar.link_hash": "opens their calendar; it says nothing about them",
    "application.link_hash": "opens their application; it says nothing about them",
    "application.link_next": "opens it, too, once they have asked for a new link",
    "application.link_version": "how often they asked for one, which the log says",
    "shared_plan.sealed_words": "is shown opened; a letter behind its seal changes nothing of it",
    "audit.number": "the order of the entries, in which they are shown",
    "audit.hash": "guards the whole log",
}
HOW = "Put it into My data (services/my_data.py, the page, the archive), or into LEFT_OUT with the reason: "


@pytest.fixture
def group(database: str) -> Group:
    with write() as db:
        return a_full_life(db)


def unseen_by_ada() -> set[str]:
    with write() as db:
        ada = a_full_life(db).members[0]
    with write() as db:
        told = lambda: my_data.everything(db, ada, at=NOW)  # noqa: E731
        return unseen(db, ada.member_id or "", told, but=ada.sign_in)


def where(member: Visitor) -> set[str]:
    """The tables that hold anything of a member's."""
    with read() as db:
        return {table.name for table in theirs(db, member.member_id or "")}


def test_the_story_has_something_of_adas_in_every_table_that_hangs_on_members(group: Group) -> None:
    found = where(group.members[0])

    assert hanging_on_members() - found == set(), "let something of Ada's be there, in tests/services/owned.py"
    assert found - hanging_on_members() == set()


def test_whatever_is_stored_under_a_members_id_is_in_my_data(sqlite: str) -> None:
    found = unseen_by_ada()

    assert found - set(LEFT_OUT) == set(), HOW
    assert set(LEFT_OUT) - found == set(), "is in My data by now; take it out of LEFT_OUT"


def test_what_my_data_would_leave_out_is_found(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    for module, verb in ((bags, "took_part"), (consents, "history"), (my_answers, "relationships")):
        monkeypatch.setattr(module, verb, lambda *_: ())

    found = unseen_by_ada() - set(LEFT_OUT)

    assert {"answered", "bag", "focus.party", "consent.round_id"} <= found


@pytest.mark.parametrize("keep_notes", [True, False])
def test_erasing_reaches_every_table_but_the_log(group: Group, keep_notes: bool) -> None:
    with write() as db:
        members.erase(db, group.members[0], keep_notes=keep_notes)

    assert where(group.members[0]) == {"audit"}


def test_every_yes_and_no_is_told_with_its_day_and_its_words(group: Group) -> None:
    ada = group.members[0]
    with write() as db:
        consents.say(db, ada, Purpose.TOTALS_BEYOND, yes=False, at=NOW.replace(hour=11))

    with read() as db:
        told = my_data.everything(db, ada, at=NOW).said

    assert [(one.purpose, one.yes, one.stands) for one in told] == [
        (Purpose.TOTALS_BEYOND, False, True), (Purpose.NAME_WITH_ANSWERS, True, True),
        (Purpose.NAME_WITH_NOTES, True, True), (Purpose.PLAN_SHARED, True, True), (Purpose.TOTALS_BEYOND, True, False),
    ]  # fmt: skip
    assert told[0].said_at == NOW.replace(hour=11)
    assert told[1].about == "Session 1: Tools"
    assert {one.version for one in told} == {"4"}
