"""What is left in any table after an erasure and after a cohort's time is over: nothing that leads to a person."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.consent import Purpose
from mcm_core.domain.mode import Mode
from mcm_core.domain.round import Round
from mcm_core.services import bags, consents, guests, members, names, readings, releases, retention, rounds, signposting
from mcm_core.store import bag
from mcm_core.store.engine import read, write
from mcm_core.store.tables import BagRow, Base, CommentsRow, ReleaseRow
from tests.services.people import NOW
from tests.services.stories import (
    Group,
    a_card,
    a_group,
    an_anonymous_round,
    an_open_round,
    answer,
    close_and_reveal,
    drop,
    run_round,
)

WARNED = datetime(2026, 7, 18, 8, tzinfo=UTC)
OVER = datetime(2026, 8, 17, 8, tzinfo=UTC)
STAYS = {"cohort", "cohort_session", "facilitation", "round", "release", "audit"}  # and notes for the network


@pytest.fixture
def group(database: str) -> Group:
    """Nine people with something in every table: three modes, comments shared and waiting, a guest, helplines."""
    with write() as db:
        made = a_group(db, 9)
        fay, cohort = made.facilitator, made.cohort
        consents.say(db, made.members[0], Purpose.TOTALS_BEYOND, yes=True, at=NOW)
        signposting.write_down(db, fay, cohort.id, danger="Call 999", contact="Kim 0123", lines="", at=NOW)
        guests.invite(db, fay, cohort.session(1).id, "Gloria", at=NOW)
        named = an_open_round(db, fay, cohort, 1, card=a_card(themes=["tools"], mode=Mode.NAMED))
        for who in made.members[:4]:
            names.consent(db, who, named.id, yes=True, at=NOW)
        answer(db, named, made.members, [(2, 3)] * 9, at=NOW)
        close_and_reveal(db, fay, named, at=NOW)
        shared = an_anonymous_round(db, made, 2)
        drop(db, shared, made.members, [(1, 2)] * 9, comment="a shared comment")
        close_and_reveal(db, fay, shared, at=NOW)
        bags.share_comments(db, fay, shared.id, chosen=[0], at=NOW)
        waits = an_anonymous_round(db, made, 3, themes=["skills"])
        drop(db, waits, made.members, [(1, 2)] * 9, comment="a waiting comment")
        close_and_reveal(db, fay, waits, at=NOW)
        run_round(db, fay, cohort, made.members[:2], 4, [(2, 3)] * 2)
        return made


def everything(db: Session, *, but: str) -> str:
    """Every row of every table except one, as one text."""
    tables = (table for table in Base.metadata.sorted_tables if table.name != but)
    return json.dumps([[list(row) for row in db.execute(select(table))] for table in tables], default=str)


def an_open_bag(db: Session, group: Group) -> Round:
    opened = an_anonymous_round(db, group, 5, themes=["feelings"])
    drop(db, opened, group.members, [(1, 2)] * 8 + [None])
    return opened


@pytest.mark.parametrize("keep_notes", [True, False])
def test_the_id_of_somebody_erased_stands_nowhere_but_in_the_log(group: Group, keep_notes: bool) -> None:
    ada = group.members[0]
    with write() as db:
        an_open_bag(db, group)
    with read() as db:
        assert (ada.member_id or "") in everything(db, but="audit")

    with write() as db:
        members.erase(db, ada, keep_notes=keep_notes)

    with read() as db:
        assert (ada.member_id or "") not in everything(db, but="audit")


def test_an_open_bag_without_its_own_care_would_keep_the_id(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    monkeypatch.setattr(bag, "forget", lambda *_: None)
    with write() as db:
        an_open_bag(db, group)
        members.erase(db, group.members[0], keep_notes=False)

    with read() as db:
        assert (group.members[0].member_id or "") in everything(db, but="audit")


def test_an_open_bag_still_counts_the_answers_of_somebody_erased_and_takes_the_next_ones(group: Group) -> None:
    with write() as db:
        opened = an_open_bag(db, group)
        before = db.get_one(BagRow, opened.id).counts
        members.erase(db, group.members[0], keep_notes=False)
    with write() as db:
        held = db.get_one(BagRow, opened.id)
        assert (len(held.answered), held.counts) == (8, before)
        drop(db, opened, group.members[8:], [(1, 2)])
    with write() as db:
        shown = close_and_reveal(db, group.facilitator, opened, at=NOW)
        (picture,) = releases.of_round(db, group.facilitator, shown).values()
        assert picture.answered == 9
        assert readings.turnout(db, group.facilitator, opened.id, at=NOW).complete == 9  # as the picture has it


def test_when_its_time_is_over_a_cohort_leaves_nobody_in_any_table(group: Group) -> None:
    with write() as db:
        an_open_bag(db, group)
    retention.keep_house(at=WARNED)
    retention.keep_house(at=OVER)

    with read() as db:
        left = {
            table.name
            for table in Base.metadata.sorted_tables
            if "cohort_id" in table.c and db.execute(select(table).where(table.c.cohort_id == group.cohort.id)).first()
        }
        all_that_is_left = everything(db, but="audit")
    assert left <= STAYS
    for words in ("Gloria", "Kim 0123", "a shared comment", "a waiting comment", *(one.name for one in group.members)):
        assert f'"{words}"' not in all_that_is_left


def test_what_was_shown_without_numbers_stays_and_the_numbers_behind_it_go(group: Group) -> None:
    with read() as db:
        before = {row.round_id: row.picture for row in db.scalars(select(ReleaseRow)) if row.counts}
        assert any(picture.get("current_shares") for picture in before.values())
    retention.keep_house(at=WARNED)
    retention.keep_house(at=OVER)

    with read() as db:
        after = db.scalars(select(ReleaseRow).where(ReleaseRow.cohort_id == group.cohort.id)).all()
        assert {row.round_id for row in after} >= set(before)
        assert [row.counts for row in after] == [None] * len(after)
        assert db.scalars(select(CommentsRow)).all() == []
        assert rounds.drafts(db, group.facilitator, group.cohort.id) == ()
