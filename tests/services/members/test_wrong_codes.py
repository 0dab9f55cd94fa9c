"""Wrong codes: ten a minute from one network; and a flood of them from everywhere keeps no right code out."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import members, throttle
from mcm_core.services.throttle import Limit, Throttled
from mcm_core.store.secret import keyed
from tests.services.members.words import HALL
from tests.services.people import NOW, the_code

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def a_flood(db: Session, *, at=NOW) -> None:
    """Sixty wrong codes, from thirty networks."""
    for number in range(60):
        assert members.knock(db, "WRONG", "Ada", network=f"10.0.{number % 30}.0/24", at=at) is None


def test_a_wrong_code_gives_nothing_and_ten_a_minute_are_enough(db: Session, fay: Visitor, cohort: Cohort) -> None:
    for number in range(10):
        assert members.knock(db, f"WRONG{number}", "Ada", network=HALL, at=NOW) is None

    with pytest.raises(Throttled):
        members.knock(db, the_code(db, fay, cohort), "Ada", network=HALL, at=NOW)

    # From elsewhere, and here a minute later, the right code still works.
    assert members.knock(db, the_code(db, fay, cohort), "Ada", network="198.51.100.0/24", at=NOW)
    assert members.knock(db, the_code(db, fay, cohort), "Ada", network=HALL, at=NOW + MINUTE)


def test_a_flood_from_everywhere_keeps_no_right_code_out(db: Session, fay: Visitor, cohort: Cohort) -> None:
    code = the_code(db, fay, cohort)
    a_flood(db)

    assert all(members.knock(db, code, f"Name {number}", network=HALL, at=NOW) for number in range(20))


def test_with_one_limit_for_the_whole_world_it_would(
    db: Session, fay: Visitor, cohort: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""

    def one_for_all(db: Session, network: str, at: datetime) -> tuple[str, ...]:
        return throttle.count(db, [Limit(keyed("knocks"), most=60, within=MINUTE)], at=at)

    monkeypatch.setattr(sys.modules[members.Room.__module__], "_counted", one_for_all)
    code = the_code(db, fay, cohort)
    a_flood(db)

    with pytest.raises(Throttled):
        members.knock(db, code, "Ada", network=HALL, at=NOW)


def test_in_a_flood_a_network_has_three_wrong_codes_an_hour_and_no_more(
    db: Session, fay: Visitor, cohort: Cohort
) -> None:
    """So thousands of networks win little by it; and how long to wait is said as for everybody."""
    code = the_code(db, fay, cohort)
    for minute in range(3):
        a_flood(db, at=NOW + minute * MINUTE)
        assert members.knock(db, "WRONG", "Eve", network=HALL, at=NOW + minute * MINUTE) is None
    a_flood(db, at=NOW + 3 * MINUTE)

    for guess in ("WRONG", code):  # a right one is not looked at either: nothing tells them apart
        with pytest.raises(Throttled, match="try again in 1 minute"):
            members.knock(db, guess, "Eve", network=HALL, at=NOW + 3 * MINUTE)
    assert members.knock(db, code, "Ada", network="198.51.100.0/24", at=NOW + 3 * MINUTE)
    assert members.knock(db, code, "Ada", network=HALL, at=NOW + 4 * MINUTE + SECOND)
