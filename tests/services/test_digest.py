"""The week in one place holds what the whole group may read since the last session, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.entry import EntryKind, Said
from mcm_core.domain.errors import Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import catch_ups, digest, entries, mailing, members, my_catch_ups, news, topics
from tests.services.note_world import a_note
from tests.services.people import NOW
from tests.services.stories import a_group, during


def noted(db: Session, by: Visitor, cohort: Cohort, body: str, at: datetime, **choices: str) -> None:
    a_note(db, by, cohort, body, minutes=(at - NOW) // timedelta(minutes=1), **choices)


def test_the_week_is_what_was_shared_since_the_last_session(db: Session) -> None:
    group = a_group(db, 2)
    ada, ben = group.members
    at = during(group.cohort, 2)
    old = at - timedelta(days=3)
    noted(db, ada, group.cohort, "Last week's", old, audience="cohort")
    noted(db, ada, group.cohort, "For the group", at, audience="cohort", attribution="first name")
    noted(db, ben, group.cohort, "For the network", at + timedelta(hours=1), audience="network", attribution="none")
    noted(db, ben, group.cohort, "For facilitators", at, audience="facilitator")
    noted(db, ada, group.cohort, "For me", at, audience="only me")
    entries.add(db, ada, EntryKind.DIARY, Said({"words": "Not shared"}), at=at)
    catch_ups.suggest(db, group.facilitator, group.cohort.id, 1, at=NOW)
    catch_ups.share(db, group.facilitator, group.cohort.id, 1, version=1, at=NOW)
    (one,) = my_catch_ups.mine(db, ada)
    my_catch_ups.write_line(db, ada, one.id, "Ask first", at=at)
    my_catch_ups.write_line(db, ben, one.id, "Not agreed", at=at)
    my_catch_ups.agree(db, ben, one.id, ada.member_id or "", body="Ask first", yes=True, at=at)

    for reader in (ada, ben, group.facilitator):
        found = digest.of_week(db, reader, group.cohort.id, at=at + timedelta(days=1))
        assert found.since == group.cohort.session(2)
        assert found.lines == ("Ask first",)
        assert [(note.body, note.by) for note in found.notes] == [("For the network", ""), ("For the group", "Ada")]
        assert found.summary == "2 notes and 1 line about a catch-up. They are on the page, for this group alone."


def test_a_line_about_a_catch_up_stays_for_seven_days_whatever_pairs_are_shared_next(db: Session) -> None:
    group = a_group(db, 2)
    ada, ben = group.members
    at = during(group.cohort, 2)
    catch_ups.suggest(db, group.facilitator, group.cohort.id, 1, at=NOW)
    catch_ups.share(db, group.facilitator, group.cohort.id, 1, version=1, at=NOW)
    (one,) = my_catch_ups.mine(db, ada)
    my_catch_ups.write_line(db, ada, one.id, "Ask first", at=at - timedelta(days=9))
    my_catch_ups.agree(db, ben, one.id, ada.member_id or "", body="Ask first", yes=True, at=at)

    catch_ups.suggest(db, group.facilitator, group.cohort.id, 2, at=at)
    catch_ups.share(db, group.facilitator, group.cohort.id, 2, version=1, at=at)

    shown = [digest.of_week(db, ben, group.cohort.id, at=at + timedelta(days=days)).lines for days in (0, 6, 8)]
    assert shown == [("Ask first",), ("Ask first",), ()]


def test_before_the_first_session_the_week_is_everything_there_is(db: Session) -> None:
    group = a_group(db, 1)
    found = digest.of_week(db, group.members[0], group.cohort.id, at=NOW)
    assert (found.is_empty, found.summary) == (True, "Nothing new this week.")
    noted(db, group.members[0], group.cohort, "Hello", NOW, audience="cohort")

    found = digest.of_week(db, group.members[0], group.cohort.id, at=NOW)

    assert (found.since, [note.body for note in found.notes]) == (None, ["Hello"])


def test_what_was_answered_and_what_is_new_on_the_board_are_in_it(db: Session) -> None:
    group = a_group(db, 1)
    (ada,) = group.members
    at = during(group.cohort, 2)
    board, fay = group.cohort.id, group.facilitator
    topics.propose(db, ada, board, kind="question", text="Last week's", named=True, at=at - timedelta(days=3))
    topics.propose(db, ada, board, kind="question", text="How do we rest?", named=True, at=at)
    topics.propose(
        db, ada, board, kind="challenge", text="And without a name?", named=False, at=at + timedelta(minutes=2)
    )
    gone = topics.propose(db, ada, board, kind="question", text="Set aside", named=False, at=at)
    topics.set_aside(db, fay, gone, aside=True)
    for when, words in ((at - timedelta(days=3), "Too long"), (at, "Too fast")):
        news.say_back(
            db, fay, group.cohort.session(1).id, you_said=words, outcome="changed", reply="One activity less", at=when
        )

    for reader in (ada, fay):
        found = digest.of_week(db, reader, board, at=at + timedelta(days=1))
        assert [(one.you_said, one.answer) for one in found.answers] == [("Too fast", "We changed: One activity less")]
        assert [(one.text, one.by) for one in found.topics] == [("How do we rest?", "Ada"), ("And without a name?", "")]
    assert found.summary.startswith("1 reply of the facilitators in News and views and 2 topics. ")


def test_the_message_says_how_much_and_nobodys_words_once_a_week(db: Session) -> None:
    group = a_group(db, 3)
    ada, ben, _ = group.members
    fay, cohort = group.facilitator, group.cohort
    members.set_email(db, fay, ada.member_id or "", "ada@example.org", at=NOW)
    members.set_email(db, fay, ben.member_id or "", "ben@example.org", at=NOW)
    members.add(db, fay, cohort.id, "Yan yan@example.org", at=NOW)  # has not come in
    at = during(cohort, 2)
    with pytest.raises(Refused, match="nothing to write about"):
        digest.write_messages(db, fay, cohort.id, at=at)
    noted(db, ada, cohort, "Rest is work, too", at, audience="cohort", attribution="name")

    assert [digest.write_messages(db, fay, cohort.id, at=at + timedelta(hours=hours)) for hours in (1, 2)] == [2, 2]

    rows = mailing.of_cohort(db, fay, cohort.id)
    assert [(one.to.name, one.to.email, one.state) for one in rows] == [
        ("Ada", "ada@example.org", "draft"),
        ("Ben", "ben@example.org", "draft"),
    ]
    for row in rows:
        assert row.subject == "This week in our group"
        assert "1 note. It is on the page" in row.body
        assert "Rest is work" not in row.body
    noted(db, ben, cohort, "Next week's", during(cohort, 3), audience="cohort")
    digest.write_messages(db, fay, cohort.id, at=during(cohort, 3) + timedelta(hours=1))
    assert len(mailing.of_cohort(db, fay, cohort.id)) == 4
