"""The app is killed at any moment of a vote: "saved" is never a lie."""

from __future__ import annotations

import pytest

from tests.faults import kills


@pytest.mark.parametrize(("whole", "times"), [(False, 12), (True, 3)], ids=["routes", "the whole server"])
def test_after_every_kill_each_phone_shows_what_is_stored(whole: bool, times: int) -> None:
    found = kills.play(times, whole=whole)

    assert found.met, found


def test_killed_the_moment_it_has_said_saved_it_has_not_lied() -> None:
    found = kills.play(5, once_told=True)

    assert found.told >= 5
    assert found.met, found


def test_saying_saved_before_the_commit_would_lose_answers() -> None:
    """The negative control."""
    assert kills.play(3, without="commit first", once_told=True).lost
