"""The app is killed at any moment of a vote: "saved" is never a lie."""

from __future__ import annotations

import pytest

from tests.faults import kills


@pytest.mark.parametrize(("whole", "times"), [(False, 30), (True, 4)], ids=["routes", "the whole server"])
def test_after_every_kill_each_phone_shows_what_is_stored(whole: bool, times: int) -> None:
    found = kills.play(times, whole=whole)

    assert found.met, found


def test_saying_saved_before_the_commit_would_lose_answers() -> None:
    """The negative control."""
    assert kills.play(5, without="commit first").lost
