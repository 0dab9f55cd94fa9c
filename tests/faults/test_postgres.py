"""PostgreSQL goes away in mid-vote and comes back: nothing is lost, and nobody starts anything anew."""

from __future__ import annotations

import pytest

from tests.faults import postgres
from tests.faults.cluster import Cluster

#: How an administrator may have set it up. A crash loses then what was acknowledged within the last seconds.
CARELESS = "-c synchronous_commit=off -c wal_writer_delay=10s"


@pytest.mark.parametrize("crash", [Cluster.kill_one, postgres.restarted], ids=["kill -9", "immediate stop"])
def test_a_crash_loses_nothing_that_was_said_to_be_saved(crash: postgres.Crash) -> None:
    found = postgres.crashes(crash, 3, settings=CARELESS)

    assert found.told
    assert (found.lost, found.differ) == (0, 0), found


def test_without_asking_for_it_a_careless_setting_would_lose_answers() -> None:
    """The negative control."""
    found = postgres.crashes(postgres.restarted, 3, settings=CARELESS, without="synchronous commit")

    assert found.lost, found


def test_while_it_is_away_nobody_is_told_saved_and_afterwards_everything_is_stored() -> None:
    (found,) = postgres.outages([2.0])

    assert found.met, found


def test_without_an_invitation_to_try_again_the_answers_would_be_gone() -> None:
    """The negative control."""
    (found,) = postgres.outages([2.0], without="another try")

    assert found.stored < found.phones, found
