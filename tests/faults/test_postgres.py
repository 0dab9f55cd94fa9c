"""PostgreSQL goes away in mid-vote and comes back: nothing is lost, and nobody starts anything anew."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from mcm_core.ui.away import SAYS
from tests.faults import postgres
from tests.faults.cluster import Cluster, a_cluster
from tests.faults.life import Life
from tests.faults.rooms import a_room
from tests.load.client import Tab


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """As an administrator may have set it up: left to itself it would lose in a crash what it acknowledged last."""
    with a_cluster("-c synchronous_commit=off -c wal_writer_delay=10s") as made:
        yield made


@pytest.mark.parametrize("crash", [Cluster.kill_one, postgres.restarted], ids=["kill -9", "immediate stop"])
def test_a_crash_loses_nothing_that_was_said_to_be_saved(cluster: Cluster, crash: postgres.Crash) -> None:
    found = postgres.crashes(cluster, crash, 3)

    assert found.told
    assert (found.lost, found.differ) == (0, 0), found


def test_without_asking_for_it_a_careless_setting_would_lose_answers(cluster: Cluster) -> None:
    """The negative control. Now and then PostgreSQL has just written when it is crashed: then again."""
    found = (postgres.crashes(cluster, postgres.restarted, 3, without="synchronous commit") for _ in range(5))

    assert any(each.lost for each in found)


def test_while_it_is_away_nobody_is_told_saved_and_afterwards_everything_is_stored(cluster: Cluster) -> None:
    (found,) = postgres.outages(cluster, [2.0])

    assert found.met, found


def test_without_an_invitation_to_try_again_the_answers_would_be_gone(cluster: Cluster) -> None:
    """The negative control."""
    (found,) = postgres.outages(cluster, [2.0], without="another try")

    assert found.stored < found.phones, found


def test_a_page_that_was_opened_meanwhile_says_so_and_goes_on_by_itself(cluster: Cluster) -> None:
    with a_room(1, url=cluster.empty()) as room, Life(room.settings, whole=True) as life:

        async def play() -> tuple[list[str], bool]:
            tab, said = Tab(life.address, room.tokens[0], "notes"), []
            tab.told = lambda delta, _at: said.append(delta.new_element.alert.body)
            with cluster.down():
                await tab.open()
            drawn = await until(lambda: tab.component("mcm_listener") is not None)
            await tab.close()
            return said, drawn

        said, drawn = asyncio.run(play())

    assert SAYS in said
    assert drawn


async def until(true: Callable[[], bool]) -> bool:
    for _ in range(300):
        if true():
            return True
        await asyncio.sleep(0.1)
    return False
