"""The group's agreement: begun from the call's words, changed by version, agreed to by each for themselves."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from mcm_core.domain.errors import Conflict, Refused
from mcm_core.services import agreements, members, next_cohort
from mcm_core.store.tables import AgreedRow
from tests.services.people import NOW
from tests.services.stories import a_group


@pytest.fixture
def group(db):
    return a_group(db, 4)


def keep(db, group, lines, number=0):
    return agreements.write_down(db, group.facilitator, group.cohort.id, lines=lines, version=number, at=NOW)


def stands(db, group, member=0):
    return agreements.of(db, group.members[member], group.cohort.id)


def test_it_begins_with_the_words_of_the_call(db, group):
    begun = stands(db, group)

    assert begun.number == 0
    assert begun.lines[:4] == ("openness", "honesty", "a lack of judgement", "a sense of playfulness and positivity")
    assert begun.lines[-1] == "Text counts as much as voice"


def test_who_agreed_is_counted_and_to_just_these_words(db, group):
    keep(db, group, "Openness\n\n  Pass is   fine ")
    for member in group.members[:3]:
        agreements.agree(db, member, 1, at=NOW)
        agreements.agree(db, member, 1, at=NOW)

    assert (stands(db, group).lines, stands(db, group).agreed, stands(db, group).of) == (
        ("Openness", "Pass is fine"), 3, 4,
    )  # fmt: skip
    assert [stands(db, group, member).is_mine for member in range(4)] == [True, True, True, False]


def test_other_words_are_another_version_that_nobody_has_agreed_to(db, group):
    keep(db, group, "Openness")
    agreements.agree(db, group.members[0], 1, at=NOW)

    changed = keep(db, group, "Openness\nPass is fine", number=1)

    assert (changed.number, changed.agreed) == (2, 0)
    assert (stands(db, group).mine, stands(db, group).is_mine) == (1, False)
    with pytest.raises(Conflict, match="Read it again"):
        agreements.agree(db, group.members[1], 1, at=NOW)


def test_the_same_words_again_ask_nobody_anew(db, group):
    keep(db, group, "Openness")
    agreements.agree(db, group.members[0], 1, at=NOW)

    assert keep(db, group, "Openness", number=1).agreed == 1


def test_of_two_facilitators_the_second_is_told(db, group):
    keep(db, group, "Openness")

    with pytest.raises(Conflict):
        keep(db, group, "Honesty")
    assert stands(db, group).lines == ("Openness",)


def test_nobody_agrees_to_what_the_group_has_not_made_its_own(db, group):
    agreements.agree(db, group.members[0], 0, at=NOW)

    assert db.scalars(select(AgreedRow)).all() == []


@pytest.mark.parametrize("lines", [" \n ", "x" * 201, "\n".join(["line"] * 21)])
def test_too_little_and_too_much_are_refused(db, group, lines):
    with pytest.raises(Refused):
        keep(db, group, lines)


def test_who_leaves_is_not_counted_any_more(db, group):
    keep(db, group, "Openness")
    for member in group.members:
        agreements.agree(db, member, 1, at=NOW)
    members.erase(db, group.members[0], keep_notes=False)

    assert (stands(db, group, 1).agreed, stands(db, group, 1).of) == (3, 3)


def test_the_next_cohort_begins_with_our_lines_and_nobodys_yes(db, group):
    keep(db, group, "Openness")
    agreements.agree(db, group.members[0], 1, at=NOW)

    made = next_cohort.prepare(db, group.facilitator, group.cohort.id, name="Next", first=date(2026, 3, 5), at=NOW)

    taken = agreements.of(db, group.facilitator, made.id)
    assert (taken.lines, taken.agreed, taken.number) == (("Openness",), 0, 1)
