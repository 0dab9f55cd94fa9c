"""The words of the participation document, filled in; and where somebody stands with it, in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mcm_core.domain.document import Copy, Part, by_state, filled, missing

DAY = datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_a_point_that_is_filled_with_several_lines_becomes_a_point_for_each() -> None:
    part = filled(Part("Times", ("Call {call}.",), ("{dates}", "Be there.")), {"call": "Ann", "dates": "One\nTwo"})

    assert part == Part("Times", ("Call Ann.",), ("One", "Two", "Be there."))


def test_what_stands_in_a_gap_may_name_the_cohort_and_an_empty_one_leaves_no_point() -> None:
    said = {"about": "“{cohort}” meets six times.", "cohort": "Tuesdays", "people": ""}

    assert filled(Part("What", ("{about}",), ("{people}",)), said) == Part("What", ("“Tuesdays” meets six times.",), ())


def test_a_brace_that_somebody_typed_stays_as_it_is() -> None:
    assert filled(Part("What", ("{call}",)), {"call": "{nobody} knows"}).says == ("{nobody} knows",)


@pytest.mark.parametrize(
    ("copy", "state"),
    [
        (Copy("m", "Ada"), "not sent yet"),
        (Copy("m", "Ada", link_sent_at=DAY), "has a link since 5 January 2026, not here yet"),
        (Copy("m", "Ada", link_sent_at=DAY, came_in=True), "came in, not read yet"),
        (Copy("m", "Ada", sent_at=DAY), "sent on 5 January 2026, not read yet"),
        (Copy("m", "Ada", sent_at=DAY, asked_at=DAY), "asks to be talked through it, since 5 January 2026"),
        (Copy("m", "Ada", asked_at=DAY, read_at=DAY, is_current=True), "read it on 5 January 2026"),
        (Copy("m", "Ada", read_at=DAY), "read an earlier version on 5 January 2026"),
        (Copy("m", "Ada", read_at=DAY, spoken=True), "talked through it on 5 January 2026"),
    ],
)
def test_every_state_is_said_in_words(copy: Copy, state: str) -> None:
    assert copy.state == state


def test_missing_are_those_who_have_not_read_it_and_first_those_who_wait_for_somebody() -> None:
    ada, ben, cleo = Copy("a", "Ada"), Copy("b", "Ben", read_at=DAY), Copy("c", "Cleo", asked_at=DAY)

    assert missing([ada, ben, cleo]) == (cleo, ada)


def test_who_stands_at_the_same_place_stands_on_one_line() -> None:
    ada, ben, cleo = Copy("a", "Ada"), Copy("b", "Ben", came_in=True), Copy("c", "Cleo")

    assert by_state([ada, ben, cleo]) == ("Not sent yet: Ada, Cleo", "Came in, not read yet: Ben")
