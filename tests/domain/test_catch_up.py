"""Which week's catch-ups come next, whatever was shared and however time goes by."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mcm_core.domain.catch_up import week_to_share
from mcm_core.domain.cohort import Cohort
from tests.domain.test_cohort import meetings

CIRCLE = Cohort("c", "Circle", "Europe/London", 5, 0, meetings())
MINUTE = timedelta(minutes=1)


def test_before_anything_happened_it_is_the_first() -> None:
    assert week_to_share(CIRCLE, 0, CIRCLE.session(1).starts_at - MINUTE) == 1


@pytest.mark.parametrize("shared", [1, 2, 3, 4])
def test_after_one_that_was_shared_it_is_the_next_also_before_its_time(shared: int) -> None:
    assert week_to_share(CIRCLE, shared, CIRCLE.session(1).starts_at) == shared + 1


@pytest.mark.parametrize("number", [2, 3, 4, 5])
def test_a_week_that_went_by_without_any_holds_up_no_later_one(number: int) -> None:
    leads_up_to = CIRCLE.session(number).starts_at

    assert week_to_share(CIRCLE, 0, leads_up_to - MINUTE) == number - 1
    assert week_to_share(CIRCLE, 0, leads_up_to) == number


@pytest.mark.parametrize("shared", [0, 3, 5])
def test_after_the_last_there_is_none(shared: int) -> None:
    assert week_to_share(CIRCLE, shared, CIRCLE.session(6).starts_at) is None
