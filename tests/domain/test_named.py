"""Names stand beside a picture only where the rest of it hides those who did not say yes."""

from __future__ import annotations

import pytest

from mcm_core.domain.named import names_may_stand
from mcm_core.domain.reading import NonAnswer, Reading
from mcm_core.domain.release import Earlier, Release, freeze
from mcm_core.domain.tally import Tally


def a_picture(levels, **more) -> Release:
    return Release("tools", 1, 1, sum(levels), Tally(tuple(levels), **more))


@pytest.mark.parametrize(("unnamed", "may"), [(0, True), (1, False), (4, False), (5, True), (8, True)])
def test_the_rest_is_nobody_or_as_many_as_a_picture_needs(unnamed, may):
    named = [Reading(2)] * (8 - unnamed)

    assert names_may_stand(a_picture((0, 8, 0, 0)), named, 5) is may


def test_one_who_rather_did_not_say_is_part_of_the_rest():
    assert not names_may_stand(a_picture((0, 8, 0, 0), passed=1), [Reading(2)] * 8, 5)
    assert names_may_stand(a_picture((0, 8, 0, 0), passed=1), [Reading(2)] * 8 + [Reading(NonAnswer.PASS)], 5)


def test_hopes_are_looked_at_too():
    release = Release("tools", 1, 1, 8, None, Tally((0, 0, 8, 0)))

    assert not names_may_stand(release, [Reading(2, 3)] * 7, 5)


def test_a_closed_picture_leaves_nothing_to_subtract_from():
    assert names_may_stand(Release("tools", 1, 1, 4, None), [Reading(2)] * 2, 5)


def test_no_move_is_counted_to_or_from_a_named_round():
    """Four are now at Forming and one at Embedded, all moved up: who was at Maturing? With names, everybody knows."""
    then = {f"m{n}": Reading(level) for n, level in enumerate([1, 1, 1, 1, 3])}
    now = {f"m{n}": Reading(level) for n, level in enumerate([2, 2, 2, 2, 4])}

    def second(*, named: bool, first_named: bool = False) -> Release:
        options = {"attempt": 1, "levels": 4, "ordered": True, "threshold": 5}
        first = freeze("tools", then, session_number=1, **options)
        earlier = (Earlier(1, then, first, named=first_named),)
        return freeze("tools", now, session_number=2, earlier=earlier, named=named, **options)

    assert second(named=True).shifts == second(named=False, first_named=True).shifts == ()
    assert second(named=False).shifts[0].current.up == 5
